//! A recurrent layer: its weights, its state, and the way through a sequence and back.
//!
//! The three cells share this frame, for what takes the time is the same in all of them. Products
//! that know all steps at once stand outside the loop over time: the input's part of the gates'
//! sums going forward, all weight gradients and the input's gradient going back. Inside remains
//! one product a step with the recurrent weights, and the cell's own arithmetic on its sums.

mod packed;
mod state;
mod tape;

pub use packed::Packed;
pub use state::State;
pub use tape::Tape;

use std::sync::Arc;

use crate::cell::Cell;
use crate::helpers::Helpers;
use crate::isa::Isa;
use crate::layout::{Layout, Span};
use crate::orthogonal::fill_orthogonal;
use crate::product::{View, Way, multiply, multiply_transposed};
use crate::random::{bits, fill_uniform};
use crate::shape::Steps;
use crate::simd::{Start, dispatch};
use crate::sums::add;
use crate::{gru, lstm, rnn};

/// A recurrent layer.
///
/// Its tensors are called and shaped as PyTorch's are: `weight_ih` (gates * units, input),
/// `weight_hh` (gates * units, units), gates in PyTorch's order. PyTorch has two bias vectors.
/// Only the GRU can tell them apart; it has `bias_ih` and `bias_hh`, (gates * units,) each. The
/// other cells have their sum, `bias`.
#[derive(Clone, Debug)]
pub struct Recurrent {
    /// The kind of cell.
    pub cell: Cell,
    /// How many values a step reads.
    pub input: usize,
    /// How many values a step yields, and the state carries.
    pub units: usize,
    weight_ih: Span,
    weight_hh: Span,
    bias: Span,
    /// The bias of the state's part, in a GRU.
    bias_hh: Option<Span>,
}

impl Recurrent {
    /// A layer with its tensors at the end of `layout`.
    pub fn new(
        layout: &mut Layout,
        name: &str,
        cell: Cell,
        input: usize,
        units: usize,
    ) -> Recurrent {
        let sums = cell.gates() * units;
        let weight_ih = layout.add(&format!("{name}.weight_ih"), &[sums, input]);
        let weight_hh = layout.add(&format!("{name}.weight_hh"), &[sums, units]);
        let (bias, bias_hh) = if cell == Cell::Gru {
            let bias_ih = layout.add(&format!("{name}.bias_ih"), &[sums]);
            (bias_ih, Some(layout.add(&format!("{name}.bias_hh"), &[sums])))
        } else {
            (layout.add(&format!("{name}.bias"), &[sums]), None)
        };
        Recurrent { cell, input, units, weight_ih, weight_hh, bias, bias_hh }
    }

    /// How many sums a step of one sequence makes.
    fn sums(&self) -> usize {
        self.cell.gates() * self.units
    }

    /// Draws first weights from `seed`.
    ///
    /// Weights of the input are uniform with the variance of Glorot and Bengio ("Understanding
    /// the difficulty of training deep feedforward neural networks", 2010), for each gate by
    /// itself. The recurrent matrix of each gate is orthogonal (Saxe, McClelland, Ganguli, 2014),
    /// so that the state neither dies away nor explodes. Biases are zero but for an LSTM's forget
    /// gate, which starts at one and so remembers (Jozefowicz, Zaremba, Sutskever, 2015).
    pub fn initialize(&self, values: &mut [f32], seed: u64) {
        let units = self.units;
        let limit = (6.0 / (self.input + units) as f32).sqrt();
        fill_uniform(self.weight_ih.of_mut(values), bits(seed, 0), limit);
        let weight_hh = self.weight_hh.of_mut(values);
        for (gate, matrix) in weight_hh.chunks_exact_mut((units * units).max(1)).enumerate() {
            fill_orthogonal(matrix, units, bits(seed, 1 + gate as u64));
        }
        self.bias.of_mut(values).fill(0.0);
        if let Some(bias_hh) = self.bias_hh {
            bias_hh.of_mut(values).fill(0.0);
        }
        if self.cell == Cell::Lstm {
            self.bias.of_mut(values)[units..2 * units].fill(1.0);
        }
    }

