//! What the multipliers of one processor core can do at most.

use std::hint::black_box;

use crate::isa::isa;
use crate::simd::{Kernel, Simd, dispatch};

/// Keeps the multipliers of this core busy with values in registers, `loops` times, and returns
/// how many multiplications and additions these were. Whoever takes the time knows the peak that
/// products of matrices are to be measured against.
pub fn fma_peak(loops: usize) -> f64 {
    dispatch(isa(), Peak { loops })
}

struct Peak {
    loops: usize,
}

impl Kernel for Peak {
    type Output = f64;

    #[inline(always)]
    fn run<S: Simd>(self, s: S) -> f64 {
        // Twelve sums are more than any processor has multiplications under way at once (two or
        // four, four cycles each), and fit the registers of all.
        let mut sums = [s.splat(1.0); 12];
        let (factor, right) = (s.splat(black_box(0.5)), s.splat(black_box(0.25)));
        for _ in 0..self.loops {
            for sum in &mut sums {
                *sum = s.mul_add(*sum, factor, right);
            }
        }
        let total = sums.into_iter().fold(s.splat(0.0), |total, sum| s.add(total, sum));
        black_box(s.sum(total));
        (2 * 12 * S::LANES * self.loops) as f64
    }
}
