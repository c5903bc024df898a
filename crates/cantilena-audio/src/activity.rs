//! How much happens in a piece of sound: what tells music from a drone.

use std::num::NonZero;

use crate::audio::Audio;
use crate::error::AudioError;
use crate::log_mel::{MelOptions, log_mel};
use crate::loudness::integrated_loudness;
use crate::mel_filters::MelBands;
use crate::stft::{Padding, StftOptions};
use crate::tonality::tonality;

/// How much happens in a piece of sound.
#[derive(Clone, Debug, PartialEq)]
pub struct Activity {
    /// How much louder the bands become from one hundredth of a second to the next, where they do:
    /// decibels, a mean over bands and time. A steady tone has none.
    pub spectral_flux: f64,
    /// When something begins to sound, in seconds, by time; see [`Activity::onsets_a_second`].
    pub onsets: Vec<f64>,
    /// The integrated loudness in LUFS; `None` for what is too quiet or too short to have one.
    pub loudness: Option<f64>,
    /// How far its spectra are from those of noise, in decibels: below 1 for noise, 10 and more
    /// for tones that last; `None` for silence.
    pub tonality: Option<f64>,
    /// How long it lasts, in seconds.
    pub seconds: f64,
}

/// From one frame to the next, in seconds; Böck and others have the same.
const HOP_SECONDS: f64 = 0.01;
/// How long a frame is at least, in seconds.
const FRAME_SECONDS: f64 = 0.04;

/// How far a frame's flux must stand above the mean around it, in decibels. Vibrato and noise
/// reach 1, a soft new note on a sounding one 3.
const ABOVE_MEAN: f32 = 2.0;
/// How far that mean reaches to both sides, and how far around an onset no other flux is larger,
/// in frames (S. Böck, F. Krebs and M. Schedl, "Evaluating the online capabilities of onset
/// detection methods", ISMIR 2012).
const MEAN_FRAMES: usize = 10;
const LARGEST_FRAMES: usize = 3;

impl Activity {
    /// Measures all channels together.
    ///
    /// # Errors
    /// None but for what [`log_mel`] refuses, which these options are not.
    pub fn of(audio: &Audio, threads: NonZero<usize>) -> Result<Activity, AudioError> {
        let flux = onset_strength(audio, threads)?;
        let spectral_flux =
            flux.iter().map(|value| f64::from(*value)).sum::<f64>() / flux.len().max(1) as f64;
        let centre = audio.sample_rate().seconds_of(frame_size(audio) as u64) / 2.0;
        let seconds = |frame: usize| frame as f64 * HOP_SECONDS + centre;
        Ok(Activity {
            spectral_flux,
            onsets: peaks(&flux).into_iter().map(seconds).collect(),
            loudness: integrated_loudness(audio),
            tonality: tonality(audio, threads)?,
            seconds: audio.seconds(),
        })
    }

    /// How many things begin to sound in a second.
    pub fn onsets_a_second(&self) -> f64 {
        if self.seconds > 0.0 { self.onsets.len() as f64 / self.seconds } else { 0.0 }
    }
}

/// The flux of each hundredth of a second, (frames,): how much louder the bands have become, in
/// decibels, a mean over bands of which those that became quieter count as unchanged. The first
/// frame begins with the sound; what fills no frame is not heard.
///
/// # Errors
/// Those of [`log_mel`].
pub fn onset_strength(audio: &Audio, threads: NonZero<usize>) -> Result<Vec<f32>, AudioError> {
    let rate = f64::from(audio.sample_rate().hertz());
    let fft_size = frame_size(audio);
    let hop = (rate * HOP_SECONDS).round() as usize;
    let defaults = MelOptions::default();
    let options = MelOptions {
        // Whole frames alone: sound that is cut off at its ends gives no click there.
        stft: StftOptions { fft_size, window: fft_size, hop, padding: Padding::None },
        // The lowest of 64 bands is no narrower than two bins, and telephones stop at 4 kHz.
        bands: MelBands { count: 64, hertz_max: Some((rate / 2.0).min(8_000.0)), ..defaults.bands },
        ..defaults
    };
    let levels = log_mel(audio, &options, threads)?.levels;
    let rows: Vec<&[f32]> = levels.rows().collect();
    let risen = |pair: &[&[f32]]| {
        let risen: f32 =
            pair[1].iter().zip(pair[0]).map(|(now, before)| (now - before).max(0.0)).sum();
        risen * options.decibel_range / levels.bands() as f32
    };
    // Sound that begins with the recording rises from silence.
    let first = rows
        .first()
        .map(|row| row.iter().sum::<f32>() * options.decibel_range / levels.bands() as f32);
    Ok(first.into_iter().chain(rows.windows(2).map(risen)).collect())
}

