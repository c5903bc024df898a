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

/// Frames between two exact values: the rounding errors of so many multiplications stay below the
/// sixteenth bit.
const RESEED: usize = 512;
/// Frames computed side by side, for vector instructions.
const LANES: usize = 8;

impl Partial {
    /// Adds it to `samples`, from its beginning until it is inaudible.
    pub(super) fn add_to(&self, samples: &mut [f32], sample_rate: u32) {
        let rate = f64::from(sample_rate);
        let step = TAU * self.hertz / rate;
        let fall = -self.decay / rate;
        let turn = |frames: f64| {
            let (sin, cos) = (step * frames).sin_cos();
            let gain = (fall * frames).exp();
            ((gain * cos) as f32, (gain * sin) as f32)
        };
        let next = turn(LANES as f64);
        for (block, samples) in samples.chunks_mut(RESEED).enumerate() {
            let frame = (block * RESEED) as f64;
            let amplitude = self.amplitude * (fall * frame).exp();
            // Strokes have amplitudes around 1: this is the last of 16 bits.
            if amplitude < 3e-5 {
                return;
            }
            let phase = TAU * (self.phase + (self.hertz * frame / rate).fract());
            let start = ((amplitude * phase.cos()) as f32, (amplitude * phase.sin()) as f32);
            let (mut re, mut im) = ([0f32; LANES], [0f32; LANES]);
            for lane in 0..LANES {
                (re[lane], im[lane]) = times(start, turn(lane as f64));
            }
            let mut groups = samples.chunks_exact_mut(LANES);
            for samples in &mut groups {
                for lane in 0..LANES {
                    samples[lane] += im[lane];
                    (re[lane], im[lane]) = times((re[lane], im[lane]), next);
                }
            }
            groups.into_remainder().iter_mut().zip(im).for_each(|(sample, im)| *sample += im);
        }
    }
}

fn times(a: (f32, f32), b: (f32, f32)) -> (f32, f32) {
    (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0)
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
