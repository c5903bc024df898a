//! All measures of a piece beside a corpus.

use std::collections::BTreeMap;

use cantilena_plot::{Bins, Panel, Picture, Series, histograms};
use cantilena_score::Score;
use serde::Serialize;

use crate::consistency::Consistency;
use crate::distributions::{Comparison, Distributions};
use crate::histogram::Histogram;
use crate::means::Means;
use crate::originality::{Originality, Shared};
use crate::repetition::Repetition;
use crate::structure::Structure;

/// All measures of a piece beside a corpus.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Report {
    /// How near the piece's distributions come to the corpus', by name.
    pub comparisons: BTreeMap<&'static str, Comparison>,
    /// How much the piece repeats itself.
    pub repetition: Repetition,
    /// How much of it comes back, bars later.
    pub structure: Structure,
    /// How it keeps to a scale, to a groove, and to sounding at all.
    pub consistency: Consistency,
    /// What it shares with the corpus, where that was searched.
    pub originality: Option<Shared>,
    /// What is usual in the corpus, where that was measured.
    pub corpus_means: Option<Means>,
    /// What the piece is made of.
    pub piece: Distributions,
    /// What the corpus is made of.
    pub corpus: Distributions,
}

impl Report {
    /// Measures a piece beside a corpus; `corpus_means` stay open for who has them.
    pub fn of(score: &Score, corpus: &Distributions, originality: Option<&Originality>) -> Report {
        let piece = Distributions::of([score]);
        Report {
            comparisons: piece.compared_to(corpus),
            repetition: Repetition::of(score),
            structure: Structure::of(score),
            consistency: Consistency::of(score),
            originality: originality.map(|corpus| corpus.shared(score)),
            corpus_means: None,
            piece,
            corpus: corpus.clone(),
        }
    }

    /// Pitch, onset interval, duration and velocity of the piece beside the corpus'.
    pub fn distributions_picture(&self) -> Picture {
        let (piece, corpus) = (&self.piece, &self.corpus);
        let note_value = "note value (t triplet, . dotted, + and longer)";
        let mut pitch = panel("Pitch", "note", &piece.pitch, &corpus.pitch);
        // Of a hundred pitches the axis names the Cs.
        let is_c = |label: &str| label.starts_with('C') && !label.contains('#');
        pitch.labels.iter_mut().filter(|label| !is_c(label)).for_each(String::clear);
        let panels = [
            pitch,
            panel("Onset interval", note_value, &piece.onset_interval, &corpus.onset_interval),
            panel("Duration", note_value, &piece.duration, &corpus.duration),
            panel("Velocity", "dynamic", &piece.velocity, &corpus.velocity),
        ];
        histograms("The piece beside the corpus", &panels)
    }
}

fn panel(name: &str, axis: &str, piece: &Histogram, corpus: &Histogram) -> Panel {
    let series = |name: &str, shares| Series { name: name.to_owned(), shares };
    Panel {
        bins: Bins::Ordered,
        name: name.to_owned(),
        remark: format!("{:.0} % in common", piece.overlap(corpus) * 100.0),
        axis: axis.to_owned(),
        labels: piece.labels.clone(),
        series: vec![series("the piece", piece.shares()), series("the corpus", corpus.shares())],
    }
}
