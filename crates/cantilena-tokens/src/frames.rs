//! `frames`: what sounds, frame by frame.
//!
//! A frame is a fraction of a quarter note, a sixteenth by default. One stream: the pitches that
//! sound in a frame, from the bottom up, then a mark that ends it (Boulanger-Lewandowski, Bengio
//! and Vincent, "Modeling Temporal Dependencies in High-Dimensional Sequences", 2012, model such
//! frames; each pitch is predicted given those below it, so the likelihood of a frame is a joint
//! one). Drums are left out, and all other tracks are one. A frame does not say whether a pitch
//! is held or struck again: decoded, it is held. Each note has one velocity.
//!
//! For the other league of published figures, in which the pitches of a frame are independent,
//! [`piano_roll`] gives the frames as sets.

use std::num::NonZero;

use cantilena_score::{Note, Pitch, Score, Ticks, TicksPerQuarter, Velocity};

use crate::event::Events;
use crate::field::{END, Field};
use crate::pitches::PLAIN_VELOCITY;
use crate::place::Place;
use crate::setting::Setting;

/// The token that ends a frame.
const MARK: u16 = END + 1;

/// The token of pitch 0.
const PITCH: u16 = MARK + 1;

/// The last quarter note that is written; what begins later is left out, so that a file which
/// names a far tick does not become millions of frames.
const QUARTER_LAST: u32 = 1 << 17;

/// How long nothing may sound while composing, in quarter notes.
const SILENCE_QUARTERS_MAX: u32 = 64;

/// The `frames` representation with the length of its frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Frames {
    per_quarter: TicksPerQuarter,
}

impl Default for Frames {
    /// Sixteenths.
    fn default() -> Frames {
        Frames { per_quarter: NonZero::new(4).expect("four is not zero") }
    }
}

/// What sounds in each frame of so many to a quarter note: bit n stands for pitch n.
///
/// Onsets and releases go to the nearest frame, and a note keeps one at least; drums are left
/// out. The 88 keys of a piano are bits 21 to 108.
pub fn piano_roll(score: &Score, frames_per_quarter: TicksPerQuarter) -> Vec<u128> {
    let clock = score.ticks_per_quarter();
    let last = QUARTER_LAST * u32::from(frames_per_quarter.get()).min(1024);
    let frame = |tick: Ticks| tick.rescaled(clock, frames_per_quarter).0.min(last);
    let mut spans: Vec<(Pitch, u32, u32)> = Vec::new();
    for note in score.tracks.iter().filter(|track| !track.is_drums).flat_map(|t| &t.notes) {
        let (from, to) = (frame(note.onset), frame(note.release()));
        if from < last {
            spans.push((note.pitch, from, to.max(from + 1)));
        }
    }
    spans.sort_unstable();
    let length = spans.iter().map(|&(_, _, to)| to).max().unwrap_or(0);
    let mut roll = vec![0; length as usize];
    // Each frame of a pitch is set once, however many notes overlap there.
    let (mut pitch, mut set) = (None, 0);
    for (next, from, to) in spans {
        if pitch != Some(next) {
            (pitch, set) = (Some(next), 0);
        }
        for sounding in &mut roll[from.max(set).min(to) as usize..to as usize] {
            *sounding |= 1u128 << next.number();
        }
        set = set.max(to);
    }
    roll
}

impl Frames {
    /// Frames of which so many are a quarter note.
    pub fn new(per_quarter: TicksPerQuarter) -> Frames {
        Frames { per_quarter }
    }

    /// How many frames a quarter note has.
    pub fn per_quarter(&self) -> TicksPerQuarter {
        self.per_quarter
    }

    pub(crate) fn fields() -> Vec<Field> {
        vec![Field::predicted("token", usize::from(PITCH) + Pitch::COUNT)]
    }

    pub(crate) fn setting(&self, score: &Score) -> Setting {
        Setting::of_one(score, self.per_quarter)
    }

