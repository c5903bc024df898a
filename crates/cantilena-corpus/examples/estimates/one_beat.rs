//! Songs in bars of one beat: whether bars of the estimated meter would be right.

use std::path::Path;

use cantilena_analysis::estimate_meter;
use cantilena_score::{Meter, Score, Seconds, Ticks};

use crate::archive::Archive;
use crate::{Outcome, percent};

/// Beats nearer than this are the same, in seconds, as for tempo and beats.
const WINDOW: f64 = 0.07;

/// Places of a quarter at which a bar may begin.
const PLACES: u32 = 24;

/// An annotated song.
struct Song {
    score: Score,
    beats: Vec<Seconds>,
    downbeats: Vec<Seconds>,
    is_triple: bool,
}

pub(crate) fn measure(data: &Path) -> Outcome {
    let songs = songs(data)?;
    let count = songs.len() as f64;
    let (mut right, mut alike) = (0.0, 0.0);
    // Of bars from tick 0, and of bars from where most begins: beats and downbeats.
    let mut found = [[0.0; 2]; 2];
    for song in &songs {
        let Some(estimate) = estimate_meter(&song.score) else { continue };
        let meter = estimate.meter;
        let is_alike = meter.numerator().is_multiple_of(3) == song.is_triple;
        alike += f64::from(is_alike);
        right += f64::from(is_alike && meter != Meter::new(2, 4)?);
        // Whether two quarters make a bar or four is a matter of writing; here four do.
        let meter = if is_alike && !song.is_triple { Meter::COMMON } else { meter };
        let clock = song.score.ticks_per_quarter();
        let (bar, beat) = (meter.bar(clock), Ticks(clock.get().into()));
        for (row, first) in found.iter_mut().zip([Ticks::ZERO, busiest(&song.score, bar)]) {
            row[0] += f64::from(most_begin(song, &song.beats, first, beat));
            row[1] += f64::from(most_begin(song, &song.downbeats, first, bar));
        }
    }
    println!("\n## Bars of one beat\n");
    println!("| songs of POP909 in 1/4 | of these |\n|---|---|");
    println!("| all | {count} |");
    println!("| meter right | {} |", percent(right, count));
    println!("| bar divided alike | {} |", percent(alike, count));
    for (from, [beats, downbeats]) in ["the first tick", "where most begins"].iter().zip(found) {
        println!("| beats right, counted from {from} | {} |", percent(beats, count));
        println!("| bars right, counted from {from} | {} |", percent(downbeats, count));
    }
    Ok(())
}

/// The songs whose files say bars of one quarter and nothing else. A line of an annotation is a
/// beat's time and whether a bar begins there if bars are short (of two or three beats), and if
/// they are long (of four or six).
fn songs(data: &Path) -> Result<Vec<Song>, crate::Error> {
    let mut archive = Archive::open(&data.join("pop909/pop909.zip"))?;
    let mut songs = Vec::new();
    for name in archive.names().into_iter().filter(|name| name.ends_with(".mid")) {
        let Some((folder, _)) = name.rsplit_once('/') else { continue };
        let Some(text) = archive.text(&format!("{folder}/beat_midi.txt")) else { continue };
        let rows: Vec<Vec<f64>> = text
            .lines()
            .map(|line| line.split_whitespace().filter_map(|word| word.parse().ok()).collect())
            .filter(|row: &Vec<f64>| row.len() == 3)
            .collect();
        let Some(score) = archive.score(&name) else { continue };
        let is_one = |change: &cantilena_score::MeterChange| change.meter.numerator() == 1;
        if !score.meters.changes().iter().all(is_one) || rows.is_empty() {
            continue;
        }
        let short = rows.iter().filter(|row| row[1] > 0.0).count();
        let is_triple = 5 * short < 2 * rows.len();
        let column = if is_triple { 1 } else { 2 };
        let begins = rows.iter().filter(|row| row[column] > 0.0);
        let downbeats = begins.map(|row| Seconds(row[0])).collect();
        let beats = rows.iter().map(|row| Seconds(row[0])).collect();
        songs.push(Song { score, beats, downbeats, is_triple });
    }
    Ok(songs)
}

/// Where in a bar notes begin that last longest all together, a note counted up to four quarters
/// and its neighbours' places by half.
fn busiest(score: &Score, bar: Ticks) -> Ticks {
    let quarter = u32::from(score.ticks_per_quarter().get());
    let places = (bar.0 * PLACES / quarter) as usize;
    let place_of = |tick: Ticks| (tick.0 % bar.0 * PLACES / quarter) as usize % places;
    let mut lengths = vec![0.0; places];
    for note in score.tracks.iter().flat_map(|track| &track.notes) {
        lengths[place_of(note.onset)] += f64::from(note.duration.0.min(4 * quarter));
    }
    let near = |place: usize| {
        let (before, after) = ((place + places - 1) % places, (place + 1) % places);
        lengths[place] + (lengths[before] + lengths[after]) / 2.0
    };
    let most = (0..places).max_by(|a, b| near(*a).total_cmp(&near(*b))).unwrap_or(0);
    Ticks(most as u32 * quarter / PLACES)
}

/// Whether most annotated times lie where a period counted from `first` begins anew.
fn most_begin(song: &Song, times: &[Seconds], first: Ticks, period: Ticks) -> bool {
    let last = song.score.length() + period;
    let begins: Vec<f64> = (0..)
        .map(|count| Ticks((first.0 % period.0).saturating_add(count * period.0)))
        .take_while(|tick| *tick <= last)
        .map(|tick| song.score.tempo.seconds_at(tick).0)
        .collect();
    let is_near = |time: &&Seconds| {
        let after = begins.partition_point(|begin| *begin < time.0);
        let around = begins[after.saturating_sub(1)..].iter().take(2);
        around.into_iter().any(|begin| (begin - time.0).abs() < WINDOW)
    };
    2 * times.iter().filter(is_near).count() > times.len()
}
