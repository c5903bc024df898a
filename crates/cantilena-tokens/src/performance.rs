//! `performance`: the published stream of 388 events, in clock time.
//!
//! Strike one of 128 pitches, release one of 128 pitches, let 10 to 1000 ms pass, or set one of
//! 32 velocities: Oore, Simon, Dieleman, Eck and Simonyan, "This Time with Feeling: Learning
//! Expressive Musical Performance" (2018), § 3, in the order in which the Magenta project's
//! `Performance` writes them and with the numbers of its one-hot encoding; in a token, 2 more,
//! for [`NONE`](crate::NONE) and [`END`] come first. The sustain pedal lengthens notes (see
//! `pedal.rs`), times go to the nearest 10 ms, a note lasts one step at least, and notes on one
//! step keep the order in which they were struck. Drums are left out, and all other tracks are
//! one part.
//!
//! Decoded: a release is that of the pitch's first stroke still sounding, and says nothing where
//! there is none; what sounds at the end is released there; before the first velocity stands 80.

use cantilena_score::{Note, Pitch, Score, Ticks};

use crate::clock::{STEP_LAST, Steps, clock_setting};
use crate::event::Events;
use crate::field::{END, Field};
use crate::grid::{velocity_bin, velocity_of};
use crate::pedal::{last_event, sustained};
use crate::pitches::PLAIN_VELOCITY;
use crate::place::Place;
use crate::setting::Setting;

/// The longest time one event lets pass, in steps of 10 ms.
const SHIFT_MAX: u32 = 100;

/// How far time may go on without a stroke while composing: 32 seconds, in steps.
const SILENCE_MAX: u32 = 3200;

/// The first token of each kind.
const ON: u16 = END + 1;
const OFF: u16 = ON + Pitch::COUNT as u16;
const SHIFT: u16 = OFF + Pitch::COUNT as u16;
const VELOCITY: u16 = SHIFT + SHIFT_MAX as u16;
const TOKENS: u16 = VELOCITY + crate::grid::VELOCITY_BINS;

/// The `performance` representation. Its vocabulary is the same for every corpus.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Performance;

/// How many of the 388 events of `performance` a score is written with, its end not counted.
///
/// Published likelihoods are nats per such event; those of another representation compare with
/// them as the sum of all its nats by this number.
pub fn performance_events(score: &Score) -> usize {
    encode(score).len() - 1
}

/// One of the events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Event {
    On(Pitch),
    Off(Pitch),
    /// So many steps pass.
    Shift(u32),
    /// One of the 32 bins.
    Velocity(u16),
}

impl Event {
    /// `None` for what is no event: nothing, and the end.
    fn of(token: u16) -> Option<Event> {
        let pitch = |first: u16| Pitch::new((token - first) as u8).ok();
        match token {
            ON..OFF => pitch(ON).map(Event::On),
            OFF..SHIFT => pitch(OFF).map(Event::Off),
            SHIFT..VELOCITY => Some(Event::Shift(u32::from(token - SHIFT) + 1)),
            VELOCITY..TOKENS => Some(Event::Velocity(token - VELOCITY)),
            _ => None,
        }
    }
}

pub(crate) fn fields() -> Vec<Field> {
    vec![Field::predicted("token", usize::from(TOKENS))]
}

pub(crate) fn setting(score: &Score) -> Setting {
    clock_setting(score)
}

/// A note in steps: when it is struck and released.
struct Played {
    on: u32,
    off: u32,
    pitch: Pitch,
    velocity: u16,
}

pub(crate) fn encode(score: &Score) -> Events {
    let notes = played(score);
    // Strokes are in order already: by step, then as struck. Releases likewise, merged in.
    let releases = order_of_releases(notes.iter().map(|note| note.off));

    let mut tokens: Vec<u16> = Vec::with_capacity(notes.len() * 4 + 1);
    let (mut clock, mut velocity) = (0, None);
    let (mut struck, mut released) = (0, 0);
    while let Some(&(off, index)) = releases.get(released) {
        let strikes = notes.get(struck).filter(|note| (note.on, struck as u32) <= (off, index));
        let step = strikes.map_or(off, |note| note.on);
        while step - clock > SHIFT_MAX {
            tokens.push(VELOCITY - 1);
            clock += SHIFT_MAX;
        }
        if step > clock {
            tokens.push(SHIFT + (step - clock) as u16 - 1);
            clock = step;
        }
        match strikes {
            Some(note) => {
                if velocity != Some(note.velocity) {
                    velocity = Some(note.velocity);
                    tokens.push(VELOCITY + note.velocity);
                }
                tokens.push(ON + u16::from(note.pitch.number()));
                struck += 1;
            }
            None => {
                tokens.push(OFF + u16::from(notes[index as usize].pitch.number()));
                released += 1;
            }
        }
    }
    tokens.push(END);
    Events::stream(tokens)
}

/// When notes are released and which they are, in this order.
fn order_of_releases(releases: impl Iterator<Item = u32>) -> Vec<(u32, u32)> {
    // As one number each, which sorts in half the time.
    let mut order: Vec<u64> =
        releases.zip(0..).map(|(off, index)| u64::from(off) << 32 | index).collect();
    order.sort_unstable();
    order.into_iter().map(|release| ((release >> 32) as u32, release as u32)).collect()
}

