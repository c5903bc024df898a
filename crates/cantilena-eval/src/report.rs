//! All measures of a piece beside a corpus.

use std::collections::BTreeMap;

use cantilena_plot::{Panel, Picture, Series, histograms};
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

    /// Pitch, onset interval, duration and velocity of the piece beside the corpus'.
    pub fn distributions_picture(&self) -> Picture {
        let pairs = self.piece.histograms().into_iter().zip(self.corpus.histograms());
        let series = |name: &str, shares| Series { name: name.to_owned(), shares };
        let panels: Vec<Panel> = pairs
            .take(SHOWN)
            .map(|(piece, corpus)| Panel {
                name: piece.name.to_owned(),
                remark: format!("{:.0} % in common", piece.overlap(corpus) * 100.0),
                labels: piece.labels.clone(),
                series: vec![
                    series("the piece", piece.shares()),
                    series("corpus", corpus.shares()),
                ],
            })
            .collect();
        histograms("The piece beside the corpus", &panels)
    }
}

/// How many of the histograms are drawn: the four that people ask for first.
const SHOWN: usize = 4;
