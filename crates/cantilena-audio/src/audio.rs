//! A piece of sound as data.

use crate::error::AudioError;

/// How many frames a second, in hertz: 8,000 to 384,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SampleRate(u32);

impl SampleRate {
    /// The compact disc's 44,100 Hz.
    pub const CD: SampleRate = SampleRate(44_100);
    /// Film's 48,000 Hz.
    pub const FILM: SampleRate = SampleRate(48_000);

    /// A rate in hertz, from a telephone's 8,000 to the fastest converters' 384,000.
    pub fn new(hertz: u32) -> Result<SampleRate, AudioError> {
        if (8_000..=384_000).contains(&hertz) {
            Ok(SampleRate(hertz))
        } else {
            Err(AudioError::SampleRate(hertz))
        }
    }

    /// The rate in hertz.
    pub fn hertz(self) -> u32 {
        self.0
    }

    /// The frame at `seconds`, rounded; before the start, frame 0.
    pub fn frame_at(self, seconds: f64) -> u64 {
        (seconds * f64::from(self.0)).round() as u64
    }

    /// How long so many frames last, in seconds.
    pub fn seconds_of(self, frames: u64) -> f64 {
        frames as f64 / f64::from(self.0)
    }
}

/// Sound: samples of one or more channels, side by side.
///
/// Full scale is −1 to 1. Samples may pass it while sound is being mixed; a file writer cuts
/// them there.
#[derive(Clone, Debug, PartialEq)]
pub struct Audio {
    sample_rate: SampleRate,
    /// (channels, frames); never empty, all of one length, every sample finite.
    channels: Vec<Vec<f32>>,
}

impl Audio {
    /// Sound from its channels, each (frames,), the left one first.
    pub fn new(sample_rate: SampleRate, channels: Vec<Vec<f32>>) -> Result<Audio, AudioError> {
        let expected = channels.first().ok_or(AudioError::NoChannels)?.len();
        for (channel, samples) in channels.iter().enumerate() {
            if samples.len() != expected {
                let found = samples.len();
                return Err(AudioError::UnevenChannels { channel, found, expected });
            }
            if let Some(frame) = samples.iter().position(|sample| !sample.is_finite()) {
                return Err(AudioError::NotFinite { channel, frame });
            }
        }
        Ok(Audio { sample_rate, channels })
    }

    /// Frames a second.
    pub fn sample_rate(&self) -> SampleRate {
        self.sample_rate
    }

    /// The samples, (channels, frames).
    pub fn channels(&self) -> &[Vec<f32>] {
        &self.channels
    }

    /// Gives the samples away, (channels, frames).
    pub fn into_channels(self) -> Vec<Vec<f32>> {
        self.channels
    }

    /// How many samples each channel has.
    pub fn frames(&self) -> usize {
        self.channels[0].len()
    }

    /// How long it lasts, in seconds.
    pub fn seconds(&self) -> f64 {
        self.sample_rate.seconds_of(self.frames() as u64)
    }

    /// All channels as one, (frames,): their mean.
    pub fn mono(&self) -> Vec<f32> {
        let mut mono = self.channels[0].clone();
        for channel in &self.channels[1..] {
            mono.iter_mut().zip(channel).for_each(|(sum, sample)| *sum += sample);
        }
        let share = 1.0 / self.channels.len() as f32;
        mono.iter_mut().for_each(|sample| *sample *= share);
        mono
    }

    /// Whether every sample is exactly zero: no sound was ever put in.
    pub fn is_silent(&self) -> bool {
        self.channels.iter().flatten().all(|&sample| sample == 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_sound_is_refused() {
        let cd = SampleRate::CD;
        assert_eq!(Audio::new(cd, vec![]), Err(AudioError::NoChannels));
        assert_eq!(
            Audio::new(cd, vec![vec![0.0; 3], vec![0.0; 2]]),
            Err(AudioError::UnevenChannels { channel: 1, found: 2, expected: 3 })
        );
        for wrong in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            assert_eq!(
                Audio::new(cd, vec![vec![0.0, wrong]]),
                Err(AudioError::NotFinite { channel: 0, frame: 1 })
            );
        }
        assert_eq!(SampleRate::new(7_999), Err(AudioError::SampleRate(7_999)));
    }

    #[test]
    fn a_second_has_as_many_frames_as_the_rate_says() {
        let audio = Audio::new(SampleRate::CD, vec![vec![0.0; 44_100]; 2]).unwrap();
        assert_eq!(audio.seconds(), 1.0);
        assert_eq!(SampleRate::FILM.frame_at(0.5), 24_000);
        assert_eq!(SampleRate::FILM.frame_at(-0.5), 0);
    }

    #[test]
    fn silence_is_exact() {
        let quiet = Audio::new(SampleRate::CD, vec![vec![0.0, 1e-30]]).unwrap();
        assert!(!quiet.is_silent());
        assert!(Audio::new(SampleRate::CD, vec![vec![0.0, -0.0]]).unwrap().is_silent());
    }
}