/// All notes but the drums', in the order in which they are struck.
fn played(score: &Score) -> Vec<Played> {
    let last = last_event(score);
    let tracks = score.tracks.iter().filter(|track| !track.is_drums && !track.notes.is_empty());
    let mut tracks: Vec<Vec<Note>> = tracks.map(|track| sustained(track, last)).collect();
    let notes = match tracks.len() {
        1 => tracks.remove(0),
        _ => {
            let mut notes = tracks.concat();
            notes.sort_by_key(|note| (note.onset, note.pitch));
            notes
        }
    };
    let mut steps = Steps::new(&score.tempo);
    let played = notes.iter().map(|note| {
        let on = steps.at(note.onset);
        let off = steps.at(note.release()).max(on + 1);
        Played { on, off, pitch: note.pitch, velocity: velocity_bin(note.velocity) }
    });
    played.take_while(|note| note.on < STEP_LAST).collect()
}

pub(crate) fn decode(setting: &Setting, events: &Events) -> Score {
    let mut score = setting.empty_score();
    let mut hands = Hands::default();
    let mut notes: Vec<Note> = events.rows().filter_map(|row| hands.take(row[0])).collect();
    notes.extend(hands.let_go());
    if let Some(track) = score.tracks.iter_mut().find(|track| !track.is_drums) {
        track.notes = notes;
    }
    score.sort();
    score
}

pub(crate) fn spell(token: u16) -> String {
    match Event::of(token) {
        Some(Event::On(pitch)) => format!("on-{pitch}"),
        Some(Event::Off(pitch)) => format!("off-{pitch}"),
        Some(Event::Shift(steps)) => format!("shift-{steps}"),
        Some(Event::Velocity(bin)) => format!("velocity-{}", velocity_of(bin).value()),
        None => if token == END { "end" } else { "-" }.to_owned(),
    }
}

/// A performance so far: the time, and what sounds.
#[derive(Clone, Debug)]
pub(crate) struct Hands {
    clock: Ticks,
    velocity: u16,
    /// Strokes still sounding, the first one first.
    sounding: Vec<Note>,
    /// When the last stroke was.
    last_onset: Option<Ticks>,
    /// Whether the last event set the velocity: another one right behind would say nothing.
    has_set_velocity: bool,
}

impl Default for Hands {
    fn default() -> Hands {
        Hands {
            clock: Ticks::ZERO,
            velocity: (PLAIN_VELOCITY as u16 - 1) / 4,
            sounding: Vec::new(),
            last_onset: None,
            has_set_velocity: false,
        }
    }
}

impl Hands {
    /// Takes an event in; gives the note that it releases.
    pub(crate) fn take(&mut self, token: u16) -> Option<Note> {
        let event = Event::of(token)?;
        self.has_set_velocity = false;
        match event {
            Event::On(pitch) => {
                let velocity = velocity_of(self.velocity);
                let duration = Ticks::ZERO;
                self.sounding.push(Note { onset: self.clock, duration, pitch, velocity });
                self.last_onset = Some(self.clock);
            }
            Event::Off(pitch) => {
                let at = self.sounding.iter().position(|note| note.pitch == pitch)?;
                return Some(released(self.sounding.remove(at), self.clock));
            }
            Event::Shift(steps) => self.clock += Ticks(steps),
            Event::Velocity(bin) => {
                self.velocity = bin;
                self.has_set_velocity = true;
            }
        }
        None
    }

    /// The note that an event would release.
    pub(crate) fn note(&self, token: u16) -> Option<Note> {
        let Some(Event::Off(pitch)) = Event::of(token) else { return None };
        let note = self.sounding.iter().find(|note| note.pitch == pitch)?;
        Some(released(*note, self.clock))
    }

    /// Whether an event does something that a hand can do: strike a pitch that is up, release
    /// one struck before now, set the velocity once, and not wait for ever.
    pub(crate) fn allows(&self, token: u16) -> bool {
        let sounds = |pitch: Pitch| self.sounding.iter().find(move |note| note.pitch == pitch);
        match Event::of(token) {
            Some(Event::On(pitch)) => sounds(pitch).is_none() && self.clock.0 < STEP_LAST,
            Some(Event::Off(pitch)) => sounds(pitch).is_some_and(|note| note.onset < self.clock),
            Some(Event::Shift(steps)) => {
                let since = self.clock.since(self.last_onset.unwrap_or_default()).0;
                since + steps <= SILENCE_MAX
            }
            Some(Event::Velocity(bin)) => !self.has_set_velocity && bin != self.velocity,
            None => token == END,
        }
    }

    /// What an event says of time.
    pub(crate) fn place(&self, token: u16) -> Place {
        match Event::of(token) {
            Some(Event::On(_)) => Place::Onset(self.clock),
            Some(Event::Shift(steps)) => Place::Clock(self.clock + Ticks(steps)),
            Some(_) => Place::Silent,
            None => Place::End,
        }
    }

    /// When the last stroke was.
    pub(crate) fn last_onset(&self) -> Option<Ticks> {
        self.last_onset
    }

    /// Whether nothing sounds.
    pub(crate) fn is_settled(&self) -> bool {
        self.sounding.is_empty()
    }

    /// What still sounds, released now.
    fn let_go(self) -> impl Iterator<Item = Note> {
        let clock = self.clock;
        self.sounding.into_iter().map(move |note| released(note, clock))
    }
}

/// A note released at `clock`, or a step after its stroke.
fn released(note: Note, clock: Ticks) -> Note {
    Note { duration: clock.since(note.onset).max(Ticks(1)), ..note }
}
