//! Bytes to scores and back.
//!
//! [`read`] takes the bytes of a file and gives a [`Score`](cantilena_score::Score) with a list
//! of every [`Repair`] it needed; [`write()`] goes the other way. MIDI, MusicXML (plain and
//! compressed), ABC and JSON are each a module here and a [`Format`]. Damaged files are read as
//! far as they make sense, nothing is left out without saying so, and bytes that are no music
//! give a [`ReadError`] that says what they are. Nothing here opens a path.
//!
//! ```
//! use cantilena_formats::{Limits, midi, read};
//! use cantilena_score::{Note, Pitch, Program, Score, Ticks, Track, Velocity};
//!
//! let mut track = Track::new(Program::PIANO);
//! let (pitch, velocity) = (Pitch::MIDDLE_C, Velocity::DEFAULT);
//! track.notes.push(Note { onset: Ticks(0), duration: Ticks(480), pitch, velocity });
//! let mut score = Score::new(480.try_into()?);
//! score.tracks.push(track);
//!
//! let bytes = midi::write(&score)?.bytes;
//! let reading = read(&bytes, &Limits::default())?;
//! assert_eq!(reading.score, score);
//! assert!(reading.repairs.is_empty());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod abc;
mod error;
mod fault;
mod format;
pub mod json;
mod limits;
pub mod midi;
pub mod musicxml;
mod order;
mod page;
mod reading;
mod repair;
mod writing;

pub use error::{ReadError, WriteError};
pub use fault::Fault;
pub use format::Format;
pub use limits::Limits;
pub use reading::{Reading, read, read_all};
pub use repair::{Place, Repair};
pub use writing::{Writing, write};
