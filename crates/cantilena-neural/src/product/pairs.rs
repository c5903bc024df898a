//! Rows of numbers as pairs of `bfloat16`, which stand behind each other in a sum of products.

use super::view::View;
use crate::precision::Pair;
use crate::simd::{Kernel, Simd};

/// Writes the matrix `from` (depth, columns) as panels of pairs, each of two rows.
pub(super) struct PackPairs<'a> {
    pub(super) depth: usize,
    pub(super) columns: usize,
    pub(super) width: usize,
    pub(super) from: View<'a>,
    pub(super) values: &'a mut [Pair],
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
pub(super) fn join_rows(top: &[f32], bottom: &[f32], to: &mut [Pair]) {
    if bottom.is_empty() {
        to.iter_mut().zip(top).for_each(|(to, &top)| *to = Pair::round(top, 0.0));
    } else {
        for ((to, &top), &bottom) in to.iter_mut().zip(top).zip(bottom) {
            *to = Pair::round(top, bottom);
        }
    }
}

/// Rounds rows of `depth` values to pairs of neighbours, the last one padded with zero.
pub(super) struct RoundRows<'a> {
    pub(super) left: &'a [f32], // (rows, depth)
    pub(super) depth: usize,
    pub(super) to: &'a mut [Pair], // (rows, ceil(depth / 2))
}

impl Kernel for RoundRows<'_> {
    type Output = ();

    /// Written as a plain loop, which the compiler turns into the vectors of `S`.
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let RoundRows { left, depth, to } = self;
        let rows = left.chunks_exact(depth).zip(to.chunks_exact_mut(depth.div_ceil(2)));
        for (from, to) in rows {
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
