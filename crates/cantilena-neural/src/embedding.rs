//! A table with one row of values for each token.

use crate::isa::isa;
use crate::layout::{Layout, Span};
use crate::random::fill_uniform;
use crate::simd::{Kernel, Simd, dispatch};

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
        Embedding::add_all(std::slice::from_ref(self), values, tokens, 1, out);
    }

    /// As [`Embedding::add`] for the first columns of `matrix` (rows, columns), an embedding each.
    ///
    /// # Panics
    ///
    /// If the embeddings differ in width, a token is not in its table, or there are fewer columns
    /// than embeddings.
    pub fn add_all(
        embeddings: &[Embedding],
        values: &[f32],
        matrix: &[u16],
        columns: usize,
        out: &mut [f32],
    ) {
        let Some(width) = common_width(embeddings) else { return };
        let tables = embeddings.iter().map(|embedding| embedding.weight.of(values)).collect();
        dispatch(isa(), AddAll { tables, width, matrix, columns, out });
    }

    /// The way back: adds each row of `d_out` (rows, width) to the gradient of its token in
    /// `gradients`, the whole flat array.
    pub fn backward(&self, tokens: &[u16], d_out: &[f32], gradients: &mut [f32]) {
        Embedding::backward_all(std::slice::from_ref(self), tokens, 1, d_out, gradients);
    }

    /// As [`Embedding::backward`] for the first columns of `matrix` (rows, columns), an embedding
    /// each.
    pub fn backward_all(
        embeddings: &[Embedding],
        matrix: &[u16],
        columns: usize,
        d_out: &[f32],
        gradients: &mut [f32],
    ) {
        let Some(width) = common_width(embeddings) else { return };
        let tables = embeddings.iter().map(|embedding| embedding.weight).collect();
        dispatch(isa(), BackwardAll { tables, width, matrix, columns, d_out, gradients });
    }
}

/// The width of all these, if there are any.
fn common_width(embeddings: &[Embedding]) -> Option<usize> {
    let width = embeddings.first()?.width;
    assert!(embeddings.iter().all(|e| e.width == width), "only rows of one width can be summed");
    Some(width)
}

struct AddAll<'a> {
    tables: Vec<&'a [f32]>, // (embeddings)(tokens, width)
    width: usize,
    matrix: &'a [u16], // (rows, columns)
    columns: usize,
    out: &'a mut [f32], // (rows, width)
}

impl Kernel for AddAll<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let AddAll { tables, width, matrix, columns, out } = self;
        for (tokens, out) in matrix.chunks_exact(columns).zip(out.chunks_exact_mut(width)) {
            for (&token, table) in tokens[..tables.len()].iter().zip(&tables) {
                add(s, &table[usize::from(token) * width..][..width], out);
            }
        }
    }
}

struct BackwardAll<'a> {
    tables: Vec<Span>,
    width: usize,
    matrix: &'a [u16], // (rows, columns)
    columns: usize,
    d_out: &'a [f32], // (rows, width)
    gradients: &'a mut [f32],
}

impl Kernel for BackwardAll<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let BackwardAll { tables, width, matrix, columns, d_out, gradients } = self;
        for (tokens, d_out) in matrix.chunks_exact(columns).zip(d_out.chunks_exact(width)) {
            for (&token, table) in tokens[..tables.len()].iter().zip(&tables) {
                let table = table.of_mut(gradients);
                add(s, d_out, &mut table[usize::from(token) * width..][..width]);
            }
        }
    }
}

/// onto += values, both of one length.
#[inline(always)]
fn add<S: Simd>(s: S, values: &[f32], onto: &mut [f32]) {
    for (onto, values) in onto.chunks_mut(S::LANES).zip(values.chunks(S::LANES)) {
        s.add_to(s.load(values), onto);
    }
}
