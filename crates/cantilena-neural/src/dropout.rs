//! Dropout whose mask is never stored.

use crate::isa::isa;
use crate::simd::{Kernel, Simd, dispatch};

/// Sets each value to zero with probability `rate`, and scales the others so that the mean stays
/// (inverted dropout: Srivastava et al., "Dropout: a simple way to prevent neural networks from
/// overfitting", 2014).
///
/// The mask follows from `key` and the position alone: the same call on the gradient is the way
/// back. A `rate` of zero changes nothing.
///
/// # Panics
///
/// Unless `rate` is at least zero and less than one.
pub fn dropout(values: &mut [f32], rate: f32, key: u64) {
    assert!((0.0..1.0).contains(&rate), "a dropout rate of {rate} is not in 0..1");
    if rate == 0.0 {
        return;
    }
    dispatch(isa(), Dropout { values, rate, key });
}

struct Dropout<'a> {
    values: &'a mut [f32],
    rate: f32,
    key: u64,
}

impl Kernel for Dropout<'_> {
    type Output = ();

    /// Written as a plain loop, which the compiler turns into the vectors of `S`.
    #[inline(always)]
    fn run<S: Simd>(self, _: S) {
        let dropped = (f64::from(self.rate) * 2f64.powi(32)) as u32;
        let scale = 1.0 / (1.0 - self.rate);
        let (low, high) = (self.key as u32, (self.key >> 32) as u32);
        for (index, value) in self.values.iter_mut().enumerate() {
            *value *= if mix(index as u32, low, high) < dropped { 0.0 } else { scale };
        }
    }
}

/// 32 random bits from a position and a key.
///
/// Two rounds of the finalizer of MurmurHash3 (Appleby, 2011), each after half of the key: 32-bit
/// arithmetic, which the compiler turns into vectors where 64-bit products have no instruction.
#[inline(always)]
fn mix(index: u32, low: u32, high: u32) -> u32 {
    finalize(finalize(index ^ low).wrapping_add(high))
}

#[inline(always)]
fn finalize(value: u32) -> u32 {
    let value = (value ^ (value >> 16)).wrapping_mul(0x85eb_ca6b);
    let value = (value ^ (value >> 13)).wrapping_mul(0xc2b2_ae35);
    value ^ (value >> 16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_share_of_zeros_is_the_rate_and_the_rest_is_scaled() {
        for rate in [0.1, 0.5, 0.9] {
            let mut values = vec![1.0; 100_000];
            dropout(&mut values, rate, 11);
            let zeros = values.iter().filter(|&&value| value == 0.0).count() as f32;
            // Four standard errors of 100,000 draws at one half: 0.0064.
            assert!((zeros / 1e5 - rate).abs() < 0.0064, "{zeros} zeros at {rate}");
            assert!(values.iter().all(|&value| value == 0.0 || value == 1.0 / (1.0 - rate)));
        }
    }

    #[test]
    fn the_same_key_gives_the_same_mask_and_another_key_another() {
        let mask = |key| {
            let mut values = vec![1.0; 1000];
            dropout(&mut values, 0.5, key);
            values
        };
        assert_eq!(mask(3), mask(3));
        for other in [4, 3 + (1 << 32), 1 << 63] {
            let alike = mask(3).iter().zip(mask(other)).filter(|(a, b)| **a == *b).count();
            assert!((400..600).contains(&alike), "{alike} of 1000 alike with key {other}");
        }
    }

    #[test]
    fn a_rate_of_zero_changes_nothing() {
        let mut values = [1.0, f32::NAN];
        dropout(&mut values, 0.0, 1);
        assert!(values[0] == 1.0 && values[1].is_nan());
    }
}
