//! The schemes by which a score can be written as events.

use std::fmt;
use std::str::FromStr;

use crate::error::TokenError;

/// A scheme of writing a score as events. What each keeps is said with its own type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Representation {
    /// One field: the pitches, in order, without rhythm. See [`Pitches`](crate::Pitches).
    Pitches,
    /// One field: note names, and chords in normal order. See [`NotesChords`](crate::NotesChords).
    NotesChords,
    /// Shift, part, pitch, duration and velocity of every note. See [`Notes`](crate::Notes).
    Notes,
}

impl Representation {
    /// All names, for messages.
    pub(crate) const NAMES: &'static str = "notes, notes-chords and pitches";
}

impl fmt::Display for Representation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Representation::Pitches => "pitches",
            Representation::NotesChords => "notes-chords",
            Representation::Notes => "notes",
        })
    }
}

impl FromStr for Representation {
    type Err = TokenError;

    fn from_str(name: &str) -> Result<Representation, TokenError> {
        match name {
            "pitches" => Ok(Representation::Pitches),
            "notes-chords" => Ok(Representation::NotesChords),
            "notes" => Ok(Representation::Notes),
            other => Err(TokenError::UnknownRepresentation(other.to_owned())),
        }
    }
}
