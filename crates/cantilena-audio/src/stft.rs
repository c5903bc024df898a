//! Sound as spectra of short stretches, and back.
//!
//! Analysis and synthesis after Griffin and Lim, "Signal Estimation from Modified Short-Time
//! Fourier Transform", IEEE Transactions on ASSP 32 (1984): windowed frames, and their
//! least-squares inverse. Conventions (frames centred on multiples of the hop, a window shorter
//! than the transform set in its middle, no scaling forward) are those of librosa.

use std::f64::consts::TAU;
use std::num::NonZero;

use rustfft::num_complex::Complex32;

use crate::error::AudioError;
use crate::real_fft::{RealFft, Room};
use crate::rows::share_rows;
use crate::spectrogram::Spectrogram;

/// How sound is cut into frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StftOptions {
    /// Samples that a transform sees; the spectrum has half as many bins and one more.
    pub fft_size: usize,
    /// Samples under the window, at most `fft_size`; the rest is zero on both sides.
    pub window: usize,
    /// Samples from one frame to the next.
    pub hop: usize,
    /// What stands before the first sample and after the last.
    pub padding: Padding,
}

impl Default for StftOptions {
    /// 2,048 samples every 512, centred between zeros.
    fn default() -> StftOptions {
        StftOptions { fft_size: 2048, window: 2048, hop: 512, padding: Padding::Zero }
    }
}

/// What stands before the first sample and after the last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Padding {
    /// Nothing: frame `n` begins at sample `n × hop`, and a stretch that fills no frame is lost.
    None,
    /// Half a transform of zeros: frame `n` is centred on sample `n × hop`. So in the variants
    /// below.
    Zero,
    /// The sound mirrored at its first and at its last sample.
    Reflect,
    /// The first and the last sample, held.
    Edge,
}

/// The most samples a transform may see: three seconds of the highest sample rate.
const FFT_SIZE_MAX: usize = 1 << 20;

/// Turns samples into spectra and back.
#[derive(Clone)]
pub struct Stft {
    options: StftOptions,
    window: Vec<f32>, // (fft_size,)
    fft: RealFft,
}

impl Stft {
    /// Prepares the transforms.
    ///
    /// # Errors
    /// [`AudioError::Stft`] where a size is zero or too large, or the window is wider than the
    /// transform.
    pub fn new(options: StftOptions) -> Result<Stft, AudioError> {
        let StftOptions { fft_size, window, hop, .. } = options;
        let fits = (2..=FFT_SIZE_MAX).contains(&fft_size)
            && fft_size.is_multiple_of(2)
            && (1..=fft_size).contains(&window)
            && (1..=FFT_SIZE_MAX).contains(&hop);
        if !fits {
            return Err(AudioError::Stft { fft_size, window, hop });
        }
        Ok(Stft { options, window: hann(window, fft_size), fft: RealFft::new(fft_size) })
    }

    /// What it was made with.
    pub fn options(&self) -> &StftOptions {
        &self.options
    }

    /// How many bins a spectrum has, from 0 Hz to half the sample rate.
    pub fn bins(&self) -> usize {
        self.fft.bins()
    }

    /// How many frames so many samples give.
    pub fn frames_of(&self, samples: usize) -> usize {
        let StftOptions { fft_size, hop, padding, .. } = self.options;
        match padding {
            _ if samples == 0 => 0,
            Padding::None if samples < fft_size => 0,
            Padding::None => 1 + (samples - fft_size) / hop,
            _ => 1 + samples / hop,
        }
    }

    /// The magnitude of every bin, (frames, bins).
    pub fn magnitudes(&self, samples: &[f32], threads: NonZero<usize>) -> Spectrogram {
        self.map_powers(samples, self.bins(), threads, |powers, magnitudes| {
            for (magnitude, power) in magnitudes.iter_mut().zip(powers) {
                *magnitude = power.sqrt();
            }
        })
    }

    /// A row of `width` values made of each frame's powers, (bins,), by `measure(powers, row)`.
    pub(crate) fn map_powers(
        &self,
        samples: &[f32],
        width: usize,
        threads: NonZero<usize>,
        measure: impl Fn(&[f32], &mut [f32]) + Sync,
    ) -> Spectrogram {
        let mut values = vec![0.0; self.frames_of(samples.len()) * width];
        share_rows(&mut values, width, threads, |first, rows| {
            let mut transform = self.transform();
            let mut powers = vec![0.0; self.bins()];
            for (index, row) in rows.chunks_exact_mut(width).enumerate() {
                transform.powers(samples, first + index, &mut powers);
                measure(&powers, row);
            }
        });
        Spectrogram::measured(width, values)
    }

