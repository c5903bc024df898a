//! A linear layer: y = x Wᵀ + b.

use crate::isa::{Isa, isa};
use crate::layout::{Layout, Span};
use crate::precision::{Precision, Weights};
use crate::product::{Affine, Panels, View, Way, multiply, multiply_transposed};
use crate::random::fill_uniform;
use crate::simd::Start;
use crate::sums::add_rows;

/// A linear layer with the tensors `weight` (output, input) and `bias` (output,), as PyTorch's.
#[derive(Clone, Debug)]
pub struct Linear {
    /// How many values a row reads.
    pub input: usize,
    /// How many values a row yields.
    pub output: usize,
    weight: Span,
    bias: Span,
}

/// The weights of a linear layer, laid out for its products. Made once an update, read by all
/// shards.
#[derive(Clone, Debug)]
pub struct PackedLinear {
    isa: Isa,
    precision: Precision,
    /// Whether the way back is wanted.
    learns: bool,
    forth: Affine, // (input, output)
    back: Panels,  // (output, input)
}

impl Default for PackedLinear {
    fn default() -> PackedLinear {
        PackedLinear::new(isa())
    }
}

impl PackedLinear {
    /// Weights for the kernels of `isa`, whatever the one in use. Nothing is laid out yet.
    ///
    /// # Panics
    ///
    /// If the processor does not have the instruction set.
    pub fn new(isa: Isa) -> PackedLinear {
        PackedLinear::with(isa, Precision::F32)
    }

    /// As [`PackedLinear::new`], for products of `precision`.
    pub fn with(isa: Isa, precision: Precision) -> PackedLinear {
        PackedLinear::of(isa, precision, true, || Panels::new(isa, precision))
    }

    /// As [`PackedLinear::new`], for weights that are only read: there is no way back.
    pub fn compact(isa: Isa, weights: Weights) -> PackedLinear {
        PackedLinear::of(isa, Precision::F32, false, || Panels::compact(isa, weights))
    }

    fn of(
        isa: Isa,
        precision: Precision,
        learns: bool,
        panels: impl Fn() -> Panels,
    ) -> PackedLinear {
        assert!(isa.is_available(), "this processor has no {}", isa.name());
        let (forth, back) = (Affine::new(panels()), panels());
        PackedLinear { isa, precision, learns, forth, back }
    }
}

impl Linear {
    /// A layer with its tensors at the end of `layout`.
    pub fn new(layout: &mut Layout, name: &str, input: usize, output: usize) -> Linear {
        let weight = layout.add(&format!("{name}.weight"), &[output, input]);
        let bias = layout.add(&format!("{name}.bias"), &[output]);
        Linear { input, output, weight, bias }
    }

    /// Draws first weights from `seed`, uniform with the variance of Glorot and Bengio
    /// ("Understanding the difficulty of training deep feedforward neural networks", 2010);
    /// biases are zero.
    pub fn initialize(&self, values: &mut [f32], seed: u64) {
        let limit = (6.0 / (self.input + self.output) as f32).sqrt();
        fill_uniform(self.weight.of_mut(values), seed, limit);
        self.bias.of_mut(values).fill(0.0);
    }

    /// Lays out the layer's weights of `values` for the products to come.
    pub fn pack(&self, values: &[f32], packed: &mut PackedLinear) {
        let weight = View::of(self.weight.of(values), self.input);
        packed.forth.pack(self.input, self.output, weight.transposed(), self.bias.of(values));
        if packed.learns {
            packed.back.pack(self.output, self.input, weight);
        }
    }

    /// Writes y (rows, output) from x (rows, input).
    pub fn forward(&self, packed: &PackedLinear, rows: usize, x: &[f32], y: &mut [f32]) {
        packed.forth.apply(Way::Forth, rows, x, y);
    }

    /// The way back: from dy (rows, output), the gradient of x overwrites `dx` (rows, input), and
    /// those of the weights are added to `gradients`, the whole flat array.
    ///
    /// # Panics
    ///
    /// If the weights are [`PackedLinear::compact`] and the gradient of x is wanted.
    pub fn backward(
        &self,
        packed: &PackedLinear,
        rows: usize,
        x: &[f32],
        dy: &[f32],
        dx: Option<&mut [f32]>,
        gradients: &mut [f32],
    ) {
        self.add_gradients(packed, rows, x, dy, gradients);
        if let Some(dx) = dx {
            multiply(Way::Forth, rows, dy, &packed.back, Start::Row(&[]), dx);
        }
    }

    /// As [`Linear::backward`], with the gradient of x added to `dx`: for several layers that read
    /// the same x.
    pub fn backward_add(
        &self,
        packed: &PackedLinear,
        rows: usize,
        x: &[f32],
        dy: &[f32],
        dx: &mut [f32],
        gradients: &mut [f32],
    ) {
        self.add_gradients(packed, rows, x, dy, gradients);
        multiply(Way::Forth, rows, dy, &packed.back, Start::There, dx);
    }

    fn add_gradients(
        &self,
        packed: &PackedLinear,
        rows: usize,
        x: &[f32],
        dy: &[f32],
        gradients: &mut [f32],
    ) {
        let d_weight = self.weight.of_mut(gradients);
        let shape = [self.output, rows, self.input];
        multiply_transposed(packed.isa, packed.precision, shape, dy, x, d_weight);
        add_rows(&dy[..rows * self.output], self.bias.of_mut(gradients));
    }
}
