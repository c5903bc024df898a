//! The product with a matrix that was laid out beforehand.

use std::cell::RefCell;
use std::ops::Range;

use super::blocks::{DEPTH, ROWS, blocks, even_tiles};
use super::pairs::RoundRows;
use super::panels::{Factors, Panels, Sheet};
use super::words::RoundToWords;
use crate::precision::{Pair, WordPair};
use crate::simd::{Factor, Kernel, Left, Onto, Right, Simd, Start, TILE_ROWS, dispatch};

/// In which order a product takes the panels of its right operand. The sums are the same.
///
/// A matrix that is larger than the second-level cache, multiplied again and again, is best read
/// forth and back in turns: what was read last is still there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Forth,
    Back,
}

impl Way {
    /// The way of step `t` of a loop.
    pub(crate) fn of(t: usize) -> Way {
        if t.is_multiple_of(2) { Way::Forth } else { Way::Back }
    }
}

/// onto (rows, columns) = start + left (rows, depth) · right (depth, columns).
///
/// # Panics
///
/// If an operand is shorter than its shape, or `right` was never packed.
pub(crate) fn multiply(
    way: Way,
    rows: usize,
    left: &[f32],
    right: &Panels,
    start: Start<'_>,
    onto: &mut [f32],
) {
    multiply_columns(way, rows, left, right, 0..right.columns(), start, onto);
}

/// As [`multiply`], for some columns of `right` alone: `start` and `onto` have only these. The
/// first one must begin a panel.
pub(crate) fn multiply_columns(
    way: Way,
    rows: usize,
    left: &[f32],
    right: &Panels,
    columns: Range<usize>,
    start: Start<'_>,
    onto: &mut [f32],
) {
    let isa = right.isa;
    let depth = right.depth();
    let (first, columns) = (columns.start, columns.len());
    let onto = &mut onto[..rows * columns];
    let scales: [&[f32]; 2] = [&[]; 2];
    match &right.factors {
        _ if depth == 0 => start_from(start, columns, onto),
        Factors::F32(right) => {
            dispatch(isa, Multiply { way, rows, left, right, first, columns, scales, start, onto });
        }
        Factors::Short(right) => {
            dispatch(isa, Multiply { way, rows, left, right, first, columns, scales, start, onto });
        }
        Factors::Byte(right, of_columns) => WHOLE.with_borrow_mut(|(whole, of_rows)| {
            whole.resize(ROWS.min(rows) * right.depth, WordPair::default());
            of_rows.resize(ROWS.min(rows), 0.0);
            for block in blocks(rows, ROWS) {
                let onto = &mut onto[block.start * columns..block.end * columns];
                let (rows, left) = (block.len(), &left[block.start * depth..]);
                let (to, scales) = (&mut whole[..rows * right.depth], &mut of_rows[..rows]);
                dispatch(isa, RoundToWords { left, depth, to, scales });
                let (left, scales) = (&*whole, [of_rows, &of_columns[first..]]);
                let product =
                    Multiply { way, rows, left, right, first, columns, scales, start, onto };
                dispatch(isa, product);
            }
        }),
        Factors::Bf16(right) => ROUNDED.with_borrow_mut(|rounded| {
            rounded.resize(ROWS.min(rows) * right.depth, Pair::default());
            for block in blocks(rows, ROWS) {
                let onto = &mut onto[block.start * columns..block.end * columns];
                let (rows, left) = (block.len(), &left[block.start * depth..]);
                dispatch(isa, RoundRows { left, depth, to: &mut rounded[..rows * right.depth] });
                let left = &*rounded;
                let product =
                    Multiply { way, rows, left, right, first, columns, scales, start, onto };
                dispatch(isa, product);
            }
        }),
    }
}

thread_local! {
    /// Room for a block of rounded rows, kept from call to call.
    static ROUNDED: RefCell<Vec<Pair>> = const { RefCell::new(Vec::new()) };

    /// The same in whole numbers, and the scale of each row.
    static WHOLE: RefCell<(Vec<WordPair>, Vec<f32>)> =
        const { RefCell::new((Vec::new(), Vec::new())) };
}