    /// Room for transforming one frame after another.
    pub(crate) fn transform(&self) -> Transform<'_> {
        Transform {
            stft: self,
            room: self.fft.room(),
            frame: vec![0.0; self.options.fft_size],
            spectrum: vec![Complex32::ZERO; self.bins()],
        }
    }

    /// How many samples so many frames give back: from the first frame's centre to the last's, or
    /// all of both frames where they are not centred.
    pub fn samples_of(&self, frames: usize) -> usize {
        let StftOptions { fft_size, hop, padding, .. } = self.options;
        match padding {
            _ if frames == 0 => 0,
            Padding::None => (frames - 1) * hop + fft_size,
            _ => (frames - 1) * hop,
        }
    }

    /// Samples whose spectra come nearest to these in the least-squares sense.
    ///
    /// `spectra` is (frames, bins); gives (samples,). Where the windows leave a sample out it is
    /// zero.
    pub(crate) fn synthesize(&self, spectra: &[Complex32], threads: NonZero<usize>) -> Vec<f32> {
        let StftOptions { fft_size, hop, .. } = self.options;
        let frames = spectra.len() / self.bins();
        let skipped = self.before();
        let mut samples = vec![0.0; self.samples_of(frames)];
        // Each thread transforms the frames that reach into its own stretch, and every sample is
        // the same sum in the same order whoever makes it.
        share_rows(&mut samples, 1, threads, |first, stretch| {
            let (start, end) = (skipped + first, skipped + first + stretch.len());
            let first_frame = (start + 1).saturating_sub(fft_size).div_ceil(hop);
            let mut spectrum = vec![Complex32::ZERO; self.bins()];
            let mut room = self.fft.room();
            let mut frame = vec![0.0; fft_size];
            let mut weights = vec![0.0f32; stretch.len()];
            for index in first_frame..frames.min(end.div_ceil(hop)) {
                spectrum.copy_from_slice(&spectra[index * self.bins()..][..self.bins()]);
                // A real signal has real ends; what is imaginary there has no meaning.
                spectrum[0].im = 0.0;
                spectrum[self.bins() - 1].im = 0.0;
                self.fft.samples(&mut room, &spectrum, &mut frame);
                let begins = index * hop;
                let (from, to) = (begins.max(start), (begins + fft_size).min(end));
                let places = from - begins..to - begins;
                let sums = stretch[from - start..to - start].iter_mut();
                let sums = sums.zip(&mut weights[from - start..to - start]);
                let pieces = self.window[places.clone()].iter().zip(&frame[places]);
                for ((sum, weight), (window, sample)) in sums.zip(pieces) {
                    *sum += window * sample;
                    *weight += window * window;
                }
            }
            for (sample, weight) in stretch.iter_mut().zip(&weights) {
                // The inverse transform is scaled by its length.
                let divisor = weight * fft_size as f32;
                *sample = if *weight > f32::MIN_POSITIVE { *sample / divisor } else { 0.0 };
            }
        });
        samples
    }

    /// How many samples stand before the first.
    fn before(&self) -> usize {
        if self.options.padding == Padding::None { 0 } else { self.options.fft_size / 2 }
    }
}

/// One frame after another, in the same room.
pub(crate) struct Transform<'a> {
    stft: &'a Stft,
    room: Room,
    /// Where a frame reaches beyond the samples.
    frame: Vec<f32>, // (fft_size,)
    spectrum: Vec<Complex32>, // (bins,)
}

impl Transform<'_> {
    /// The spectrum of a frame, (bins,).
    pub(crate) fn spectrum(&mut self, samples: &[f32], frame: usize) -> &[Complex32] {
        self.hold(samples, frame);
        self.stft.fft.spectrum(&mut self.room, &mut self.spectrum);
        &self.spectrum
    }

    /// The power of each bin of a frame, (bins,).
    fn powers(&mut self, samples: &[f32], frame: usize, powers: &mut [f32]) {
        self.hold(samples, frame);
        self.stft.fft.powers(&mut self.room, powers);
    }

    /// Puts a frame under the window.
    fn hold(&mut self, samples: &[f32], frame: usize) {
        let stft = self.stft;
        let start = (frame * stft.options.hop) as isize - stft.before() as isize;
        let whole = usize::try_from(start)
            .ok()
            .and_then(|start| samples.get(start..start + stft.options.fft_size));
        let frame = match whole {
            Some(whole) => whole,
            None => {
                for (index, value) in self.frame.iter_mut().enumerate() {
                    *value = padded(samples, start + index as isize, stft.options.padding);
                }
                &self.frame
            }
        };
        self.room.hold_windowed(frame, &stft.window);
    }
}

/// The sample at a place that may lie outside; `samples` has at least one.
fn padded(samples: &[f32], at: isize, padding: Padding) -> f32 {
    let last = samples.len() as isize - 1;
    let inside = match padding {
        Padding::None | Padding::Zero if !(0..=last).contains(&at) => return 0.0,
        Padding::None | Padding::Zero | Padding::Edge => at.clamp(0, last),
        Padding::Reflect if last == 0 => 0,
        // The mirrored sound repeats after one way up and one way down.
        Padding::Reflect => {
            let at = at.rem_euclid(2 * last);
            at.min(2 * last - at)
        }
    };
    samples[inside as usize]
}

