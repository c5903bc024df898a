//! Which of the five.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::error::SystemRecipeError;

/// One of the five systems.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum System {
    /// Pitches in file order; a melody served by genre.
    Melody,
    /// Mel frames of sound; the next frame.
    Spectrogram,
    /// Pitch, step and duration of each note; three heads.
    PitchStepDuration,
    /// Notes and chords as symbols.
    NotesChords,
    /// Pitches of music of many genres, and the measures of learning.
    ManyGenres,
}

impl System {
    /// All five, in the order in which they are told of.
    pub const ALL: [System; 5] = [
        System::Melody,
        System::Spectrogram,
        System::PitchStepDuration,
        System::NotesChords,
        System::ManyGenres,
    ];

    /// The name of its recipe.
    pub fn name(self) -> &'static str {
        match self {
            System::Melody => "melody",
            System::Spectrogram => "spectrogram",
            System::PitchStepDuration => "pitch-step-duration",
            System::NotesChords => "notes-chords",
            System::ManyGenres => "many-genres",
        }
    }

    /// What it does, in a sentence.
    pub fn explanation(self) -> &'static str {
        match self {
            System::Melody => {
                "pitches one after another, two LSTM layers of 256 over windows of 50; plays in \
                 nine genres with chords, bass and drums under the melody"
            }
            System::Spectrogram => {
                "sound in, sound out: mel frames, two LSTM layers of 128 over windows of 32 frames"
            }
            System::PitchStepDuration => {
                "pitch, step and duration of every note, one LSTM layer of 128 over windows of 25, \
                 three heads"
            }
            System::NotesChords => {
                "notes and chords as symbols, two LSTM layers of 256 over windows of 50; piano parts"
            }
            System::ManyGenres => {
                "pitches of many genres, two LSTM layers of 256 over windows of 50; loss, accuracy \
                 and perplexity"
            }
        }
    }

    /// The recipe that is built in, in TOML.
    pub fn recipe(self) -> &'static str {
        match self {
            System::Melody => include_str!("../../../recipes/melody.toml"),
            System::Spectrogram => include_str!("../../../recipes/spectrogram.toml"),
            System::PitchStepDuration => include_str!("../../../recipes/pitch-step-duration.toml"),
            System::NotesChords => include_str!("../../../recipes/notes-chords.toml"),
            System::ManyGenres => include_str!("../../../recipes/many-genres.toml"),
        }
    }
}

impl fmt::Display for System {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for System {
    type Err = SystemRecipeError;

    fn from_str(name: &str) -> Result<System, SystemRecipeError> {
        let found = System::ALL.into_iter().find(|system| system.name() == name);
        found.ok_or_else(|| SystemRecipeError::Unknown(name.to_owned()))
    }
}
