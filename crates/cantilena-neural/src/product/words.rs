//! Rows of numbers as whole ones, for products with weights of a byte.

use super::blocks::DEPTH;
use crate::precision::WordPair;
use crate::simd::{Kernel, Simd};

/// The largest whole number: as large as lets the sum of a block of products fit 32 bits.
const LARGEST: f32 = 16_383.0;

const _: () = assert!(DEPTH as i64 * 2 * 127 * LARGEST as i64 <= i32::MAX as i64);

/// Below this, all numbers of a row count as zero: the scale would leave what `f32` can hold.
const SMALLEST: f32 = 1e-30;

/// Rounds rows of `depth` values to pairs of neighbours, the last one padded with zero.
///
/// A value is what it is rounded to times the row's scale. In a row with a value that is no finite
/// number, the scale is not a number.
pub(super) struct RoundToWords<'a> {
    pub(super) left: &'a [f32], // (rows, depth)
    pub(super) depth: usize,
    pub(super) to: &'a mut [WordPair], // (rows, ceil(depth / 2))
    pub(super) scales: &'a mut [f32],  // (rows,)
}

impl Kernel for RoundToWords<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let RoundToWords { left, depth, to, scales } = self;
        let rows = left.chunks_exact(depth).zip(to.chunks_exact_mut(depth.div_ceil(2)));
        for ((from, to), scale) in rows.zip(scales) {
            let zero = s.splat(0.0);
            let (mut largest, mut unfit) = (zero, zero);
            for values in from.chunks(S::LANES) {
                let values = s.load(values);
                largest = s.max(s.max(values, s.sub(zero, values)), largest);
                // Zero, but for what is infinite or not a number.
                unfit = s.mul_add(values, zero, unfit);
            }
            let largest = s.to_array(largest).into_iter().fold(0.0, f32::max);
            *scale = largest / LARGEST + s.sum(unfit);
            let factor = if largest < SMALLEST { 0.0 } else { LARGEST / largest };
            let (pairs, last) = from.as_chunks::<2>();
            for (to, &[first, second]) in to.iter_mut().zip(pairs) {
                *to = WordPair([whole(first * factor), whole(second * factor)]);
            }
            if let (Some(to), &[last]) = (to.last_mut(), last) {
                *to = WordPair([whole(last * factor), 0]);
            }
        }
    }
}

/// The nearest whole number, ties to even, of one below 2²² on either side of zero: added to 1.5 ·
/// 2²³, it stands in the last bits.
#[inline(always)]
fn whole(value: f32) -> i16 {
    (value + 12_582_912.0).to_bits() as i16
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::isa::Isa;
    use crate::simd::dispatch;

    fn round<const DEPTH: usize>(isa: Isa, left: [f32; DEPTH]) -> (Vec<i16>, f32) {
        let mut to = vec![WordPair([7; 2]); DEPTH.div_ceil(2)];
        let mut scale = [0.0];
        let scales = &mut scale;
        dispatch(isa, RoundToWords { left: &left, depth: DEPTH, to: &mut to, scales });
        (to.into_iter().flat_map(|WordPair(pair)| pair).collect(), scale[0])
    }

    #[test]
    fn the_largest_value_of_a_row_becomes_the_largest_number() {
        for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
            let (words, scale) = round(isa, [1.0, -2.0, 0.5, 0.0, 1e-4]);
            assert_eq!((words, scale), (vec![8192, -16_383, 4096, 0, 1, 0], 2.0 / 16_383.0));
            assert_eq!(round(isa, [f32::MAX, -f32::MAX]).0, [16_383, -16_383]);
            assert_eq!(round(isa, [1e-30, 1e-40]).0, [16_383, 0]);
            assert_eq!(round(isa, [1e-40, -1e-40]).0, [0, 0]);
            assert_eq!(round(isa, [0.0; 3]), (vec![0; 4], 0.0));
        }
    }

    #[test]
    fn a_row_that_is_not_of_finite_numbers_has_no_scale() {
        for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
            for unfit in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
                let mut row = [1.0; 37];
                row[20] = unfit;
                assert!(round(isa, row).1.is_nan(), "{unfit} with {isa:?}");
            }
        }
    }
}
