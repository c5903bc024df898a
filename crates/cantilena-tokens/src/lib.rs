//! Scores to events with fields, and back.
//!
//! A [`Representation`] writes a score as a matrix of events × [`Field`]s of small numbers
//! ([`Events`]), after a [`Setting`] that is given and not predicted: parts, meter, tempo, key.
//! Some fields are predicted by a model; others are derived from what went before, and tell the
//! model where in the bar it stands or what sounded here a few bars ago. A [`Tokenizer`] is a
//! representation with its vocabulary; a [`Cursor`] walks a piece event by event and derives,
//! so that learning and composing see the very same numbers. Bytes and tensors are unknown here.

mod bins;
mod clock;
mod conditions;
mod cursor;
mod error;
mod event;
mod field;
mod frames;
mod grid;
mod midi_tok;
mod notes;
mod notes_chords;
mod opening;
mod pedal;
mod performance;
mod pitch_step_duration;
mod pitches;
mod place;
mod representation;
mod setting;
mod tokenizer;
mod voices;

pub use conditions::{Condition, ConditionKind, KnownConditions};
pub use cursor::Cursor;
pub use error::TokenError;
pub use event::Events;
pub use field::{END, Field, NONE, Role};
pub use frames::{Frames, piano_roll};
pub use midi_tok::{MidiTok, Scheme};
pub use notes::{Grid, Notes};
pub use notes_chords::{NotesChords, Survivors};
pub use opening::{Opening, OpeningPart};
pub use performance::{Performance, performance_events};
pub use pitch_step_duration::{PitchStepDuration, pitch_step_durations};
pub use pitches::Pitches;
pub use place::Place;
pub use representation::Representation;
pub use setting::{Part, Setting};
pub use tokenizer::Tokenizer;
