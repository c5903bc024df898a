//! From a spectrum to the sound that has it.

use std::f64::consts::PI;
use std::sync::LazyLock;

/// A complex number, (real, imaginary).
pub(super) type Complex = (f32, f32);

/// An inverse Fourier transform of one size.
pub(super) struct InverseFft {
    size: usize,
}

/// The largest size.
const SIZE_MAX: usize = 65_536;

/// e^(πi·k/half) for k below half, for each half = 1, 2, 4 … behind each other: (real, imaginary)
/// of (SIZE_MAX − 1,). Smaller transforms use the beginning.
static ROOTS: LazyLock<(Vec<f32>, Vec<f32>)> = LazyLock::new(|| {
    let halves = (0..SIZE_MAX.trailing_zeros()).map(|stage| 1usize << stage);
    let angles = halves.flat_map(|half| (0..half).map(move |k| PI * k as f64 / half as f64));
    angles.map(|angle| (angle.cos() as f32, angle.sin() as f32)).unzip()
});

impl InverseFft {
    /// A transform of `size` points, a power of two from 4 to 65,536.
    pub(super) fn new(size: usize) -> InverseFft {
        assert!(size.is_power_of_two() && (4..=SIZE_MAX).contains(&size));
        InverseFft { size }
    }

    /// Two periods of sound from their spectra, (size / 2,) each or shorter, at the cost of one.
    ///
    /// A bin's magnitude is the amplitude of its sine. The first bin, which would be direct
    /// current, is ignored.
    pub(super) fn pair(&self, spectra: [&[Complex]; 2]) -> [Vec<f32>; 2] {
        // The sound of a spectrum is real where its upper half mirrors its lower one. So the sum
        // of one spectrum and i times the other gives one sound in the real and the other in the
        // imaginary part.
        let (mut re, mut im) = (vec![0.0; self.size], vec![0.0; self.size]);
        let places = |k: usize| (self.mirrored(k), self.mirrored(self.size - k));
        for (k, &(a, b)) in spectra[0].iter().enumerate().skip(1) {
            let (low, high) = places(k);
            (re[low], im[low]) = (0.5 * a, 0.5 * b);
            (re[high], im[high]) = (0.5 * a, -0.5 * b);
        }
        for (k, &(c, d)) in spectra[1].iter().enumerate().skip(1) {
            let (low, high) = places(k);
            (re[low], im[low]) = (re[low] - 0.5 * d, im[low] + 0.5 * c);
            (re[high], im[high]) = (re[high] + 0.5 * d, im[high] + 0.5 * c);
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
        let (all_cos, all_sin) = &*ROOTS;
        // The first two stages turn by quarters only, which takes no multiplication.
        for (re, im) in re.as_chunks_mut::<4>().0.iter_mut().zip(im.as_chunks_mut::<4>().0) {
            let [r0, r1, r2, r3] = *re;
            let [i0, i1, i2, i3] = *im;
            let (even, odd) = ((r0 + r1, i0 + i1), (r2 + r3, i2 + i3));
            let (turned, rest) = ((i3 - i2, r2 - r3), (r0 - r1, i0 - i1));
            *re = [even.0 + odd.0, rest.0 + turned.0, even.0 - odd.0, rest.0 - turned.0];
            *im = [even.1 + odd.1, rest.1 + turned.1, even.1 - odd.1, rest.1 - turned.1];
        }
        let mut half = 4;
        while half < self.size {
            let roots = half - 1..2 * half - 1;
            let (cos, sin) = (&all_cos[roots.clone()], &all_sin[roots]);
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
