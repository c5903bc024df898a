//! A score on the beat grid or in clock time: what `notes` can say, and nothing else.

use cantilena_score::{Note, Score, Ticks, Track, Velocity};

use crate::bins::Bins;
use crate::clock::{CLOCK, Steps};
use crate::pedal::{last_event, sustained};
use crate::setting::{Setting, grid};

/// How finely velocity is kept: steps of 4, the 32 bins of the published 388-event vocabulary.
pub(crate) const VELOCITY_BINS: u16 = 32;

/// The bin of a velocity, 0 to 31.
pub(crate) fn velocity_bin(velocity: Velocity) -> u16 {
    u16::from(velocity.value() - 1) / 4
}

/// The middle of a velocity bin.
pub(crate) fn velocity_of(bin: u16) -> Velocity {
    Velocity::clamped(i32::from(bin) * 4 + 2)
}

/// The score as `notes` keeps it.
///
/// Onsets and releases go to the nearest place of the grid, a note keeping one at least;
/// durations, velocities and silences to the nearest length or bin there is. Two notes of one
/// part and pitch at one place become the longer of the two, and one that rings into the next
/// is released there, as on one string. Empty tracks go; of more than sixteen, those of one
/// program become one, and then the sixteen with most notes stay. Controllers, lyrics, chord
/// symbols and texts are not part of this representation.
pub(crate) fn on_grid(score: &Score) -> Score {
    settled(score.rescaled(grid()), &Bins::from(0), &Bins::from(1))
}

/// The score as `notes` keeps it in clock time.
///
/// As [`on_grid`], in steps of 10 ms and bars of two seconds, with the sustain pedal as longer
/// notes; meters, tempi and keys go.
pub(crate) fn on_clock(score: &Score) -> Score {
    let mut played = Score::new(CLOCK);
    played.title = score.title.clone();
    let last = last_event(score);
    let mut steps = Steps::new(&score.tempo);
    played.tracks =
        score.tracks.iter().map(|track| played_track(track, last, &mut steps)).collect();
    settled(played, &Bins::of_clock(0), &Bins::of_clock(1))
}

/// A track as it sounds, in steps.
fn played_track(track: &Track, last: Ticks, steps: &mut Steps) -> Track {
    let mut notes = if track.is_drums { track.notes.clone() } else { sustained(track, last) };
    for note in &mut notes {
        let (on, off) = (steps.at(note.onset), steps.at(note.release()));
        (note.onset, note.duration) = (Ticks(on), Ticks(off.saturating_sub(on).max(1)));
    }
    let (name, program, is_drums) = (track.name.clone(), track.program, track.is_drums);
    Track { name, program, is_drums, notes, ..Track::default() }
}

/// A score on its clock with only what `notes` says, in the lengths there are.
pub(crate) fn settled(mut score: Score, shifts: &Bins, durations: &Bins) -> Score {
    score.chords.clear();
    score.texts.clear();
    score.system_exclusive.clear();
    score.tracks.retain(|track| !track.notes.is_empty());
    fit_ensemble(&mut score.tracks);

    for track in &mut score.tracks {
        track.controls.clear();
        track.lyrics.clear();
        for note in &mut track.notes {
            note.duration = Ticks(durations.length(durations.nearest(note.duration.0)));
            note.velocity = velocity_of(velocity_bin(note.velocity));
        }
    }
    shorten_silences(&mut score, shifts);
    score.tracks.iter_mut().for_each(|track| part_unisons(&mut track.notes, durations));
    score.sort();
    score
}

/// At most sixteen tracks: first those of one program are joined, then the smallest dropped.
fn fit_ensemble(tracks: &mut Vec<Track>) {
    if tracks.len() <= Setting::PARTS_MAX {
        return;
    }
    let mut joined: Vec<Track> = Vec::new();
    for mut track in tracks.drain(..) {
        let same = |t: &&mut Track| (t.program, t.is_drums) == (track.program, track.is_drums);
        match joined.iter_mut().find(same) {
            Some(part) => part.notes.append(&mut track.notes),
            None => joined.push(track),
        }
    }
    joined.iter_mut().for_each(Track::sort);
    while joined.len() > Setting::PARTS_MAX {
        let smallest = joined.iter().enumerate().min_by_key(|(_, track)| track.notes.len());
        let smallest = smallest.map_or(0, |(index, _)| index);
        joined.remove(smallest);
    }
    *tracks = joined;
}

/// Moves onsets so that every gap between them is a length that a shift can say.
///
/// Each onset is measured from where the last one came to lie, so rounding does not add up.
fn shorten_silences(score: &mut Score, shifts: &Bins) {
    let mut onsets: Vec<Ticks> =
        score.tracks.iter().flat_map(|track| &track.notes).map(|note| note.onset).collect();
    onsets.sort_unstable();
    onsets.dedup();
    let mut clock = Ticks::ZERO;
    let moved: Vec<Ticks> = onsets
        .iter()
        .map(|onset| {
            clock += Ticks(shifts.length(shifts.nearest(onset.since(clock).0)));
            clock
        })
        .collect();
    for note in score.tracks.iter_mut().flat_map(|track| &mut track.notes) {
        if let Ok(at) = onsets.binary_search(&note.onset) {
            note.onset = moved[at];
        }
    }
}

/// Leaves no two notes of one pitch sounding at once.
pub(crate) fn part_unisons(notes: &mut Vec<Note>, durations: &Bins) {
    // By pitch, then onset, the longest first; the neighbour below is then the one to mind.
    notes.sort_unstable_by_key(|n| (n.pitch, n.onset, std::cmp::Reverse((n.duration, n.velocity))));
    notes.dedup_by_key(|note| (note.pitch, note.onset));
    for index in 1..notes.len() {
        let next = notes[index];
        let note = &mut notes[index - 1];
        if note.pitch == next.pitch && note.release() > next.onset {
            let room = next.onset.since(note.onset).0;
            // The longest length that fits: the nearest one may be a place too long.
            let mut bin = durations.nearest(room);
            if durations.length(bin) > room {
                bin -= 1;
            }
            note.duration = Ticks(durations.length(bin));
        }
    }
}
