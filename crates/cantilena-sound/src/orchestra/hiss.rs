//! Noise that lasts: breath, wind and waves.

use rustfft::num_complex::Complex32;

use crate::orchestra::draft::{Draft, hertz_of};
use crate::orchestra::fft;
use crate::orchestra::noise::Noise;

/// A band of noise, as one long period.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hiss {
    /// Its middle.
    pub(super) hertz: f64,
    /// How far it reaches to either side.
    pub(super) octaves: f64,
}

/// A loop of one and a half seconds: below one, the ear finds the period.
const LENGTH: usize = 65_536;
const RATE: u32 = 44_100;
/// Below this middle there is little above 9 kHz, and half the rate is enough.
const HALF_RATE_BELOW: f64 = 4_000.0;
/// The pitch at which it plays as it is.
const ROOT: f64 = 60.0;

impl Hiss {
    /// Its samples.
    pub(super) fn draft(&self, noise: &mut Noise) -> Draft {
        let part = if self.hertz < HALF_RATE_BELOW { 2 } else { 1 };
        let length = LENGTH / part as usize;
        let mut spectrum = vec![Complex32::ZERO; length / 2];
        let mut power = 0.0;
        for (k, bin) in spectrum.iter_mut().enumerate().skip(1) {
            let hertz = k as f64 * f64::from(RATE) / LENGTH as f64;
            let distance = (hertz / self.hertz).log2() / self.octaves;
            // All bins of an octave together are as loud as those of another.
            let height = (-distance * distance).exp() / hertz.sqrt();
            power += height * height;
            *bin = noise.direction() * height as f32;
        }
        let [samples, _] = fft::sounds(length, [&spectrum, &[]]);
        Draft {
            samples,
            sample_rate: RATE / part,
            hertz: hertz_of(ROOT),
            looped: 0..length,
            loudness: (power / 2.0).sqrt(),
        }
    }
}
