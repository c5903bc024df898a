//! Vectors of four values, on every processor.

use super::factor::Factor;
use super::tile::{Left, Onto, Right, tile_of};
use super::vectors::Simd;
use crate::precision::{BytePair, Short, WordPair};

/// Arrays of four values: what every processor can do, and what compilers turn into the vectors
/// that are always there (SSE2, NEON). `COLUMNS` of them stand side by side in a panel: two where
/// there are 16 registers, four where there are 32.
#[derive(Clone, Copy)]
pub(super) struct Arrays<const COLUMNS: usize>;

/// Methods that do the same in each of four lanes.
macro_rules! lanewise {
    ($($name:ident($($argument:ident),+) = $value:expr;)+) => {
        $(
            #[inline(always)]
            fn $name(self, $($argument: [f32; 4]),+) -> [f32; 4] {
                std::array::from_fn(|lane| {
                    $(let $argument = $argument[lane];)+
                    $value
                })
            }
        )+
    };
}

impl<const COLUMNS: usize> Simd for Arrays<COLUMNS> {
    type Vector = [f32; 4];
    const LANES: usize = 4;
    const PANEL: usize = 4 * COLUMNS;

    lanewise! {
        add(a, b) = a + b;
        sub(a, b) = a - b;
        mul(a, b) = a * b;
        div(a, b) = a / b;
        // Without the instruction, a fused operation would be a call into the C library.
        mul_add(a, b, c) = if cfg!(target_arch = "aarch64") {
            a.mul_add(b, c)
        } else {
            a * b + c
        };
        min(a, b) = if a < b { a } else { b };
        max(a, b) = if a > b { a } else { b };
        sqrt(a) = a.sqrt();
        round(a) = a.round_ties_even();
        exp2(whole) = f32::from_bits(((whole as i32 + 127) as u32) << 23);
        low_half(pairs) = f32::from_bits(pairs.to_bits() << 16);
        high_half(pairs) = f32::from_bits(pairs.to_bits() & !0xffff);
        word_mul_add(a, b, sum) = {
            let (a, b) = (a.to_bits() as i32, b.to_bits() as i32);
            let low = i32::from(a as i16) * i32::from(b as i16);
            let high = (a >> 16) * (b >> 16);
            f32::from_bits((sum.to_bits() as i32).wrapping_add(low).wrapping_add(high) as u32)
        };
        of_whole(whole) = whole.to_bits() as i32 as f32;
    }

    #[inline(always)]
    unsafe fn load_at(self, from: *const f32) -> [f32; 4] {
        // SAFETY: the caller promises 4 readable values; an array needs no alignment
        // beyond theirs.
        unsafe { from.cast::<[f32; 4]>().read() }
    }

    #[inline(always)]
    unsafe fn load_shorts(self, from: *const Short) -> [f32; 4] {
        // SAFETY: the caller promises 4 readable values.
        unsafe { from.cast::<[Short; 4]>().read() }.map(Short::widen)
    }

    #[inline(always)]
    unsafe fn load_byte_pairs(self, from: *const BytePair) -> [f32; 4] {
        // SAFETY: the caller promises 4 readable pairs.
        unsafe { from.cast::<[BytePair; 4]>().read() }
            .map(|BytePair(bytes)| WordPair(bytes.map(i16::from)).lane())
    }

    #[inline(always)]
    unsafe fn store_at(self, vector: [f32; 4], to: *mut f32) {
        // SAFETY: the caller promises 4 writable values.
        unsafe { to.cast::<[f32; 4]>().write(vector) }
    }

    #[inline(always)]
    fn splat(self, value: f32) -> [f32; 4] {
        [value; 4]
    }

    #[inline(always)]
    fn tile<F: Factor>(self, rows: usize, left: Left<'_, F>, right: Right<'_, F>, onto: Onto<'_>) {
        tile_of::<Self, F, COLUMNS>(self, rows, left, right, onto);
    }
}