/// A raised cosine of `width` samples that would repeat after as many, in the middle of `size`.
fn hann(width: usize, size: usize) -> Vec<f32> {
    let before = (size - width) / 2;
    let mut window = vec![0.0; size];
    for (index, value) in window[before..before + width].iter_mut().enumerate() {
        *value = (0.5 - 0.5 * (TAU * index as f64 / width as f64).cos()) as f32;
    }
    window
}

#[cfg(test)]
mod tests {
    use super::*;

    const TWO: NonZero<usize> = NonZero::new(2).expect("two");
    const ONE: NonZero<usize> = NonZero::<usize>::MIN;

    /// Something without symmetry.
    fn noise(length: usize) -> Vec<f32> {
        let sample = |n| crate::scramble::scrambled(n) as i32 as f32 / i32::MAX as f32;
        (0..length as u64).map(sample).collect()
    }

    fn spectra(stft: &Stft, samples: &[f32]) -> Vec<Complex32> {
        let mut transform = stft.transform();
        let frames = 0..stft.frames_of(samples.len());
        frames.flat_map(|frame| transform.spectrum(samples, frame).to_vec()).collect()
    }

    #[test]
    fn sound_comes_back_from_its_spectra() {
        for (window, hop) in [(256, 64), (200, 50), (256, 128)] {
            let stft = Stft::new(StftOptions { fft_size: 256, window, hop, ..Default::default() });
            let stft = stft.unwrap();
            let samples = noise(hop * 40);
            let back = stft.synthesize(&spectra(&stft, &samples), ONE);
            assert_eq!(back.len(), samples.len());
            let worst = back.iter().zip(&samples).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
            assert!(worst < 2e-6, "{window} {hop}: {worst}");
        }
    }

    #[test]
    fn threads_change_nothing() {
        let stft =
            Stft::new(StftOptions { fft_size: 512, window: 512, hop: 128, ..Default::default() });
        let stft = stft.unwrap();
        let samples = noise(10_007);
        assert_eq!(stft.magnitudes(&samples, ONE), stft.magnitudes(&samples, TWO));
        let spectra = spectra(&stft, &samples);
        assert_eq!(stft.synthesize(&spectra, ONE), stft.synthesize(&spectra, TWO));
    }

    #[test]
    fn a_spectrum_is_the_sum_that_defines_it() {
        let options = StftOptions { fft_size: 16, window: 12, hop: 5, padding: Padding::None };
        let stft = Stft::new(options).unwrap();
        let samples = noise(33);
        let found = spectra(&stft, &samples);
        assert_eq!(found.len(), 4 * 9);
        for frame in 0..4 {
            for bin in 0..9 {
                let mut sum = Complex32::ZERO;
                for n in 0..12 {
                    let window = 0.5 - 0.5 * (TAU * n as f64 / 12.0).cos();
                    let angle = -TAU * bin as f64 * (n + 2) as f64 / 16.0;
                    let sample = samples[frame * 5 + n + 2] * window as f32;
                    sum += Complex32::from_polar(sample, angle as f32);
                }
                assert!((found[frame * 9 + bin] - sum).norm() < 2e-6);
            }
        }
    }

    #[test]
    fn outside_there_is_what_was_asked_for() {
        let at = |padding| -> Vec<f32> {
            (-4..7).map(|at| padded(&[1.0, 2.0, 3.0], at, padding)).collect()
        };
        assert_eq!(at(Padding::Zero), [0., 0., 0., 0., 1., 2., 3., 0., 0., 0., 0.]);
        assert_eq!(at(Padding::Edge), [1., 1., 1., 1., 1., 2., 3., 3., 3., 3., 3.]);
        assert_eq!(at(Padding::Reflect), [1., 2., 3., 2., 1., 2., 3., 2., 1., 2., 3.]);
        assert_eq!(padded(&[5.0], -9, Padding::Reflect), 5.0);
    }

    #[test]
    fn sizes_that_make_no_transform_are_refused() {
        for (fft_size, window, hop) in [(0, 0, 1), (15, 15, 1), (16, 17, 1), (16, 16, 0)] {
            let options = StftOptions { fft_size, window, hop, padding: Padding::Zero };
            assert_eq!(Stft::new(options).err(), Some(AudioError::Stft { fft_size, window, hop }));
        }
        let stft = Stft::new(StftOptions::default()).unwrap();
        assert_eq!(stft.magnitudes(&[], ONE).frames(), 0);
        assert_eq!(stft.magnitudes(&[1.0], ONE).frames(), 1);
    }
}
