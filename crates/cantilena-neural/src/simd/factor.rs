//! What the right operand of a product is made of: numbers of four, two or one byte.

use super::Simd;
use crate::precision::{BytePair, Pair, Short, WordPair};

/// What the right operand of a product is made of.
pub(crate) trait Factor: Copy + Default + Send + Sync + 'static {
    /// What the left operand is made of.
    type Left: Copy + Default;

    /// A vector of the factors from `from` on, as `mul_add` takes them.
    ///
    /// # Safety
    /// `from` must be readable for `S::LANES` factors.
    unsafe fn load<S: Simd>(s: S, from: *const Self) -> S::Vector;

    /// The bits of a left factor, to be put in all lanes of a vector.
    fn lane(left: Self::Left) -> f32;

    /// left * right + sum in every lane.
    #[inline(always)]
    fn mul_add<S: Simd>(s: S, left: S::Vector, right: S::Vector, sum: S::Vector) -> S::Vector {
        s.mul_add(left, right, sum)
    }

    /// The sums that `mul_add` made, as numbers.
    #[inline(always)]
    fn sums<S: Simd>(_: S, sums: S::Vector) -> S::Vector {
        sums
    }
}

impl Factor for f32 {
    type Left = f32;

    #[inline(always)]
    unsafe fn load<S: Simd>(s: S, from: *const f32) -> S::Vector {
        // SAFETY: the caller promises as much.
        unsafe { s.load_at(from) }
    }

    #[inline(always)]
    fn lane(left: f32) -> f32 {
        left
    }
}

impl Factor for Pair {
    type Left = Pair;

    #[inline(always)]
    unsafe fn load<S: Simd>(s: S, from: *const Pair) -> S::Vector {
        // SAFETY: the caller promises as much, and a pair is as large as an `f32`.
        unsafe { s.load_at(from.cast()) }
    }

    #[inline(always)]
    fn lane(left: Pair) -> f32 {
        left.lane()
    }

    #[inline(always)]
    fn mul_add<S: Simd>(s: S, left: S::Vector, right: S::Vector, sum: S::Vector) -> S::Vector {
        s.pair_mul_add(left, right, sum)
    }
}

impl Factor for Short {
    type Left = f32;

    #[inline(always)]
    unsafe fn load<S: Simd>(s: S, from: *const Short) -> S::Vector {
        // SAFETY: the caller promises as much.
        unsafe { s.load_shorts(from) }
    }

    #[inline(always)]
    fn lane(left: f32) -> f32 {
        left
    }
}

impl Factor for BytePair {
    type Left = WordPair;

    #[inline(always)]
    unsafe fn load<S: Simd>(s: S, from: *const BytePair) -> S::Vector {
        // SAFETY: the caller promises as much.
        unsafe { s.load_byte_pairs(from) }
    }

    #[inline(always)]
    fn lane(left: WordPair) -> f32 {
        left.lane()
    }

    #[inline(always)]
    fn mul_add<S: Simd>(s: S, left: S::Vector, right: S::Vector, sum: S::Vector) -> S::Vector {
        s.word_mul_add(left, right, sum)
    }

    #[inline(always)]
    fn sums<S: Simd>(s: S, sums: S::Vector) -> S::Vector {
        s.of_whole(sums)
    }
}
