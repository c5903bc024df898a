//! Products of matrices, added to where they belong.
//!
//! Two of them carry all the weight of training. [`multiply`] has a right operand that was laid
//! out beforehand ([`Panels`]) because it is used again and again: a weight matrix. In
//! [`multiply_transposed`] both operands are new: the gradient of a weight matrix.
//!
//! Both cut the work as Goto and van de Geijn describe ("Anatomy of high-performance matrix
//! multiplication", 2008): a block of the left operand stays in the second-level cache while a
//! panel of the right one passes by, tile after tile.

use std::cell::RefCell;
use std::ops::Range;

use crate::isa::Isa;
use crate::lines::Lines;
use crate::precision::{Pair, Precision, Short, Weights};
use crate::simd::{Factor, Kernel, Left, Onto, Right, Simd, Start, TILE_ROWS, dispatch};

/// How deep a block is: the length of the inner loop. A panel of it (128 KiB with AVX-512) and a
/// block of the left operand fit the second-level cache together; a shorter loop would load and
/// store the sums too often.
const DEPTH: usize = 512;

/// How many rows of the left operand make a block: 384 KiB at full depth.
const ROWS: usize = 32 * TILE_ROWS;

/// Up to so many columns, the right operand of [`multiply_transposed`] is not worth a panel. At
/// 20, both ways take the same time.
const NARROW: usize = 16;

/// A matrix to be read, in whatever order its strides say.
#[derive(Clone, Copy)]
pub(crate) struct View<'a> {
    pub(crate) values: &'a [f32],
    pub(crate) row_stride: usize,
    pub(crate) column_stride: usize,
}

impl<'a> View<'a> {
    /// The matrix (·, `columns`) whose rows lie one behind the other.
    pub(crate) fn of(values: &'a [f32], columns: usize) -> View<'a> {
        View { values, row_stride: columns, column_stride: 1 }
    }

    fn at(self, row: usize, column: usize) -> f32 {
        self.values[row * self.row_stride + column * self.column_stride]
    }

    /// The matrix on its side.
    pub(crate) fn transposed(self) -> View<'a> {
        View { row_stride: self.column_stride, column_stride: self.row_stride, ..self }
    }
}

/// A right operand, cut into panels of as many columns as a tile has. Rows of one panel lie one
/// behind the other, so that the inner loop reads it from end to end; the last panel is padded
/// with zeros.
#[derive(Clone, Debug)]
pub(crate) struct Panels {
    isa: Isa,
    /// (depth, columns) of the matrix, once it is laid out.
    shape: Option<[usize; 2]>,
    factors: Factors,
}

/// The panels' numbers, one or two rows of the matrix in one.
#[derive(Clone, Debug)]
enum Factors {
    F32(Sheet<f32>),
    Bf16(Sheet<Pair>),
    /// Multiplied with `f32`.
    Short(Sheet<Short>),
    /// Multiplied with `f32`, and the sum of each column by a scale.
    Byte(Sheet<i8>, Vec<f32>),
}

/// The values of all panels.
#[derive(Clone, Debug, Default)]
struct Sheet<F: Copy + Default> {
    /// How many factors stand one below the other in a column.
    depth: usize,
    values: Lines<F>, // (panel, depth, width)
}

impl Panels {
    /// Room for a matrix that is not yet laid out, for products with the instructions of `isa`.
    pub(crate) fn new(isa: Isa, precision: Precision) -> Panels {
        let factors = match precision {
            Precision::F32 => Factors::F32(Sheet::default()),
            Precision::Bf16 => Factors::Bf16(Sheet::default()),
        };
        Panels { isa, shape: None, factors }
    }

    /// As [`Panels::new`], for a matrix that multiplies `f32` values.
    pub(crate) fn compact(isa: Isa, weights: Weights) -> Panels {
        let factors = match weights {
            Weights::F32 => Factors::F32(Sheet::default()),
            Weights::Bf16 => Factors::Short(Sheet::default()),
            Weights::Int8 => Factors::Byte(Sheet::default(), Vec::new()),
        };
        Panels { isa, shape: None, factors }
    }

