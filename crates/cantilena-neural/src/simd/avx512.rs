//! Vectors of sixteen values.

use std::arch::x86_64::*;
use std::mem::transmute;

use super::Kernel;
use super::factor::Factor;
use super::instructions::instructions;
use super::tile::{Left, Onto, Right, tile_of};
use super::vectors::Simd;
use crate::precision::{BytePair, Short};

/// Runs `kernel` on a processor that also multiplies pairs.
#[target_feature(enable = "avx512bf16,avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
pub(super) fn run_with_pairs<K: Kernel>(kernel: K) -> K::Output {
    kernel.run(Avx512::<true>(()))
}

/// Runs `kernel` on a processor that multiplies `f32` alone.
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
pub(super) fn run<K: Kernel>(kernel: K) -> K::Output {
    kernel.run(Avx512::<false>(()))
}

/// Proof that the processor has `avx512f`, `avx512bw`, `avx512dq` and `avx512vl`, and with
/// `PAIRS` also `avx512bf16`.
#[derive(Clone, Copy)]
pub(super) struct Avx512<const PAIRS: bool>(());

impl<const PAIRS: bool> Simd for Avx512<PAIRS> {
    type Vector = __m512;
    const LANES: usize = 16;
    const PANEL: usize = 64;

    instructions! {
        add(a, b) = _mm512_add_ps;
        sub(a, b) = _mm512_sub_ps;
        mul(a, b) = _mm512_mul_ps;
        div(a, b) = _mm512_div_ps;
        mul_add(a, b, c) = _mm512_fmadd_ps;
        min(a, b) = _mm512_min_ps;
        max(a, b) = _mm512_max_ps;
        sqrt(a) = _mm512_sqrt_ps;
    }

    #[inline(always)]
    unsafe fn load_at(self, from: *const f32) -> __m512 {
        // SAFETY: the caller promises 16 readable values.
        unsafe { _mm512_loadu_ps(from) }
    }

    #[inline(always)]
    unsafe fn load_shorts(self, from: *const Short) -> __m512 {
        // SAFETY: the caller promises 16 readable values of 2 bytes.
        unsafe {
            let halves = _mm512_cvtepu16_epi32(_mm256_loadu_si256(from.cast()));
            _mm512_castsi512_ps(_mm512_slli_epi32::<16>(halves))
        }
    }

    #[inline(always)]
    unsafe fn load_byte_pairs(self, from: *const BytePair) -> __m512 {
        // SAFETY: the caller promises 16 readable pairs of bytes.
        unsafe { _mm512_castsi512_ps(_mm512_cvtepi8_epi16(_mm256_loadu_si256(from.cast()))) }
    }

    #[inline(always)]
    unsafe fn store_at(self, vector: __m512, to: *mut f32) {
        // SAFETY: the caller promises 16 writable values.
        unsafe { _mm512_storeu_ps(to, vector) }
    }

    #[inline(always)]
    fn splat(self, value: f32) -> __m512 {
        // SAFETY: `self` is proof of the instruction.
        unsafe { _mm512_set1_ps(value) }
    }

    #[inline(always)]
    fn round(self, a: __m512) -> __m512 {
        const NEAREST: i32 = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
        // SAFETY: `self` is proof of the instruction.
        unsafe { _mm512_roundscale_ps::<NEAREST>(a) }
    }

    #[inline(always)]
    fn exp2(self, whole: __m512) -> __m512 {
        // SAFETY: `self` is proof of the instruction.
        unsafe { _mm512_scalef_ps(_mm512_set1_ps(1.0), whole) }
    }

    #[inline(always)]
    fn low_half(self, pairs: __m512) -> __m512 {
        // SAFETY: `self` is proof of the instruction.
        unsafe { _mm512_castsi512_ps(_mm512_slli_epi32::<16>(_mm512_castps_si512(pairs))) }
    }

    #[inline(always)]
    fn high_half(self, pairs: __m512) -> __m512 {
        // SAFETY: `self` is proof of the instruction.
        unsafe {
            let mask = _mm512_set1_epi32(!0xffff);
            _mm512_castsi512_ps(_mm512_and_si512(_mm512_castps_si512(pairs), mask))
        }
    }

    #[inline(always)]
    fn word_mul_add(self, a: __m512, b: __m512, sum: __m512) -> __m512 {
        // SAFETY: `self` is proof of the instructions.
        unsafe {
            let products = _mm512_madd_epi16(_mm512_castps_si512(a), _mm512_castps_si512(b));
            _mm512_castsi512_ps(_mm512_add_epi32(_mm512_castps_si512(sum), products))
        }
    }

    #[inline(always)]
    fn of_whole(self, whole: __m512) -> __m512 {
        // SAFETY: `self` is proof of the instruction.
        unsafe { _mm512_cvtepi32_ps(_mm512_castps_si512(whole)) }
    }

    #[inline(always)]
    fn pair_mul_add(self, a: __m512, b: __m512, sum: __m512) -> __m512 {
        if PAIRS {
            // SAFETY: `self` is proof of the instruction, and the types are 64 plain bytes each.
            unsafe {
                let (a, b) = (transmute::<__m512, __m512bh>(a), transmute::<__m512, __m512bh>(b));
                _mm512_dpbf16_ps(sum, a, b)
            }
        } else {
            let sum = self.mul_add(self.high_half(a), self.high_half(b), sum);
            self.mul_add(self.low_half(a), self.low_half(b), sum)
        }
    }

    #[inline(always)]
    fn tile<F: Factor>(self, rows: usize, left: Left<'_, F>, right: Right<'_, F>, onto: Onto<'_>) {
        tile_of::<Self, F, 4>(self, rows, left, right, onto);
    }
}
