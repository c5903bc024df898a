//! The header chunk: how the tracks of a file belong together, and its clock.

use std::ops::Range;

use crate::error::ReadError;
use crate::fault::Fault;
use crate::format::Format;
use crate::midi::clock::Clock;
use crate::repair::Repairs;

/// How the tracks of a file belong together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Arrangement {
    /// Format 0: one track with all channels.
    Single,
    /// Format 1: tracks that sound together.
    Together,
    /// Format 2: tracks that are pieces of their own.
    Patterns,
}

/// What the header says.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) arrangement: Arrangement,
    /// How many tracks it promises.
    pub(super) tracks: u16,
    pub(super) clock: Clock,
    /// Where the chunks behind it stand, in bytes from the start of the file.
    pub(super) chunks: Range<usize>,
}

/// Whether a MIDI header stands anywhere in these bytes.
pub(crate) fn has_header(bytes: &[u8]) -> bool {
    header_offset(bytes).is_some()
}

/// A header at the very start needs only its name; behind other bytes, where the four letters
/// may be chance, it must also have the length it always has.
fn header_offset(bytes: &[u8]) -> Option<usize> {
    if bytes.starts_with(b"MThd") {
        return Some(0);
    }
    bytes.windows(8).position(|window| window == b"MThd\0\0\0\x06")
}

impl Header {
    /// Finds and reads the header.
    pub(super) fn read(bytes: &[u8], repairs: &mut Repairs) -> Result<Header, ReadError> {
        let Some(start) = header_offset(bytes) else {
            return Err(malformed("no header", 0));
        };
        // An RMID file is a RIFF chunk around the MIDI file, so it has bytes before by right.
        let end = match riff_data(bytes, start) {
            Some(end) => end,
            None if start > 0 => {
                repairs.add(Fault::LeadingBytes(start), Some(0), None);
                bytes.len()
            }
            None => bytes.len(),
        };
        let short = || malformed("the file ends inside the header", end);
        let field = |at: usize| bytes[..end].get(start + at..start + at + 2).ok_or_else(short);
        let number = |at: usize| field(at).map(|b| u16::from_be_bytes([b[0], b[1]]));

        let length = u32::from(number(4)?) << 16 | u32::from(number(6)?);
        let format = number(8)?;
        let tracks = number(10)?;
        let division = number(12)?;
        let chunks = start + Header::length(&bytes[start..end], length, repairs);

        let arrangement = match format {
            0 => Arrangement::Single,
            1 => Arrangement::Together,
            2 => Arrangement::Patterns,
            _ => {
                repairs.add(Fault::FileFormat(format), Some(start + 8), None);
                Arrangement::Together
            }
        };
        let (clock, fault) = Clock::from_division(division);
        if let Some(fault) = fault {
            repairs.add(fault, Some(start + 12), None);
        }
        Ok(Header { arrangement, tracks, clock, chunks: chunks..end })
    }

    /// How many bytes the header really takes, with the 8 of its own name and length.
    fn length(header: &[u8], said: u32, repairs: &mut Repairs) -> usize {
        const USUAL: usize = 14;
        if said == 6 {
            return USUAL;
        }
        repairs.add(Fault::HeaderLength(said), Some(4), None);
        // A longer header is allowed for, but where a track follows the usual one, it lies.
        match usize::try_from(said).ok().and_then(|said| said.checked_add(8)) {
            Some(length)
                if (USUAL..=header.len()).contains(&length)
                    && !header[USUAL..].starts_with(b"MTrk") =>
            {
                length
            }
            _ => USUAL,
        }
    }
}

/// Where the MIDI file in a RIFF file ends (RP-029, "RMID"), if its header at `start` is in one.
fn riff_data(bytes: &[u8], start: usize) -> Option<usize> {
    let is_rmid = bytes.starts_with(b"RIFF") && bytes.get(8..12)? == b"RMID";
    let chunk = bytes.get(start.checked_sub(8)?..start)?;
    if !is_rmid || !chunk.starts_with(b"data") {
        return None;
    }
    let length = u32::from_le_bytes(chunk[4..].try_into().expect("four bytes of eight"));
    Some(start.saturating_add(length as usize).min(bytes.len()))
}

fn malformed(what: &'static str, offset: usize) -> ReadError {
    ReadError::Malformed { format: Format::Midi, what, offset }
}
