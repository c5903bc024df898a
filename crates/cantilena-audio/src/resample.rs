//! Sound at another sample rate.

use crate::audio::{Audio, SampleRate};
use crate::kaiser::{kaiser, sinc};

/// Zero crossings of the filter on each side. With 64 and the window below its slope takes 9 % of
/// the lower half rate; half as many make it twice as wide, more only cost time.
const CROSSINGS: usize = 64;
/// Kaiser's β: what is left of frequencies beyond the slope lies 90 dB down.
const BETA: f64 = 9.0;
/// Where the middle of the slope stands, of the lower half rate, so that it ends there.
const EDGE: f64 = 0.954;
/// The most filters kept. Rates without a large common divisor would need one for each output
/// sample; between so many, neighbours blend with an error that the tests hold below −80 dB.
const PHASES_MAX: usize = 512;

/// The same sound at another rate, by a windowed sinc (J. O. Smith, "Digital Audio Resampling",
/// CCRMA 2002). It begins where it began, and lasts as long, to the frame.
pub fn resample(audio: &Audio, sample_rate: SampleRate) -> Audio {
    if sample_rate == audio.sample_rate() {
        return audio.clone();
    }
    let filters = Filters::new(audio.sample_rate(), sample_rate);
    let channels = audio.channels().iter().map(|samples| filters.apply(samples)).collect();
    Audio::new(sample_rate, channels).expect("channels of one length, and sums of finite samples")
}

/// The sinc at every place between two samples that is needed.
struct Filters {
    /// Input samples for so many output samples; without common divisor.
    from: u64,
    to: u64,
    taps: usize,
    phases: usize,
    weights: Vec<f32>, // (phases + 1, taps)
}

impl Filters {
    fn new(from: SampleRate, to: SampleRate) -> Filters {
        let divisor = common_divisor(from.hertz(), to.hertz());
        let (from, to) = (from.hertz() / divisor, to.hertz() / divisor);
        // The filter keeps what both rates can hold: below, it is wider than its own samples.
        let width = (f64::from(from) / f64::from(to)).max(1.0) / EDGE;
        let reach = (CROSSINGS as f64 * width).ceil() as usize;
        let taps = 2 * reach;
        let phases = (to as usize).min(PHASES_MAX);
        let mut weights = Vec::with_capacity((phases + 1) * taps);
        for phase in 0..=phases {
            let offset = phase as f64 / phases as f64;
            let filter = (0..taps).map(|tap| {
                // How far the tap lies from the place, in crossings.
                let x = (tap as f64 - (reach - 1) as f64 - offset) / width;
                sinc(x) * kaiser(BETA, x / CROSSINGS as f64)
            });
            let filter: Vec<f64> = filter.collect();
            // A steady signal stays as it is.
            let sum: f64 = filter.iter().sum();
            weights.extend(filter.iter().map(|weight| (weight / sum) as f32));
        }
        Filters { from: from.into(), to: to.into(), taps, phases, weights }
    }

    fn apply(&self, samples: &[f32]) -> Vec<f32> {
        let frames = (samples.len() as u64 * self.to).div_ceil(self.from);
        let reach = self.taps / 2;
        // Silence on both sides, so that every filter sees as many samples.
        let mut padded = vec![0.0; samples.len() + 2 * self.taps];
        padded[self.taps..][..samples.len()].copy_from_slice(samples);
        let sum = |filter: usize, first: usize| -> f32 {
            let weights = &self.weights[filter * self.taps..][..self.taps];
            weights.iter().zip(&padded[first..]).map(|(weight, sample)| weight * sample).sum()
        };
        (0..frames)
            .map(|frame| {
                let (whole, rest) = (frame * self.from / self.to, frame * self.from % self.to);
                let first = whole as usize + self.taps + 1 - reach;
                let place = (rest * self.phases as u64) as f64 / self.to as f64;
                let (phase, between) = (place as usize, place.fract() as f32);
                let value = sum(phase, first);
                match between {
                    0.0 => value,
                    _ => value + between * (sum(phase + 1, first) - value),
                }
            })
            .map(|sample: f32| sample.clamp(f32::MIN, f32::MAX))
            .collect()
    }
}

fn common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::decibels::decibels_of;
    use crate::levels::Levels;

    fn tone(rate: u32, hertz: f64) -> Audio {
        let sample =
            |n: u32| (std::f64::consts::TAU * hertz * f64::from(n) / f64::from(rate)).sin() as f32;
        let samples = (0..rate / 2).map(sample).collect();
        Audio::new(SampleRate::new(rate).unwrap(), vec![samples]).unwrap()
    }

    /// The largest difference from the tone that should have come out, away from the ends, in dB.
    fn error(from: u32, to: u32, hertz: f64) -> f64 {
        let found = resample(&tone(from, hertz), SampleRate::new(to).unwrap());
        let wanted = tone(to, hertz);
        assert_eq!(found.frames(), wanted.frames());
        let pairs = found.channels()[0].iter().zip(&wanted.channels()[0]);
        let inside = pairs.skip(400).take(found.frames() - 800);
        decibels_of(inside.map(|(a, b)| f64::from((a - b).abs())).fold(0.0, f64::max))
    }

    #[test]
    fn tones_come_out_as_if_recorded_at_that_rate() {
        let pairs = [(44_100, 22_050), (48_000, 22_050), (22_050, 44_100), (8_000, 48_000)];
        for (from, to) in pairs {
            for share in [0.01, 0.2, 0.7] {
                let hertz = f64::from(from.min(to)) / 2.0 * share;
                let error = error(from, to, hertz);
                assert!(error < -80.0, "{from} to {to}, {hertz} Hz: {error} dB");
            }
        }
        // Nothing in common: filters are blended.
        assert!(error(44_102, 22_050, 3_000.0) < -80.0);
    }

    #[test]
    fn what_the_lower_rate_cannot_hold_is_gone() {
        for hertz in [11_100.0, 13_000.0, 20_000.0] {
            let found = resample(&tone(44_100, hertz), SampleRate::new(22_050).unwrap());
            let middle = found.channels()[0][400..].iter().take(10_000).copied();
            let level = decibels_of(Levels::of(middle).peak);
            assert!(level < -75.0, "{hertz} Hz: {level} dB");
        }
    }

    #[test]
    fn the_same_rate_changes_nothing() {
        let audio = tone(22_050, 440.0);
        assert_eq!(resample(&audio, audio.sample_rate()), audio);
    }
}
