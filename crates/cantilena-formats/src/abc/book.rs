//! Books of tunes: where one ends and the next begins.

use encoding_rs::WINDOWS_1252;

use crate::abc::tune::read_tune;
use crate::error::ReadError;
use crate::fault::Fault;
use crate::format::Format;
use crate::limits::Limits;
use crate::reading::Reading;
use crate::repair::{Place, Repair};

/// Whether bytes have a line that numbers a tune and, behind it, one that names a key.
pub(crate) fn looks_like(bytes: &[u8]) -> bool {
    let lines = || bytes.split(|&b| b == b'\n' || b == b'\r').map(<[u8]>::trim_ascii_start);
    let Some(first) = lines().position(|line| line.starts_with(b"X:")) else { return false };
    lines().skip(first).any(|line| line.starts_with(b"K:"))
}

/// Reads the first tune of a book; that there are others, is a repair.
///
/// # Errors
///
/// [`ReadError::Malformed`] where there is no tune, [`ReadError::OverLimit`] where there is more
/// than `limits` allow.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Reading, ReadError> {
    let mut tunes = read_some(bytes, limits, 1)?.into_iter();
    let none = ReadError::Malformed { format: Format::Abc, what: "no tune", offset: 0 };
    let mut reading = tunes.next().ok_or(none)?;
    let text = decode(bytes);
    let others = split(&text).len() - 1;
    if others > 0 {
        let what = Fault::OtherTunes(others);
        reading.repairs.insert(0, Repair { what, place: Place::default(), count: 1 });
    }
    Ok(reading)
}

/// Reads every tune of a book, in order.
///
/// # Errors
///
/// As [`read`].
pub fn read_all(bytes: &[u8], limits: &Limits) -> Result<Vec<Reading>, ReadError> {
    read_some(bytes, limits, usize::MAX)
}

fn read_some(bytes: &[u8], limits: &Limits, most: usize) -> Result<Vec<Reading>, ReadError> {
    limits.check("bytes", bytes.len(), limits.bytes)?;
    let text = decode(bytes);
    let tunes = split(&text);
    if tunes.is_empty() {
        let what = "no line numbers a tune (X:)";
        return Err(ReadError::Malformed { format: Format::Abc, what, offset: 0 });
    }
    let preface = &text[..tunes[0].0];
    let mut notes = 0;
    let mut readings = Vec::new();
    for (offset, tune) in tunes.into_iter().take(most) {
        let reading = read_tune(preface, tune, offset, limits)?;
        notes += reading.score.note_count();
        limits.check("notes", notes, limits.notes)?;
        readings.push(reading);
    }
    Ok(readings)
}

/// UTF-8, else Latin-1, which old files have.
fn decode(bytes: &[u8]) -> std::borrow::Cow<'_, str> {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => WINDOWS_1252.decode_without_bom_handling(bytes).0,
    }
}

/// The tunes, each with its place in the text: from a line `X:` to before the next.
fn split(text: &str) -> Vec<(usize, &str)> {
    let mut starts = Vec::new();
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if line.trim_start_matches(['\u{feff}', ' ']).starts_with("X:") {
            starts.push(offset);
        }
        offset += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts.iter().zip(ends).map(|(&start, end)| (start, &text[start..end])).collect()
}
