//! A score as a piece of sound, ready to be heard.

use std::ops::ControlFlow;

use cantilena_audio::{Audio, LoudnessMeter, decibels_of, gain_of, true_peak};
use cantilena_score::Score;

use crate::error::SoundError;
use crate::limiter::Limiter;
use crate::renderer::Renderer;
use crate::soundfont::SoundFont;
use crate::synth::Synth;

/// How a score becomes sound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RenderOptions {
    /// How loud the whole piece shall be.
    pub level: Level,
    /// A score that lasts longer than so many seconds is refused, for a second takes 353 kB of
    /// memory. The tail after the last note comes on top of it.
    pub seconds_max: f64,
}

impl Default for RenderOptions {
    /// −16 LUFS, which music services play unchanged or nearly so, and up to half an hour.
    fn default() -> RenderOptions {
        RenderOptions { level: Level::Loudness(-16.0), seconds_max: 1_800.0 }
    }
}

/// How loud a piece shall be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Level {
    /// The integrated loudness in LUFS (ITU-R BS.1770-4). A piece of few strokes in much silence
    /// may stay below it: its peaks are turned down by 6 dB at most to get there.
    Loudness(f64),
    /// The parts as the SoundFont has them, times a gain in decibels.
    Gain(f64),
}

/// How far a rendering is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Progress {
    /// Seconds of sound that are there.
    pub seconds: f64,
    /// Seconds of sound until the last note is released; some more follow until it has died away.
    pub of_seconds: f64,
}

/// No true peak passes this, in decibels relative to full scale: the most that EBU R 128 permits.
const CEILING_DECIBELS: f64 = -1.0;
/// How far the limiter may turn a peak down on the way to a loudness. Some decibels are not heard;
/// twelve are.
const LIMITED_DECIBELS_MAX: f64 = 6.0;

/// Plays a score from its start until it has died away: stereo, 44,100 Hz, true peaks at −1 dB of
/// full scale or below.
///
/// The same score, SoundFont and options give the same samples. `progress` is told of every block
/// and may stop the rendering, which then is [`SoundError::Stopped`]. A score without notes gives
/// no frames.
pub fn render(
    score: &Score,
    soundfont: &SoundFont,
    options: &RenderOptions,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Audio, SoundError> {
    let mut renderer = Renderer::new(score, soundfont, options)?;
    let of_seconds = renderer.seconds();
    let mut meter = LoudnessMeter::new(Synth::SAMPLE_RATE, 2);
    let [mut left, mut right] = [Vec::new(), Vec::new()];
    while let Some([block_left, block_right]) = renderer.next_block()? {
        meter.push(&[&block_left, &block_right]);
        left.extend(block_left);
        right.extend(block_right);
        let seconds = Synth::SAMPLE_RATE.seconds_of(left.len() as u64);
        if progress(Progress { seconds, of_seconds }).is_break() {
            return Err(SoundError::Stopped);
        }
    }
    let audio = stereo(left, right);
    let gain = match options.level {
        Level::Gain(decibels) => gain_of(decibels),
        Level::Loudness(target) => gain_towards(target, meter.integrated(), true_peak(&audio)),
    };
    Ok(limited(audio, gain))
}

/// The gain that brings sound to a loudness, or as far towards it as its true peak allows.
fn gain_towards(target: f64, loudness: Option<f64>, peak: f64) -> f64 {
    // Silence, or a click too short to have a loudness: nothing to aim at but the peak.
    let wanted = loudness.map_or(f64::INFINITY, |loudness| target - loudness);
    let allowed = CEILING_DECIBELS + LIMITED_DECIBELS_MAX - decibels_of(peak);
    if peak > 0.0 { gain_of(wanted.min(allowed)) } else { 1.0 }
}

/// The sound times a gain, with true peaks below the ceiling.
fn limited(audio: Audio, gain: f64) -> Audio {
    let ceiling = gain_of(CEILING_DECIBELS);
    let mut limiter = Limiter::new(ceiling, Synth::SAMPLE_RATE);
    let frames = audio.frames();
    let [mut left, mut right] =
        <[Vec<f32>; 2]>::try_from(audio.into_channels()).expect("the synth plays in stereo");
    let gain = gain as f32;
    // In place: a frame that comes out goes where one has been taken before.
    for at in 0..frames + Limiter::LATENCY {
        let taken = if at < frames { [left[at] * gain, right[at] * gain] } else { [0.0; 2] };
        let given = limiter.next(taken);
        if at >= Limiter::LATENCY {
            [left[at - Limiter::LATENCY], right[at - Limiter::LATENCY]] = given;
        }
    }
    // A gain that moves makes new peaks, of hundredths of a decibel; the whole piece makes room.
    let audio = stereo(left, right);
    let peak = true_peak(&audio);
    if peak <= ceiling {
        return audio;
    }
    // A trifle more, for samples are rounded.
    let rest = (ceiling / peak * 0.999_999) as f32;
    let mut channels = audio.into_channels();
    channels.iter_mut().flatten().for_each(|sample| *sample *= rest);
    Audio::new(Synth::SAMPLE_RATE, channels).expect(FINITE)
}

const FINITE: &str = "the synth mixes finite samples into channels of one length";

fn stereo(left: Vec<f32>, right: Vec<f32>) -> Audio {
    Audio::new(Synth::SAMPLE_RATE, vec![left, right]).expect(FINITE)
}