/// How many samples a frame has: a power of two, 40 to 80 ms.
fn frame_size(audio: &Audio) -> usize {
    let samples = f64::from(audio.sample_rate().hertz()) * FRAME_SECONDS;
    (samples as usize).next_power_of_two()
}

/// The frames whose flux is the largest around and far above the mean.
fn peaks(flux: &[f32]) -> Vec<usize> {
    let around = |frame: usize, reach: usize| {
        &flux[frame.saturating_sub(reach)..(frame + reach + 1).min(flux.len())]
    };
    let is_peak = |frame: &usize| {
        let value = flux[*frame];
        let mean = around(*frame, MEAN_FRAMES);
        let mean = mean.iter().sum::<f32>() / mean.len() as f32;
        let largest = around(*frame, LARGEST_FRAMES).iter().all(|other| *other <= value);
        // Of equal neighbours the first is the onset.
        let is_first =
            !around(*frame, LARGEST_FRAMES)[..LARGEST_FRAMES.min(*frame)].contains(&value);
        value > mean + ABOVE_MEAN && largest && is_first
    };
    (0..flux.len()).filter(is_peak).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::SampleRate;
    use std::f64::consts::TAU;

    const ONE: NonZero<usize> = NonZero::<usize>::MIN;

    /// Four seconds of tones that begin at these times and die away.
    fn tones(onsets: &[f64], rate: u32) -> Audio {
        let sample = |n: u32| {
            let t = f64::from(n) / f64::from(rate);
            let tones = onsets.iter().zip(1..).filter(|(onset, _)| t >= **onset);
            let tones = tones.map(|(onset, nth)| {
                let t = t - onset;
                let partials = (1..6).map(|p| (TAU * 150.0 * f64::from(nth * p) * t).sin());
                partials.sum::<f64>() * (-6.0 * t).exp()
            });
            0.05 * tones.sum::<f64>() as f32
        };
        let samples = (0..4 * rate).map(sample).collect();
        Audio::new(SampleRate::new(rate).unwrap(), vec![samples]).unwrap()
    }

    #[test]
    fn every_struck_tone_is_an_onset_at_any_rate() {
        let onsets = [0.5, 1.0, 1.25, 1.9, 2.5, 3.1];
        for rate in [8_000, 22_050, 44_100, 96_000] {
            let activity = Activity::of(&tones(&onsets, rate), ONE).unwrap();
            assert_eq!(activity.onsets.len(), 6, "{rate}: {:?}", activity.onsets);
            for (found, onset) in activity.onsets.iter().zip(onsets) {
                assert!((found - onset).abs() < 0.04, "{rate}: {found} for {onset}");
            }
            assert_eq!(activity.onsets_a_second(), 1.5);
        }
    }

    #[test]
    fn a_drone_has_one_onset_and_hardly_any_flux() {
        let drone = |n: u32| 0.3 * (TAU * 220.0 * f64::from(n) / 22_050.0).sin() as f32;
        let samples = (0..22_050 * 4).map(drone).collect();
        let drone = Audio::new(SampleRate::new(22_050).unwrap(), vec![samples]).unwrap();
        let drone = Activity::of(&drone, ONE).unwrap();
        let music = Activity::of(&tones(&[0.5, 1.0, 1.5, 2.0, 2.5], 22_050), ONE).unwrap();
        assert!(drone.onsets.len() <= 1, "{:?}", drone.onsets);
        assert!(drone.spectral_flux * 3.0 < music.spectral_flux, "{drone:?} {music:?}");
        assert!((drone.loudness.unwrap() + 14.1).abs() < 0.5, "{:?}", drone.loudness);
    }

    #[test]
    fn silence_and_nothing_have_no_activity() {
        for frames in [0, 22_050] {
            let silence = Audio::new(SampleRate::CD, vec![vec![0.0; frames]]).unwrap();
            let activity = Activity::of(&silence, ONE).unwrap();
            assert_eq!((activity.onsets.len(), activity.loudness), (0, None));
            assert_eq!((activity.spectral_flux, activity.onsets_a_second()), (0.0, 0.0));
        }
    }
}
