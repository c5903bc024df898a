//! A table with one row of values for each token.

use crate::layout::{Layout, Span};
use crate::random::fill_uniform;
use crate::sums::add;

/// An embedding with the tensor `weight` (tokens, width), as PyTorch's.
///
/// Its rows are *added* to what is there, for an event with several fields is the sum of one row
/// for each. The tokens of a field may stand by themselves or be one column of a matrix.
#[derive(Clone, Debug)]
pub struct Embedding {
    /// How many tokens there are; they run from zero.
    pub tokens: usize,
    /// How many values a token has.
    pub width: usize,
    weight: Span,
}

impl Embedding {
    /// An embedding with its tensor at the end of `layout`.
    pub fn new(layout: &mut Layout, name: &str, tokens: usize, width: usize) -> Embedding {
        let weight = layout.add(&format!("{name}.weight"), &[tokens, width]);
        Embedding { tokens, width, weight }
    }

    /// Draws first values from `seed`, uniform with a variance of one over the width: a row then
    /// has length one, whatever the width.
    pub fn initialize(&self, values: &mut [f32], seed: u64) {
        let limit = (3.0 / self.width as f32).sqrt();
        fill_uniform(self.weight.of_mut(values), seed, limit);
    }

    /// Adds to each row of `out` (rows, width) the values of its token, `tokens` being (rows,).
    ///
    /// # Panics
    ///
    /// If a token is not in the table.
    pub fn add(&self, values: &[f32], tokens: &[u16], out: &mut [f32]) {
        self.add_column(values, tokens, 1, 0, out);
    }

    /// As [`Embedding::add`], with the tokens in column `column` of `matrix` (rows, columns).
    ///
    /// # Panics
    ///
    /// If a token is not in the table, or the matrix has no such column.
    pub fn add_column(
        &self,
        values: &[f32],
        matrix: &[u16],
        columns: usize,
        column: usize,
        out: &mut [f32],
    ) {
        let weight = self.weight.of(values);
        let rows = out.chunks_exact_mut(self.width);
        for (tokens, out) in matrix.chunks_exact(columns).zip(rows) {
            add(self.row(weight, tokens[column]), out);
        }
    }

    /// The way back: adds each row of `d_out` (rows, width) to the gradient of its token in
    /// `gradients`, the whole flat array.
    pub fn backward(&self, tokens: &[u16], d_out: &[f32], gradients: &mut [f32]) {
        self.backward_column(tokens, 1, 0, d_out, gradients);
    }

    /// As [`Embedding::backward`], with the tokens in column `column` of `matrix` (rows, columns).
    pub fn backward_column(
        &self,
        matrix: &[u16],
        columns: usize,
        column: usize,
        d_out: &[f32],
        gradients: &mut [f32],
    ) {
        let weight = self.weight.of_mut(gradients);
        for (tokens, d_out) in matrix.chunks_exact(columns).zip(d_out.chunks_exact(self.width)) {
            let first = usize::from(tokens[column]) * self.width;
            add(d_out, &mut weight[first..][..self.width]);
        }
    }

    /// The values of one token, for whoever needs no sum.
    fn row<'a>(&self, weight: &'a [f32], token: u16) -> &'a [f32] {
        &weight[usize::from(token) * self.width..][..self.width]
    }
}
