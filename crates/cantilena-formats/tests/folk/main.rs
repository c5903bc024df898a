//! Real books of tunes against the same tunes as another reader played them into MIDI, where the
//! music is at hand.

#![expect(clippy::unwrap_used, reason = "helpers of a test may")]
#![expect(clippy::print_stderr, reason = "it says what it found")]

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use cantilena_formats::{Limits, abc, midi};
use cantilena_score::Score;

mod departure;

use departure::{DEPARTURES, Departure};

/// The files of an archive by name; none where it is not there.
fn archive(name: &str) -> Option<BTreeMap<String, Vec<u8>>> {
    let root = std::env::var_os("CANTILENA_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let path = root.join(name);
    let Ok(file) = File::open(&path) else {
        eprintln!("skipped: there is no {} (set CANTILENA_DATA)", path.display());
        return None;
    };
    let mut archive = zip::ZipArchive::new(file).unwrap();
    let mut files = BTreeMap::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let name = entry.name().unwrap().into_owned();
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).unwrap();
        files.insert(name, bytes);
    }
    Some(files)
}

/// Onset, duration and pitch of every note, by onset and pitch; times in 16ths of a quarter.
///
/// Notes of one tick are left out: so grace notes stand in the files of the other reader, and we
/// leave them out and say so.
fn notes(score: &Score) -> Vec<(u64, u64, u8)> {
    let clock = u64::from(score.ticks_per_quarter().get());
    let time = |ticks: u32| (u64::from(ticks) * 16 + clock / 2) / clock;
    let all = score.tracks.iter().flat_map(|track| &track.notes);
    let long = all.filter(|note| note.duration.0 > 1);
    let mut notes: Vec<_> =
        long.map(|n| (time(n.onset.0), time(n.duration.0), n.pitch.number())).collect();
    notes.sort_unstable();
    notes
}

#[test]
fn folk_tunes_sound_as_another_reader_plays_them_but_for_what_it_does_of_its_own() {
    let Some(books) = archive("folk/ryans_oneills_airds_abc.zip") else { return };
    let Some(played) = archive("folk/ryans_oneills_airds_midi_converted.zip") else { return };
    let (mut tunes, mut read, mut compared, mut plainly) = (0, 0, 0, 0);
    // Of the tunes unequal as they stand: how many are equal after the first n departures, and
    // how many need each of them.
    let (mut after, mut need) = ([0; DEPARTURES.len() + 1], [0; DEPARTURES.len()]);
    for (name, bytes) in &books {
        let text = latin(bytes);
        let stem = name.trim_end_matches(".abc").replace('/', "__");
        let book = split(&text);
        let preface = book.first().map_or("", |first| text.split(first).next().unwrap_or_default());
        let sound = |tune: &str| sound(&format!("{preface}{tune}"));
        for tune in book {
            tunes += 1;
            let ours = sound(tune);
            read += usize::from(!ours.is_empty());
            let number = tune.trim_start()[2..].trim_start().split(['%', ' ', '\r', '\n']).next();
            let number = number.unwrap_or_default().trim_start_matches('0');
            let [several, only] = [format!("{stem}__{number}.mid"), format!("{stem}.mid")];
            let Some(file) = played.get(&several).or_else(|| played.get(&only)) else { continue };
            let theirs = notes(&midi::read(file, &Limits::default()).unwrap().score);
            compared += 1;
            if ours == theirs {
                plainly += 1;
                continue;
            }
            let rewritten = |skip: Option<usize>, count: usize| {
                let departures = DEPARTURES.iter().take(count).enumerate();
                let others = departures.filter(|(index, _)| Some(*index) != skip);
                others.fold(tune.to_owned(), |tune, (_, other)| (other.rewrite)(&tune))
            };
            for (count, equal) in after.iter_mut().enumerate() {
                *equal += usize::from(sound(&rewritten(None, count)) == theirs);
            }
            if sound(&rewritten(None, DEPARTURES.len())) == theirs {
                for (index, need) in need.iter_mut().enumerate() {
                    let without = rewritten(Some(index), DEPARTURES.len());
                    *need += usize::from(sound(&without) != theirs);
                }
            }
        }
    }
    eprintln!("{tunes} tunes, {read} with notes; {compared} compared, {plainly} equal as they are");
    eprintln!("| what the other reader does | the standard | tunes that it changes | equal then |");
    eprintln!("|---|---|---:|---:|");
    for (index, Departure { what, standard, .. }) in DEPARTURES.iter().enumerate() {
        let equal = plainly + after[index + 1];
        eprintln!("| {what} | {standard} | {} | {equal} |", need[index]);
    }
    let equal = plainly + after[DEPARTURES.len()];
    eprintln!("{equal} of {compared} are equal, {:.1} %", equal as f64 * 100.0 / compared as f64);
    assert!(read * 100 >= tunes * 99);
    assert!(equal * 100 >= compared * 97);
}

fn latin(bytes: &[u8]) -> String {
    bytes.iter().filter(|&&byte| byte != b'\r').map(|&byte| char::from(byte)).collect()
}

/// The tunes of a book.
fn split(book: &str) -> Vec<&str> {
    let is_start = |at: &usize| book[*at..].trim_start_matches(' ').starts_with("X:");
    let lines = std::iter::once(0).chain(book.match_indices('\n').map(|(at, _)| at + 1));
    let starts: Vec<usize> = lines.filter(is_start).collect();
    let ends = starts.iter().skip(1).copied().chain([book.len()]);
    starts.iter().zip(ends).map(|(&start, end)| &book[start..end]).collect()
}

/// The notes of a tune as we read it.
fn sound(tune: &str) -> Vec<(u64, u64, u8)> {
    notes(&abc::read(tune.as_bytes(), &Limits::default()).unwrap().score)
}
