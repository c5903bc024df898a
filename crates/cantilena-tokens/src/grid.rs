//! A score on the beat grid or in clock time: what `notes` can say, and nothing else.

use cantilena_score::{Note, Pitch, Score, Ticks, Track, Velocity};

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
    // Nothing that is not kept is carried to the grid: a performance may have more pedal movements
    // than notes.
    let clock = score.ticks_per_quarter();
    let mut placed = Score::new(clock);
    placed.title = score.title.clone();
    placed.tempo = score.tempo.clone();
    placed.meters = score.meters.clone();
    placed.keys = score.keys.clone();
    placed = placed.rescaled(grid());
    placed.tracks = score
        .tracks
        .iter()
        .map(|track| sounding(track, track.notes.clone(), |tick| tick.rescaled(clock, grid())))
        .collect();
    settled(placed, &Bins::from(0), &Bins::from(1))
}

/// A track with these notes at other times, and nothing else but who plays.
fn sounding(track: &Track, mut notes: Vec<Note>, mut to: impl FnMut(Ticks) -> Ticks) -> Track {
    for note in &mut notes {
        let (onset, release) = (to(note.onset), to(note.release()));
        (note.onset, note.duration) = (onset, release.since(onset).max(Ticks(1)));
    }
    let (name, program, is_drums) = (track.name.clone(), track.program, track.is_drums);
    Track { name, program, is_drums, notes, ..Track::default() }
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
    let notes = if track.is_drums { track.notes.clone() } else { sustained(track, last) };
    sounding(track, notes, |tick| Ticks(steps.at(tick)))
}

/// A score on its clock, in the lengths there are.
pub(crate) fn settled(mut score: Score, shifts: &Bins, durations: &Bins) -> Score {
    score.tracks.retain(|track| !track.notes.is_empty());
    fit_ensemble(&mut score.tracks);

    for track in &mut score.tracks {
        for note in &mut track.notes {
            note.duration = Ticks(durations.length(durations.nearest(note.duration.0)));
            note.velocity = velocity_of(velocity_bin(note.velocity));
        }
    }
    shorten_silences(&mut score, shifts);
    score.tracks.iter_mut().for_each(|track| part_unisons(&mut track.notes, durations));
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
    // Hardly any gap is longer than those that a shift says exactly, so hardly any note moves.
    let mut moves: Vec<(Ticks, Ticks)> = Vec::new();
    let (mut last, mut clock) = (Ticks::ZERO, Ticks::ZERO);
    for onset in onsets {
        if onset != last {
            clock += Ticks(shifts.length(shifts.nearest(onset.since(clock).0)));
            last = onset;
        }
        if clock != onset && moves.last() != Some(&(onset, clock)) {
            moves.push((onset, clock));
        }
    }
    if moves.is_empty() {
        return;
    }
    for note in score.tracks.iter_mut().flat_map(|track| &mut track.notes) {
        if let Ok(found) = moves.binary_search_by_key(&note.onset, |&(from, _)| from) {
            note.onset = moves[found].1;
        }
    }
}

/// Leaves no two notes of one pitch sounding at once, and the notes in their order.
pub(crate) fn part_unisons(notes: &mut Vec<Note>, durations: &Bins) {
    Note::sort(notes);
    // Where the last note of each pitch stands among those kept.
    let mut last: [Option<usize>; Pitch::COUNT] = [None; Pitch::COUNT];
    let mut kept = 0;
    for index in 0..notes.len() {
        let next = notes[index];
        let last = &mut last[usize::from(next.pitch.number())];
        if let Some(at) = *last {
            let note = &mut notes[at];
            if note.onset == next.onset {
                // In their order, so this one is the longer.
                *note = next;
                continue;
            }
            if note.release() > next.onset {
                note.duration = longest_within(next.onset.since(note.onset).0, durations);
            }
        }
        notes[kept] = next;
        *last = Some(kept);
        kept += 1;
    }
    notes.truncate(kept);
}

