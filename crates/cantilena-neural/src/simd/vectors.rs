//! What a vector of any instruction set can do.

use super::factor::Factor;
use super::tile::{Left, Onto, Right};
use crate::precision::{BytePair, Short};

/// How many lanes the widest vector has.
const LANES_MAX: usize = 16;

/// Arithmetic on vectors of one instruction set.
///
/// Operations are those of IEEE 754 in every lane, save that `mul_add` rounds once or twice as the
/// instruction set has it.
pub(crate) trait Simd: Copy {
    /// `LANES` values.
    type Vector: Copy;
    /// How many values a vector holds.
    const LANES: usize;
    /// How many columns of the right operand lie in one panel.
    const PANEL: usize;

    /// # Safety
    /// `from` must be readable for `LANES` values.
    unsafe fn load_at(self, from: *const f32) -> Self::Vector;
    /// # Safety
    /// `to` must be writable for `LANES` values.
    unsafe fn store_at(self, vector: Self::Vector, to: *mut f32);
    /// # Safety
    /// `from` must be readable for `LANES` values.
    unsafe fn load_shorts(self, from: *const Short) -> Self::Vector;
    /// Two words in every lane, the first in its low half.
    ///
    /// # Safety
    /// `from` must be readable for `LANES` pairs.
    unsafe fn load_byte_pairs(self, from: *const BytePair) -> Self::Vector;
    fn splat(self, value: f32) -> Self::Vector;
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    fn div(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// a * b + c.
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;
    /// The smaller; `b` where either is not a number.
    fn min(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// The larger; `b` where either is not a number.
    fn max(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    fn sqrt(self, a: Self::Vector) -> Self::Vector;
    /// The nearest whole number, ties to even.
    fn round(self, a: Self::Vector) -> Self::Vector;
    /// Two to the power of a whole number in -126..=127.
    fn exp2(self, whole: Self::Vector) -> Self::Vector;
    /// The `bfloat16` in the low half of every lane, as `f32`.
    fn low_half(self, pairs: Self::Vector) -> Self::Vector;
    /// The `bfloat16` in the high half of every lane, as `f32`.
    fn high_half(self, pairs: Self::Vector) -> Self::Vector;

    /// a.low * b.low + a.high * b.high + sum, where the lanes of a and b are pairs of words of 16
    /// bits, and sums are whole numbers of 32 bits that wrap around.
    fn word_mul_add(self, a: Self::Vector, b: Self::Vector, sum: Self::Vector) -> Self::Vector;
    /// The whole numbers of 32 bits in all lanes, as `f32`.
    fn of_whole(self, whole: Self::Vector) -> Self::Vector;

    /// a.low * b.low + (a.high * b.high + sum), where the lanes of a and b are pairs.
    ///
    /// A product of two `bfloat16` is exact in `f32`, so that it does not matter whether the
    /// multiplication is fused with the addition: all instruction sets agree to the bit, as long
    /// as nothing underflows.
    #[inline(always)]
    fn pair_mul_add(self, a: Self::Vector, b: Self::Vector, sum: Self::Vector) -> Self::Vector {
        let sum = self.mul_add(self.high_half(a), self.high_half(b), sum);
        self.mul_add(self.low_half(a), self.low_half(b), sum)
    }

    /// The product of the first `rows` rows of `left` with a panel: see [`tile`].
    fn tile<F: Factor>(self, rows: usize, left: Left<'_, F>, right: Right<'_, F>, onto: Onto<'_>);

    /// The first `LANES` values, or all there are and zeros.
    #[inline(always)]
    fn load(self, from: &[f32]) -> Self::Vector {
        self.load_padded(from, 0.0)
    }

    /// The first `LANES` values, or all there are and then `padding`.
    #[inline(always)]
    fn load_padded(self, from: &[f32], padding: f32) -> Self::Vector {
        if from.len() >= Self::LANES {
            // SAFETY: the slice is long enough.
            unsafe { self.load_at(from.as_ptr()) }
        } else {
            let mut lanes = [padding; LANES_MAX];
            lanes[..from.len()].copy_from_slice(from);
            // SAFETY: no vector has more lanes than the array has values.
            unsafe { self.load_at(lanes.as_ptr()) }
        }
    }

    /// Writes as many values as the slice has room for, at most `LANES`.
    #[inline(always)]
    fn store(self, vector: Self::Vector, to: &mut [f32]) {
        if to.len() >= Self::LANES {
            // SAFETY: the slice is long enough.
            unsafe { self.store_at(vector, to.as_mut_ptr()) }
        } else {
            let lanes = self.to_array(vector);
            to.copy_from_slice(&lanes[..to.len()]);
        }
    }

    /// Adds to as many values as there are, at most `LANES`.
    #[inline(always)]
    fn add_to(self, vector: Self::Vector, to: &mut [f32]) {
        self.store(self.add(self.load(to), vector), to);
    }

    /// The lanes in order; values past `LANES` are zero.
    #[inline(always)]
    fn to_array(self, vector: Self::Vector) -> [f32; LANES_MAX] {
        let mut lanes = [0.0; LANES_MAX];
        // SAFETY: no vector has more lanes than the array has values.
        unsafe { self.store_at(vector, lanes.as_mut_ptr()) };
        lanes
    }

    /// The sum of all lanes, in their order.
    #[inline(always)]
    fn sum(self, vector: Self::Vector) -> f32 {
        self.to_array(vector)[..Self::LANES].iter().sum()
    }
}
