//! How loud sound is to people: integrated loudness after Recommendation ITU-R BS.1770-4.

use std::f64::consts::PI;

use crate::audio::{Audio, SampleRate};

/// Blocks quieter than this count for nothing (BS.1770-4, annex 1), in LUFS.
const ABSOLUTE_GATE: f64 = -70.0;
/// Nor do those this far below the mean of the rest (BS.1770-4, annex 1), in LU.
const RELATIVE_GATE: f64 = -10.0;
/// A gating block lasts 400 ms and begins every 100 ms (BS.1770-4, annex 1).
const HOPS_IN_A_BLOCK: usize = 4;
const HOPS_IN_A_SECOND: f64 = 10.0;

/// The integrated loudness of a piece of sound in LUFS.
///
/// `None` where nothing passes the gates: silence, or less than 400 ms of sound. Every channel
/// has the weight 1 of a front loudspeaker; surround channels have no weight of their own here.
pub fn integrated_loudness(audio: &Audio) -> Option<f64> {
    let mut meter = LoudnessMeter::new(audio.sample_rate(), audio.channels().len());
    let channels: Vec<&[f32]> = audio.channels().iter().map(Vec::as_slice).collect();
    meter.push(&channels);
    meter.integrated()
}

/// Measures the loudness of sound that arrives in blocks.
#[derive(Clone, Debug)]
pub struct LoudnessMeter {
    /// One K-weighting for each channel.
    weightings: Vec<KWeighting>,
    frames_in_a_hop: usize,
    /// Of the hop that is still filling: its frames and the sum of their weighted squares.
    frames: usize,
    squares: f64,
    /// The mean weighted square of each full hop, summed over channels.
    hops: Vec<f64>,
}

impl LoudnessMeter {
    /// A meter that has heard nothing yet.
    pub fn new(sample_rate: SampleRate, channels: usize) -> LoudnessMeter {
        let hertz = f64::from(sample_rate.hertz());
        LoudnessMeter {
            weightings: vec![KWeighting::new(hertz); channels],
            frames_in_a_hop: (hertz / HOPS_IN_A_SECOND).round() as usize,
            frames: 0,
            squares: 0.0,
            hops: Vec::new(),
        }
    }

    /// Hears a block, (channels, frames); channels beyond the meter's own are not heard.
    pub fn push(&mut self, channels: &[&[f32]]) {
        let frames = channels.iter().map(|samples| samples.len()).min().unwrap_or(0);
        for frame in 0..frames {
            for (weighting, samples) in self.weightings.iter_mut().zip(channels) {
                let weighted = weighting.next(f64::from(samples[frame]));
                self.squares += weighted * weighted;
            }
            self.frames += 1;
            if self.frames == self.frames_in_a_hop {
                self.hops.push(self.squares / self.frames_in_a_hop as f64);
                (self.frames, self.squares) = (0, 0.0);
            }
        }
    }

    /// The integrated loudness of everything heard, in LUFS; `None` where nothing passes the
    /// gates.
    pub fn integrated(&self) -> Option<f64> {
        let blocks: Vec<f64> = self
            .hops
            .windows(HOPS_IN_A_BLOCK)
            .map(|hops| hops.iter().sum::<f64>() / HOPS_IN_A_BLOCK as f64)
            .collect();
        let audible = mean_above(&blocks, power_of(ABSOLUTE_GATE))?;
        let gate = (loudness_of(audible) + RELATIVE_GATE).max(ABSOLUTE_GATE);
        mean_above(&blocks, power_of(gate)).map(loudness_of)
    }
}

/// The mean of the values above a gate.
fn mean_above(blocks: &[f64], gate: f64) -> Option<f64> {
    let (count, sum) = blocks
        .iter()
        .filter(|&&power| power > gate)
        .fold((0u64, 0.0), |(count, sum), power| (count + 1, sum + power));
    (count > 0).then(|| sum / count as f64)
}

/// The loudness of a mean weighted square (BS.1770-4, annex 1), in LUFS.
fn loudness_of(power: f64) -> f64 {
    -0.691 + 10.0 * power.log10()
}

fn power_of(loudness: f64) -> f64 {
    10f64.powf((loudness + 0.691) / 10.0)
}

/// The ear's weighting: a shelf for the head, then a high-pass (BS.1770-4, annex 1).
#[derive(Clone, Debug)]
struct KWeighting {
    shelf: Biquad,
    high_pass: Biquad,
}

impl KWeighting {
    /// The standard gives coefficients at 48 kHz only; these analogue parameters give the same
    /// ones there and carry them to other rates (B. De Man, "Evaluation of Implementations of the
    /// EBU R128 Loudness Measurement", AES 145, 2018).
    fn new(hertz: f64) -> KWeighting {
        let k = (PI * 1_681.974_450_955_533 / hertz).tan();
        let q = 0.707_175_236_955_419_6;
        let high = 10f64.powf(3.999_843_853_973_347 / 20.0);
        let band = high.powf(0.499_666_774_154_541_6);
        let a0 = 1.0 + k / q + k * k;
        let shelf = Biquad {
            b: [
                (high + band * k / q + k * k) / a0,
                2.0 * (k * k - high) / a0,
                (high - band * k / q + k * k) / a0,
            ],
            a: [2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0],
            z: [0.0; 2],
        };
        let k = (PI * 38.135_470_876_024_44 / hertz).tan();
        let q = 0.500_327_037_323_877_3;
        let a0 = 1.0 + k / q + k * k;
        let high_pass = Biquad {
            b: [1.0, -2.0, 1.0],
            a: [2.0 * (k * k - 1.0) / a0, (1.0 - k / q + k * k) / a0],
            z: [0.0; 2],
        };
        KWeighting { shelf, high_pass }
    }

    fn next(&mut self, sample: f64) -> f64 {
        self.high_pass.next(self.shelf.next(sample))
    }
}

/// A filter of second order in transposed direct form II.
#[derive(Clone, Debug)]
struct Biquad {
    b: [f64; 3],
    /// a₁ and a₂; a₀ is 1.
    a: [f64; 2],
    z: [f64; 2],
}

impl Biquad {
    fn next(&mut self, x: f64) -> f64 {
        let y = self.b[0] * x + self.z[0];
        self.z[0] = self.b[1] * x - self.a[0] * y + self.z[1];
        self.z[1] = self.b[2] * x - self.a[1] * y;
        y
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn at_48_khz_the_filters_are_the_standards_own() {
        // BS.1770-4, annex 1, tables 1 and 2.
        let weighting = KWeighting::new(48_000.0);
        let near =
            |found: f64, table: f64| assert!((found - table).abs() < 1e-8, "{found} {table}");
        let shelf = [1.53512485958697, -2.69169618940638, 1.19839281085285];
        weighting.shelf.b.iter().zip(shelf).for_each(|(&found, table)| near(found, table));
        near(weighting.shelf.a[0], -1.69065929318241);
        near(weighting.shelf.a[1], 0.73248077421585);
        near(weighting.high_pass.a[0], -1.99004745483398);
        near(weighting.high_pass.a[1], 0.99007225036621);
    }
}
