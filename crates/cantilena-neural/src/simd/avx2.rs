//! Vectors of eight values.

use std::arch::x86_64::*;

use super::Kernel;
use super::factor::Factor;
use super::instructions::instructions;
use super::tile::{Left, Onto, Right, tile_of};
use super::vectors::Simd;
use crate::precision::{BytePair, Short};

/// Runs `kernel` on a processor that has these instructions.
#[target_feature(enable = "avx2,fma")]
pub(super) fn run<K: Kernel>(kernel: K) -> K::Output {
    kernel.run(Avx2(()))
}

/// Proof that the processor has `avx2` and `fma`.
#[derive(Clone, Copy)]
pub(super) struct Avx2(());

impl Simd for Avx2 {
    type Vector = __m256;
    const LANES: usize = 8;
    const PANEL: usize = 16;

    instructions! {
        add(a, b) = _mm256_add_ps;
        sub(a, b) = _mm256_sub_ps;
        mul(a, b) = _mm256_mul_ps;
        div(a, b) = _mm256_div_ps;
        mul_add(a, b, c) = _mm256_fmadd_ps;
        min(a, b) = _mm256_min_ps;
        max(a, b) = _mm256_max_ps;
        sqrt(a) = _mm256_sqrt_ps;
    }

    #[inline(always)]
    unsafe fn load_at(self, from: *const f32) -> __m256 {
        // SAFETY: the caller promises 8 readable values.
        unsafe { _mm256_loadu_ps(from) }
    }

    #[inline(always)]
    unsafe fn load_shorts(self, from: *const Short) -> __m256 {
        // SAFETY: the caller promises 8 readable values of 2 bytes.
        unsafe {
            let halves = _mm256_cvtepu16_epi32(_mm_loadu_si128(from.cast()));
            _mm256_castsi256_ps(_mm256_slli_epi32::<16>(halves))
        }
    }

    #[inline(always)]
    unsafe fn load_byte_pairs(self, from: *const BytePair) -> __m256 {
        // SAFETY: the caller promises 8 readable pairs of bytes.
        unsafe { _mm256_castsi256_ps(_mm256_cvtepi8_epi16(_mm_loadu_si128(from.cast()))) }
    }

    #[inline(always)]
    unsafe fn store_at(self, vector: __m256, to: *mut f32) {
        // SAFETY: the caller promises 8 writable values.
        unsafe { _mm256_storeu_ps(to, vector) }
    }

    #[inline(always)]
    fn splat(self, value: f32) -> __m256 {
        // SAFETY: `self` is proof of the instruction.
        unsafe { _mm256_set1_ps(value) }
    }

    #[inline(always)]
    fn round(self, a: __m256) -> __m256 {
        const NEAREST: i32 = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
        // SAFETY: `self` is proof of the instruction.
        unsafe { _mm256_round_ps::<NEAREST>(a) }
    }

    #[inline(always)]
    fn exp2(self, whole: __m256) -> __m256 {
        // SAFETY: `self` is proof of the instructions.
        unsafe {
            let exponent = _mm256_add_epi32(_mm256_cvtps_epi32(whole), _mm256_set1_epi32(127));
            _mm256_castsi256_ps(_mm256_slli_epi32::<23>(exponent))
        }
    }

    #[inline(always)]
    fn low_half(self, pairs: __m256) -> __m256 {
        // SAFETY: `self` is proof of the instruction.
        unsafe { _mm256_castsi256_ps(_mm256_slli_epi32::<16>(_mm256_castps_si256(pairs))) }
    }

    #[inline(always)]
    fn high_half(self, pairs: __m256) -> __m256 {
        // SAFETY: `self` is proof of the instruction.
        unsafe {
            let mask = _mm256_set1_epi32(!0xffff);
            _mm256_castsi256_ps(_mm256_and_si256(_mm256_castps_si256(pairs), mask))
        }
    }

    #[inline(always)]
    fn word_mul_add(self, a: __m256, b: __m256, sum: __m256) -> __m256 {
        // SAFETY: `self` is proof of the instructions.
        unsafe {
            let products = _mm256_madd_epi16(_mm256_castps_si256(a), _mm256_castps_si256(b));
            _mm256_castsi256_ps(_mm256_add_epi32(_mm256_castps_si256(sum), products))
        }
    }

    #[inline(always)]
    fn of_whole(self, whole: __m256) -> __m256 {
        // SAFETY: `self` is proof of the instruction.
        unsafe { _mm256_cvtepi32_ps(_mm256_castps_si256(whole)) }
    }

    #[inline(always)]
    fn tile<F: Factor>(self, rows: usize, left: Left<'_, F>, right: Right<'_, F>, onto: Onto<'_>) {
        tile_of::<Self, F, 2>(self, rows, left, right, onto);
    }
}
