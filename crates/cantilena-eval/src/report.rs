//! All measures of a piece beside a corpus.

use std::collections::BTreeMap;

use cantilena_score::Score;
use serde::Serialize;

use crate::distributions::{Comparison, Distributions};
use crate::originality::{Originality, Shared};
use crate::repetition::Repetition;

/// All measures of a piece beside a corpus.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// How near the piece's distributions come to the corpus', by name.
    pub comparisons: BTreeMap<&'static str, Comparison>,
    /// How much the piece repeats itself.
    pub repetition: Repetition,
    /// What it shares with the corpus, where that was searched.
    pub originality: Option<Shared>,
    /// What the piece is made of.
    pub piece: Distributions,
    /// What the corpus is made of.
    pub corpus: Distributions,
}

impl Report {
    /// Measures a piece beside a corpus.
    pub fn of(score: &Score, corpus: &Distributions, originality: Option<&Originality>) -> Report {
        let piece = Distributions::of([score]);
        Report {
            comparisons: piece.compared_to(corpus),
            repetition: Repetition::of(score),
            originality: originality.map(|corpus| corpus.shared(score)),
            piece,
            corpus: corpus.clone(),
        }
    }
}
