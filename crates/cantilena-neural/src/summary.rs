//! What is told of a network's layers.

/// A layer, as a row of the table of all.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerSummary {
    /// What it is called; so are its tensors, with a point behind.
    pub name: String,
    /// Its type: LSTM, Dense.
    pub kind: String,
    /// The shape of its output: `(time, 256)`.
    pub output: String,
    /// What its output goes through; `-` where that is nothing.
    pub activation: &'static str,
    /// How many weights it has.
    pub weights: usize,
}
