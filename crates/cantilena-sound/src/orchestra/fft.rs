//! From a spectrum to the sound that has it.

use std::sync::{LazyLock, Mutex, PoisonError};

use rustfft::FftPlanner;
use rustfft::num_complex::Complex32;

/// What is known of transforms of the sizes that were asked for.
static PLANNER: LazyLock<Mutex<FftPlanner<f32>>> = LazyLock::new(|| Mutex::new(FftPlanner::new()));

/// Two periods of sound, (size,) each, from their spectra, (size / 2,) each or shorter, at the
/// cost of one.
///
/// A bin's magnitude is the amplitude of its sine. The first bin, which would be direct current,
/// is ignored.
pub(super) fn sounds(size: usize, spectra: [&[Complex32]; 2]) -> [Vec<f32>; 2] {
    // The sound of a spectrum is real where its upper half mirrors its lower one. So the sum of
    // one spectrum and i times the other gives one sound in the real and the other in the
    // imaginary part.
    let mut bins = vec![Complex32::ZERO; size];
    for (spectrum, turn) in spectra.into_iter().zip([Complex32::ONE, Complex32::I]) {
        for (k, &bin) in spectrum.iter().enumerate().skip(1) {
            bins[k] += turn * bin * 0.5;
            bins[size - k] += turn * bin.conj() * 0.5;
        }
    }
    let mut planner = PLANNER.lock().unwrap_or_else(PoisonError::into_inner);
    let transform = planner.plan_fft_inverse(size);
    drop(planner);
    transform.process(&mut bins);
    [bins.iter().map(|bin| bin.re).collect(), bins.iter().map(|bin| bin.im).collect()]
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;

    #[test]
    fn a_bin_is_a_sine_of_its_magnitude_and_phase() {
        let mut spectra = [vec![Complex32::ZERO; 32], vec![Complex32::ZERO; 32]];
        spectra[0][3] = Complex32::new(0.0, -0.5); // a sine
        spectra[0][10] = Complex32::new(0.25, 0.0); // a cosine
        spectra[1][31] = Complex32::new(0.6, 0.8);
        let [first, second] = sounds(64, [&spectra[0], &spectra[1]]);
        for t in 0..64 {
            let phase = |cycles: f64| TAU * cycles * t as f64 / 64.0;
            let expected = 0.5 * phase(3.0).sin() + 0.25 * phase(10.0).cos();
            assert!((f64::from(first[t]) - expected).abs() < 1e-6);
            let expected = 0.6 * phase(31.0).cos() - 0.8 * phase(31.0).sin();
            assert!((f64::from(second[t]) - expected).abs() < 1e-6);
        }
    }
}
