//! From a spectrum to the sound that has it.

use std::f64::consts::TAU;

/// A complex number, (real, imaginary).
pub(super) type Complex = (f32, f32);

/// An inverse Fourier transform of one size.
pub(super) struct InverseFft {
    /// e^(2πi·k/size) for k below size / 2.
    roots: Vec<Complex>,
}

impl InverseFft {
    /// A transform of `size` points, a power of two.
    pub(super) fn new(size: usize) -> InverseFft {
        assert!(size.is_power_of_two());
        let root = |k| {
            let (sin, cos) = (TAU * k as f64 / size as f64).sin_cos();
            (cos as f32, sin as f32)
        };
        InverseFft { roots: (0..size / 2).map(root).collect() }
    }

    /// Two periods of sound from their spectra, (size / 2,) each, at the cost of one.
    ///
    /// A bin's magnitude is the amplitude of its sine. The first bin, which would be direct
    /// current, is ignored.
    pub(super) fn pair(&self, spectra: [&[Complex]; 2]) -> [Vec<f32>; 2] {
        let size = 2 * self.roots.len();
        // The sound of a spectrum is real where its upper half mirrors its lower one. So the sum
        // of one spectrum and i times the other gives one sound in the real and the other in the
        // imaginary part.
        let mut points = vec![(0.0, 0.0); size];
        for k in 1..size / 2 {
            let ((a, b), (c, d)) = (spectra[0][k], spectra[1][k]);
            points[k] = (0.5 * (a - d), 0.5 * (b + c));
            points[size - k] = (0.5 * (a + d), 0.5 * (c - b));
        }
        self.transform(&mut points);
        [points.iter().map(|point| point.0).collect(), points.iter().map(|point| point.1).collect()]
    }

    /// In place, decimation in time (Cooley and Tukey, Math. Comp. 19, 1965), without scaling.
    fn transform(&self, points: &mut [Complex]) {
        let size = points.len();
        let bits = size.trailing_zeros();
        for index in 0..size {
            let mirrored = index.reverse_bits() >> (usize::BITS - bits);
            if index < mirrored {
                points.swap(index, mirrored);
            }
        }
        let mut half = 1;
        while half < size {
            let step = size / (2 * half);
            for block in points.chunks_exact_mut(2 * half) {
                let (low, high) = block.split_at_mut(half);
                for (k, (low, high)) in low.iter_mut().zip(high).enumerate() {
                    let (cos, sin) = self.roots[k * step];
                    let turned = (high.0 * cos - high.1 * sin, high.0 * sin + high.1 * cos);
                    *high = (low.0 - turned.0, low.1 - turned.1);
                    *low = (low.0 + turned.0, low.1 + turned.1);
                }
            }
            half *= 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bin_is_a_sine_of_its_magnitude_and_phase() {
        let fft = InverseFft::new(64);
        let mut spectra = [vec![(0.0, 0.0); 32], vec![(0.0, 0.0); 32]];
        spectra[0][3] = (0.0, -0.5); // a sine
        spectra[0][10] = (0.25, 0.0); // a cosine
        spectra[1][31] = (0.6, 0.8);
        let [first, second] = fft.pair([&spectra[0], &spectra[1]]);
        for t in 0..64 {
            let phase = |cycles: f64| TAU * cycles * t as f64 / 64.0;
            let expected = 0.5 * phase(3.0).sin() + 0.25 * phase(10.0).cos();
            assert!((f64::from(first[t]) - expected).abs() < 1e-6);
            let expected = 0.6 * phase(31.0).cos() - 0.8 * phase(31.0).sin();
            assert!((f64::from(second[t]) - expected).abs() < 1e-6);
        }
    }
}