/// The sum of no products.
fn start_from(start: Start<'_>, columns: usize, onto: &mut [f32]) {
    if let Start::Row(row) = start {
        onto.fill(0.0);
        onto.chunks_mut(columns.max(1)).for_each(|onto| onto[..row.len()].copy_from_slice(row));
    }
}

/// [`multiply`] with one kind of factor.
struct Multiply<'a, F: Factor> {
    way: Way,
    rows: usize,
    left: &'a [F::Left], // (rows, right.depth)
    right: &'a Sheet<F>,
    /// The first column, and how many there are from it on.
    first: usize,
    columns: usize,
    /// Of the rows and of the columns, or nothing.
    scales: [&'a [f32]; 2],
    start: Start<'a>,
    onto: &'a mut [f32],
}

impl<F: Factor> Kernel for Multiply<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(mut self, s: S) {
        let (rows, depth) = (self.rows, self.right.depth);
        debug_assert!(self.first.is_multiple_of(S::PANEL), "a part begins with a panel");
        let first = self.first / S::PANEL;
        let panels = first..first + self.columns.div_ceil(S::PANEL);
        // A left operand that stays in the cache as a whole passes all of a panel at once.
        let whole = rows * depth <= ROWS * DEPTH;
        for run in blocks(depth, if whole { depth } else { DEPTH }) {
            for block in blocks(rows, ROWS) {
                for turn in 0..panels.len() {
                    // What follows a part is fetched too: who makes it often makes the next.
                    let (panel, after) = match self.way {
                        Way::Forth => (panels.start + turn, panels.start + turn + 1),
                        Way::Back => {
                            (panels.end - 1 - turn, (panels.end - 1 - turn).wrapping_sub(1))
                        }
                    };
                    for deep in blocks(run.len(), DEPTH) {
                        let deep = run.start + deep.start..run.start + deep.end;
                        let next = if deep.end < run.end {
                            self.right.part::<S>(panel, deep.end..run.end.min(deep.end + DEPTH))
                        } else if after < self.right.panels::<S>() {
                            self.right.part::<S>(after, run.start..run.end.min(run.start + DEPTH))
                        } else {
                            &[]
                        };
                        self.pass(s, block.clone(), panel, deep, next);
                    }
                }
            }
        }
    }
}

impl<F: Factor> Multiply<'_, F> {
    /// Takes rows `block` of the left operand past the part `deep` of a panel, while what is
    /// `next` to be read is fetched.
    #[inline(always)]
    fn pass<S: Simd>(
        &mut self,
        s: S,
        block: Range<usize>,
        panel: usize,
        deep: Range<usize>,
        next: &[F],
    ) {
        let (depth, columns) = (self.right.depth, self.columns);
        let first_column = panel * S::PANEL - self.first;
        let start = match self.start {
            Start::Row(row) if deep.start == 0 => {
                Start::Row(row.get(first_column..).unwrap_or_default())
            }
            _ => Start::There,
        };
        let panel = self.right.part::<S>(panel, deep.clone());
        let tiles = block.len().div_ceil(TILE_ROWS);
        let mut shares = next.chunks(next.len().div_ceil(tiles).max(1));
        for (first, rows) in even_tiles(block) {
            let left = Left {
                values: &self.left[first * depth + deep.start..],
                row_stride: depth,
                step: 1,
            };
            let onto = Onto {
                values: &mut self.onto[first * columns + first_column..],
                stride: columns,
                columns: S::PANEL.min(columns - first_column),
                scales: self.scales[1].get(first_column..).unwrap_or_default(),
                row_scales: self.scales[0].get(first..).unwrap_or_default(),
                start,
            };
            let right = Right { panel, next: shares.next().unwrap_or_default() };
            s.tile(rows, left, right, onto);
        }
    }
}
