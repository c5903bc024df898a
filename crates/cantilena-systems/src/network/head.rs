//! A head of the network, and what it is measured by.

use cantilena_neural::{activation, cross_entropy, mean_squared_error};

use super::batch::Batch;
use crate::evaluation::{Measure, MeasureKind};
use crate::mixture;

/// A head: what it predicts and what it counts in the loss.
#[derive(Clone, Debug, PartialEq)]
pub struct Head {
    /// Its name, in checkpoints and tables.
    pub name: &'static str,
    /// What it predicts.
    pub(crate) predicts: Predicts,
    /// What its measure is multiplied by in the loss.
    pub weight: f32,
}

/// What a head predicts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Predicts {
    /// Which of so many symbols, by softmax and cross-entropy.
    Symbol { symbols: usize },
    /// One feature that cannot be negative, by squared error.
    Value { feature: usize },
    /// All features, each 0 to 1, by sigmoid and squared error.
    Frame { bands: usize },
    /// All features, as a mixture of normal distributions, by its likelihood.
    Mixture { bands: usize, components: usize },
}

/// What a negative prediction of something that cannot be negative costs, a unit. As the
/// TensorFlow tutorial "Generate music with an RNN" has it, whose network this is.
const PRESSURE: f32 = 10.0;

impl Head {
    /// A head for one of so many symbols.
    pub(crate) fn symbol(name: &'static str, symbols: usize, weight: f32) -> Head {
        Head { name, predicts: Predicts::Symbol { symbols }, weight }
    }

    /// A head for a feature that cannot be negative.
    pub(crate) fn value(name: &'static str, feature: usize, weight: f32) -> Head {
        Head { name, predicts: Predicts::Value { feature }, weight }
    }

    /// A head for the mean of a frame.
    pub(crate) fn frame(bands: usize) -> Head {
        Head { name: "frame", predicts: Predicts::Frame { bands }, weight: 1.0 }
    }

    /// A head for a distribution of frames.
    pub(crate) fn mixture(bands: usize, components: usize) -> Head {
        Head { name: "frame", predicts: Predicts::Mixture { bands, components }, weight: 1.0 }
    }

    /// How many outputs it has.
    pub fn outputs(&self) -> usize {
        match self.predicts {
            Predicts::Symbol { symbols } => symbols,
            Predicts::Value { .. } => 1,
            Predicts::Frame { bands } => bands,
            Predicts::Mixture { bands, components } => mixture::outputs(bands, components),
        }
    }

    /// What it measures.
    pub fn measures(&self) -> MeasureKind {
        match self.predicts {
            Predicts::Symbol { .. } => MeasureKind::Nats,
            Predicts::Value { .. } | Predicts::Frame { .. } => MeasureKind::SquaredError,
            Predicts::Mixture { .. } => MeasureKind::Density,
        }
    }

    /// The activation behind it, as layer tables name it.
    pub fn activation(&self) -> &'static str {
        match self.predicts {
            Predicts::Symbol { .. } => "softmax",
            Predicts::Value { .. } => "linear",
            Predicts::Frame { .. } => "sigmoid",
            Predicts::Mixture { .. } => "mixture",
        }
    }

    /// Measures outputs against what follows the steps from row `first` on; they become the
    /// gradient of the loss, which is the mean over `judged` rows.
    pub(super) fn measure(
        &self,
        batch: &Batch,
        first: usize,
        judged: usize,
        outputs: &mut [f32], // (rows, outputs)
        measure: &mut Measure,
    ) {
        let rows = batch.steps.rows() - first;
        let features = batch.next_values.len() / batch.steps.rows();
        let scale = self.weight / judged as f32;
        match self.predicts {
            Predicts::Symbol { symbols } => {
                let targets = &batch.next_symbols[first..];
                let tally = cross_entropy(rows, symbols, outputs, targets, scale, None);
                measure.sum += tally.nats;
                measure.correct += tally.correct;
                measure.counted += tally.counted;
            }
            Predicts::Value { feature } => {
                let values = batch.next_values[first * features..].chunks_exact(features);
                let targets: Vec<f32> = values.map(|row| row[feature]).collect();
                let below: Vec<f32> = outputs.iter().map(|y| y.min(0.0)).collect();
                let deviation = mean_squared_error(outputs, &targets, scale);
                for (gradient, below) in outputs.iter_mut().zip(below) {
                    *gradient -= if below < 0.0 { PRESSURE * scale } else { 0.0 };
                    measure.pressure += f64::from(-below * PRESSURE);
                }
                measure.sum += deviation.squared;
                measure.counted += deviation.counted;
            }
            Predicts::Frame { bands } => {
                activation::sigmoid(outputs);
                let y = outputs.to_vec();
                let targets = &batch.next_values[first * features..];
                let deviation = mean_squared_error(outputs, targets, scale / bands as f32);
                activation::sigmoid_backward(&y, outputs);
                measure.sum += deviation.squared;
                measure.counted += deviation.counted;
            }
            Predicts::Mixture { bands, components } => {
                let targets = &batch.next_values[first * features..];
                let scale = scale / bands as f32;
                measure.sum += mixture::score(bands, components, outputs, targets, scale);
                measure.counted += (rows * bands) as u64;
            }
        }
    }
}
