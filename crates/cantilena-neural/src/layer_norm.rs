//! Normalisation of every row by itself.

use crate::isa::isa;
use crate::layout::{Layout, Span};
use crate::simd::{Kernel, Simd, dispatch};
use crate::sums::add;

/// What is added to a variance, so that a row of equal values has a root to be divided by.
const EPSILON: f32 = 1e-5;

/// y = (x - mean) / √(variance + 1e-5) · weight + bias, mean and variance over one row (Ba, Kiros
/// and Hinton, "Layer normalization", 2016). Its tensors are called `weight` and `bias`, (width,)
/// each, as PyTorch's.
#[derive(Clone, Debug)]
pub struct LayerNorm {
    /// How many values a row has.
    pub width: usize,
    weight: Span,
    bias: Span,
}

impl LayerNorm {
    /// A layer with its tensors at the end of `layout`.
    pub fn new(layout: &mut Layout, name: &str, width: usize) -> LayerNorm {
        let weight = layout.add(&format!("{name}.weight"), &[width]);
        let bias = layout.add(&format!("{name}.bias"), &[width]);
        LayerNorm { width, weight, bias }
    }

    /// First weights: each row is normalised and left at that.
    pub fn initialize(&self, values: &mut [f32]) {
        self.weight.of_mut(values).fill(1.0);
        self.bias.of_mut(values).fill(0.0);
    }

    /// Writes y (rows, width) from x (rows, width).
    pub fn forward(&self, values: &[f32], x: &[f32], y: &mut [f32]) {
        let (weight, bias) = (self.weight.of(values), self.bias.of(values));
        dispatch(isa(), Forward { width: self.width, weight, bias, x, y });
    }

    /// The way back behind [`LayerNorm::forward`], from its x: the gradient of x overwrites that
    /// of y, `d` (rows, width), and those of the weights are added to `gradients`, the whole flat
    /// array.
    pub fn backward(&self, values: &[f32], x: &[f32], d: &mut [f32], gradients: &mut [f32]) {
        let (width, weight) = (self.width, self.weight.of(values));
        let mut sums = vec![0.0; 2 * width];
        let (d_weight, d_bias) = sums.split_at_mut(width);
        dispatch(isa(), Backward { width, weight, x, d, d_weight, d_bias });
        add(&sums[..width], self.weight.of_mut(gradients));
        add(&sums[width..], self.bias.of_mut(gradients));
    }
}

/// The mean of a row, and one over the root of its variance.
#[inline(always)]
fn moments<S: Simd>(s: S, row: &[f32]) -> [f32; 2] {
    let count = row.len() as f32;
    let mut sums = s.splat(0.0);
    for values in row.chunks(S::LANES) {
        sums = s.add(sums, s.load(values));
    }
    let mean = s.sum(sums) / count;
    let mut squares = s.splat(0.0);
    for values in row.chunks(S::LANES) {
        // What is padded differs from the mean by nothing.
        let apart = s.sub(s.load_padded(values, mean), s.splat(mean));
        squares = s.mul_add(apart, apart, squares);
    }
    [mean, 1.0 / (s.sum(squares) / count + EPSILON).sqrt()]
}

struct Forward<'a> {
    width: usize,
    weight: &'a [f32],
    bias: &'a [f32],
    x: &'a [f32],
    y: &'a mut [f32],
}

impl Kernel for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let Forward { width, weight, bias, x, y } = self;
        for (x, y) in x.chunks_exact(width).zip(y.chunks_exact_mut(width)) {
            let [mean, scale] = moments(s, x);
            for i in (0..width).step_by(S::LANES) {
                let normal = s.mul(s.sub(s.load(&x[i..]), s.splat(mean)), s.splat(scale));
                s.store(s.mul_add(normal, s.load(&weight[i..]), s.load(&bias[i..])), &mut y[i..]);
            }
        }
    }
}

struct Backward<'a> {
    width: usize,
    weight: &'a [f32],
    x: &'a [f32],
    d: &'a mut [f32],
    d_weight: &'a mut [f32],
    d_bias: &'a mut [f32],
}

impl Kernel for Backward<'_> {
    type Output = ();

    /// With n the normalised row and g the gradient times the weight:
    /// dx = (g - mean(g) - n · mean(g · n)) / √(variance + 1e-5).
    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let Backward { width, weight, x, d, d_weight, d_bias } = self;
        let count = width as f32;
        for (x, d) in x.chunks_exact(width).zip(d.chunks_exact_mut(width)) {
            let [mean, scale] = moments(s, x);
            // Padded with the mean, so that n is zero where there is no value.
            let normal = |i: usize| {
                s.mul(s.sub(s.load_padded(&x[i..], mean), s.splat(mean)), s.splat(scale))
            };
            let (mut sums, mut products) = (s.splat(0.0), s.splat(0.0));
            for i in (0..width).step_by(S::LANES) {
                let (n, dy) = (normal(i), s.load(&d[i..]));
                let g = s.mul(dy, s.load(&weight[i..]));
                sums = s.add(sums, g);
                products = s.mul_add(g, n, products);
                s.add_to(s.mul(dy, n), &mut d_weight[i..]);
                s.add_to(dy, &mut d_bias[i..]);
            }
            let mean_g = s.splat(s.sum(sums) / count);
            let mean_gn = s.splat(s.sum(products) / count);
            for i in (0..width).step_by(S::LANES) {
                let g = s.mul(s.load(&d[i..]), s.load(&weight[i..]));
                let apart = s.sub(s.sub(g, mean_g), s.mul(normal(i), mean_gn));
                s.store(s.mul(apart, s.splat(scale)), &mut d[i..]);
            }
        }
    }
}
