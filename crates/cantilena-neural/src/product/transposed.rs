//! The product of two matrices that are both new: the gradient of a weight matrix.

use std::cell::RefCell;
use std::ops::Range;

use super::blocks::{DEPTH, ROWS, blocks};
use super::narrow::{MultiplyNarrow, NARROW};
use super::pairs::join_rows;
use crate::isa::Isa;
use crate::lines::Lines;
use crate::precision::{Pair, Precision};
use crate::simd::{Factor, Kernel, Left, Onto, Right, Simd, Start, TILE_ROWS, dispatch};

/// onto (m, n) += leftᵀ (m, depth) · right (depth, n), where `left` is (depth, m).
///
/// # Panics
///
/// If an operand is shorter than its shape.
pub(crate) fn multiply_transposed(
    isa: Isa,
    precision: Precision,
    [m, depth, n]: [usize; 3],
    left: &[f32],
    right: &[f32],
    onto: &mut [f32],
) {
    assert!(left.len() >= depth * m && right.len() >= depth * n && onto.len() >= m * n);
    if n <= NARROW {
        return dispatch(isa, MultiplyNarrow { m, depth, n, left, right, onto });
    }
    match precision {
        Precision::F32 => BLOCKS.with_borrow_mut(|blocks| {
            dispatch(isa, MultiplyTransposed { m, depth, n, left, right, onto, blocks });
        }),
        Precision::Bf16 => PAIR_BLOCKS.with_borrow_mut(|blocks| {
            dispatch(isa, MultiplyTransposed { m, depth, n, left, right, onto, blocks });
        }),
    }
}

thread_local! {
    /// Room for the blocks of both operands of [`multiply_transposed`], kept from call to call.
    static BLOCKS: RefCell<[Lines<f32>; 2]> = RefCell::default();
    /// The same for pairs.
    static PAIR_BLOCKS: RefCell<[Lines<Pair>; 2]> = RefCell::default();
}

/// A factor that stands for one or more rows of both operands of [`multiply_transposed`].
trait Rows: Factor<Left = Self> {
    /// How many rows one factor holds.
    const EACH: usize;

    /// Joins as many rows of `width` values, `stride` apart; what the last lack is zero.
    fn join(rows: &[f32], stride: usize, width: usize, to: &mut [Self]);
}

impl Rows for f32 {
    const EACH: usize = 1;

    #[inline(always)]
    fn join(rows: &[f32], _: usize, width: usize, to: &mut [f32]) {
        to[..width].copy_from_slice(&rows[..width]);
    }
}

impl Rows for Pair {
    const EACH: usize = 2;

    #[inline(always)]
    fn join(rows: &[f32], stride: usize, width: usize, to: &mut [Pair]) {
        join_rows(&rows[..width], rows.get(stride..stride + width).unwrap_or_default(), to);
    }
}

struct MultiplyTransposed<'a, F: Rows> {
    m: usize,
    depth: usize,
    n: usize,
    left: &'a [f32],
    right: &'a [f32],
    onto: &'a mut [f32],
    blocks: &'a mut [Lines<F>; 2],
}

impl<F: Rows> Kernel for MultiplyTransposed<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let MultiplyTransposed { m, depth, n, left, right, onto, blocks: room } = self;
        let [left_block, panels] = room;
        left_block.resize(ROWS * DEPTH);
        for k in blocks(depth, DEPTH * F::EACH) {
            let steps = k.len().div_ceil(F::EACH);
            panels.resize(n.next_multiple_of(S::PANEL) * steps);
            for (index, panel) in panels.chunks_exact_mut(steps * S::PANEL).enumerate() {
                let column = index * S::PANEL;
                let width = S::PANEL.min(n - column);
                for (step, to) in panel.chunks_exact_mut(S::PANEL).enumerate() {
                    let rows = &right[(k.start + step * F::EACH) * n..k.end * n];
                    F::join(&rows[column..], n, width, to);
                    to[width..].fill(F::default());
                }
            }
            for block in blocks(m, ROWS) {
                pack_left(&left[k.start * m..k.end * m], block.clone(), m, left_block);
                for (index, panel) in panels.chunks_exact(steps * S::PANEL).enumerate() {
                    let first_column = index * S::PANEL;
                    for first in block.clone().step_by(TILE_ROWS) {
                        let left = Left {
                            values: &left_block[(first - block.start) * steps..],
                            row_stride: 1,
                            step: TILE_ROWS,
                        };
                        let onto = Onto {
                            values: &mut onto[first * n + first_column..],
                            stride: n,
                            columns: S::PANEL.min(n - first_column),
                            scales: &[],
                            row_scales: &[],
                            start: Start::There,
                        };
                        let right = Right { panel, next: &[] };
                        s.tile(TILE_ROWS.min(block.end - first), left, right, onto);
                    }
                }
            }
        }
    }
}
/// Copies columns `block` of `from`, whose rows have `columns`, as strips of [`TILE_ROWS`]
/// columns, each strip from top to bottom.
#[inline(always)]
fn pack_left<F: Rows>(from: &[f32], block: Range<usize>, columns: usize, to: &mut [F]) {
    // Few rows at a time: they lie a power of two apart as a rule, and as many lines of the cache
    // at such a distance as it has ways drive each other out.
    const TOGETHER: usize = 8;
    let steps = (from.len() / columns).div_ceil(F::EACH);
    for first in (0..steps).step_by(TOGETHER) {
        for (strip, column) in block.clone().step_by(TILE_ROWS).enumerate() {
            let width = TILE_ROWS.min(block.end - column);
            let to = &mut to[strip * steps * TILE_ROWS..][..steps * TILE_ROWS];
            for step in first..steps.min(first + TOGETHER) {
                let rows = &from[step * F::EACH * columns + column..];
                let to = &mut to[step * TILE_ROWS..][..TILE_ROWS];
                if width == TILE_ROWS {
                    F::join(rows, columns, TILE_ROWS, to);
                } else {
                    F::join(rows, columns, width, to);
                }
            }
        }
    }
}
