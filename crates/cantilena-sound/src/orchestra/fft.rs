//! From a spectrum to the sound that has it.

use std::f64::consts::PI;
use std::sync::OnceLock;

/// A complex number, (real, imaginary).
pub(super) type Complex = (f32, f32);

/// An inverse Fourier transform of one size.
pub(super) struct InverseFft {
    /// e^(πi·k/half) for k below half, for each half = 1, 2, 4 … size / 2, behind each other: (real,
    /// imaginary) of (size − 1,).
    roots: (Vec<f32>, Vec<f32>),
    size: usize,
}

impl InverseFft {
    /// The transform of `size` points, a power of two; its roots are computed once.
    pub(super) fn of_size(size: usize) -> &'static InverseFft {
        static SHARED: [OnceLock<InverseFft>; 32] = [const { OnceLock::new() }; 32];
        assert!(size.is_power_of_two());
        SHARED[size.trailing_zeros() as usize].get_or_init(|| InverseFft::new(size))
    }

    fn new(size: usize) -> InverseFft {
        let halves = (0..size.trailing_zeros()).map(|stage| 1usize << stage);
        let angles = halves.flat_map(|half| (0..half).map(move |k| PI * k as f64 / half as f64));
        let roots = angles.map(|angle| (angle.cos() as f32, angle.sin() as f32)).unzip();
        InverseFft { roots, size }
    }

    /// Two periods of sound from their spectra, (size / 2,) each, at the cost of one.
    ///
    /// A bin's magnitude is the amplitude of its sine. The first bin, which would be direct
    /// current, is ignored.
    pub(super) fn pair(&self, spectra: [&[Complex]; 2]) -> [Vec<f32>; 2] {
        // The sound of a spectrum is real where its upper half mirrors its lower one. So the sum
        // of one spectrum and i times the other gives one sound in the real and the other in the
        // imaginary part.
        let (mut re, mut im) = (vec![0.0; self.size], vec![0.0; self.size]);
        let bins = spectra[0].iter().zip(spectra[1]).enumerate().skip(1);
        for (k, (&(a, b), &(c, d))) in bins {
            let (low, high) = (self.mirrored(k), self.mirrored(self.size - k));
            (re[low], im[low]) = (0.5 * (a - d), 0.5 * (b + c));
            (re[high], im[high]) = (0.5 * (a + d), 0.5 * (c - b));
        }
        self.transform(&mut re, &mut im);
        [re, im]
    }

    /// The index with its bits in the other order.
    fn mirrored(&self, index: usize) -> usize {
        index.reverse_bits() >> (usize::BITS - self.size.trailing_zeros())
    }

    /// From mirrored order to natural order, in place, without scaling (decimation in time; Cooley
    /// and Tukey, Math. Comp. 19, 1965).
    fn transform(&self, re: &mut [f32], im: &mut [f32]) {
        let mut half = 1;
        while half < self.size {
            let roots = half - 1..2 * half - 1;
            let (cos, sin) = (&self.roots.0[roots.clone()], &self.roots.1[roots]);
            let blocks = re.chunks_exact_mut(2 * half).zip(im.chunks_exact_mut(2 * half));
            for (re, im) in blocks {
                let (low_re, high_re) = re.split_at_mut(half);
                let (low_im, high_im) = im.split_at_mut(half);
                let low = low_re.iter_mut().zip(low_im);
                let high = high_re.iter_mut().zip(high_im);
                for (((a, b), (c, d)), (cos, sin)) in low.zip(high).zip(cos.iter().zip(sin)) {
                    let (turned_re, turned_im) = (*c * cos - *d * sin, *c * sin + *d * cos);
                    (*c, *d) = (*a - turned_re, *b - turned_im);
                    (*a, *b) = (*a + turned_re, *b + turned_im);
                }
            }
            half *= 2;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;

    #[test]
    fn a_bin_is_a_sine_of_its_magnitude_and_phase() {
        let fft = InverseFft::of_size(64);
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
