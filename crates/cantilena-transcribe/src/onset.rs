//! Where a held height is struck again.

use cantilena_audio::PitchTrack;

/// How far the level must rise to be a new attack, in decibels. Vibrato swings the level by 3 to
/// 5 dB; a repeated syllable or stroke brings it up by 6 and more.
const RISE: f64 = 6.0;

/// How long a rise may take, in seconds: a voice's slow swell is none.
const RISE_SECONDS: f64 = 0.08;

/// The least time between attacks on one height, in seconds: sixteenths at 150 bpm.
const APART_SECONDS: f64 = 0.1;

/// The frames after `first` and before `end` at which the sound is struck again.
pub(crate) fn attacks(track: &PitchTrack, first: usize, end: usize) -> Vec<usize> {
    let frames = |seconds: f64| ((seconds / track.hop_seconds).round() as usize).max(1);
    let (rise, apart) = (frames(RISE_SECONDS), frames(APART_SECONDS));
    // Below a ten-thousandth of full scale there is nothing to strike.
    let level = |frame: usize| 20.0 * f64::from(track.frames[frame].rms).max(1e-4).log10();
    let mut found = Vec::new();
    let mut last = first;
    for frame in first + rise..end {
        let start = frame - rise;
        let valley = (start..frame).min_by(|a, b| level(*a).total_cmp(&level(*b))).unwrap_or(start);
        let rises = level(frame) - level(valley) >= RISE;
        // The loudest of the rise's neighbourhood, so that one rise is one attack.
        if rises && valley >= last + apart && frame + apart / 2 < end {
            found.push((valley + frame).div_ceil(2));
            last = frame;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use cantilena_audio::PitchFrame;

    fn track(levels: impl IntoIterator<Item = f64>) -> PitchTrack {
        let frame = |level: f64| PitchFrame {
            hertz: Some(440.0),
            voiced: 1.0,
            rms: 10f64.powf(level / 20.0) as f32,
        };
        PitchTrack { hop_seconds: 0.01, frames: levels.into_iter().map(frame).collect() }
    }

    #[test]
    fn a_new_stroke_is_an_attack_and_vibrato_is_none() {
        let struck = (0..100).map(|n| -10.0 - f64::from(n % 40) * 0.5);
        let found = attacks(&track(struck), 0, 100);
        assert_eq!(found, [40, 80]);
        let swinging = (0..200).map(|n| -20.0 + 2.5 * (f64::from(n) * 0.35).sin());
        assert_eq!(attacks(&track(swinging), 0, 200), []);
    }
}
