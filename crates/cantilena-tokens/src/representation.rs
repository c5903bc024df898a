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
    /// As `notes`, in clock time: for performances without a beat.
    NotesClock,
    /// One stream of strokes, releases, passing time and velocities, as published. See
    /// [`Performance`](crate::Performance).
    Performance,
    /// One stream: bars, positions in them, and notes. See [`MidiTok`](crate::MidiTok).
    Remi,
    /// One stream: time shifts, and notes with durations. See [`MidiTok`](crate::MidiTok).
    Tsd,
    /// One stream: time shifts, strokes and releases. See [`MidiTok`](crate::MidiTok).
    MidiLike,
    /// One stream: the pitches of each frame, from the bottom up. See [`Frames`](crate::Frames).
    Frames,
    /// Pitch, time since the last onset and duration of every note, in clock time. See
    /// [`PitchStepDuration`](crate::PitchStepDuration).
    PitchStepDuration,
}

/// Every representation and its name.
const NAMED: [(Representation, &str); 10] = [
    (Representation::Notes, "notes"),
    (Representation::NotesClock, "notes-clock"),
    (Representation::NotesChords, "notes-chords"),
    (Representation::Pitches, "pitches"),
    (Representation::Performance, "performance"),
    (Representation::Remi, "remi"),
    (Representation::Tsd, "tsd"),
    (Representation::MidiLike, "midi-like"),
    (Representation::Frames, "frames"),
    (Representation::PitchStepDuration, "pitch-step-duration"),
];

impl Representation {
    /// All of them.
    pub fn all() -> impl Iterator<Item = Representation> {
        NAMED.into_iter().map(|(representation, _)| representation)
    }

    /// Whether it writes when notes begin in beats, as the file names them; if not, it writes that
    /// by the clock, or not at all.
    pub fn goes_by_beats(self) -> bool {
        match self {
            Representation::Notes
            | Representation::Remi
            | Representation::Tsd
            | Representation::MidiLike
            | Representation::Frames => true,
            Representation::Pitches
            | Representation::NotesChords
            | Representation::NotesClock
            | Representation::Performance
            | Representation::PitchStepDuration => false,
        }
    }

    /// All names, for messages.
    pub(crate) fn names() -> String {
        let names: Vec<&str> = NAMED.iter().map(|(_, name)| *name).collect();
        let (last, others) = names.split_last().unwrap_or((&"", &[]));
        format!("{} and {last}", others.join(", "))
    }
}

impl fmt::Display for Representation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = NAMED.iter().find(|(representation, _)| representation == self);
        f.write_str(named.map_or("", |(_, name)| name))
    }
}

impl FromStr for Representation {
    type Err = TokenError;

    fn from_str(name: &str) -> Result<Representation, TokenError> {
        let named = NAMED.iter().find(|(_, known)| *known == name);
        let unknown = || TokenError::UnknownRepresentation(name.to_owned());
        named.map(|(representation, _)| *representation).ok_or_else(unknown)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_representation_is_called_in_a_recipe_as_in_a_message() {
        for (representation, name) in NAMED {
            assert_eq!(representation.to_string(), name);
            assert_eq!(name.parse(), Ok(representation));
            assert_eq!(serde_json::to_string(&representation).unwrap(), format!("\"{name}\""));
        }
    }

    #[test]
    fn an_unknown_name_is_answered_with_those_there_are() {
        let error = "tokens".parse::<Representation>().unwrap_err().to_string();
        assert!(error.contains("notes, ") && error.contains(" and "), "{error}");
    }
}
