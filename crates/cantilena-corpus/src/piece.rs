//! One item of a corpus, and what became of a file.

use cantilena_score::Score;

/// A piece of music for learning.
#[derive(Clone, Debug)]
pub struct Piece {
    /// Where it came from: a path, with `archive.zip/` before what lies in an archive.
    pub name: String,
    /// The music.
    pub score: Score,
    /// BLAKE3 of the file's bytes; of the text, for a piece of the songbook.
    pub digest: [u8; 32],
}

/// What became of one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The file, as in [`Piece::name`].
    pub name: String,
    /// Whether it is in the corpus, and what was the matter.
    pub kind: OutcomeKind,
}

/// Read, repaired or refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutcomeKind {
    /// As it should be.
    Read,
    /// In the corpus, after these repairs.
    Repaired(Vec<String>),
    /// Not in the corpus, for this reason.
    Refused(String),
}
