//! Sound from magnitudes alone: the phases are found by going back and forth.

use std::f64::consts::TAU;
use std::num::NonZero;

use rustfft::num_complex::Complex32;

use crate::error::AudioError;
use crate::rows::share_row_pairs;
use crate::scramble::scrambled;
use crate::spectrogram::Spectrogram;
use crate::stft::Stft;

/// How phases are looked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GriffinLim {
    /// How often to go there and back.
    pub iterations: usize,
    /// How much each step is carried on: 0 is Griffin and Lim's own way, 0.99 what Perraudin,
    /// Balazs and Søndergaard found best ("A fast Griffin-Lim algorithm", WASPAA 2013).
    pub momentum: f32,
    /// Where the phases start.
    pub seed: u64,
}

impl Default for GriffinLim {
    /// 32 times with a momentum of 0.99.
    fn default() -> GriffinLim {
        GriffinLim { iterations: 32, momentum: 0.99, seed: 0 }
    }
}

/// Samples whose spectra have nearly these magnitudes, (samples,).
///
/// D. W. Griffin and J. S. Lim, "Signal Estimation from Modified Short-Time Fourier Transform",
/// IEEE Transactions on ASSP 32 (1984), with the momentum of Perraudin and others. Phases start
/// from the seed; the result is the same on any number of threads.
///
/// # Errors
/// [`AudioError::Bands`] where the spectrogram has other bins than the transform.
pub fn griffin_lim(
    magnitudes: &Spectrogram,
    stft: &Stft,
    options: &GriffinLim,
    threads: NonZero<usize>,
) -> Result<Vec<f32>, AudioError> {
    let bins = stft.bins();
    if magnitudes.bands() != bins {
        return Err(AudioError::Bands { found: magnitudes.bands(), expected: bins });
    }
    let mut spectra = starting_spectra(magnitudes, options.seed);
    let mut previous = vec![Complex32::ZERO; spectra.len()];
    let pull = options.momentum / (1.0 + options.momentum);
    for _ in 0..options.iterations {
        let samples = stft.synthesize(&spectra, threads);
        share_row_pairs(&mut spectra, &mut previous, bins, threads, |first, spectra, previous| {
            let mut transform = stft.transform();
            let rows = spectra.chunks_exact_mut(bins).zip(previous.chunks_exact_mut(bins));
            for (index, (spectrum, previous)) in rows.enumerate() {
                let frame = first + index;
                let rebuilt = transform.spectrum(&samples, frame);
                let magnitudes = &magnitudes.values()[frame * bins..][..bins];
                accelerate(rebuilt, previous, pull, spectrum);
                set_magnitudes(spectrum, magnitudes);
            }
        });
    }
    Ok(stft.synthesize(&spectra, threads))
}

/// The magnitudes with phases drawn from the seed.
fn starting_spectra(magnitudes: &Spectrogram, seed: u64) -> Vec<Complex32> {
    let start = scrambled(seed);
    let phase = |bits: u64| TAU * (bits >> 40) as f64 / f64::from(1 << 24);
    let phases = (0..).map(|index: u64| phase(scrambled(start ^ index)) as f32);
    magnitudes
        .values()
        .iter()
        .zip(phases)
        .map(|(m, phase)| Complex32::from_polar(*m, phase))
        .collect()
}

/// Steps from the last spectrum to the rebuilt one and a little beyond; keeps the rebuilt one.
fn accelerate(
    rebuilt: &[Complex32],
    previous: &mut [Complex32],
    pull: f32,
    spectrum: &mut [Complex32],
) {
    for ((new, previous), rebuilt) in spectrum.iter_mut().zip(previous).zip(rebuilt) {
        *new = rebuilt - *previous * pull;
        *previous = *rebuilt;
    }
}

/// Gives every bin its magnitude and leaves its phase; a bin of nothing stays nothing.
fn set_magnitudes(spectrum: &mut [Complex32], magnitudes: &[f32]) {
    // Roots and quotients of eight bins at once, which vector units do in the time of one.
    let (bins, rest) = spectrum.as_chunks_mut::<8>();
    let (wanted, wanted_rest) = magnitudes.as_chunks::<8>();
    for (bins, wanted) in bins.iter_mut().zip(wanted) {
        let squares = bins.map(|bin| bin.re * bin.re + bin.im * bin.im);
        let norms = squares.map(f32::sqrt);
        // A bin of nothing times the largest of these is nothing still; times the quotient of
        // magnitude and norm it would be no number.
        let inverses = norms.map(|norm| 1.0 / (norm + f32::MIN_POSITIVE));
        for ((bin, inverse), wanted) in bins.iter_mut().zip(inverses).zip(wanted) {
            bin.re = bin.re * inverse * wanted;
            bin.im = bin.im * inverse * wanted;
        }
    }
    for (bin, wanted) in rest.iter_mut().zip(wanted_rest) {
        *bin = *bin * (1.0 / (bin.norm_sqr().sqrt() + f32::MIN_POSITIVE)) * wanted;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phases_stay_and_magnitudes_are_set_however_many_bins_there_are() {
        for count in 0..20 {
            let bin = |n: usize| Complex32::from_polar(n as f32, 0.7 * n as f32);
            let mut spectrum: Vec<Complex32> = (0..count).map(bin).collect();
            let magnitudes: Vec<f32> = (0..count).map(|n| (count - n) as f32).collect();
            set_magnitudes(&mut spectrum, &magnitudes);
            for (n, found) in spectrum.iter().enumerate() {
                let wanted =
                    Complex32::from_polar(if n == 0 { 0.0 } else { magnitudes[n] }, bin(n).arg());
                assert!((found - wanted).norm() < 1e-4, "{found} for {wanted}");
            }
        }
    }
}
