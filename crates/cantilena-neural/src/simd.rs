//! Vectors of `f32`, one type for each instruction set, and the one inner loop that counts.
//!
//! This is the only module with `unsafe`, for two reasons that Rust cannot check:
//!
//! 1. *The processor has the instructions.* A value of [`Avx512`] or [`Avx2`] is proof of it: only
//!    [`dispatch`] makes one, after it asked the processor. Every method takes that proof by value.
//! 2. *The pointers of a tile stay inside their slices.* [`tile`] asserts the outermost index of
//!    each operand once, before a loop that would otherwise check billions.
//!
//! Everything that runs on vectors is a [`Kernel`]: code written once, generic over [`Simd`], and
//! inlined as a whole into one function for each instruction set.

#[cfg(target_arch = "x86_64")]
use std::arch::x86_64::*;
#[cfg(target_arch = "x86_64")]
use std::mem::transmute;

use crate::isa::Isa;
use crate::precision::{Pair, Short};

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
        Isa::Avx512Bf16 => unsafe { run_avx512_bf16(kernel) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx512 => unsafe { run_avx512(kernel) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Isa::Avx2 => unsafe { run_avx2(kernel) },
        Isa::Neon => kernel.run(Arrays::<4>),
        _ => kernel.run(Arrays::<2>),
    }
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512bf16,avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
fn run_avx512_bf16<K: Kernel>(kernel: K) -> K::Output {
    kernel.run(Avx512::<true>(()))
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f,avx512bw,avx512dq,avx512vl,avx2,fma")]
fn run_avx512<K: Kernel>(kernel: K) -> K::Output {
    kernel.run(Avx512::<false>(()))
}

#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn run_avx2<K: Kernel>(kernel: K) -> K::Output {
    kernel.run(Avx2(()))
}

/// How many rows a tile of a product has at most.
///
/// With 4 columns of vectors, 6 rows keep 24 sums, 4 loaded vectors and a broadcast value in the
/// 32 registers of AVX-512 and NEON; with 2 columns, 12 + 2 + 1 in the 16 of AVX2 and SSE. A
/// seventh row spills and halves the speed; fewer rows load more often than they multiply.
pub(crate) const TILE_ROWS: usize = 6;

/// How many lanes the widest vector has.
const LANES_MAX: usize = 16;

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

impl Factor for i8 {
    type Left = f32;

    #[inline(always)]
    unsafe fn load<S: Simd>(s: S, from: *const i8) -> S::Vector {
        // SAFETY: the caller promises as much.
        unsafe { s.load_bytes(from) }
    }

    #[inline(always)]
    fn lane(left: f32) -> f32 {
        left
    }
}

/// The left operand of a tile: element (row, k) is `values[row * row_stride + k * step]`.
#[derive(Clone, Copy)]
pub(crate) struct Left<'a, F: Factor> {
    pub(crate) values: &'a [F::Left],
    pub(crate) row_stride: usize,
    pub(crate) step: usize,
}

/// The right operand of a tile.
#[derive(Clone, Copy)]
pub(crate) struct Right<'a, F> {
    /// (depth, `PANEL`), without gaps; its length tells the depth.
    pub(crate) panel: &'a [F],
    /// What is soon to be read, fetched little by little while the tile is at work; may be empty.
    pub(crate) next: &'a [F],
}

/// Where a tile leaves its sums: `columns` values in each row, rows `stride` apart.
pub(crate) struct Onto<'a> {
    pub(crate) values: &'a mut [f32],
    pub(crate) stride: usize,
    /// At most a panel; a narrower last panel is padded with zeros.
    pub(crate) columns: usize,
    /// What the sums of these columns are multiplied by, or nothing.
    pub(crate) scales: &'a [f32],
    pub(crate) start: Start<'a>,
}

/// What sums start from.
#[derive(Clone, Copy)]
pub(crate) enum Start<'a> {
    /// The values that are there.
    There,
    /// The same row everywhere; zero beyond its end.
    Row(&'a [f32]),
}

/// Arithmetic on vectors of one instruction set.
///
/// Operations are those of IEEE 754 in every lane, save that `mul_add` rounds once or twice as the
/// instruction set has it.
pub(crate) trait Simd: Copy {
    /// `LANES` values.
    type Vector: Copy;
    /// How many values a vector holds.
    const LANES: usize;
    /// How many columns of the right operand lie in one panel.
    const PANEL: usize;

