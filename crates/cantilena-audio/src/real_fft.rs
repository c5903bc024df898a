//! The spectrum of real samples, and real samples of a spectrum.
//!
//! A complex transform of half the size does the work: even samples stand in its real parts, odd
//! ones in its imaginary parts, and the spectra of the two are taken apart afterwards (Sorensen,
//! Jones, Heideman and Burrus, "Real-Valued Fast Fourier Transform Algorithms", IEEE Transactions
//! on ASSP 35, 1987). They are taken apart eight bins at a time: one by one, it would cost more
//! than the transform.

use std::f64::consts::TAU;
use std::sync::Arc;

use rustfft::num_complex::Complex32;
use rustfft::{Fft, FftPlanner};

/// Transforms of one size, there and back.
#[derive(Clone)]
pub(crate) struct RealFft {
    /// Samples; even.
    size: usize,
    forward: Arc<dyn Fft<f32>>,
    inverse: Arc<dyn Fft<f32>>,
    apart: Turns,
    together: Turns,
}

/// What one frame after another is transformed in.
pub(crate) struct Room {
    samples: Vec<Complex32>, // (size / 2,), two samples each
    /// The complex transform; the first bin stands behind the last once more, so that every bin
    /// has a mirrored one.
    halves: Vec<Complex32>, // (size / 2 + 1,)
    scratch: Vec<Complex32>,
}

/// Factors of the odd samples' part of each bin.
#[derive(Clone)]
struct Turns {
    /// That of the even samples' part.
    even: f32,
    re: Vec<f32>, // (size / 4 + 1,)
    im: Vec<f32>, // (size / 4 + 1,)
}

/// Bins that are taken apart at once.
const LANES: usize = 8;

impl RealFft {
    /// Transforms of `size` samples, which must be an even number.
    pub(crate) fn new(size: usize) -> RealFft {
        let half = size / 2;
        let mut planner = FftPlanner::new();
        // An odd sample comes later by one: e^(−2πik/size), and −i for it stood in the imaginary
        // part. The way back is turned the other way, and left as large as the sum of all bins.
        let turns = |even: f32, turn: f64| {
            let angle = move |k: usize| turn * (TAU * k as f64 / size as f64 + TAU / 4.0);
            let places = 0..=half / 2;
            Turns {
                even,
                re: places.clone().map(|k| even * angle(k).cos() as f32).collect(),
                im: places.map(|k| even * angle(k).sin() as f32).collect(),
            }
        };
        RealFft {
            size,
            forward: planner.plan_fft_forward(half),
            inverse: planner.plan_fft_inverse(half),
            apart: turns(0.5, -1.0),
            together: turns(1.0, 1.0),
        }
    }

    /// How many bins a spectrum has, from 0 to half the sample rate.
    pub(crate) fn bins(&self) -> usize {
        self.size / 2 + 1
    }

    /// Room for transforming, all of it zero.
    pub(crate) fn room(&self) -> Room {
        let scratch = |fft: &Arc<dyn Fft<f32>>| fft.get_outofplace_scratch_len();
        let scratch = scratch(&self.forward).max(scratch(&self.inverse));
        Room {
            samples: vec![Complex32::ZERO; self.size / 2],
            halves: vec![Complex32::ZERO; self.bins()],
            scratch: vec![Complex32::ZERO; scratch],
        }
    }

    /// The spectrum, (bins,), of the samples that the room holds; they are lost.
    pub(crate) fn spectrum(&self, room: &mut Room, spectrum: &mut [Complex32]) {
        self.transform(room);
        self.apart.pairs(&room.halves, spectrum, |bin| bin);
    }

    /// The power of each bin, (bins,), of the samples that the room holds; they are lost.
    pub(crate) fn powers(&self, room: &mut Room, powers: &mut [f32]) {
        self.transform(room);
        self.apart.pairs(&room.halves, powers, |bin| bin.re * bin.re + bin.im * bin.im);
    }

    /// The samples, (size,), times their number, of a spectrum, (bins,). What is imaginary in the
    /// first and in the last bin has no meaning and must be zero.
    pub(crate) fn samples(&self, room: &mut Room, spectrum: &[Complex32], samples: &mut [f32]) {
        self.together.pairs(spectrum, &mut room.halves, |bin| bin);
        let halves = &mut room.halves[..self.size / 2];
        self.inverse.process_outofplace_with_scratch(halves, &mut room.samples, &mut room.scratch);
        for (samples, pair) in samples.as_chunks_mut::<2>().0.iter_mut().zip(&room.samples) {
            *samples = [pair.re, pair.im];
        }
    }

    fn transform(&self, room: &mut Room) {
        let half = self.size / 2;
        let halves = &mut room.halves[..half];
        self.forward.process_outofplace_with_scratch(&mut room.samples, halves, &mut room.scratch);
        room.halves[half] = room.halves[0];
    }
}

impl Room {
    /// Puts in samples, (size,) or fewer, with zeros behind them.
    pub(crate) fn hold(&mut self, samples: &[f32]) {
        self.samples.fill(Complex32::ZERO);
        let (pairs, rest) = samples.as_chunks::<2>();
        for (place, &[even, odd]) in self.samples.iter_mut().zip(pairs) {
            *place = Complex32::new(even, odd);
        }
        if let (Some(place), [last]) = (self.samples.get_mut(pairs.len()), rest) {
            place.re = *last;
        }
    }

