//! A sum of products, cut into blocks.

use std::ops::Range;
use std::sync::Arc;

use crate::product::{Affine, Way, multiply_columns};
use crate::simd::Start;

/// How many blocks there are at most.
pub(super) const BLOCKS: usize = 64;

/// How many columns a block has at least: a whole number of panels on every instruction set. With
/// 512 rows of bytes a block takes about 2 µs, ten times what it takes to hand it over.
const COLUMNS: usize = 128;

/// bias of the first + Σ left (depth,) · its matrix (depth, columns).
#[derive(Clone, Debug, Default)]
pub(super) struct Task {
    /// Which one it is, counted from 1.
    pub(super) round: u64,
    parts: Vec<(Arc<Affine>, Vec<f32>)>,
    columns: usize,
    /// How many columns a block has.
    width: usize,
}

impl Task {
    pub(super) fn new(round: u64, parts: &[(&Arc<Affine>, &[f32])]) -> Task {
        let columns = parts.first().map_or(0, |(affine, _)| affine.panels.columns());
        let width = columns.div_ceil(BLOCKS).next_multiple_of(COLUMNS);
        let parts = parts.iter().map(|(affine, left)| (Arc::clone(affine), left.to_vec()));
        Task { round, parts: parts.collect(), columns, width: width.max(COLUMNS) }
    }

    /// How many blocks it has.
    pub(super) fn blocks(&self) -> usize {
        self.columns.div_ceil(self.width)
    }

    /// The columns of a block.
    pub(super) fn columns(&self, block: usize) -> Range<usize> {
        block * self.width..self.columns.min((block + 1) * self.width)
    }

    /// How many bytes of weights all of it reads.
    pub(super) fn bytes(&self) -> usize {
        self.parts.iter().map(|(affine, _)| affine.panels.bytes()).sum()
    }

    /// Makes the sums of a block, `onto` being (its columns,).
    pub(super) fn work(&self, block: usize, onto: &mut [f32]) {
        for (index, (affine, left)) in self.parts.iter().enumerate() {
            let columns = self.columns(block);
            let start = match index {
                0 => Start::Row(affine.bias.get(columns.clone()).unwrap_or_default()),
                _ => Start::There,
            };
            multiply_columns(Way::Forth, 1, left, &affine.panels, columns, start, onto);
        }
    }
}