    /// Lays out the layer's weights of `values` for the products to come.
    pub fn pack(&self, values: &[f32], packed: &mut Packed) {
        let sums = self.sums();
        let weight_ih = View::of(self.weight_ih.of(values), self.input);
        let weight_hh = View::of(self.weight_hh.of(values), self.units);
        let bias_hh = self.bias_hh.map_or(&[][..], |span| span.of(values));
        let input = Arc::make_mut(&mut packed.input);
        input.pack(self.input, sums, weight_ih.transposed(), self.bias.of(values));
        let hidden = Arc::make_mut(&mut packed.hidden);
        hidden.pack(self.units, sums, weight_hh.transposed(), bias_hh);
        if packed.learns {
            packed.input_back.pack(sums, self.input, weight_ih);
            packed.hidden_back.pack(sums, self.units, weight_hh);
        }
    }

    /// Runs a sequence, from `state` on and leaving the last state there.
    ///
    /// `x` is (time, batch, input), `y` is (time, batch, units). Where `reset` (time, batch) is
    /// true, the state is zero *before* that step.
    #[expect(clippy::too_many_arguments, reason = "a sequence and its gradients are many slices")]
    pub fn forward(
        &self,
        packed: &Packed,
        steps: Steps,
        x: &[f32],
        reset: Option<&[bool]>,
        state: &mut State,
        tape: &mut Tape,
        y: &mut [f32],
    ) {
        let Steps { time, batch } = steps;
        let (sums, units, rows) = (self.sums(), self.units, steps.rows());
        let is = |cell| self.cell == cell;
        tape.gates.resize(rows * sums, 0.0);
        tape.hidden.resize(if is(Cell::Gru) { rows * sums } else { 0 }, 0.0);
        tape.h.resize(rows * units, 0.0);
        tape.c.resize(if is(Cell::Lstm) { rows * units } else { 0 }, 0.0);
        tape.tanh_c.resize(tape.c.len(), 0.0);
        packed.input.apply(Way::Forth, rows, x, &mut tape.gates);

        for t in 0..time {
            for b in (0..batch).filter(|b| reset.is_some_and(|reset| reset[t * batch + b])) {
                state.clear(b, units);
            }
            step_of(&mut tape.h, t, batch * units).copy_from_slice(&state.h);
            if is(Cell::Lstm) {
                step_of(&mut tape.c, t, batch * units).copy_from_slice(&state.c);
            }
            let gates = step_of(&mut tape.gates, t, batch * sums);
            let hidden = step_of(&mut tape.hidden, t, batch * sums);
            if is(Cell::Gru) {
                packed.hidden.apply(Way::of(t), batch, &state.h, hidden);
            } else {
                packed.hidden.add(Way::of(t), batch, &state.h, gates);
            }
            let tanh_c = step_of(&mut tape.tanh_c, t, batch * units);
            self.turn(packed.isa, batch, gates, hidden, tanh_c, state);
            step_of(y, t, batch * units).copy_from_slice(&state.h);
        }
    }

    /// Runs one step and keeps nothing for the way back: `x` is (batch, input), the output is
    /// `state.h`.
    pub fn step(&self, packed: &Packed, x: &[f32], state: &mut State) {
        self.step_with(&mut Helpers::none(), packed, x, state);
    }

    /// As [`Recurrent::step`], to the bit; `helpers` take part where there is one sequence alone.
    pub fn step_with(&self, helpers: &mut Helpers, packed: &Packed, x: &[f32], state: &mut State) {
        let batch = state.h.len() / self.units;
        let sums = batch * self.sums();
        let mut gates = vec![0.0; sums];
        let mut hidden = vec![0.0; if self.cell == Cell::Gru { sums } else { 0 }];
        let mut tanh_c = vec![0.0; state.c.len()];
        let (of_input, of_state) = ((&packed.input, x), (&packed.hidden, &*state.h));
        if self.cell == Cell::Gru {
            helpers.sum(batch, &[of_input], &mut gates);
            helpers.sum(batch, &[of_state], &mut hidden);
        } else {
            helpers.sum(batch, &[of_input, of_state], &mut gates);
        }
        self.turn(packed.isa, batch, &mut gates, &mut hidden, &mut tanh_c, state);
    }

    /// What the cells of a step do once the sums are there.
    fn turn(
        &self,
        isa: Isa,
        batch: usize,
        gates: &mut [f32],
        hidden: &mut [f32],
        tanh_c: &mut [f32],
        state: &mut State,
    ) {
        let (sums, units) = (self.sums(), self.units);
        for b in 0..batch {
            let gates = step_of(gates, b, sums);
            let h = step_of(&mut state.h, b, units);
            match self.cell {
                Cell::Lstm => {
                    let c = step_of(&mut state.c, b, units);
                    let tanh_c = step_of(tanh_c, b, units);
                    dispatch(isa, lstm::Forward { gates, c, tanh_c, h });
                }
                Cell::Gru => {
                    let hidden = step_of(hidden, b, sums);
                    dispatch(isa, gru::Forward { gates, hidden, h });
                }
                Cell::Rnn => dispatch(isa, rnn::Forward { gates, h }),
            }
        }
    }

