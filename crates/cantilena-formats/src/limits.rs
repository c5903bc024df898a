//! How much a reader takes before it calls a file hostile.

use crate::error::ReadError;

/// The most that a file may hold.
///
/// Besides these, a reader's memory is bounded by the file itself: whatever the bytes say, it
/// holds at most [`Limits::MEMORY_PER_BYTE`] bytes for each of them, and one megabyte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of the file.
    pub bytes: usize,
    /// Notes in all tracks.
    pub notes: usize,
    /// Tracks of the file, and tracks of the score after those that change their program are
    /// split.
    pub tracks: usize,
}

impl Limits {
    /// The most memory, in bytes, that reading takes for each byte of the file.
    ///
    /// The dearest bytes are a program change and a note on one of many channels: 7 bytes begin
    /// a track of their own, at some 400 bytes while reading.
    pub const MEMORY_PER_BYTE: usize = 128;
}

impl Limits {
    /// Refuses what is over a limit.
    pub(crate) fn check(
        &self,
        what: &'static str,
        found: usize,
        limit: usize,
    ) -> Result<(), ReadError> {
        if found <= limit { Ok(()) } else { Err(ReadError::OverLimit { what, found, limit }) }
    }
}

impl Default for Limits {
    /// 64 MiB, ten million notes, 65,535 tracks: several times the largest files that people
    /// exchange as music, and as many tracks as a MIDI header can count.
    fn default() -> Limits {
        Limits { bytes: 64 << 20, notes: 10_000_000, tracks: 65_535 }
    }
}
