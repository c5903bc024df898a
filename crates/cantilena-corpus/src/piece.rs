//! One item of a corpus, and what became of a file.

use std::fmt;

use cantilena_formats::Repair;
use cantilena_score::Score;
use serde::{Serialize, Serializer};

use crate::conditions::Conditions;

/// A piece of music for learning.
#[derive(Clone, Debug)]
pub struct Piece {
    /// Where it came from: a path, with `archive.zip/` before what lies in an archive.
    pub name: String,
    /// The music.
    pub score: Score,
    /// BLAKE3 of the file's bytes; of the text, for a piece of the songbook.
    pub digest: [u8; 32],
    /// What is known of it besides its notes.
    pub conditions: Conditions,
}

/// What became of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The file, as in [`Piece::name`].
    pub name: String,
    /// Whether it is in the corpus, and what was the matter.
    pub kind: OutcomeKind,
    /// How many pieces of the corpus it holds: 0 where it was refused, several in a book of tunes.
    /// Pieces stand in the order of their files.
    pub pieces: usize,
}

/// Read, repaired or refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutcomeKind {
    /// As it should be.
    Read,
    /// In the corpus, after these repairs.
    Repaired(Vec<Mended>),
    /// Not in the corpus, for this reason.
    Refused(String),
}

/// A repair, which programs that are told of it get as the sentence that people read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mended(pub Repair);

impl fmt::Display for Mended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for Mended {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
