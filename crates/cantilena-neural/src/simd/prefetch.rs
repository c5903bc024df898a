//! Asking the cache for what is soon to be read.

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::{_MM_HINT_T0, _MM_HINT_T1, _mm_prefetch};

/// How many values a line of the cache holds.
pub(super) const LINE: usize = 16;

/// Asks for the cache line of `from`, which need not exist, to be brought close.
#[inline(always)]
pub(super) fn prefetch<F>(from: *const F) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch is a hint and never faults; it is in the baseline of the architecture.
    unsafe {
        _mm_prefetch::<_MM_HINT_T0>(from.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = from;
}

/// As [`prefetch`], to the second-level cache.
#[inline(always)]
pub(super) fn prefetch_far<F>(from: *const F) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: as in `prefetch`.
    unsafe {
        _mm_prefetch::<_MM_HINT_T1>(from.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = from;
}
