//! How exactly products multiply, and pairs of short numbers.

use crate::isa::{Isa, isa};

/// The numbers that the products of a layer multiply. Sums, activations, states, gradients and the
/// weights themselves are `f32` in either case.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Precision {
    /// 24 bits of significand, as everything else.
    #[default]
    F32,
    /// `bfloat16`: the upper half of an `f32`, 8 bits of significand. Both operands of a product
    /// are rounded to it, and what underflows `f32` counts as zero.
    Bf16,
}

impl Precision {
    /// All of them, the most exact first.
    pub const ALL: [Precision; 2] = [Precision::F32, Precision::Bf16];

    /// The name that a recipe takes.
    pub fn name(self) -> &'static str {
        match self {
            Precision::F32 => "f32",
            Precision::Bf16 => "bf16",
        }
    }

    /// Whether the instruction set in use multiplies such numbers by instructions of its own.
    ///
    /// Where it does not, the products still come out the same, by way of `f32` and more slowly
    /// than in `f32`: whoever wants speed takes [`Precision::F32`] there, and says so.
    pub fn is_native(self) -> bool {
        match self {
            Precision::F32 => true,
            Precision::Bf16 => isa() == Isa::Avx512Bf16,
        }
    }
}

/// How weights are kept where they are only read: composing waits for memory more than for
/// arithmetic, and smaller weights come sooner. They meet `f32` values, and sums are `f32`, but
/// where weights are bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Weights {
    /// As they were learnt, four bytes each.
    #[default]
    F32,
    /// `bfloat16`, two bytes each.
    Bf16,
    /// A byte each, and for all weights of one sum the scale that brings the largest to 127. The
    /// values that they meet are rounded too, to 15 bits with a scale for each row: sums are then
    /// of whole numbers and exact.
    Int8,
}

impl Weights {
    /// All of them, the most exact first.
    pub const ALL: [Weights; 3] = [Weights::F32, Weights::Bf16, Weights::Int8];

    /// The name that people use.
    pub fn name(self) -> &'static str {
        match self {
            Weights::F32 => "f32",
            Weights::Bf16 => "bf16",
            Weights::Int8 => "int8",
        }
    }
}

/// Two `bfloat16` that stand behind each other in a sum of products: the first in the low half.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct Pair(u32);

impl Pair {
    /// Two numbers, rounded to the nearest, ties to even.
    #[inline(always)]
    pub(crate) fn round(first: f32, second: f32) -> Pair {
        Pair(rounded(first) >> 16 | rounded(second))
    }

    /// The bits in a lane of a vector. They are only ever moved, never taken for one number.
    #[inline(always)]
    pub(crate) fn lane(self) -> f32 {
        f32::from_bits(self.0)
    }
}

/// One `bfloat16` by itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct Short(u16);

impl Short {
    /// The nearest to a number, ties to even.
    pub(crate) fn round(value: f32) -> Short {
        Short((rounded(value) >> 16) as u16)
    }

    /// The number.
    #[inline(always)]
    pub(crate) fn widen(self) -> f32 {
        f32::from_bits(u32::from(self.0) << 16)
    }
}

/// Two weights of a byte each that stand behind each other in a sum of products.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct BytePair(pub(crate) [i8; 2]);

/// The two whole numbers that a [`BytePair`] is multiplied with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[repr(transparent)]
pub(crate) struct WordPair(pub(crate) [i16; 2]);

impl WordPair {
    /// The bits in a lane of a vector, the first number in the low half. They are only ever moved,
    /// never taken for one number.
    #[inline(always)]
    pub(crate) fn lane(self) -> f32 {
        let [first, second] = self.0;
        f32::from_bits(u32::from(first as u16) | u32::from(second as u16) << 16)
    }
}

/// The bits of a number rounded to `bfloat16`, in the upper half; the lower half is zero.
///
/// As the instructions of `avx512_bf16` have it: denormals become zero, and what is not a number
/// stays so.
#[inline(always)]
fn rounded(value: f32) -> u32 {
    let bits = value.to_bits();
    let nearest = bits.wrapping_add(0x7fff + (bits >> 16 & 1));
    let nearest = if value.is_nan() { bits | 0x40_0000 } else { nearest };
    let exponent = bits & 0x7f80_0000;
    (if exponent == 0 { bits & 0x8000_0000 } else { nearest }) & 0xffff_0000
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(value: f32) -> f32 {
        f32::from_bits(rounded(value))
    }

    #[test]
    fn rounding_is_to_the_nearest_and_ties_are_even() {
        for (value, expected) in [
            (1.0, 1.0),
            (-2.5, -2.5),
            (1.0 + 1.0 / 256.0, 1.0),
            (1.0 + 3.0 / 256.0, 1.0 + 4.0 / 256.0),
            (1.0 + 1.001 / 256.0, 1.0 + 2.0 / 256.0),
            (f32::MAX, f32::INFINITY),
            (f32::NEG_INFINITY, f32::NEG_INFINITY),
            (1e-39, 0.0),
        ] {
            assert_eq!(round(value), expected, "{value}");
        }
        assert!(round(f32::NAN).is_nan() && round(f32::from_bits(0x7f80_0001)).is_nan());
    }

    #[test]
    fn a_pair_holds_its_first_number_in_the_low_half() {
        assert_eq!(Pair::round(1.0, -2.0), Pair(0xc000_3f80));
    }
}
