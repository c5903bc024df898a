//! The atom of every struck sound.

use std::f64::consts::TAU;

/// A sine that dies away.
#[derive(Clone, Copy, Debug)]
pub(super) struct Partial {
    pub(super) hertz: f64,
    pub(super) amplitude: f64,
    /// Its amplitude falls by e in 1 / decay seconds; 0 for one that stays.
    pub(super) decay: f64,
    /// In turns.
    pub(super) phase: f64,
}

/// Frames between two exact values: rounding errors do not grow beyond the sixteenth bit in them.
const RESEED: usize = 512;
/// Frames computed side by side, for vector instructions.
const LANES: usize = 8;

impl Partial {
    /// Adds it to `samples`, from its beginning until it is inaudible.
    pub(super) fn add_to(&self, samples: &mut [f32], sample_rate: u32) {
        let rate = f64::from(sample_rate);
        let step = TAU * self.hertz / rate;
        let fall = -self.decay / rate;
        // How a frame follows from another one so many frames before it: turned, and smaller.
        let ((sin, cos), gain) = (step.sin_cos(), fall.exp());
        let mut turns = [(1.0, 0.0); 2 * LANES];
        for frames in 1..turns.len() {
            let (x, y): (f64, f64) = turns[frames - 1];
            turns[frames] = (gain * (x * cos - y * sin), gain * (x * sin + y * cos));
        }
        // Of three frames equally far apart, the third follows from the other two:
        // x₂ = 2·gain·cos·x₁ − gain²·x₀.
        let gain = (fall * LANES as f64).exp();
        let (one_back, two_back) = ((2.0 * turns[LANES].0) as f32, (gain * gain) as f32);

        for (block, samples) in samples.chunks_mut(RESEED).enumerate() {
            let frame = (block * RESEED) as f64;
            let amplitude = self.amplitude * (fall * frame).exp();
            // 84 dB below a stroke's peak: the last of 15 bits.
            if amplitude < 6e-5 {
                return;
            }
            let phase = TAU * (self.phase + (self.hertz * frame / rate).fract());
            let (sin, cos) = phase.sin_cos();
            let seeds = turns.map(|(x, y)| (amplitude * (sin * x + cos * y)) as f32);
            let (mut this, mut next) = ([0f32; LANES], [0f32; LANES]);
            this.copy_from_slice(&seeds[..LANES]);
            next.copy_from_slice(&seeds[LANES..]);
            let (groups, rest) = samples.as_chunks_mut::<LANES>();
            for samples in groups {
                for lane in 0..LANES {
                    samples[lane] += this[lane];
                    let after = one_back * next[lane] - two_back * this[lane];
                    this[lane] = next[lane];
                    next[lane] = after;
                }
            }
            rest.iter_mut().zip(this).for_each(|(sample, this)| *sample += this);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_sine_it_says() {
        let partial = Partial { hertz: 1_234.5, amplitude: 0.7, decay: 3.0, phase: 0.3 };
        let mut samples = vec![0.0; 10_000];
        partial.add_to(&mut samples, 44_100);
        for (frame, &sample) in samples.iter().enumerate() {
            let t = frame as f64 / 44_100.0;
            let exact = 0.7 * (-3.0 * t).exp() * (TAU * (0.3 + 1_234.5 * t)).sin();
            assert!((f64::from(sample) - exact).abs() < 1e-4, "frame {frame}");
        }
    }
}