    /// Runs the same sequence back, after `forward` left its `tape`.
    ///
    /// `dy` (time, batch, units) is the gradient of the outputs, `d_state` that of the last state;
    /// on return it is the gradient of the first. The gradient of `x` overwrites `dx`; those of
    /// the weights are added to `gradients`, the whole flat array. The tape is used up.
    ///
    /// # Panics
    ///
    /// If the weights are [`Packed::compact`].
    #[expect(clippy::too_many_arguments, reason = "a sequence and its gradients are many slices")]
    pub fn backward(
        &self,
        packed: &Packed,
        steps: Steps,
        x: &[f32],
        reset: Option<&[bool]>,
        tape: &mut Tape,
        dy: &[f32],
        d_state: Option<&mut State>,
        dx: Option<&mut [f32]>,
        gradients: &mut [f32],
    ) {
        let Steps { time, batch } = steps;
        let (sums, units, rows) = (self.sums(), self.units, steps.rows());
        let mut unasked = State { h: Vec::new(), c: Vec::new() };
        let d_state = d_state.unwrap_or_else(|| {
            unasked = State::zero(self, batch);
            &mut unasked
        });
        tape.d_bias.clear();
        tape.d_bias.resize(if self.cell == Cell::Gru { 2 * sums } else { sums }, 0.0);

        // In a GRU h also acts past the gates, and that part of its gradient is already there.
        let straight = if self.cell == Cell::Gru { Start::There } else { Start::Row(&[]) };

        for t in (0..time).rev() {
            for b in 0..batch {
                let row = t * batch + b;
                let gates = step_of(&mut tape.gates, row, sums);
                let dy = &dy[row * units..][..units];
                let dh = step_of(&mut d_state.h, b, units);
                let d_bias = &mut tape.d_bias;
                match self.cell {
                    Cell::Lstm => {
                        let c = step_of(&mut tape.c, row, units);
                        let tanh_c = step_of(&mut tape.tanh_c, row, units);
                        let dc = step_of(&mut d_state.c, b, units);
                        let back = lstm::Backward { gates, c, tanh_c, dy, dh, dc, d_bias };
                        dispatch(packed.isa, back);
                    }
                    Cell::Gru => {
                        let hidden = step_of(&mut tape.hidden, row, sums);
                        let h = step_of(&mut tape.h, row, units);
                        let back = gru::Backward { gates, hidden, h, dy, dh, d_bias };
                        dispatch(packed.isa, back);
                    }
                    Cell::Rnn => dispatch(packed.isa, rnn::Backward { gates, dy, dh, d_bias }),
                }
            }
            let d_sums = if self.cell == Cell::Gru { &mut tape.hidden } else { &mut tape.gates };
            let d_sums = step_of(d_sums, t, batch * sums);
            let (weights, dh) = (&packed.hidden_back, &mut d_state.h);
            multiply(Way::of(t), batch, d_sums, weights, straight, dh);
            for b in (0..batch).filter(|b| reset.is_some_and(|reset| reset[t * batch + b])) {
                d_state.clear(b, units);
            }
        }

        let d_hidden = if self.cell == Cell::Gru { &tape.hidden } else { &tape.gates };
        let d_weight_hh = self.weight_hh.of_mut(gradients);
        let (isa, precision) = (packed.isa, packed.precision);
        let shape = [sums, rows, units];
        multiply_transposed(isa, precision, shape, d_hidden, &tape.h, d_weight_hh);
        let d_weight_ih = self.weight_ih.of_mut(gradients);
        let shape = [sums, rows, self.input];
        multiply_transposed(isa, precision, shape, &tape.gates, x, d_weight_ih);
        let (d_bias, d_bias_hh) = tape.d_bias.split_at(sums);
        add(d_bias, self.bias.of_mut(gradients));
        if let Some(bias_hh) = self.bias_hh {
            add(d_bias_hh, bias_hh.of_mut(gradients));
        }
        if let Some(dx) = dx {
            multiply(Way::Forth, rows, &tape.gates, &packed.input_back, Start::Row(&[]), dx);
        }
    }
}

/// The part of a matrix that belongs to one step or row, `len` values long; nothing of nothing.
fn step_of(values: &mut [f32], index: usize, len: usize) -> &mut [f32] {
    if values.is_empty() { values } else { &mut values[index * len..][..len] }
}
