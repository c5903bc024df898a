//! Standard MIDI Files 1.0, the file type that nearly all music on computers can become.
//!
//! [`read`] accepts what musicians really have: formats 0, 1 and 2, SMPTE clocks, RMID wrappers,
//! karaoke files, three text encodings, and damage of every kind, each named in the list of
//! repairs. [`write()`] gives format 1, the same bytes for the same score on every machine.
//!
//! The reading of bytes is written here and not left to a library, because a repair needs to
//! know the place of a fault and what stands behind it, which no event stream tells.
//!
//! What each does about the looser ends of the standard is told in `docs/midi.md`.

mod assembly;
mod channel;
mod chunk;
mod clock;
mod conductor;
mod encoding;
mod event;
mod header;
mod held;
mod karaoke;
mod message;
mod mtrk;
mod playable;
mod read;
mod seat;
mod shared;
mod words;
mod write;

pub use read::read;
pub use write::write;

pub(crate) use header::has_header;

/// How chord symbols stand in a marker text (FF 06): `chord: Am7`.
///
/// MIDI has no chord symbols of its own; a marker is what every program shows above the staff.
const CHORD_PREFIX: &str = "chord: ";

/// The channel that plays drums (General MIDI 1: channel 10), counted from 0.
const DRUM_CHANNEL: u8 = 9;

/// The last tick of any event: a note that begins there still has a tick to sound.
const LAST_TICK: u32 = u32::MAX - 1;

/// The largest variable-length quantity: 28 bits (Standard MIDI Files 1.0).
const LARGEST_QUANTITY: u32 = 0x0FFF_FFFF;
