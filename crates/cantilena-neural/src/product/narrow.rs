//! The product of two matrices of which the right one has few columns.

use crate::simd::{Kernel, Simd};

/// Up to so many columns, the right operand of [`multiply_transposed`](super::multiply_transposed) is not worth a panel. At
/// 20, both ways take the same time.
pub(super) const NARROW: usize = 16;

/// The product where a panel would be mostly padding, in `f32`: each row of `left` is added to as
/// many rows of sums as `right` has columns, and these are turned on their side at the end.
pub(super) struct MultiplyNarrow<'a> {
    pub(super) m: usize,
    pub(super) depth: usize,
    pub(super) n: usize,
    pub(super) left: &'a [f32],
    pub(super) right: &'a [f32],
    pub(super) onto: &'a mut [f32],
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