    /// Lays out the matrix `from` (depth, columns).
    pub(crate) fn pack(&mut self, depth: usize, columns: usize, from: View<'_>) {
        let width = dispatch(self.isa, PanelWidth);
        self.shape = Some([depth, columns]);
        let padded = columns.next_multiple_of(width);
        match &mut self.factors {
            Factors::F32(Sheet { depth: rows, values }) => {
                *rows = depth;
                values.resize(padded * depth);
                pack_panels(depth, columns, width, from, values);
            }
            Factors::Bf16(Sheet { depth: rows, values }) => {
                *rows = depth.div_ceil(2);
                values.resize(padded * *rows);
                dispatch(self.isa, PackPairs { depth, columns, width, from, values });
            }
            Factors::Short(sheet) => {
                let at = |row: usize, column: usize| Short::round(from.at(row, column));
                sheet.pack(depth, columns, width, at);
            }
            Factors::Byte(sheet, scales) => {
                let largest = |column: usize| {
                    (0..depth).fold(0.0, |max: f32, row| max.max(from.at(row, column).abs()))
                };
                scales.clear();
                scales.extend((0..columns).map(|column| largest(column) / 127.0));
                sheet.pack(depth, columns, width, |row, column| {
                    // Where all weights are zero, zero over zero becomes the byte zero.
                    (from.at(row, column) / scales[column]).round_ties_even() as i8
                });
            }
        }
    }
}

impl<F: Factor> Sheet<F> {
    /// Lays out a matrix value by value.
    fn pack(&mut self, depth: usize, columns: usize, width: usize, at: impl Fn(usize, usize) -> F) {
        self.depth = depth;
        self.values.resize(columns.next_multiple_of(width) * depth);
        self.values.fill(F::default());
        for column in 0..columns {
            let first = column / width * width * depth + column % width;
            for row in 0..depth {
                self.values[first + row * width] = at(row, column);
            }
        }
    }
}

struct PanelWidth;

impl Kernel for PanelWidth {
    type Output = usize;

    #[inline(always)]
    fn run<S: Simd>(self, _: S) -> usize {
        S::PANEL
    }
}

/// Writes the matrix `from` (depth, columns) as panels of `width` columns into `values`.
fn pack_panels(depth: usize, columns: usize, width: usize, from: View<'_>, values: &mut [f32]) {
    if depth == 0 {
        return;
    }
    for (index, panel) in values.chunks_exact_mut(depth * width).enumerate() {
        let first = index * width;
        let filled = width.min(columns - first);
        if filled < width {
            panel.fill(0.0);
        }
        let from = View { values: &from.values[first * from.column_stride..], ..from };
        if from.column_stride == 1 {
            for (row, to) in panel.chunks_exact_mut(width).enumerate() {
                to[..filled].copy_from_slice(&from.values[row * from.row_stride..][..filled]);
            }
        } else {
            // Down in steps of a cache line, so that each line of `from` is read at once.
            for (block, to) in panel.chunks_mut(16 * width).enumerate() {
                for column in 0..filled {
                    let start = block * 16 * from.row_stride + column * from.column_stride;
                    for (row, to) in to.iter_mut().skip(column).step_by(width).enumerate() {
                        *to = from.values[start + row * from.row_stride];
                    }
                }
            }
        }
    }
}

/// Writes the matrix `from` (depth, columns) as panels of pairs, each of two rows.
struct PackPairs<'a> {
    depth: usize,
    columns: usize,
    width: usize,
    from: View<'a>,
    values: &'a mut [Pair],
}

impl Kernel for PackPairs<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let PackPairs { depth, columns, width, from, values } = self;
        let pairs = depth.div_ceil(2);
        for (index, panel) in values.chunks_exact_mut((pairs * width).max(1)).enumerate() {
            let first = index * width;
            let filled = width.min(columns - first);
            panel.fill(Pair::default());
            let from = &from.values[first * from.column_stride..];
            let View { row_stride, column_stride, .. } = self.from;
            if column_stride == 1 {
                for (pair, to) in panel.chunks_exact_mut(width).enumerate() {
                    let top = &from[2 * pair * row_stride..][..filled];
                    let bottom = from.get((2 * pair + 1) * row_stride..).unwrap_or_default();
                    let bottom = if 2 * pair + 1 < depth { &bottom[..filled] } else { &[] };
                    join_rows(top, bottom, to);
                }
            } else {
                // Down in steps of a cache line, so that each line of `from` is read at once.
                for (block, to) in panel.chunks_mut(8 * width).enumerate() {
                    for column in 0..filled {
                        for (pair, to) in to.iter_mut().skip(column).step_by(width).enumerate() {
                            let row = 2 * (8 * block + pair);
                            let at = |row| from[row * row_stride + column * column_stride];
                            *to = Pair::round(
                                at(row),
                                if row + 1 < depth { at(row + 1) } else { 0.0 },
                            );
                        }
                    }
                }
            }
        }
    }
}

