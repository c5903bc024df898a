//! `pitch-step-duration`: three numbers a note, in clock time.
//!
//! The pitch, the time since the note before began, and how long it lasts, as three predicted
//! fields: times as lengths of 10 ms, log-spaced beyond a second, so that the loss is a true
//! likelihood. Drums are left out, all other tracks are one part, the pedal is not heard, and
//! every note has one velocity. For networks that regress times instead,
//! [`pitch_step_durations`] gives the numbers themselves.

use cantilena_score::{Note, Pitch, Score, Ticks, Velocity};

use crate::bins::Bins;
use crate::clock::{CLOCK, Steps, clock_setting};
use crate::event::Events;
use crate::field::{END, Field, NONE};
use crate::grid::settled;
use crate::pitches::PLAIN_VELOCITY;
use crate::place::Place;
use crate::setting::Setting;

/// Columns of an event, in order.
const PITCH: usize = 0;
const STEP: usize = 1;
const DURATION: usize = 2;

/// The `pitch-step-duration` representation. Its vocabulary is the same for every corpus.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PitchStepDuration {
    steps: Bins,
    durations: Bins,
}

impl Default for PitchStepDuration {
    fn default() -> PitchStepDuration {
        PitchStepDuration { steps: Bins::of_clock(0), durations: Bins::of_clock(1) }
    }
}

/// Each note's pitch (0 to 127), step (seconds since the onset before; 0 for the first) and
/// duration (seconds), by onset and pitch; drums left out.
pub fn pitch_step_durations(score: &Score) -> Vec<[f32; 3]> {
    let mut notes: Vec<Note> = melodic(score).copied().collect();
    notes.sort_by_key(|note| (note.onset, note.pitch));
    let mut before = None;
    let triple = |note: &Note| {
        let onset = score.tempo.seconds_at(note.onset).0;
        let release = score.tempo.seconds_at(note.release()).0;
        let step = onset - before.replace(onset).unwrap_or(onset);
        [f32::from(note.pitch.number()), step as f32, (release - onset) as f32]
    };
    notes.iter().map(triple).collect()
}

/// All notes but the drums'.
fn melodic(score: &Score) -> impl Iterator<Item = &Note> {
    score.tracks.iter().filter(|track| !track.is_drums).flat_map(|track| &track.notes)
}

impl PitchStepDuration {
    pub(crate) fn fields(&self) -> Vec<Field> {
        vec![
            Field::predicted("pitch", usize::from(END) + 1 + Pitch::COUNT),
            Field::predicted("step", 1 + self.steps.len()),
            Field::predicted("duration", 1 + self.durations.len()),
        ]
    }

    pub(crate) fn setting(score: &Score) -> Setting {
        clock_setting(score)
    }

    pub(crate) fn encode(&self, score: &Score) -> Events {
        let mut events = Events::new(self.fields().len());
        let mut clock = Ticks::ZERO;
        for note in self.notes(score) {
            events.push(&[
                END + 1 + u16::from(note.pitch.number()),
                1 + self.steps.nearest(note.onset.since(clock).0),
                1 + self.durations.nearest(note.duration.0),
            ]);
            clock = note.onset;
        }
        events.push(&[END, NONE, NONE]);
        events
    }

    /// The notes in steps and lengths there are, no pitch sounding twice at once.
    fn notes(&self, score: &Score) -> Vec<Note> {
        let mut steps = Steps::new(&score.tempo);
        let velocity = Velocity::clamped(PLAIN_VELOCITY);
        let notes = melodic(score).map(|note| {
            let (on, off) = (steps.at(note.onset), steps.at(note.release()));
            let duration = Ticks(off.saturating_sub(on).max(1));
            Note { onset: Ticks(on), duration, pitch: note.pitch, velocity }
        });
        let mut played = Score::new(CLOCK);
        played.tracks.push(cantilena_score::Track { notes: notes.collect(), ..Default::default() });
        let settled = settled(played, &self.steps, &self.durations);
        settled.tracks.into_iter().next().map(|track| track.notes).unwrap_or_default()
    }

    pub(crate) fn decode(&self, setting: &Setting, events: &Events) -> Score {
        let mut score = setting.empty_score();
        let mut clock = Ticks::ZERO;
        let mut notes = Vec::new();
        for note in events.rows() {
            let Some(note) = self.note(note, clock) else { continue };
            clock = note.onset;
            notes.push(note);
        }
        if let Some(track) = score.tracks.iter_mut().find(|track| !track.is_drums) {
            crate::grid::part_unisons(&mut notes, &self.durations);
            track.notes = notes;
        }
        score.sort();
        score
    }

    /// The note of an event, given the onset before; `None` for the end and for what is not whole.
    pub(crate) fn note(&self, row: &[u16], clock: Ticks) -> Option<Note> {
        let pitch = Pitch::new(u8::try_from(row[PITCH].checked_sub(END + 1)?).ok()?).ok()?;
        let onset = clock + Ticks(self.steps.length(row[STEP].checked_sub(1)?));
        let duration = Ticks(self.durations.length(row[DURATION].checked_sub(1)?));
        Some(Note { onset, duration, pitch, velocity: Velocity::clamped(PLAIN_VELOCITY) })
    }

    /// What a token says of time, given the onset before and the fields before it.
    pub(crate) fn place(&self, clock: Ticks, field: usize, row: &[u16], token: u16) -> Place {
        let at = |bins: &Bins, token: u16| token.checked_sub(1).map(|bin| Ticks(bins.length(bin)));
        match field {
            PITCH if token == END => Place::End,
            STEP => at(&self.steps, token).map_or(Place::Silent, |step| Place::Onset(clock + step)),
            DURATION => match (at(&self.steps, row[STEP]), at(&self.durations, token)) {
                (Some(step), Some(duration)) => Place::Release(clock + step + duration),
                _ => Place::Silent,
            },
            _ => Place::Silent,
        }
    }

    /// Whether a token keeps the notes of one onset in order, from the bottom up.
    pub(crate) fn allows(last: Option<u16>, field: usize, row: &[u16], token: u16) -> bool {
        field != STEP || token != 1 || last.is_none_or(|last| row[PITCH] > last)
    }

    pub(crate) fn spell(&self, field: usize, token: u16) -> String {
        match (field, token) {
            (_, NONE) => "-".to_owned(),
            (PITCH, END) => "end".to_owned(),
            (PITCH, _) => {
                let pitch = u8::try_from(token - END - 1).ok().and_then(|n| Pitch::new(n).ok());
                pitch.map_or_else(|| token.to_string(), |pitch| pitch.to_string())
            }
            (STEP, _) => self.steps.length(token - 1).to_string(),
            _ => self.durations.length(token - 1).to_string(),
        }
    }
}
