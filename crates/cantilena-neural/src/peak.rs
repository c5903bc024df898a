//! What the multipliers of one processor core can do at most.

use crate::isa::isa;
use crate::simd::{Peak, dispatch};

/// Keeps the multipliers of this core busy with values in registers, `loops` times, and returns
/// how many multiplications and additions these were. Whoever takes the time knows the peak that
/// products of matrices are to be measured against.
pub fn fma_peak(loops: usize) -> f64 {
    dispatch(isa(), Peak { loops })
}