/// Pairs of values of two rows; a `bottom` that is missing is zero.
#[inline(always)]
fn join_rows(top: &[f32], bottom: &[f32], to: &mut [Pair]) {
    if bottom.is_empty() {
        to.iter_mut().zip(top).for_each(|(to, &top)| *to = Pair::round(top, 0.0));
    } else {
        for ((to, &top), &bottom) in to.iter_mut().zip(top).zip(bottom) {
            *to = Pair::round(top, bottom);
        }
    }
}

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
/// Rows of `left` are `left_stride` values apart, those of `onto` as many as `right` has columns.
///
/// # Panics
///
/// If an operand is shorter than its shape, or `right` was never packed.
pub(crate) fn multiply(
    rows: usize,
    left: &[f32],
    left_stride: usize,
    right: &Panels,
    start: Start<'_>,
    onto: &mut [f32],
) {
    multiply_in_turns(Way::Forth, rows, left, left_stride, right, start, onto);
}

/// As [`multiply`], one of many products with the same right operand.
pub(crate) fn multiply_in_turns(
    way: Way,
    rows: usize,
    left: &[f32],
    left_stride: usize,
    right: &Panels,
    start: Start<'_>,
    onto: &mut [f32],
) {
    let isa = right.isa;
    let [depth, columns] = right.shape.expect("weights are packed before they are used");
    let onto = &mut onto[..rows * columns];
    if depth == 0 {
        return start_from(start, columns, onto);
    }
    let kind = (isa, way);
    match &right.factors {
        Factors::F32(right) => multiply_by(kind, rows, left, left_stride, right, &[], start, onto),
        Factors::Short(right) => {
            multiply_by(kind, rows, left, left_stride, right, &[], start, onto);
        }
        Factors::Byte(right, scales) => {
            multiply_by(kind, rows, left, left_stride, right, scales, start, onto);
        }
        Factors::Bf16(right) => {
            let pairs = right.depth;
            let mut rounded = ROUNDED.take();
            rounded.resize(ROWS.min(rows) * pairs, Pair::default());
            for block in blocks(rows, ROWS) {
                let left = &left[block.start * left_stride..];
                let onto = &mut onto[block.start * columns..block.end * columns];
                let to = &mut rounded[..block.len() * pairs];
                dispatch(isa, RoundRows { left, left_stride, depth, to });
                multiply_by(kind, block.len(), &rounded, pairs, right, &[], start, onto);
            }
            ROUNDED.set(rounded);
        }
    }
}

/// [`multiply`] with one kind of factor.
#[expect(clippy::too_many_arguments, reason = "they become the fields of the kernel")]
fn multiply_by<F: Factor>(
    (isa, way): (Isa, Way),
    rows: usize,
    left: &[F::Left],
    left_stride: usize,
    right: &Sheet<F>,
    scales: &[f32],
    start: Start<'_>,
    onto: &mut [f32],
) {
    let columns = onto.len() / rows.max(1);
    dispatch(isa, Multiply { way, rows, left, left_stride, right, columns, scales, start, onto });
}

thread_local! {
    /// Room for a block of rounded rows, kept from call to call.
    static ROUNDED: RefCell<Vec<Pair>> = const { RefCell::new(Vec::new()) };
}

/// Rounds rows of `depth` values to pairs of neighbours, the last one padded with zero.
struct RoundRows<'a> {
    left: &'a [f32],
    left_stride: usize,
    depth: usize,
    to: &'a mut [Pair], // (rows, ceil(depth / 2))
}

impl Kernel for RoundRows<'_> {
    type Output = ();

    /// Written as a plain loop, which the compiler turns into the vectors of `S`.
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let RoundRows { left, left_stride, depth, to } = self;
        for (row, to) in to.chunks_exact_mut(depth.div_ceil(2)).enumerate() {
            let from = &left[row * left_stride..][..depth];
            let (pairs, last) = from.as_chunks::<2>();
            for (to, &[first, second]) in to.iter_mut().zip(pairs) {
                *to = Pair::round(first, second);
            }
            if let (Some(to), &[last]) = (to.last_mut(), last) {
                *to = Pair::round(last, 0.0);
            }
        }
    }
}

