//! The sustain pedal as longer notes.

use cantilena_score::{Change, Note, Score, Ticks, Track, controller};

use crate::performance::order_of_releases;

/// The controller value from which the pedal is down (MIDI 1.0: 0–63 off, 64–127 on).
const DOWN: u8 = 64;

/// When the last note is struck or released, or the pedal last moves: where a pedal that is
/// never lifted lets go.
pub(crate) fn last_event(score: &Score) -> Ticks {
    let last = |track: &Track| {
        let pedal = pedal(track).last().map_or(Ticks::ZERO, |(onset, _)| onset);
        track.notes.iter().map(|note| note.release()).max().unwrap_or(Ticks::ZERO).max(pedal)
    };
    score.tracks.iter().map(last).max().unwrap_or(Ticks::ZERO)
}

/// The notes of a track as they sound: what is released while the pedal is down rings on until
/// the pedal is lifted or the pitch is struck again, whichever comes first.
///
/// The rules are those by which the published performance corpora were made (the Magenta
/// project's `apply_sustain_control_changes`): on one tick the pedal is pressed, then lifted, then
/// notes are struck, then others released; of two strokes of one pitch on one tick with the pedal
/// down, the second stays; what rings at the end ends at `last`.
pub(crate) fn sustained(track: &Track, last: Ticks) -> Vec<Note> {
    let mut notes = track.notes.clone();
    let mut pedal: Vec<(Ticks, bool)> = pedal(track).collect();
    pedal.sort_by_key(|&(tick, is_down)| (tick, !is_down));
    let mut pedal = pedal.into_iter().peekable();
    if pedal.peek().is_none() {
        return notes;
    }
    let releases = order_of_releases(notes.iter().map(|note| note.release().0));
    let mut releases = releases.into_iter().map(|(tick, index)| (Ticks(tick), index)).peekable();

    // Notes that sound, in the order in which they were struck.
    let mut sounding: Vec<u32> = Vec::new();
    let mut removed: Vec<u32> = Vec::new();
    let mut is_down = false;
    let mut struck = 0;
    loop {
        let strike = notes.get(struck).map(|note| note.onset);
        let release = releases.peek().map(|&(tick, _)| tick);
        let step = pedal.peek().map(|&(tick, _)| tick);
        let is_first = |tick: Option<Ticks>, others: [Option<Ticks>; 2]| {
            tick.is_some_and(|tick| others.iter().flatten().all(|&other| tick <= other))
        };
        if is_first(step, [strike, release])
            && let Some((onset, down)) = pedal.next()
        {
            is_down = down;
            if !down {
                sounding.retain(|&note| {
                    let note = &mut notes[note as usize];
                    let rings_on = note.release() < onset;
                    if rings_on {
                        note.duration = onset.since(note.onset);
                    }
                    !rings_on
                });
            }
        } else if is_first(strike, [release, None]) {
            let Note { onset, pitch, .. } = notes[struck];
            if is_down {
                sounding.retain(|&other| {
                    let other_note = &mut notes[other as usize];
                    if other_note.pitch != pitch {
                        return true;
                    }
                    other_note.duration = onset.since(other_note.onset);
                    if other_note.duration == Ticks::ZERO {
                        removed.push(other);
                    }
                    false
                });
            }
            sounding.push(struck as u32);
            struck += 1;
        } else if let Some((_, released)) = releases.next() {
            if !is_down && let Some(at) = sounding.iter().position(|&note| note == released) {
                sounding.remove(at);
            }
        } else {
            break;
        }
    }
    for note in sounding {
        let note = &mut notes[note as usize];
        note.duration = last.since(note.onset);
    }
    removed.sort_unstable();
    removed.into_iter().rev().for_each(|index| {
        notes.remove(index as usize);
    });
    notes
}

/// When the pedal moves, and whether it is down then.
fn pedal(track: &Track) -> impl Iterator<Item = (Ticks, bool)> + '_ {
    track.controls.iter().filter_map(|control| match control.change {
        Change::Controller { number: controller::SUSTAIN, value } => {
            Some((control.onset, value >= DOWN))
        }
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use cantilena_score::{Control, Pitch, Program, Velocity};

    /// (onset, release, pitch) of the notes as they sound, with the pedal moved at some ticks.
    #[track_caller]
    fn check(notes: &[(u32, u32, u8)], pedal: &[(u32, u8)], heard: &[(u32, u32, u8)]) {
        let mut track = Track::new(Program::PIANO);
        track.notes.extend(notes.iter().map(|&(onset, release, pitch)| Note {
            onset: Ticks(onset),
            duration: Ticks(release - onset),
            pitch: Pitch::new(pitch).unwrap(),
            velocity: Velocity::DEFAULT,
        }));
        track.controls.extend(pedal.iter().map(|&(onset, value)| Control {
            onset: Ticks(onset),
            change: Change::Controller { number: controller::SUSTAIN, value },
        }));
        let mut score = Score::new(std::num::NonZero::new(100).unwrap());
        score.tracks.push(track);
        let last = last_event(&score);
        let found: Vec<(u32, u32, u8)> = sustained(&score.tracks[0], last)
            .iter()
            .map(|note| (note.onset.0, note.release().0, note.pitch.number()))
            .collect();
        assert_eq!(found, heard);
    }

    #[test]
    fn without_a_pedal_notes_stay() {
        check(&[(0, 10, 60), (5, 20, 60)], &[], &[(0, 10, 60), (5, 20, 60)]);
    }

    #[test]
    fn a_note_rings_until_the_pedal_is_lifted() {
        check(&[(0, 10, 60), (30, 80, 64)], &[(5, 127), (50, 0)], &[(0, 50, 60), (30, 80, 64)]);
    }

    #[test]
    fn a_note_rings_until_its_pitch_is_struck_again() {
        check(&[(0, 10, 60), (30, 35, 60)], &[(5, 64), (50, 63)], &[(0, 30, 60), (30, 50, 60)]);
    }

    #[test]
    fn a_pedal_moved_as_a_note_is_released_comes_first() {
        check(&[(0, 10, 60)], &[(10, 127), (50, 0)], &[(0, 50, 60)]);
        check(&[(0, 10, 60)], &[(5, 127), (10, 0), (10, 127), (50, 0)], &[(0, 10, 60)]);
    }

    #[test]
    fn a_pedal_that_is_never_lifted_lets_go_at_the_end() {
        check(&[(0, 10, 60), (20, 90, 64)], &[(5, 127)], &[(0, 90, 60), (20, 90, 64)]);
    }

    #[test]
    fn a_pitch_struck_twice_on_one_tick_with_the_pedal_down_sounds_once() {
        check(&[(10, 15, 60), (10, 20, 60)], &[(0, 127), (50, 0)], &[(10, 50, 60)]);
    }
}
