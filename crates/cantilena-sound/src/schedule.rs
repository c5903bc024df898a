//! A score as messages in the order of time.

use cantilena_audio::SampleRate;
use cantilena_score::{Score, Ticks};

use crate::frame_clock::FrameClock;
use crate::synth::{Message, Part};

/// Who does what, and when.
pub(crate) struct Schedule {
    /// One for each track that has notes.
    pub(crate) parts: Vec<Part>,
    /// By frame.
    pub(crate) messages: Vec<Scheduled>,
    /// The frame at which the last note is released.
    pub(crate) end: u64,
}

/// A message and its place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Scheduled {
    pub(crate) frame: u64,
    pub(crate) part: u16,
    pub(crate) message: Message,
}

impl Schedule {
    /// What a score asks for, until its last note has ended.
    pub(crate) fn new(score: &Score, sample_rate: SampleRate) -> Schedule {
        let tracks = || score.tracks.iter().filter(|track| !track.notes.is_empty());
        let length = score.length();

        let mut timed: Vec<(Ticks, u16, Message)> = Vec::new();
        for (part, track) in tracks().enumerate() {
            let part = u16::try_from(part).unwrap_or(u16::MAX);
            for note in &track.notes {
                timed.push((note.onset, part, Message::Strike(note.pitch, note.velocity)));
                // A note of no length would be let go of before it is struck, and ring for ever.
                let release = note.release().max(note.onset + Ticks(1));
                timed.push((release, part, Message::Release(note.pitch)));
            }
            let controls = track.controls.iter().filter(|control| control.onset <= length);
            timed.extend(controls.map(|c| (c.onset, part, Message::Change(c.change))));
        }
        // At one tick, keys are let go of first and struck last: a repeated note is struck anew,
        // and a chord sounds with the pedal that is set under it. The sort is stable, so changes
        // stay in the file's order.
        timed.sort_by_key(|(tick, _, message)| {
            let rank = match message {
                Message::Release(_) => 0,
                Message::Change(_) => 1,
                Message::Strike(..) => 2,
            };
            (*tick, rank)
        });

        let parts: Vec<Part> = tracks()
            .map(|track| Part { program: track.program, is_drums: track.is_drums })
            .collect();
        let mut clock = FrameClock::new(&score.tempo, sample_rate);
        let mut keys = Keys::new(parts.len());
        let mut messages = Vec::with_capacity(timed.len());
        for (tick, part, message) in timed {
            let frame = clock.frame_at(tick);
            keys.pass(part, message, |message| messages.push(Scheduled { frame, part, message }));
        }
        let end = messages.last().map_or(0, |last| last.frame);
        Schedule { parts, messages, end }
    }
}

/// How often each key of each part is down.
///
/// A track may hold two notes of one pitch at once, a keyboard cannot: the second one strikes the
/// key anew, and the key goes up when the last of them ends.
struct Keys {
    /// (parts, 128)
    down: Vec<[u32; 128]>,
}

impl Keys {
    fn new(parts: usize) -> Keys {
        Keys { down: vec![[0; 128]; parts] }
    }

    /// Hands on what a keyboard can do of a message.
    fn pass(&mut self, part: u16, message: Message, mut hand_on: impl FnMut(Message)) {
        match message {
            Message::Change(_) => hand_on(message),
            Message::Strike(pitch, _) => {
                let down = &mut self.down[usize::from(part)][usize::from(pitch.number())];
                if *down > 0 {
                    hand_on(Message::Release(pitch));
                }
                *down += 1;
                hand_on(message);
            }
            Message::Release(pitch) => {
                let down = &mut self.down[usize::from(part)][usize::from(pitch.number())];
                *down -= 1;
                if *down == 0 {
                    hand_on(message);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZero;

    use cantilena_score::{Change, Control, Note, Pitch, Program, Track, Velocity};

    use super::*;

    /// Notes as (onset, duration, pitch) at 441 ticks of 50 frames a second.
    #[track_caller]
    fn check(notes: &[(u32, u32, u8)], pedal: Option<u32>, expected: &str) {
        let mut score = Score::new(NonZero::new(441).unwrap());
        score.tempo.insert(Ticks::ZERO, NonZero::new(1_000_000).unwrap());
        let mut track = Track::new(Program::PIANO);
        track.notes.extend(notes.iter().map(|&(onset, duration, pitch)| Note {
            onset: Ticks(onset),
            duration: Ticks(duration),
            pitch: Pitch::new(pitch).unwrap(),
            velocity: Velocity::DEFAULT,
        }));
        let change = Change::Controller { number: 64, value: 127 };
        track.controls.extend(pedal.map(|onset| Control { onset: Ticks(onset), change }));
        score.tracks = vec![Track::new(Program::PIANO), track];
        let schedule = Schedule::new(&score, SampleRate::CD);
        let said: Vec<String> = schedule
            .messages
            .iter()
            .map(|scheduled| {
                let what = match scheduled.message {
                    Message::Strike(pitch, _) => format!("+{}", pitch.number()),
                    Message::Release(pitch) => format!("-{}", pitch.number()),
                    Message::Change(_) => "pedal".to_owned(),
                };
                format!("{}:{what}", scheduled.frame / 100)
            })
            .collect();
        assert_eq!(said.join(" "), expected);
        assert_eq!(schedule.parts.len(), 1, "a track without notes is no part");
    }

    #[test]
    fn a_repeated_note_is_let_go_of_before_it_is_struck_again() {
        check(&[(0, 10, 60), (10, 10, 60)], None, "0:+60 10:-60 10:+60 20:-60");
    }

    #[test]
    fn of_two_notes_on_one_key_the_last_one_ends_it() {
        check(&[(0, 30, 60), (10, 5, 60)], None, "0:+60 10:-60 10:+60 30:-60");
    }

    #[test]
    fn a_pedal_is_down_before_the_chord_it_stands_under() {
        check(&[(4, 6, 60), (4, 6, 64)], Some(4), "4:pedal 4:+60 4:+64 10:-60 10:-64");
    }

    #[test]
    fn a_note_of_no_length_is_struck_and_then_let_go_of() {
        check(&[(2, 0, 60)], Some(9), "2:+60 3:-60");
    }
}
