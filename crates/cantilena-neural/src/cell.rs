//! Which recurrent cell a layer has.

/// The recurrent cells, a closed set: `lstm.rs`, `gru.rs`, `rnn.rs`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cell {
    /// Long short-term memory: gates input, forget, cell, output, in this order.
    Lstm,
    /// Gated recurrent unit: gates reset, update, new, in this order.
    Gru,
    /// A single hyperbolic tangent.
    Rnn,
}

impl Cell {
    /// How many gates each unit has.
    pub fn gates(self) -> usize {
        match self {
            Cell::Lstm => 4,
            Cell::Gru => 3,
            Cell::Rnn => 1,
        }
    }
}
