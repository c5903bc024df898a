//! A score as JSON, for programs: all that a score holds, under the names it has here.
//!
//! What is written is read back the same, every score. The layout stands in `docs/json.md`; it is
//! near to MusPy's, whose `time` and `resolution` are here `onset` and `ticks_per_quarter`.

mod model;

use cantilena_score::Score;

use crate::error::{ReadError, WriteError};
use crate::format::Format;
use crate::json::model::Piece;
use crate::limits::Limits;
use crate::reading::Reading;
use crate::writing::Writing;

/// What the first field says, so that other JSON is told apart.
const KIND: &str = "cantilena score";

/// Whether bytes are JSON that says it is a score.
pub(crate) fn looks_like(bytes: &[u8]) -> bool {
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    let near = &start[..start.len().min(256)];
    start.starts_with(b"{") && near.windows(KIND.len()).any(|found| found == KIND.as_bytes())
}

/// Reads a score from JSON.
///
/// # Errors
///
/// [`ReadError::Malformed`] where it is no such JSON or holds what no score can,
/// [`ReadError::OverLimit`] where it holds more than `limits` allow.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Reading, ReadError> {
    limits.check("bytes", bytes.len(), limits.bytes)?;
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let malformed = |what, offset| ReadError::Malformed { format: Format::Json, what, offset };
    let piece: Piece<'_> = serde_json::from_slice(bytes).map_err(|error| {
        let rows = bytes.split_inclusive(|&b| b == b'\n').take(error.line().saturating_sub(1));
        let offset = rows.map(<[u8]>::len).sum::<usize>() + error.column().saturating_sub(1);
        malformed("not the JSON of a score", offset)
    })?;
    limits.check("tracks", piece.tracks(), limits.tracks)?;
    limits.check("notes", piece.notes(), limits.notes)?;
    let mut score = piece.into_score().map_err(|what| malformed(what, 0))?;
    score.sort();
    Ok(Reading { score, format: Format::Json, repairs: Vec::new() })
}

/// Writes a score as JSON, one note a line. Nothing is left out.
///
/// # Errors
///
/// None: any score can be written.
pub fn write(score: &Score) -> Result<Writing, WriteError> {
    let bytes = Piece::of(score).to_bytes();
    Ok(Writing { bytes, repairs: Vec::new(), hard_to_read: 0 })
}
