//! What is measured while learning and judging.

use serde::{Deserialize, Serialize};

/// What a head's number is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MeasureKind {
    /// −ln p of a symbol.
    #[default]
    Nats,
    /// Squared error of a value.
    SquaredError,
    /// −ln of a density, a value; it may be negative.
    Density,
}

/// Sums over what one head predicted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Measure {
    /// The head's name.
    pub head: String,
    /// What [`Measure::mean`] is.
    pub kind: MeasureKind,
    /// What it counts in the loss.
    pub weight: f32,
    /// Nats, squared errors or densities.
    pub sum: f64,
    /// What negative predictions of positive values cost.
    pub pressure: f64,
    /// How often the likeliest symbol was the right one.
    pub correct: u64,
    /// How many symbols or values were predicted.
    pub counted: u64,
}

impl Measure {
    pub(crate) fn new(head: &str, kind: MeasureKind, weight: f32) -> Measure {
        Measure { head: head.to_owned(), kind, weight, ..Measure::default() }
    }

    pub(crate) fn add(&mut self, other: &Measure) {
        self.sum += other.sum;
        self.pressure += other.pressure;
        self.correct += other.correct;
        self.counted += other.counted;
    }

    /// Mean nats, squared error or density of a prediction.
    pub fn mean(&self) -> f64 {
        self.sum / self.counted.max(1) as f64
    }

    /// The share of symbols that were right, 0 to 1.
    pub fn accuracy(&self) -> f64 {
        self.correct as f64 / self.counted.max(1) as f64
    }

    /// Its part of the loss.
    pub fn loss(&self) -> f64 {
        f64::from(self.weight) * (self.sum + self.pressure) / self.counted.max(1) as f64
    }
}

/// What was measured over a set of windows.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// One a head.
    pub measures: Vec<Measure>,
}

impl Evaluation {
    /// The weighted sum of the heads' means.
    pub fn loss(&self) -> f64 {
        self.measures.iter().map(Measure::loss).sum()
    }

    /// The measure of a head.
    pub fn measure(&self, head: &str) -> Option<&Measure> {
        self.measures.iter().find(|measure| measure.head == head)
    }

    /// The head that predicts symbols, if there is one.
    pub fn symbols(&self) -> Option<&Measure> {
        self.measures.iter().find(|measure| measure.kind == MeasureKind::Nats)
    }

    /// e to the nats a symbol, where symbols are predicted.
    pub fn perplexity(&self) -> Option<f64> {
        self.symbols().map(|measure| measure.mean().exp())
    }

    pub(crate) fn add(&mut self, measures: &[Measure]) {
        if self.measures.is_empty() {
            self.measures = measures.to_vec();
        } else {
            self.measures.iter_mut().zip(measures).for_each(|(sum, more)| sum.add(more));
        }
    }
}

/// One point of a training's history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    /// Passes over all windows so far, in parts.
    pub epoch: f64,
    /// Updates so far.
    pub step: u64,
    /// Seconds at work so far, by the owner's clock.
    pub seconds: f64,
    /// Over the windows learnt from since the last, dropout and all.
    pub train: Evaluation,
    /// Over the windows that judge.
    pub validation: Evaluation,
}
