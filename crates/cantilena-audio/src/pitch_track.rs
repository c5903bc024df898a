//! How high a single voice sounds, moment by moment.
//!
//! M. Mauch and S. Dixon, "pYIN: A fundamental frequency estimator using probabilistic threshold
//! distributions", ICASSP 2014, over A. de Cheveigné and H. Kawahara, "YIN, a fundamental frequency
//! estimator for speech and music", JASA 111 (2002).

mod path;
mod yin;

use std::num::NonZero;

use crate::audio::Audio;
use crate::rows::share_rows;
use path::Lattice;
use yin::Yin;

/// Where a voice is looked for, and how closely.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PitchOptions {
    /// The lowest tone, in hertz; not below 30.
    pub hertz_min: f64,
    /// The highest tone, in hertz; at least twice the lowest and at most a quarter of the rate.
    pub hertz_max: f64,
    /// Seconds from one frame to the next.
    pub hop_seconds: f64,
}

impl Default for PitchOptions {
    /// From C2, below which few voices go, to C7, every 5.8 ms as Mauch and Dixon have it.
    fn default() -> PitchOptions {
        PitchOptions { hertz_min: 65.4, hertz_max: 2_093.0, hop_seconds: 256.0 / 44_100.0 }
    }
}

/// A voice's height over time.
#[derive(Clone, Debug, PartialEq)]
pub struct PitchTrack {
    /// Seconds from one frame's centre to the next; the first stands at 0.
    pub hop_seconds: f64,
    /// By time.
    pub frames: Vec<PitchFrame>,
}

/// A moment of a voice.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PitchFrame {
    /// Its height in hertz; `None` where there is no tone.
    pub hertz: Option<f64>,
    /// How probable it is that there is a tone, 0 to 1.
    pub voiced: f32,
    /// The root of the mean square around the moment, as an amplitude.
    pub rms: f32,
}

/// A possible height of a frame.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Candidate {
    hertz: f32,
    /// 0 to 1; those of a frame make 1 at most.
    probability: f32,
}

/// As many candidates as a frame keeps, the most probable ones: a tone has a few multiples of its
/// period, and noise has nothing better.
const CANDIDATES: usize = 12;

/// Follows the height of a single voice in all channels together.
///
/// Options beyond their ranges are put to the nearest that will do. Sound of several voices gives
/// one of them, now this and now that.
pub fn track_pitch(audio: &Audio, options: &PitchOptions, threads: NonZero<usize>) -> PitchTrack {
    let rate = f64::from(audio.sample_rate().hertz());
    let lowest = options.hertz_min.clamp(30.0, rate / 16.0);
    let highest = options.hertz_max.clamp(2.0 * lowest, rate / 4.0);
    let hop = (options.hop_seconds * rate).clamp(16.0, rate);
    let samples = audio.mono();
    let yin = Yin::new(rate, lowest, highest);
    let frames = (samples.len() as f64 / hop).ceil() as usize;
    let mut found = vec![Found::default(); frames];
    share_rows(&mut found, 1, threads, |first, rows| {
        let mut room = yin.room();
        for (index, row) in rows.iter_mut().enumerate() {
            let centre = ((first + index) as f64 * hop).round() as usize;
            yin.listen(&samples, centre, &mut room, row);
        }
    });
    let lattice = Lattice::new(lowest, highest, hop / rate);
    let candidates: Vec<&[Candidate]> = found.iter().map(|found| &found.candidates[..]).collect();
    let path = lattice.best_path(&candidates);
    let frames = found.iter().zip(path).map(|(found, hertz)| {
        let voiced: f32 = found.candidates.iter().map(|candidate| candidate.probability).sum();
        PitchFrame { hertz, voiced: voiced.min(1.0), rms: found.rms }
    });
    PitchTrack { hop_seconds: hop / rate, frames: frames.collect() }
}

/// What is heard in a frame by itself.
#[derive(Clone, Copy, Debug, Default)]
struct Found {
    candidates: [Candidate; CANDIDATES],
    rms: f32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::audio::SampleRate;
    use crate::scramble::scrambled;

    const ONE: NonZero<usize> = NonZero::<usize>::MIN;

    /// A second of a tone with six partials whose height in hertz is a function of time.
    fn voice(hertz: impl Fn(f64) -> f64, rate: u32) -> Audio {
        let mut phase = 0.0f64;
        let sample = |n: u32| {
            phase +=
                std::f64::consts::TAU * hertz(f64::from(n) / f64::from(rate)) / f64::from(rate);
            (1..=6)
                .map(|partial| (phase * f64::from(partial)).sin() / f64::from(partial))
                .sum::<f64>() as f32
                * 0.2
        };
        let samples = (0..rate).map(sample).collect();
        Audio::new(SampleRate::new(rate).unwrap(), vec![samples]).unwrap()
    }

    #[test]
    fn a_steady_tone_is_found_within_six_cents() {
        for rate in [22_050, 44_100, 48_000] {
            for hertz in [70.0, 110.0, 261.63, 440.0, 1_000.0, 1_900.0] {
                let track = track_pitch(&voice(|_| hertz, rate), &PitchOptions::default(), ONE);
                for frame in &track.frames[10..track.frames.len() - 10] {
                    let found = frame.hertz.unwrap_or_else(|| panic!("{hertz} Hz at {rate}"));
                    let cents = 1_200.0 * (found / hertz).log2();
                    assert!(cents.abs() < 6.0, "{hertz} Hz at {rate}: {cents} cents off");
                }
            }
        }
    }

    #[test]
    fn vibrato_is_followed() {
        let hertz = |t: f64| 330.0 * 2f64.powf(0.04 * (std::f64::consts::TAU * 5.5 * t).sin());
        let track = track_pitch(&voice(hertz, 44_100), &PitchOptions::default(), ONE);
        for (index, frame) in track.frames.iter().enumerate().skip(10).take(150) {
            let wanted = hertz(index as f64 * track.hop_seconds);
            let cents = 1_200.0 * (frame.hertz.unwrap() / wanted).log2();
            assert!(cents.abs() < 20.0, "{cents} cents off");
        }
    }

    #[test]
    fn silence_and_noise_have_no_height() {
        let silence = Audio::new(SampleRate::CD, vec![vec![0.0; 44_100]]).unwrap();
        let track = track_pitch(&silence, &PitchOptions::default(), ONE);
        assert!(track.frames.iter().all(|frame| frame.hertz.is_none() && frame.rms == 0.0));
        let noise = (0..44_100).map(|n| scrambled(n) as i32 as f32 / i32::MAX as f32).collect();
        let noise = Audio::new(SampleRate::CD, vec![noise]).unwrap();
        let track = track_pitch(&noise, &PitchOptions::default(), ONE);
        let voiced = track.frames.iter().filter(|frame| frame.hertz.is_some()).count();
        assert!(voiced * 20 < track.frames.len(), "{voiced} of {}", track.frames.len());
    }

    #[test]
    fn threads_change_nothing_and_short_sound_is_no_trouble() {
        let audio = voice(|t| 200.0 + 100.0 * t, 22_050);
        let options = PitchOptions::default();
        let two = NonZero::new(2).unwrap();
        assert_eq!(track_pitch(&audio, &options, ONE), track_pitch(&audio, &options, two));
        for length in [0, 1, 100] {
            let audio = Audio::new(SampleRate::CD, vec![vec![0.1; length]]).unwrap();
            assert!(track_pitch(&audio, &options, ONE).frames.len() <= 1);
        }
    }
}
