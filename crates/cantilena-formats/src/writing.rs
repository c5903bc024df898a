//! A score as the bytes of a file.

use cantilena_score::Score;

use crate::error::WriteError;
use crate::format::Format;
use crate::repair::Repair;
use crate::{abc, json, midi, musicxml};

/// A score as a file, and what had to be changed to write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Writing {
    /// The file.
    pub bytes: Vec<u8>,
    /// What the format cannot say as the score has it, in the order of the score's tracks.
    pub repairs: Vec<Repair>,
    /// Of a page: the notes that are hard to read, for in the bar where they begin they need a
    /// 64th or shorter, a 32nd of a tuplet, or more than two ties.
    pub hard_to_read: usize,
}

/// Writes a score in a format. The same score gives the same bytes.
///
/// # Errors
///
/// [`WriteError`] where the score holds more than the format can say.
pub fn write(score: &Score, format: Format) -> Result<Writing, WriteError> {
    match format {
        Format::Midi => midi::write(score),
        Format::MusicXml => musicxml::write(score),
        Format::Mxl => musicxml::write_compressed(score),
        Format::Abc => abc::write(score),
        Format::Json => json::write(score),
    }
}
