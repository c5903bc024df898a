//! The inner loop of all products: a few rows by one panel, with all sums in registers.

use super::factor::Factor;
use super::prefetch::{LINE, prefetch, prefetch_far};
use super::vectors::Simd;

/// How many rows a tile of a product has at most.
///
/// With 4 columns of vectors, 6 rows keep 24 sums, 4 loaded vectors and a broadcast value in the
/// 32 registers of AVX-512 and NEON; with 2 columns, 12 + 2 + 1 in the 16 of AVX2 and SSE. A
/// seventh row spills and halves the speed; fewer rows load more often than they multiply.
pub(crate) const TILE_ROWS: usize = 6;

/// The left operand of a tile: element (row, k) is `values[row * row_stride + k * step]`.
#[derive(Clone, Copy)]
pub(crate) struct Left<'a, F: Factor> {
    pub(crate) values: &'a [F::Left],
    pub(crate) row_stride: usize,
    pub(crate) step: usize,
}

/// The right operand of a tile.
#[derive(Clone, Copy)]
pub(crate) struct Right<'a, F> {
    /// (depth, `PANEL`), without gaps; its length tells the depth.
    pub(crate) panel: &'a [F],
    /// What is soon to be read, fetched little by little while the tile is at work; may be empty.
    pub(crate) next: &'a [F],
}

/// Where a tile leaves its sums: `columns` values in each row, rows `stride` apart.
pub(crate) struct Onto<'a> {
    pub(crate) values: &'a mut [f32],
    pub(crate) stride: usize,
    /// At most a panel; a narrower last panel is padded with zeros.
    pub(crate) columns: usize,
    /// What the sums of these columns are multiplied by, or nothing.
    pub(crate) scales: &'a [f32],
    /// What the sums of each row are multiplied by, where those of columns are.
    pub(crate) row_scales: &'a [f32],
    pub(crate) start: Start<'a>,
}

/// What sums start from.
#[derive(Clone, Copy)]
pub(crate) enum Start<'a> {
    /// The values that are there.
    There,
    /// The same row everywhere; zero beyond its end.
    Row(&'a [f32]),
}
/// How many rows of a panel ahead the first-level cache is asked for. From 4 to 16 there is no
/// difference; without it, products lose a tenth.
const AHEAD: usize = 8;

/// onto[row][j] = start[row][j] + Σ_k left[row][k] · panel[k][j], for `ROWS` rows and a panel of
/// `COLUMNS` vectors.
#[inline(always)]
fn tile<S: Simd, F: Factor, const ROWS: usize, const COLUMNS: usize>(
    s: S,
    left: Left<'_, F>,
    right: Right<'_, F>,
    onto: Onto<'_>,
) {
    let width = COLUMNS * S::LANES;
    let depth = right.panel.len() / width;
    assert!(depth > 0 && ROWS > 0 && onto.columns <= width);
    assert!((ROWS - 1) * left.row_stride + (depth - 1) * left.step < left.values.len());
    assert!((ROWS - 1) * onto.stride + onto.columns <= onto.values.len());

    let per_line = LINE * size_of::<f32>() / size_of::<F>();
    let lines = width.div_ceil(per_line);
    // A product with few rows has few tiles, and each must fetch more of the next panel.
    let lines_of_next = if ROWS < 4 { lines } else { lines / 2 };
    for row in 0..ROWS {
        for line in 0..width / LINE {
            prefetch(onto.values.as_ptr().wrapping_add(row * onto.stride + line * LINE));
        }
    }
    // SAFETY: k runs below depth and row below ROWS, so that the assertion on `left` bounds every
    // read of it, and depth * width values of the panel are read in order.
    let sums = unsafe {
        let mut sums = [[s.splat(0.0); COLUMNS]; ROWS];
        let mut from_left = left.values.as_ptr();
        let mut from_panel = right.panel.as_ptr();
        let mut from_next = right.next.as_ptr();
        for _ in 0..depth {
            for line in 0..lines {
                prefetch(from_panel.wrapping_add(AHEAD * width + line * per_line));
            }
            // Evenly, for only so many lines can be under way at once.
            for line in 0..lines_of_next {
                prefetch_far(from_next.wrapping_add(line * per_line));
            }
            from_next = from_next.wrapping_add(right.next.len() / depth);

            let mut factors = [s.splat(0.0); COLUMNS];
            for (column, factor) in factors.iter_mut().enumerate() {
                *factor = F::load(s, from_panel.add(column * S::LANES));
            }
            for (row, sums) in sums.iter_mut().enumerate() {
                let value = s.splat(F::lane(*from_left.add(row * left.row_stride)));
                for (sum, factor) in sums.iter_mut().zip(factors) {
                    *sum = F::mul_add(s, value, factor, *sum);
                }
            }
            from_left = from_left.wrapping_add(left.step);
            from_panel = from_panel.add(width);
        }
        sums
    };

    for (row, sums) in sums.iter().enumerate() {
        let onto_row = &mut onto.values[row * onto.stride..][..onto.columns];
        for (column, sum) in sums.iter().enumerate() {
            let first = column * S::LANES;
            let values = onto_row.get_mut(first..).unwrap_or_default();
            let start = match onto.start {
                Start::There => s.load(values),
                Start::Row(row) => s.load(row.get(first..).unwrap_or_default()),
            };
            let sum = F::sums(s, *sum);
            let sum = match onto.scales {
                [] => s.add(start, sum),
                scales => {
                    let scale = s.splat(onto.row_scales[row]);
                    let scale = s.mul(scale, s.load(scales.get(first..).unwrap_or_default()));
                    s.mul_add(sum, scale, start)
                }
            };
            s.store(sum, values);
        }
    }
}

/// [`tile`] with as many rows as there are.
#[inline(always)]
pub(super) fn tile_of<S: Simd, F: Factor, const COLUMNS: usize>(
    s: S,
    rows: usize,
    left: Left<'_, F>,
    right: Right<'_, F>,
    onto: Onto<'_>,
) {
    match rows {
        1 => tile::<S, F, 1, COLUMNS>(s, left, right, onto),
        2 => tile::<S, F, 2, COLUMNS>(s, left, right, onto),
        3 => tile::<S, F, 3, COLUMNS>(s, left, right, onto),
        4 => tile::<S, F, 4, COLUMNS>(s, left, right, onto),
        5 => tile::<S, F, 5, COLUMNS>(s, left, right, onto),
        6 => tile::<S, F, 6, COLUMNS>(s, left, right, onto),
        _ => panic!("a tile has 1 to {TILE_ROWS} rows, not {rows}"),
    }
}
