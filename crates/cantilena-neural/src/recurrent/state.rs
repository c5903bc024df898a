//! What a recurrent layer carries from step to step.

use super::Recurrent;
use crate::cell::Cell;

/// What a recurrent layer carries from step to step, for each sequence of a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    /// The last output, (batch, units).
    pub h: Vec<f32>,
    /// The cells of an LSTM, (batch, units); else empty.
    pub c: Vec<f32>,
}

impl State {
    /// The state before the first step: all zero.
    pub fn zero(layer: &Recurrent, batch: usize) -> State {
        let cells = if layer.cell == Cell::Lstm { batch * layer.units } else { 0 };
        State { h: vec![0.0; batch * layer.units], c: vec![0.0; cells] }
    }

    /// Sets the state of sequence `b` to zero.
    pub(super) fn clear(&mut self, b: usize, units: usize) {
        for values in [&mut self.h, &mut self.c] {
            if !values.is_empty() {
                values[b * units..][..units].fill(0.0);
            }
        }
    }
}