/// The sum of no products.
fn start_from(start: Start<'_>, columns: usize, onto: &mut [f32]) {
    if let Start::Row(row) = start {
        onto.fill(0.0);
        onto.chunks_mut(columns.max(1)).for_each(|onto| onto[..row.len()].copy_from_slice(row));
    }
}

struct Multiply<'a, F: Factor> {
    way: Way,
    rows: usize,
    left: &'a [F::Left],
    left_stride: usize,
    right: &'a Sheet<F>,
    columns: usize,
    scales: &'a [f32],
    start: Start<'a>,
    onto: &'a mut [f32],
}

impl<F: Factor> Kernel for Multiply<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let Multiply { way, rows, left, left_stride, right, columns, scales, start, onto } = self;
        let depth = right.depth;
        let panels = columns.div_ceil(S::PANEL);
        let panel_of = |index: usize| &right.values[index * S::PANEL * depth..][..depth * S::PANEL];
        // A left operand that stays in the cache as a whole passes all of a panel at once.
        let whole = rows * depth <= ROWS * DEPTH;
        for run in blocks(depth, if whole { depth } else { DEPTH }) {
            for block in blocks(rows, ROWS) {
                for turn in 0..panels {
                    let index = |turn| if way == Way::Forth { turn } else { panels - 1 - turn };
                    let first_column = index(turn) * S::PANEL;
                    for deep in blocks(run.len(), DEPTH) {
                        let deep = run.start + deep.start..run.start + deep.end;
                        let at = |range: &Range<usize>, panel: usize| {
                            &panel_of(panel)[range.start * S::PANEL..range.end * S::PANEL]
                        };
                        let next: &[F] = if deep.end < run.end {
                            at(&(deep.end..run.end.min(deep.end + DEPTH)), index(turn))
                        } else if turn + 1 < panels {
                            at(&(run.start..run.end.min(run.start + DEPTH)), index(turn + 1))
                        } else {
                            &[]
                        };
                        let tiles = block.len().div_ceil(TILE_ROWS);
                        let mut shares = next.chunks(next.len().div_ceil(tiles).max(1));
                        for (first, rows) in even_tiles(block.clone()) {
                            let left = Left {
                                values: &left[first * left_stride + deep.start..],
                                row_stride: left_stride,
                                step: 1,
                            };
                            let panel = at(&deep, index(turn));
                            let right = Right { panel, next: shares.next().unwrap_or_default() };
                            let onto = Onto {
                                values: &mut onto[first * columns + first_column..],
                                stride: columns,
                                columns: S::PANEL.min(columns - first_column),
                                scales: scales.get(first_column..).unwrap_or_default(),
                                start: match start {
                                    Start::Row(row) if deep.start == 0 => {
                                        Start::Row(row.get(first_column..).unwrap_or_default())
                                    }
                                    _ => Start::There,
                                },
                            };
                            s.tile(rows, left, right, onto);
                        }
                    }
                }
            }
        }
    }
}

/// `0..rows` in runs of at most `size`.
fn blocks(rows: usize, size: usize) -> impl Iterator<Item = Range<usize>> {
    (0..rows).step_by(size).map(move |first| first..rows.min(first + size))
}

/// The rows of a block as (first, how many), cut into as few tiles as there can be and these as
/// even as they can be: 16 rows are 6 + 5 + 5, for a tile of 4 keeps the multipliers less busy.
#[inline(always)]
fn even_tiles(block: Range<usize>) -> impl Iterator<Item = (usize, usize)> {
    let rows = block.len();
    let tiles = rows.div_ceil(TILE_ROWS);
    (0..tiles).map(move |tile| {
        let first = rows * tile / tiles;
        (block.start + first, rows * (tile + 1) / tiles - first)
    })
}

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

/// The product where a panel would be mostly padding, in `f32`: each row of `left` is added to as
/// many rows of sums as `right` has columns, and these are turned on their side at the end.
struct MultiplyNarrow<'a> {
    m: usize,
    depth: usize,
    n: usize,
    left: &'a [f32],
    right: &'a [f32],
    onto: &'a mut [f32],
}

