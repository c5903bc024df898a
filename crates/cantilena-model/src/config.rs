//! The shape of a network, in a form that a recipe and a checkpoint can hold.

use cantilena_neural::{Cell, Precision, Weights};
use serde::{Deserialize, Serialize};

/// Which recurrent cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CellKind {
    /// Long short-term memory.
    Lstm,
    /// Gated recurrent unit.
    Gru,
    /// Plain recurrent network with tanh.
    Rnn,
}

impl From<CellKind> for Cell {
    fn from(kind: CellKind) -> Cell {
        match kind {
            CellKind::Lstm => Cell::Lstm,
            CellKind::Gru => Cell::Gru,
            CellKind::Rnn => Cell::Rnn,
        }
    }
}

/// In which numbers the recurrent layers multiply while learning; all else is f32.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PrecisionKind {
    /// Four bytes.
    #[default]
    F32,
    /// Both factors rounded to bfloat16, sums in f32; for processors that do it faster.
    Bf16,
}

impl PrecisionKind {
    /// What this machine takes for it, and whether that is what was asked for: where bf16 has no
    /// instruction that pays, it would only be slower.
    pub fn here(self) -> (Precision, bool) {
        let asked = match self {
            PrecisionKind::F32 => Precision::F32,
            PrecisionKind::Bf16 => Precision::Bf16,
        };
        if asked.is_native() { (asked, true) } else { (Precision::F32, false) }
    }
}

/// How a model's weights are kept while it composes, which waits for them more than for
/// arithmetic. The saved weights are f32 in any case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WeightsKind {
    /// Four bytes each.
    #[default]
    F32,
    /// bfloat16, two bytes each.
    Bf16,
    /// A byte each, with a scale for all weights of one sum.
    Int8,
}

impl WeightsKind {
    /// The shortest first.
    pub const SHORTER: [WeightsKind; 2] = [WeightsKind::Int8, WeightsKind::Bf16];
}

impl From<WeightsKind> for Weights {
    fn from(kind: WeightsKind) -> Weights {
        match kind {
            WeightsKind::F32 => Weights::F32,
            WeightsKind::Bf16 => Weights::Bf16,
            WeightsKind::Int8 => Weights::Int8,
        }
    }
}

/// The shape of a network. With the tokenizer it fixes the name and shape of every weight.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ModelConfig {
    /// The recurrent cell.
    pub cell: CellKind,
    /// Units in each recurrent layer.
    pub units: usize,
    /// Recurrent layers.
    pub layers: usize,
    /// Width of the sum of the fields' embeddings, the input of the first layer.
    pub embedding: usize,
    /// Width of the hidden layer of each field's head.
    pub head: usize,
    /// Share of values dropped behind the embedding and each recurrent layer while training.
    pub dropout: f32,
    /// Whether dropout keeps one mask a stream for all steps of a window (Gal and Ghahramani, "A
    /// theoretically grounded application of dropout in recurrent neural networks", 2016) rather
    /// than drawing one for each step.
    pub variational: bool,
    /// Share of the recurrent weights dropped while training, anew at each update (Merity, Keskar
    /// and Socher, "Regularizing and optimizing LSTM language models", 2018).
    pub weight_drop: f32,
    /// Share of the rows of the input's embeddings dropped while training, anew at each update.
    pub embedding_dropout: f32,
    /// Whether a head's output weights are the embedding of its field in the event before (Press
    /// and Wolf, "Using the output embedding to improve language models", 2017).
    pub tied: bool,
    /// Whether what a layer behind the first reads is normalised row by row (Ba, Kiros and Hinton,
    /// "Layer normalization", 2016).
    pub layer_norm: bool,
    /// Whether what a layer behind the first yields is added to what it read, before that was
    /// normalised, so that gradients have a way past it (He et al., "Identity mappings in deep
    /// residual networks", 2016).
    pub residual: bool,
}

impl Default for ModelConfig {
    /// Two layers of 256 units: about a million and a half weights, a few minutes on two cores.
    fn default() -> ModelConfig {
        ModelConfig {
            cell: CellKind::Lstm,
            units: 256,
            layers: 2,
            embedding: 192,
            head: 128,
            dropout: 0.2,
            variational: false,
            weight_drop: 0.5,
            embedding_dropout: 0.0,
            tied: false,
            layer_norm: false,
            residual: false,
        }
    }
}