    pub(crate) fn encode(&self, score: &Score) -> Events {
        let mut tokens = Vec::new();
        for mut sounding in piano_roll(score, self.per_quarter) {
            while sounding != 0 {
                let lowest = sounding.trailing_zeros();
                tokens.push(PITCH + lowest as u16);
                sounding &= sounding - 1;
            }
            tokens.push(MARK);
        }
        tokens.push(END);
        Events::stream(tokens)
    }

    /// The score that frames say: a pitch in frames in a row is one note, in whatever order the
    /// pitches of a frame stand.
    pub(crate) fn decode(setting: &Setting, events: &Events) -> Score {
        let mut score = setting.empty_score();
        let velocity = Velocity::clamped(PLAIN_VELOCITY);
        // For each pitch, the frame in which its note began and the frame behind it.
        let mut spans: [Option<(u32, u32)>; Pitch::COUNT] = [None; Pitch::COUNT];
        let mut notes = Vec::new();
        let mut frame = 0;
        let mut close = |pitch: usize, span: Option<(u32, u32)>| {
            if let (Some((from, to)), Ok(pitch)) = (span, Pitch::new(pitch as u8)) {
                let (onset, duration) = (Ticks(from), Ticks(to - from));
                notes.push(Note { onset, duration, pitch, velocity });
            }
        };
        for row in events.rows() {
            match row[0] {
                MARK => frame += 1,
                token @ PITCH.. => {
                    let pitch = usize::from(token - PITCH);
                    match &mut spans[pitch] {
                        Some((_, to)) if *to >= frame => *to = frame + 1,
                        span => close(pitch, span.replace((frame, frame + 1))),
                    }
                }
                _ => {}
            }
        }
        spans.into_iter().enumerate().for_each(|(pitch, span)| close(pitch, span));
        if let Some(track) = score.tracks.iter_mut().find(|track| !track.is_drums) {
            track.notes = notes;
        }
        score.sort();
        score
    }

    pub(crate) fn spell(token: u16) -> String {
        match token {
            MARK => "|".to_owned(),
            PITCH.. => Pitch::new((token - PITCH) as u8).map_or("-".to_owned(), |p| p.to_string()),
            END => "end".to_owned(),
            _ => "-".to_owned(),
        }
    }
}

/// A roll so far: the frame, and what is said of it.
#[derive(Clone, Debug)]
pub(crate) struct Roll {
    per_quarter: u32,
    frame: Ticks,
    /// The highest pitch said of this frame.
    highest: Option<u16>,
    last_onset: Option<Ticks>,
}

impl Roll {
    pub(crate) fn new(frames: Frames) -> Roll {
        let per_quarter = u32::from(frames.per_quarter.get());
        Roll { per_quarter, frame: Ticks::ZERO, highest: None, last_onset: None }
    }

    pub(crate) fn take(&mut self, token: u16) {
        match token {
            MARK => {
                self.frame += Ticks(1);
                self.highest = None;
            }
            PITCH.. => {
                self.highest = Some(token);
                self.last_onset = Some(self.frame);
            }
            _ => {}
        }
    }

    /// Whether a token goes on upwards, or ends a frame without being silent for ever.
    pub(crate) fn allows(&self, token: u16) -> bool {
        match token {
            MARK => {
                let since = self.frame.since(self.last_onset.unwrap_or_default()).0;
                since < SILENCE_QUARTERS_MAX * self.per_quarter
            }
            PITCH.. => self.highest.is_none_or(|highest| token > highest),
            _ => token == END,
        }
    }

    pub(crate) fn place(&self, token: u16) -> Place {
        match token {
            MARK => Place::Clock(self.frame + Ticks(1)),
            PITCH.. => Place::Onset(self.frame),
            _ => Place::End,
        }
    }

    /// The last frame in which something sounds.
    pub(crate) fn last_onset(&self) -> Option<Ticks> {
        self.last_onset
    }
}