impl Kernel for MultiplyNarrow<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let MultiplyNarrow { m, depth, n, left, right, onto } = self;
        let mut sums = vec![0.0; n * m];
        if n * m > 0 {
            for (left, right) in left.chunks_exact(m).zip(right.chunks_exact(n)).take(depth) {
                for (&factor, sums) in right.iter().zip(sums.chunks_exact_mut(m)) {
                    let factor = s.splat(factor);
                    for (left, sums) in left.chunks(S::LANES).zip(sums.chunks_mut(S::LANES)) {
                        s.store(s.mul_add(factor, s.load(left), s.load(sums)), sums);
                    }
                }
            }
            for (column, sums) in sums.chunks_exact(m).enumerate() {
                for (onto, sum) in onto.chunks_exact_mut(n).zip(sums) {
                    onto[column] += sum;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::fill_uniform;

    /// The plain loop, in f64: (rows, columns) = a (rows, depth) · b (depth, columns).
    fn plain(rows: usize, depth: usize, columns: usize, a: View<'_>, b: View<'_>) -> Vec<f64> {
        let at = |m: View<'_>, r: usize, c: usize| {
            f64::from(m.values[r * m.row_stride + c * m.column_stride])
        };
        let mut product = Vec::with_capacity(rows * columns);
        for row in 0..rows {
            for column in 0..columns {
                product.push((0..depth).map(|k| at(a, row, k) * at(b, k, column)).sum());
            }
        }
        product
    }

    /// Sums of `depth` products of values below one, in f32; a missing product would be 0.25 off.
    #[track_caller]
    fn assert_close(depth: usize, found: &[f32], start: &[f32], expected: &[f64]) {
        let tolerance = 2e-7 * depth as f64 + 1e-6;
        for ((&found, &start), &expected) in found.iter().zip(start).zip(expected) {
            let expected = f64::from(start) + expected;
            assert!((f64::from(found) - expected).abs() <= tolerance, "{found} for {expected}");
        }
    }

    /// Tails of every kind; the larger ones are too much for an interpreter such as Miri.
    const SIZES: &[[usize; 3]] = {
        const ALL: [[usize; 3]; 12] = [
            [1, 1, 1],
            [1, 0, 3],
            [0, 4, 3],
            [2, 3, 5],
            [5, 70, 64],
            [6, 17, 65],
            [7, 16, 63],
            [13, 33, 129],
            [16, 512, 128],
            [23, 513, 31],
            [200, 40, 17],
            [193, 1030, 70],
        ];
        if cfg!(miri) { ALL.split_at(7).0 } else { &ALL }
    };

    #[test]
    fn products_equal_the_plain_loop_on_every_instruction_set() {
        for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
            for &[rows, depth, columns] in SIZES {
                let mut left = vec![0.0; rows * depth];
                let mut right = vec![0.0; depth * columns];
                let mut start = vec![0.0; rows * columns];
                fill_uniform(&mut left, 1, 1.0);
                fill_uniform(&mut right, 2, 1.0);
                fill_uniform(&mut start, 3, 1.0);
                let a = View::of(&left, depth);

                let mut panels = Panels::new(isa, Precision::F32);
                for b in [View::of(&right, columns), View::of(&right, depth).transposed()] {
                    let expected = plain(rows, depth, columns, a, b);
                    panels.pack(depth, columns, b);
                    let mut onto = start.clone();
                    multiply(rows, &left, depth, &panels, Start::There, &mut onto);
                    assert_close(depth, &onto, &start, &expected);
                    let row = &start[..columns.min(start.len())];
                    for row in [row, &[]] {
                        let mut whole: Vec<f32> = row.repeat(rows);
                        whole.resize(start.len(), 0.0);
                        onto.fill(f32::NAN);
                        multiply(rows, &left, depth, &panels, Start::Row(row), &mut onto);
                        assert_close(depth, &onto, &whole, &expected);
                    }
                }

                let mut onto = start.clone();
                multiply_transposed(
                    isa,
                    Precision::F32,
                    [rows, depth, columns],
                    &left,
                    &right,
                    &mut onto,
                );
                let a = View::of(&left, rows).transposed();
                let expected = plain(rows, depth, columns, a, View::of(&right, columns));
                assert_close(depth, &onto, &start, &expected);
            }
        }
    }

    fn noise(len: usize, key: u64) -> Vec<f32> {
        let mut values = vec![0.0; len];
        fill_uniform(&mut values, key, 1.0);
        values
    }

    fn bf16(values: &[f32]) -> Vec<f32> {
        let round = |&value| f32::from_bits(Pair::round(0.0, value).lane().to_bits() & !0xffff);
        values.iter().map(round).collect()
    }

    #[test]
    fn compact_weights_are_those_of_the_rounded_matrix() {
        for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
            for &[rows, depth, columns] in SIZES {
                let (left, right) = (noise(rows * depth, 1), noise(depth * columns, 2));
                let start = noise(rows * columns, 3);
                for weights in Weights::ALL {
                    let mut kept = right.clone();
                    for column in 0..columns {
                        let largest = (0..depth)
                            .map(|row| right[row * columns + column].abs())
                            .fold(0.0, f32::max);
                        for row in 0..depth {
                            let value = &mut kept[row * columns + column];
                            *value = match weights {
                                Weights::F32 => *value,
                                Weights::Bf16 => bf16(&[*value])[0],
                                Weights::Int8 => {
                                    (*value / (largest / 127.0)).round_ties_even()
                                        * (largest / 127.0)
                                }
                            };
                        }
                    }
                    let (a, b) = (View::of(&left, depth), View::of(&kept, columns));
                    let expected = plain(rows, depth, columns, a, b);
                    let mut panels = Panels::compact(isa, weights);
                    panels.pack(depth, columns, View::of(&right, columns));
                    let mut onto = start.clone();
                    multiply(rows, &left, depth, &panels, Start::There, &mut onto);
                    assert_close(depth, &onto, &start, &expected);
                }
            }
        }
    }

    #[test]
    fn weights_that_are_all_zero_stay_so() {
        let mut panels = Panels::compact(Isa::best(), Weights::Int8);
        panels.pack(3, 2, View::of(&[0.0; 6], 2));
        let mut onto = [7.0, 8.0];
        multiply(1, &[1.0; 3], 3, &panels, Start::There, &mut onto);
        assert_eq!(onto, [7.0, 8.0]);
    }

    #[test]
    fn products_of_short_numbers_are_those_of_rounded_ones_and_alike_to_the_bit() {
        for &[rows, depth, columns] in SIZES {
            let (left, right) = (noise(rows * depth, 1), noise(depth * columns, 2));
            let start = noise(rows * columns, 3);
            let (a, b) = (bf16(&left), bf16(&right));
            let a_transposed = View::of(&a, rows).transposed();
            let expected = plain(rows, depth, columns, View::of(&a, depth), View::of(&b, columns));
            let expected_transposed =
                plain(rows, depth, columns, a_transposed, View::of(&b, columns));
            let mut first: Option<[Vec<f32>; 2]> = None;
            for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
                let mut panels = Panels::new(isa, Precision::Bf16);
                panels.pack(depth, columns, View::of(&right, columns));
                let mut onto = start.clone();
                multiply(rows, &left, depth, &panels, Start::There, &mut onto);
                assert_close(depth, &onto, &start, &expected);

                // Laid out from the matrix on its side, the panels are the same.
                let mut turned = vec![0.0; right.len()];
                for (index, &value) in right.iter().enumerate() {
                    turned[index % columns * depth + index / columns] = value;
                }
                panels.pack(depth, columns, View::of(&turned, depth).transposed());
                let mut again = start.clone();
                multiply(rows, &left, depth, &panels, Start::There, &mut again);
                assert_eq!(onto, again);

                let mut onto_transposed = start.clone();
                let shape = [rows, depth, columns];
                let onto_t = &mut onto_transposed;
                multiply_transposed(isa, Precision::Bf16, shape, &left, &right, onto_t);
                if columns > NARROW {
                    assert_close(depth, &onto_transposed, &start, &expected_transposed);
                    let found = [onto, onto_transposed];
                    match &first {
                        None => first = Some(found),
                        Some(first) => assert!(&found == first, "{isa:?} at {shape:?}"),
                    }
                }
            }
        }
    }

    #[test]
    fn rows_of_the_left_operand_may_lie_apart() {
        let left: Vec<f32> = (0..20).map(|i| i as f32).collect();
        let mut panels = Panels::new(Isa::Portable, Precision::F32);
        panels.pack(2, 1, View::of(&[1.0, 10.0], 1));
        let mut onto = vec![0.0; 4];
        multiply(4, &left, 5, &panels, Start::There, &mut onto);
        assert_eq!(onto, [10.0, 65.0, 120.0, 175.0]);
    }

    #[test]
    fn tiles_of_a_block_are_even_and_whole() {
        let tiles: Vec<_> = even_tiles(10..26).collect();
        assert_eq!(tiles, [(10, 5), (15, 5), (20, 6)]);
        for rows in 0..100 {
            assert_eq!(even_tiles(0..rows).map(|(_, rows)| rows).sum::<usize>(), rows);
            assert!(even_tiles(0..rows).all(|(_, rows)| (1..=TILE_ROWS).contains(&rows)));
        }
    }
}
