//! From bytes of any format to a score.

use cantilena_score::Score;

use crate::error::ReadError;
use crate::format::{Format, foreign};
use crate::limits::Limits;
use crate::repair::Repair;
use crate::{abc, json, midi, musicxml};

/// A score as it was read, and what had to be done to read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reading {
    /// The music.
    pub score: Score,
    /// What the bytes were.
    pub format: Format,
    /// Everything that was mended, guessed or left out, in the order of the file.
    pub repairs: Vec<Repair>,
}

/// Reads bytes of any format that we know, told by the bytes themselves.
///
/// # Errors
///
/// [`ReadError`] where the bytes are no music, are beyond the limits, or are so damaged that
/// nothing was saved.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Reading, ReadError> {
    if bytes.is_empty() {
        return Err(ReadError::Empty);
    }
    match Format::from_bytes(bytes) {
        Some(Format::Midi) => midi::read(bytes, limits),
        Some(Format::MusicXml) => musicxml::read(bytes, limits),
        Some(Format::Mxl) => musicxml::read_compressed(bytes, limits),
        Some(Format::Abc) => abc::read(bytes, limits),
        Some(Format::Json) => json::read(bytes, limits),
        None => Err(ReadError::UnknownFormat { found: foreign(bytes) }),
    }
}

/// Reads all pieces that bytes hold: every tune of a book in ABC, the one piece of other formats.
///
/// # Errors
///
/// As [`read`].
pub fn read_all(bytes: &[u8], limits: &Limits) -> Result<Vec<Reading>, ReadError> {
    match Format::from_bytes(bytes) {
        Some(Format::Abc) => abc::read_all(bytes, limits),
        _ => read(bytes, limits).map(|reading| vec![reading]),
    }
}
