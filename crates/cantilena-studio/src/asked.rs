//! What somebody asked a studio for, in a form that can be kept, told again, and done again.

use std::collections::BTreeMap;

use cantilena_generate::{Length, Sampling};
use cantilena_score::{Program, Score};
use serde::{Deserialize, Serialize};

use crate::commission::{Commission, key_named};
use crate::error::StudioError;
use crate::pieces::PieceId;

/// A commission to one of a studio's models.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// The model's name.
    pub model: String,
    /// How much is added.
    pub length: Length,
    /// Where all chance begins.
    pub seed: u64,
    /// How adventurous, and how dense.
    pub sampling: Sampling,
    /// Quarters a minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bpm: Option<f64>,
    /// A General MIDI program for every part that is no drum, 0 to 127.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub program: Option<u8>,
    /// The key, by a name that [`key_named`] reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// The genre, of a model that has genres: of a melody, whose band accompanies it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub genre: Option<String>,
    /// What else is asked for of the piece as a whole, by name and value, of a note model that was
    /// told such things.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub conditions: BTreeMap<String, String>,
    /// What is continued.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Beginning>,
    /// After how many notes it was stopped, where it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped_after: Option<usize>,
}

/// The beginning of a piece of the studio.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beginning {
    /// The piece.
    pub piece: String,
    /// The first bar that is composed, counted from 1; behind the end if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bar: Option<u32>,
}

impl Asked {
    /// The id of the piece that a model of this fingerprint makes of it.
    ///
    /// The model's name is not part of it: what it is called does not change what it composes.
    pub fn id(&self, fingerprint: &str) -> PieceId {
        let asked = Asked { model: String::new(), ..self.clone() };
        let determines = (env!("CARGO_PKG_VERSION"), fingerprint, asked);
        let json = serde_json::to_string(&determines).expect("all of it is plain data");
        PieceId::of(json.as_bytes())
    }

    /// As JSON; [`serde_json::from_str`] reads it back.
    pub(crate) fn to_json(&self) -> String {
        serde_json::to_string(self).expect("all of it is plain data")
    }

    /// The commission it comes to, given the piece it begins with.
    pub(crate) fn commission(&self, prompt: Option<Score>) -> Result<Commission, StudioError> {
        let program = match self.program {
            None => None,
            Some(number) => Some(
                Program::new(number).map_err(|error| StudioError::Request(error.to_string()))?,
            ),
        };
        Ok(Commission {
            length: self.length,
            seed: self.seed,
            sampling: self.sampling,
            bpm: self.bpm,
            program,
            key: self.key.as_deref().map(key_named).transpose()?,
            genre: self.genre.clone(),
            prompt,
            at_bar: self.from.as_ref().and_then(|from| from.bar),
            conditions: self.conditions.clone().into_iter().collect(),
        })
    }
}
