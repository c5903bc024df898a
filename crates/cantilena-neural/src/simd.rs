//! Vectors of `f32`, one type for each instruction set, and the one inner loop that counts.
//!
//! This is the only module with `unsafe`, for two reasons that Rust cannot check:
//!
//! 1. *The processor has the instructions.* A value of [`avx512::Avx512`] or [`avx2::Avx2`] is
//!    proof of it: only the functions that [`dispatch`] calls make one, after it asked the
//!    processor. Every method takes that proof by value.
//! 2. *The pointers of a tile stay inside their slices.* `tile` asserts the
//!    outermost index of each operand once, before a loop that would otherwise check billions.
//!
//! Everything that runs on vectors is a [`Kernel`]: code written once, generic over [`Simd`], and
//! inlined as a whole into one function for each instruction set.

mod arrays;
#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(target_arch = "x86_64")]
mod avx512;
mod factor;
#[cfg(target_arch = "x86_64")]
mod instructions;
mod prefetch;
mod tile;
mod vectors;

pub(crate) use factor::Factor;
pub(crate) use tile::{Left, Onto, Right, Start, TILE_ROWS};
pub(crate) use vectors::Simd;

use crate::isa::Isa;

/// Work that is compiled once for each instruction set.
pub(crate) trait Kernel {
    /// What the work yields.
    type Output;

    /// Does the work. Implementations are `#[inline(always)]`, and so is all they call with `S`:
    /// only what is inlined into [`dispatch`] is compiled with the instructions of `S`.
    fn run<S: Simd>(self, s: S) -> Self::Output;
}

/// Runs `kernel` with the instructions of `isa`.
///
/// # Panics
///
/// If the processor does not have them.
pub(crate) fn dispatch<K: Kernel>(isa: Isa, kernel: K) -> K::Output {
    assert!(isa.is_available(), "this processor has no {}", isa.name());
    match isa {
        // SAFETY: the assertion above asked the processor for exactly these features.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512Bf16 => unsafe { avx512::run_with_pairs(kernel) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 => unsafe { avx512::run(kernel) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 => unsafe { avx2::run(kernel) },
        Isa::Neon => kernel.run(arrays::Arrays::<4>),
        _ => kernel.run(arrays::Arrays::<2>),
    }
}