    /// Puts in samples under a window, (size,) both.
    pub(crate) fn hold_windowed(&mut self, samples: &[f32], window: &[f32]) {
        let pairs = samples.as_chunks::<2>().0.iter().zip(window.as_chunks::<2>().0);
        for (place, (samples, window)) in self.samples.iter_mut().zip(pairs) {
            *place = Complex32::new(samples[0] * window[0], samples[1] * window[1]);
        }
    }
}

impl Turns {
    /// From bins to bins, (bins,) both: each of `into` is `take` of the even part of a bin and its
    /// mirrored one, plus their turned odd part.
    fn pairs<T: Copy>(&self, from: &[Complex32], into: &mut [T], take: impl Fn(Complex32) -> T) {
        let last = from.len() - 1;
        let count = self.re.len();
        let mut k = 0;
        while k + LANES <= count {
            self.pairs_at::<LANES, T>(k, last, from, into, &take);
            k += LANES;
        }
        for k in k..count {
            self.pairs_at::<1, T>(k, last, from, into, &take);
        }
    }

    /// The bins from `k` on and those mirrored at the middle.
    #[inline(always)]
    fn pairs_at<const N: usize, T: Copy>(
        &self,
        k: usize,
        last: usize,
        from: &[Complex32],
        into: &mut [T],
        take: &impl Fn(Complex32) -> T,
    ) {
        let own: &[Complex32; N] = from[k..].first_chunk().expect("pairs end in the middle");
        let mirrored: &[Complex32; N] =
            from[..=last - k].last_chunk().expect("pairs end in the middle");
        let turn_re: &[f32; N] = self.re[k..].first_chunk().expect("a turn for every pair");
        let turn_im: &[f32; N] = self.im[k..].first_chunk().expect("a turn for every pair");
        let mut fronts = [Complex32::ZERO; N];
        let mut backs = [Complex32::ZERO; N];
        for lane in 0..N {
            let (own, mirrored) = (own[lane], mirrored[N - 1 - lane]);
            let even_re = self.even * (own.re + mirrored.re);
            let even_im = self.even * (own.im - mirrored.im);
            let (odd_re, odd_im) = (own.re - mirrored.re, own.im + mirrored.im);
            let turned_re = turn_re[lane] * odd_re - turn_im[lane] * odd_im;
            let turned_im = turn_re[lane] * odd_im + turn_im[lane] * odd_re;
            fronts[lane] = Complex32::new(even_re + turned_re, even_im + turned_im);
            backs[N - 1 - lane] = Complex32::new(even_re - turned_re, turned_im - even_im);
        }
        for (place, bin) in into[k..k + N].iter_mut().zip(fronts) {
            *place = take(bin);
        }
        for (place, bin) in into[last + 1 - k - N..=last - k].iter_mut().zip(backs) {
            *place = take(bin);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scramble::scrambled;

    /// Sizes whose half is even, odd, small, and larger than all lanes.
    const SIZES: [usize; 8] = [2, 4, 6, 18, 36, 64, 882, 1024];

    /// Something without symmetry.
    fn noise(count: usize) -> Vec<f32> {
        (0..count as u64).map(|n| scrambled(n) as i32 as f32 / i32::MAX as f32).collect()
    }

    /// The spectrum of samples, and the room it was made in.
    fn spectrum_of(fft: &RealFft, samples: &[f32]) -> (Room, Vec<Complex32>) {
        let (mut room, mut spectrum) = (fft.room(), vec![Complex32::ZERO; fft.bins()]);
        room.hold(samples);
        fft.spectrum(&mut room, &mut spectrum);
        (room, spectrum)
    }

    #[test]
    fn a_spectrum_is_the_sum_that_defines_it() {
        for size in SIZES {
            let (fft, samples) = (RealFft::new(size), noise(size));
            let (mut room, spectrum) = spectrum_of(&fft, &samples);
            let mut powers = vec![0.0; fft.bins()];
            room.hold_windowed(&samples, &vec![1.0; size]);
            fft.powers(&mut room, &mut powers);
            for (bin, found) in spectrum.iter().enumerate() {
                let (mut re, mut im) = (0.0, 0.0);
                for (n, &sample) in samples.iter().enumerate() {
                    let angle = TAU * (bin * n % size) as f64 / size as f64;
                    re += f64::from(sample) * angle.cos();
                    im -= f64::from(sample) * angle.sin();
                }
                let apart = (found - Complex32::new(re as f32, im as f32)).norm();
                assert!(apart < 1e-6 * size as f32, "{size}, bin {bin}: {found} for {re} {im}");
                assert!((powers[bin] - found.norm_sqr()).abs() <= 1e-5 * found.norm_sqr());
            }
        }
    }

    #[test]
    fn samples_come_back_times_their_number() {
        for size in SIZES {
            let (fft, samples) = (RealFft::new(size), noise(size));
            let (mut room, spectrum) = spectrum_of(&fft, &samples);
            let mut back = vec![0.0; size];
            fft.samples(&mut room, &spectrum, &mut back);
            for (back, sample) in back.iter().zip(&samples) {
                assert!((back / size as f32 - sample).abs() < 1e-6, "{size}: {back} {sample}");
            }
        }
    }

    #[test]
    fn what_is_not_filled_is_zero() {
        let fft = RealFft::new(8);
        let mut room = fft.room();
        room.hold(&[1.0; 8]);
        room.hold(&[1.0, 2.0, 3.0]);
        let held: Vec<f32> = room.samples.iter().flat_map(|pair| [pair.re, pair.im]).collect();
        assert_eq!(held, [1.0, 2.0, 3.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
    }
}
