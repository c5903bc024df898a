//! Keeping peaks below a ceiling without being heard.

use std::collections::VecDeque;

use cantilena_audio::{SampleRate, TruePeakMeter};

/// Turns stereo sound down just before a peak and up again after it.
///
/// The peaks are true ones, between samples too. The gain begins to fall [`LATENCY`](Self::LATENCY)
/// before the peak, so it never jumps. What is below the ceiling passes unchanged, but late.
#[derive(Clone, Debug)]
pub struct Limiter {
    ceiling: f32,
    /// By what the distance to full gain shrinks from frame to frame after a peak.
    release: f32,
    meters: [TruePeakMeter; 2],
    /// The sound between the meters' answer and the way out.
    delayed: VecDeque<[f32; 2]>,
    /// The gains that the peaks of the last frames ask for, with their frames: strictly rising, so
    /// that the first is the least of the last [`AHEAD`].
    asked: VecDeque<(u64, f32)>,
    /// The gain after release, before smoothing.
    gain: f32,
    /// The last [`AHEAD`] such gains and their sum: their mean is the gain that is used. When a
    /// peak comes out, all of them are what it asked for or less.
    gains: VecDeque<f32>,
    sum: f64,
    frame: u64,
}

/// Frames over which the gain falls: 5 ms at 44.1 kHz. Half of that and bass notes distort; much
/// more, and a drum stroke pulls down what sounded before it.
const AHEAD: usize = 220;
/// After a peak the gain comes back by 1 − 1/e in this time. Below 50 ms bass notes distort; above
/// half a second a stroke leaves a hole.
const RELEASE_SECONDS: f32 = 0.12;

impl Limiter {
    /// How many frames later the sound comes out.
    pub const LATENCY: usize = AHEAD - 1 + TruePeakMeter::DELAY;

    /// A limiter that has heard only silence. The ceiling is an amplitude; 1.0 is full scale.
    pub fn new(ceiling: f64, sample_rate: SampleRate) -> Limiter {
        Limiter {
            ceiling: ceiling as f32,
            release: 1.0 - (-1.0 / (RELEASE_SECONDS * sample_rate.hertz() as f32)).exp(),
            meters: [TruePeakMeter::new(), TruePeakMeter::new()],
            delayed: VecDeque::from(vec![[0.0; 2]; Self::LATENCY]),
            asked: VecDeque::new(),
            gain: 1.0,
            gains: VecDeque::from(vec![1.0; AHEAD]),
            sum: AHEAD as f64,
            frame: 0,
        }
    }

    /// Takes a frame, [left, right], and gives the one [`LATENCY`](Self::LATENCY) before it.
    pub fn next(&mut self, frame: [f32; 2]) -> [f32; 2] {
        let peak = self.meters[0].next(frame[0]).max(self.meters[1].next(frame[1]));
        let asked = if peak > self.ceiling { self.ceiling / peak } else { 1.0 };
        while self.asked.back().is_some_and(|&(_, gain)| gain >= asked) {
            self.asked.pop_back();
        }
        self.asked.push_back((self.frame, asked));
        if self.asked.front().is_some_and(|&(at, _)| at + AHEAD as u64 <= self.frame) {
            self.asked.pop_front();
        }
        let least = self.asked.front().map_or(1.0, |&(_, gain)| gain);
        self.frame += 1;

        self.gain = (self.gain + (1.0 - self.gain) * self.release).min(least);
        self.sum += f64::from(self.gain) - f64::from(self.gains.pop_front().unwrap_or(1.0));
        self.gains.push_back(self.gain);
        let gain = (self.sum / AHEAD as f64) as f32;

        self.delayed.push_back(frame);
        let [left, right] = self.delayed.pop_front().unwrap_or_default();
        [left * gain, right * gain]
    }
}

#[cfg(test)]
mod tests {
    use cantilena_audio::{Audio, gain_of, true_peak};

    use super::*;

    fn limited(samples: &[f32], ceiling: f64) -> Vec<f32> {
        let mut limiter = Limiter::new(ceiling, SampleRate::CD);
        let tail = [0.0; Limiter::LATENCY];
        let all = samples.iter().chain(&tail);
        all.map(|&sample| limiter.next([sample, 0.0])[0]).skip(Limiter::LATENCY).collect()
    }

    #[test]
    fn what_is_below_the_ceiling_passes_unchanged() {
        let samples: Vec<f32> = (0..5_000).map(|t| 0.8 * (t as f32 * 0.05).sin()).collect();
        assert!(limited(&samples, 0.99) == samples);
    }

    #[test]
    fn no_peak_passes_the_ceiling() {
        // Single samples, steps, and tones that peak between samples.
        let mut samples = vec![0.0f32; 30_000];
        samples[100] = 5.0;
        samples[2_000..2_200].fill(-2.0);
        for (t, sample) in samples[5_000..].iter_mut().enumerate() {
            let t = t as f32;
            *sample = 3.0 * (0.5 * std::f32::consts::PI * t + 0.8).sin() * (t * 0.002).sin();
        }
        let ceiling = gain_of(-1.0);
        let limited = limited(&samples, ceiling);
        let over = limited.iter().fold(0f32, |most, sample| most.max(sample.abs()));
        assert!(f64::from(over) <= ceiling + 1e-5, "{over}");
        let audio = Audio::new(SampleRate::CD, vec![limited]).unwrap();
        // The moving gain may add a trifle between samples, which `render` makes room for.
        assert!(true_peak(&audio) < ceiling * 1.02, "{}", true_peak(&audio));
    }

    #[test]
    fn after_a_peak_the_gain_comes_back() {
        let mut samples = vec![0.1f32; 44_100];
        samples[1_000] = 4.0;
        let limited = limited(&samples, 0.9);
        assert!(limited[1_000] > 0.8, "the peak itself is kept just below the ceiling");
        assert!(limited[1_050] < 0.04 && limited[40_000] > 0.099);
    }
}
