//! The sustain pedal as longer notes.

use cantilena_score::{Change, Note, Pitch, Score, Ticks, Track, controller};

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
    let spans = spans(track);
    if spans.is_empty() {
        return track.notes.clone();
    }
    // From the last note to the first, so that each knows when its pitch is struck again: with
    // the pedal down, for with the pedal up a stroke leaves what rings alone.
    let mut struck_again = [Ticks(u32::MAX); Pitch::COUNT];
    let mut heard: Vec<Note> = Vec::with_capacity(track.notes.len());
    let mut to_come = spans.len();
    for note in track.notes.iter().rev() {
        while to_come > 0 && spans[to_come - 1].lifted > note.onset {
            to_come -= 1;
        }
        let later = &spans[to_come..];
        let rings_until = match span_after(later, note.release()) {
            Some(span) if span.holds(note.release()) => span.lifted.min(last),
            _ => note.release(),
        };
        let struck_again = &mut struck_again[usize::from(note.pitch.number())];
        if *struck_again > note.onset {
            let release = rings_until.min(*struck_again);
            heard.push(Note { duration: release.since(note.onset), ..*note });
        }
        if later.first().is_some_and(|span| span.holds(note.onset)) {
            *struck_again = note.onset;
        }
    }
    heard.reverse();
    heard
}

/// The pedal held down, from one tick until another.
struct Span {
    pressed: Ticks,
    /// The tick at which it is up again; `u32::MAX` if it is never lifted.
    lifted: Ticks,
}

impl Span {
    fn holds(&self, tick: Ticks) -> bool {
        self.pressed <= tick && tick < self.lifted
    }
}

/// When the pedal is down, in order: no two spans touch.
fn spans(track: &Track) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    let mut pressed: Option<Ticks> = None;
    let mut lifted: Option<Ticks> = None;
    for (tick, is_down) in pedal(track) {
        if !is_down {
            if let Some(pressed) = pressed.take().filter(|&pressed| pressed < tick) {
                spans.push(Span { pressed, lifted: tick });
            }
            lifted = Some(tick);
        } else if pressed.is_none() && lifted != Some(tick) {
            pressed = Some(tick);
        }
    }
    spans.extend(pressed.map(|pressed| Span { pressed, lifted: Ticks(u32::MAX) }));
    spans
}

/// The first span that is not over at a tick: nearly always one of the first few.
fn span_after(spans: &[Span], tick: Ticks) -> Option<&Span> {
    let near = spans.iter().take(4).find(|span| span.lifted > tick);
    near.or_else(|| spans.get(spans.partition_point(|span| span.lifted <= tick)))
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
    use cantilena_score::{Control, Program, Velocity};
    use proptest::prelude::*;

    /// A track of notes (onset, release, pitch) with the pedal moved at some ticks.
    fn track(notes: &[(u32, u32, u8)], pedal: &[(u32, u8)]) -> Track {
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
        track.sort();
        track
    }

    /// (onset, release, pitch) of the notes as they sound, with the pedal moved at some ticks.
    #[track_caller]
    fn check(notes: &[(u32, u32, u8)], pedal: &[(u32, u8)], heard: &[(u32, u32, u8)]) {
        let mut score = Score::new(std::num::NonZero::new(100).unwrap());
        score.tracks.push(track(notes, pedal));
        let last = last_event(&score);
        let found: Vec<(u32, u32, u8)> = sustained(&score.tracks[0], last)
            .iter()
            .map(|note| (note.onset.0, note.release().0, note.pitch.number()))
            .collect();
        assert_eq!(found, heard);
    }

    /// The rules said plainly, one tick after the other.
    fn sustained_plainly(track: &Track, last: Ticks) -> Vec<Note> {
        let mut notes = track.notes.clone();
        let mut sounding: Vec<usize> = Vec::new();
        let mut is_down = false;
        for tick in (0..=last.0).map(Ticks) {
            let moves = || pedal(track).filter(|&(moved, _)| moved == tick);
            is_down |= moves().any(|(_, is_down)| is_down);
            if moves().any(|(_, is_down)| !is_down) {
                is_down = false;
                let (ringing, held): (Vec<usize>, _) =
                    sounding.into_iter().partition(|&note| notes[note].release() < tick);
                ringing.into_iter().for_each(|n| notes[n].duration = tick.since(notes[n].onset));
                sounding = held;
            }
            for struck in (0..notes.len()).filter(|&note| track.notes[note].onset == tick) {
                let pitch = notes[struck].pitch;
                let (again, others): (Vec<usize>, _) =
                    sounding.into_iter().partition(|&n| is_down && notes[n].pitch == pitch);
                again.into_iter().for_each(|n| notes[n].duration = tick.since(notes[n].onset));
                sounding = others;
                sounding.push(struck);
            }
            sounding.retain(|&note| is_down || notes[note].release() != tick);
        }
        sounding.into_iter().for_each(|n| notes[n].duration = last.since(notes[n].onset));
        notes.retain(|note| note.duration > Ticks::ZERO);
        notes
    }

    proptest! {
        #[test]
        fn notes_sound_as_the_rules_say(
            notes in prop::collection::vec((0u32..60, 1u32..30, 60u8..63), 0..20),
            moves in prop::collection::vec((0u32..90, prop::sample::select(vec![0u8, 127])), 0..16),
        ) {
            let notes: Vec<(u32, u32, u8)> =
                notes.into_iter().map(|(onset, length, pitch)| (onset, onset + length, pitch)).collect();
            let track = track(&notes, &moves);
            let mut score = Score::new(std::num::NonZero::new(100).unwrap());
            score.tracks.push(track.clone());
            let last = last_event(&score);
            prop_assert_eq!(sustained(&track, last), sustained_plainly(&track, last));
        }
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
