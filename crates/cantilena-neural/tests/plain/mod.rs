//! Recurrent cells as plain loops in f64, straight from their formulas: what the fast ones must
//! equal.

use cantilena_neural::{Cell, Steps};

/// The weights of a layer, as PyTorch shapes them.
pub(crate) struct Weights {
    pub(crate) ih: Vec<f64>,      // (gates * units, input)
    pub(crate) hh: Vec<f64>,      // (gates * units, units)
    pub(crate) bias_ih: Vec<f64>, // (gates * units,)
    pub(crate) bias_hh: Vec<f64>, // (gates * units,)
}

/// One sequence's part of the state.
#[derive(Clone)]
pub(crate) struct State {
    pub(crate) h: Vec<f64>, // (units,)
    pub(crate) c: Vec<f64>, // (units,)
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// W x + b.
fn affine(weight: &[f64], bias: &[f64], x: &[f64]) -> Vec<f64> {
    let row = |gate: usize| weight[gate * x.len()..][..x.len()].iter();
    let products = |gate| row(gate).zip(x).map(|(w, x)| w * x).sum::<f64>();
    bias.iter().enumerate().map(|(gate, bias)| bias + products(gate)).collect()
}

fn step(cell: Cell, weights: &Weights, x: &[f64], state: &mut State) {
    let units = state.h.len();
    let a = affine(&weights.ih, &weights.bias_ih, x);
    let b = affine(&weights.hh, &weights.bias_hh, &state.h);
    for u in 0..units {
        let sum = |gate: usize| a[gate * units + u] + b[gate * units + u];
        match cell {
            Cell::Lstm => {
                state.c[u] = sigmoid(sum(1)) * state.c[u] + sigmoid(sum(0)) * sum(2).tanh();
                state.h[u] = sigmoid(sum(3)) * state.c[u].tanh();
            }
            Cell::Gru => {
                let (reset, update) = (sigmoid(sum(0)), sigmoid(sum(1)));
                let new = (a[2 * units + u] + reset * b[2 * units + u]).tanh();
                state.h[u] = (1.0 - update) * new + update * state.h[u];
            }
            Cell::Rnn => state.h[u] = sum(0).tanh(),
        }
    }
}

/// Runs `x` (time, batch, input) from `states` on, one for each sequence, and returns the outputs
/// (time, batch, units). Where `reset` (time, batch) is true, the state is zero before the step.
pub(crate) fn run(
    cell: Cell,
    weights: &Weights,
    steps: Steps,
    x: &[f64],
    reset: &[bool],
    states: &mut [State],
) -> Vec<f64> {
    let input = x.len() / steps.rows();
    let mut y = Vec::new();
    for row in 0..steps.rows() {
        let state = &mut states[row % steps.batch];
        if reset[row] {
            state.h.fill(0.0);
            state.c.fill(0.0);
        }
        step(cell, weights, &x[row * input..][..input], state);
        y.extend_from_slice(&state.h);
    }
    y
}