/// The longest length that fits: the nearest one may be a place too long.
fn longest_within(room: u32, durations: &Bins) -> Ticks {
    let bin = durations.nearest(room);
    let too_long = durations.length(bin) > room;
    Ticks(durations.length(if too_long { bin - 1 } else { bin }))
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;
    use proptest::prelude::*;

    /// The rule said plainly: of notes of one pitch and onset the longest (then the loudest)
    /// stays, and each is cut to the longest length that leaves the next one alone.
    fn parted_plainly(notes: &[Note], durations: &Bins) -> Vec<Note> {
        let beats = |a: &Note, b: &Note| {
            (a.pitch, a.onset) == (b.pitch, b.onset)
                && (a.duration, a.velocity) > (b.duration, b.velocity)
        };
        let mut kept: Vec<Note> = Vec::new();
        for note in notes {
            if !notes.iter().any(|other| beats(other, note)) && !kept.contains(note) {
                kept.push(*note);
            }
        }
        let all = kept.clone();
        for note in &mut kept {
            let after = all.iter().filter(|n| n.pitch == note.pitch && n.onset > note.onset);
            let room = after.map(|next| next.onset.since(note.onset).0).min();
            if let Some(room) = room
                && note.duration.0 > room
            {
                let lengths = (0..durations.len() as u16).map(|bin| durations.length(bin));
                let fits = lengths.filter(|&length| length <= room).max();
                note.duration = Ticks(fits.unwrap_or(1));
            }
        }
        kept.sort_unstable();
        kept
    }

    /// The rule said plainly: an onset goes to where the one before it came to lie, and as far
    /// behind that as the nearest length says.
    fn shortened_plainly(score: &mut Score, shifts: &Bins) {
        let notes = || score.tracks.iter().flat_map(|track| &track.notes);
        let onsets: BTreeSet<Ticks> = notes().map(|note| note.onset).collect();
        let mut clock = Ticks::ZERO;
        let mut moved = BTreeMap::new();
        for onset in onsets {
            clock += Ticks(shifts.length(shifts.nearest(onset.since(clock).0)));
            moved.insert(onset, clock);
        }
        for note in score.tracks.iter_mut().flat_map(|track| &mut track.notes) {
            note.onset = moved[&note.onset];
        }
    }

    proptest! {
        #[test]
        fn silences_are_shortened_as_the_rule_says(
            tracks in prop::collection::vec(prop::collection::vec(0u32..40, 0..12), 1..4),
            wide in 0u32..400,
        ) {
            let mut score = Score::new(grid());
            score.tracks.extend(tracks.into_iter().map(|onsets| {
                let mut track = Track::default();
                // Some onsets close together and some far apart, in no order.
                track.notes.extend(onsets.into_iter().map(|onset| Note {
                    onset: Ticks(onset * onset % 7 + onset / 7 * wide),
                    duration: Ticks(1),
                    pitch: Pitch::new(60).unwrap(),
                    velocity: Velocity::clamped(64),
                }));
                track
            }));
            let shifts = Bins::from(0);
            let mut expected = score.clone();
            shortened_plainly(&mut expected, &shifts);
            shorten_silences(&mut score, &shifts);
            prop_assert_eq!(score, expected);
        }

        #[test]
        fn unisons_are_parted_as_the_rule_says(
            notes in prop::collection::vec((0u32..300, 0u16..118, 60u8..63, 1u8..4), 0..40)
        ) {
            let durations = Bins::from(1);
            let mut parted: Vec<Note> = notes
                .into_iter()
                .map(|(onset, bin, pitch, velocity)| Note {
                    onset: Ticks(onset),
                    duration: Ticks(durations.length(bin)),
                    pitch: Pitch::new(pitch).unwrap(),
                    velocity: Velocity::new(velocity).unwrap(),
                })
                .collect();
            let expected = parted_plainly(&parted, &durations);
            part_unisons(&mut parted, &durations);
            prop_assert_eq!(parted, expected);
        }
    }
}