    /// # Safety
    /// `from` must be readable for `LANES` values.
    unsafe fn load_at(self, from: *const f32) -> Self::Vector;
    /// # Safety
    /// `to` must be writable for `LANES` values.
    unsafe fn store_at(self, vector: Self::Vector, to: *mut f32);
    /// # Safety
    /// `from` must be readable for `LANES` values.
    unsafe fn load_shorts(self, from: *const Short) -> Self::Vector;
    /// # Safety
    /// `from` must be readable for `LANES` values.
    unsafe fn load_bytes(self, from: *const i8) -> Self::Vector;
    fn splat(self, value: f32) -> Self::Vector;
    fn add(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    fn sub(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    fn mul(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    fn div(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// a * b + c.
    fn mul_add(self, a: Self::Vector, b: Self::Vector, c: Self::Vector) -> Self::Vector;
    /// The smaller; `b` where either is not a number.
    fn min(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    /// The larger; `b` where either is not a number.
    fn max(self, a: Self::Vector, b: Self::Vector) -> Self::Vector;
    fn sqrt(self, a: Self::Vector) -> Self::Vector;
    /// The nearest whole number, ties to even.
    fn round(self, a: Self::Vector) -> Self::Vector;
    /// Two to the power of a whole number in -126..=127.
    fn exp2(self, whole: Self::Vector) -> Self::Vector;
    /// The `bfloat16` in the low half of every lane, as `f32`.
    fn low_half(self, pairs: Self::Vector) -> Self::Vector;
    /// The `bfloat16` in the high half of every lane, as `f32`.
    fn high_half(self, pairs: Self::Vector) -> Self::Vector;

    /// a.low * b.low + (a.high * b.high + sum), where the lanes of a and b are pairs.
    ///
    /// A product of two `bfloat16` is exact in `f32`, so that it does not matter whether the
    /// multiplication is fused with the addition: all instruction sets agree to the bit, as long
    /// as nothing underflows.
    #[inline(always)]
    fn pair_mul_add(self, a: Self::Vector, b: Self::Vector, sum: Self::Vector) -> Self::Vector {
        let sum = self.mul_add(self.high_half(a), self.high_half(b), sum);
        self.mul_add(self.low_half(a), self.low_half(b), sum)
    }

    /// The product of the first `rows` rows of `left` with a panel: see [`tile`].
    fn tile<F: Factor>(self, rows: usize, left: Left<'_, F>, right: Right<'_, F>, onto: Onto<'_>);

    /// The first `LANES` values, or all there are and zeros.
    #[inline(always)]
    fn load(self, from: &[f32]) -> Self::Vector {
        self.load_padded(from, 0.0)
    }

    /// The first `LANES` values, or all there are and then `padding`.
    #[inline(always)]
    fn load_padded(self, from: &[f32], padding: f32) -> Self::Vector {
        if from.len() >= Self::LANES {
            // SAFETY: the slice is long enough.
            unsafe { self.load_at(from.as_ptr()) }
        } else {
            let mut lanes = [padding; LANES_MAX];
            lanes[..from.len()].copy_from_slice(from);
            // SAFETY: no vector has more lanes than the array has values.
            unsafe { self.load_at(lanes.as_ptr()) }
        }
    }

    /// Writes as many values as the slice has room for, at most `LANES`.
    #[inline(always)]
    fn store(self, vector: Self::Vector, to: &mut [f32]) {
        if to.len() >= Self::LANES {
            // SAFETY: the slice is long enough.
            unsafe { self.store_at(vector, to.as_mut_ptr()) }
        } else {
            let lanes = self.to_array(vector);
            to.copy_from_slice(&lanes[..to.len()]);
        }
    }

    /// Adds to as many values as there are, at most `LANES`.
    #[inline(always)]
    fn add_to(self, vector: Self::Vector, to: &mut [f32]) {
        self.store(self.add(self.load(to), vector), to);
    }

    /// The lanes in order; values past `LANES` are zero.
    #[inline(always)]
    fn to_array(self, vector: Self::Vector) -> [f32; LANES_MAX] {
        let mut lanes = [0.0; LANES_MAX];
        // SAFETY: no vector has more lanes than the array has values.
        unsafe { self.store_at(vector, lanes.as_mut_ptr()) };
        lanes
    }

    /// The sum of all lanes, in their order.
    #[inline(always)]
    fn sum(self, vector: Self::Vector) -> f32 {
        self.to_array(vector)[..Self::LANES].iter().sum()
    }
}

/// How many rows of a panel ahead the first-level cache is asked for. From 4 to 16 there is no
/// difference; without it, products lose a tenth.
const AHEAD: usize = 8;

/// onto[row][j] = start[row][j] + Σ_k left[row][k] · panel[k][j], for `ROWS` rows and a panel of
/// `COLUMNS` vectors.
#[inline(always)]
fn tile<S: Simd, F: Factor, const ROWS: usize, const COLUMNS: usize>(
    s: S,
    left: Left<'_, F>,
    right: Right<'_, F>,
    onto: Onto<'_>,
) {
    let width = COLUMNS * S::LANES;
    let depth = right.panel.len() / width;
    assert!(depth > 0 && ROWS > 0 && onto.columns <= width);
    assert!((ROWS - 1) * left.row_stride + (depth - 1) * left.step < left.values.len());
    assert!((ROWS - 1) * onto.stride + onto.columns <= onto.values.len());

    let per_line = LINE * size_of::<f32>() / size_of::<F>();
    let lines = width.div_ceil(per_line);
    // A product with few rows has few tiles, and each must fetch more of the next panel.
    let lines_of_next = if ROWS < 4 { lines } else { lines / 2 };
    for row in 0..ROWS {
        for line in 0..width / LINE {
            prefetch(onto.values.as_ptr().wrapping_add(row * onto.stride + line * LINE));
        }
    }
    // SAFETY: k runs below depth and row below ROWS, so that the assertion on `left` bounds every
    // read of it, and depth * width values of the panel are read in order.
    let sums = unsafe {
        let mut sums = [[s.splat(0.0); COLUMNS]; ROWS];
        let mut from_left = left.values.as_ptr();
        let mut from_panel = right.panel.as_ptr();
        let mut from_next = right.next.as_ptr();
        for _ in 0..depth {
            for line in 0..lines {
                prefetch(from_panel.wrapping_add(AHEAD * width + line * per_line));
            }
            // Evenly, for only so many lines can be under way at once.
            for line in 0..lines_of_next {
                prefetch_far(from_next.wrapping_add(line * per_line));
            }
            from_next = from_next.wrapping_add(right.next.len() / depth);

            let mut factors = [s.splat(0.0); COLUMNS];
            for (column, factor) in factors.iter_mut().enumerate() {
                *factor = F::load(s, from_panel.add(column * S::LANES));
            }
            for (row, sums) in sums.iter_mut().enumerate() {
                let value = s.splat(F::lane(*from_left.add(row * left.row_stride)));
                for (sum, factor) in sums.iter_mut().zip(factors) {
                    *sum = F::mul_add(s, value, factor, *sum);
                }
            }
            from_left = from_left.wrapping_add(left.step);
            from_panel = from_panel.add(width);
        }
        sums
    };

    for (row, sums) in sums.iter().enumerate() {
        let onto_row = &mut onto.values[row * onto.stride..][..onto.columns];
        for (column, sum) in sums.iter().enumerate() {
            let first = column * S::LANES;
            let values = onto_row.get_mut(first..).unwrap_or_default();
            let start = match onto.start {
                Start::There => s.load(values),
                Start::Row(row) => s.load(row.get(first..).unwrap_or_default()),
            };
            let sum = match onto.scales {
                [] => s.add(start, *sum),
                scales => s.mul_add(*sum, s.load(scales.get(first..).unwrap_or_default()), start),
            };
            s.store(sum, values);
        }
    }
}

/// How many values a line of the cache holds.
const LINE: usize = 16;

/// Asks for the cache line of `from`, which need not exist, to be brought close.
#[inline(always)]
fn prefetch<F>(from: *const F) {
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
fn prefetch_far<F>(from: *const F) {
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch is a hint and never faults; it is in the baseline of the architecture.
    unsafe {
        _mm_prefetch::<_MM_HINT_T1>(from.cast());
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = from;
}

/// Calls [`tile`] with the number of rows as a constant.
macro_rules! tile_of_rows {
    ($columns:literal) => {
        #[inline(always)]
        fn tile<F: Factor>(
            self,
            rows: usize,
            left: Left<'_, F>,
            right: Right<'_, F>,
            onto: Onto<'_>,
        ) {
            match rows {
                1 => tile::<Self, F, 1, $columns>(self, left, right, onto),
                2 => tile::<Self, F, 2, $columns>(self, left, right, onto),
                3 => tile::<Self, F, 3, $columns>(self, left, right, onto),
                4 => tile::<Self, F, 4, $columns>(self, left, right, onto),
                5 => tile::<Self, F, 5, $columns>(self, left, right, onto),
                6 => tile::<Self, F, 6, $columns>(self, left, right, onto),
                _ => panic!("a tile has 1 to {TILE_ROWS} rows, not {rows}"),
            }
        }
    };
}

/// Methods that are one instruction each. Safe to call, for `self` proves that the processor has
/// them, and none of them touches memory.
#[cfg(target_arch = "x86_64")]
macro_rules! instructions {
    ($($name:ident($($argument:ident),+) = $instruction:ident;)+) => {
        $(
            #[inline(always)]
            fn $name(self, $($argument: Self::Vector),+) -> Self::Vector {
                // SAFETY: `self` is proof that the processor has the instruction.
                unsafe { $instruction($($argument),+) }
            }
        )+
    };
}

/// Proof that the processor has `avx512f`, `avx512bw`, `avx512dq` and `avx512vl`, and with
/// `PAIRS` also `avx512bf16`.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
pub(crate) struct Avx512<const PAIRS: bool>(());

#[cfg(target_arch = "x86_64")]
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
    tile_of_rows!(4);

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
    unsafe fn load_bytes(self, from: *const i8) -> __m512 {
        // SAFETY: the caller promises 16 readable bytes.
        unsafe { _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(from.cast()))) }
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
}

/// Proof that the processor has `avx2` and `fma`.
#[cfg(target_arch = "x86_64")]
#[derive(Clone, Copy)]
pub(crate) struct Avx2(());

#[cfg(target_arch = "x86_64")]
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
    tile_of_rows!(2);

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
    unsafe fn load_bytes(self, from: *const i8) -> __m256 {
        // SAFETY: the caller promises 8 readable bytes.
        unsafe { _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64(from.cast()))) }
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
}

/// Arrays of four values: what every processor can do, and what compilers turn into the vectors
/// that are always there (SSE2, NEON). `COLUMNS` of them stand side by side in a panel: two where
/// there are 16 registers, four where there are 32.
#[derive(Clone, Copy)]
pub(crate) struct Arrays<const COLUMNS: usize>;

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

macro_rules! arrays {
    ($columns:literal) => {
        impl Simd for Arrays<$columns> {
            type Vector = [f32; 4];
            const LANES: usize = 4;
            const PANEL: usize = 4 * $columns;

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
            }
            tile_of_rows!($columns);

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
            unsafe fn load_bytes(self, from: *const i8) -> [f32; 4] {
                // SAFETY: the caller promises 4 readable bytes.
                unsafe { from.cast::<[i8; 4]>().read() }.map(f32::from)
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
        }
    };
}

arrays!(2);
arrays!(4);

/// Multiplies and adds in registers alone, `loops` times over, and returns how many operations
/// these were: what a tile could do if its operands came for nothing.
pub(crate) struct Peak {
    pub(crate) loops: usize,
}

impl Kernel for Peak {
    type Output = f64;

    #[inline(always)]
    fn run<S: Simd>(self, s: S) -> f64 {
        // Twelve sums are more than any processor has multiplications under way at once (two or
        // four, four cycles each), and fit the registers of all.
        let mut sums = [s.splat(1.0); 12];
        let (factor, right) =
            (s.splat(std::hint::black_box(0.5)), s.splat(std::hint::black_box(0.25)));
        for _ in 0..self.loops {
            for sum in &mut sums {
                *sum = s.mul_add(*sum, factor, right);
            }
        }
        let total = sums.into_iter().fold(s.splat(0.0), |total, sum| s.add(total, sum));
        std::hint::black_box(s.sum(total));
        (2 * 12 * S::LANES * self.loops) as f64
    }
}
