//! The beat of a performance, where the file does not know it.

use cantilena_score::{Score, Seconds};

use crate::onsets::{Onset, onsets};

/// A tempo, and the beats that were found.
#[derive(Clone, Debug, PartialEq)]
pub struct Pulse {
    /// Beats a minute.
    pub bpm: f64,
    /// When each beat falls.
    pub beats: Vec<Seconds>,
}

/// Frames in a second: fine enough that neighbouring lags near 200 bpm lie 3 % apart, which the
/// parabola through the peak brings to well under 1 %.
const FRAMES: f64 = 100.0;

/// Tempi looked for, in beats a minute.
const BPM: std::ops::RangeInclusive<f64> = 40.0..=240.0;

/// The tempo that people tap when they may choose, and how far they go from it, in octaves
/// (D. Moelants, "Preferred tempo reconsidered", 2002; the width is D. P. W. Ellis's).
const PREFERRED_BPM: f64 = 120.0;
const PREFERRED_WIDTH: f64 = 0.9;

/// How dear it is to leave the tempo; D. P. W. Ellis's for recordings is 100 to 400 on onsets
/// scaled to deviation 1.
const TIGHTNESS: f64 = 100.0;

/// Onsets beyond this are not listened to when the tempo is looked for: four minutes.
const LISTENED: f64 = 240.0;

/// The longest performance whose beats are followed: two hours.
const FOLLOWED: f64 = 7200.0;

impl Pulse {
    /// Finds the tempo of a performance and follows its beats; `None` with fewer than eight
    /// onsets or where no time passes between them.
    ///
    /// The tempo is the lag at which the onsets come again most, weighted by what people hear as
    /// a tempo; the beats are the way through the onsets that stays nearest to it, found by
    /// dynamic programming (D. P. W. Ellis, "Beat tracking by dynamic programming", 2007).
    pub fn of(score: &Score) -> Option<Pulse> {
        Pulse::of_onsets(&onsets(score))
    }

    /// The same of onsets in order.
    pub fn of_onsets(onsets: &[Onset]) -> Option<Pulse> {
        let bpm = tempo(onsets)?;
        let envelope = envelope(onsets, FOLLOWED);
        let beats = follow(&envelope, 60.0 * FRAMES / bpm);
        let start = onsets[0].time.0;
        let beats = beats.into_iter().map(|frame| Seconds(start + frame as f64 / FRAMES));
        Some(Pulse { bpm, beats: beats.collect() })
    }

    /// Only the tempo, in beats a minute: the first half of [`Pulse::of`], at a fraction of the
    /// cost.
    pub fn tempo_of(score: &Score) -> Option<f64> {
        tempo(&onsets(score))
    }
}

fn tempo(onsets: &[Onset]) -> Option<f64> {
    if onsets.len() < 8 {
        return None;
    }
    let envelope = envelope(onsets, LISTENED);
    let (shortest, longest) = (60.0 * FRAMES / BPM.end(), 60.0 * FRAMES / BPM.start());
    let (shortest, longest) = (shortest.floor() as usize, longest.ceil() as usize);
    // Twice and four times the lag must agree: beats gather in pairs of pairs.
    let lags = autocorrelation(&envelope, longest * 4 + 2);
    let at = |lag: usize| lags.get(lag).copied().unwrap_or(0.0);
    let around = |lag: usize| at(lag).max(at(lag - 1)).max(at(lag + 1));
    let value = |lag: usize| -> f64 {
        let octaves = (60.0 * FRAMES / lag as f64 / PREFERRED_BPM).log2() / PREFERRED_WIDTH;
        let preferred = (-0.5 * octaves * octaves).exp();
        preferred * (at(lag) + 0.5 * around(lag * 2) + 0.25 * around(lag * 4))
    };
    let values: Vec<f64> = (shortest - 1..=longest + 1).map(value).collect();
    let inner = 1..values.len() - 1;
    let best = inner.fold(1, |best, lag| if values[lag] > values[best] { lag } else { best });
    (values[best] > 0.0).then(|| {
        let (before, peak, after) = (values[best - 1], values[best], values[best + 1]);
        let bend = before - 2.0 * peak + after;
        let shift = if bend < 0.0 { (0.5 * (before - after) / bend).clamp(-0.5, 0.5) } else { 0.0 };
        60.0 * FRAMES / ((best + shortest - 1) as f64 + shift)
    })
}

/// How strongly something begins at each frame from the first onset on, each onset a Gaussian
/// of 20 ms, as exact as fingers are.
fn envelope(onsets: &[Onset], seconds_max: f64) -> Vec<f64> {
    const WIDTH: f64 = 0.02 * FRAMES;
    const REACH: i64 = 6;
    let start = onsets.first().map_or(0.0, |onset| onset.time.0);
    let onsets = || {
        let onsets = onsets.iter().map(move |onset| (onset.time.0 - start, onset.weight));
        onsets.take_while(move |(time, _)| *time < seconds_max)
    };
    let length = onsets().last().map_or(0.0, |(time, _)| time);
    let mut envelope = vec![0.0; (length * FRAMES) as usize + REACH as usize + 2];
    for (time, weight) in onsets() {
        let middle = time * FRAMES;
        for frame in (middle as i64 - REACH).max(0)..=middle as i64 + REACH {
            let away = (frame as f64 - middle) / WIDTH;
            if let Some(value) = envelope.get_mut(frame as usize) {
                // Chords are heard as stronger, but ten notes are not ten times one.
                *value += weight.sqrt() * (-0.5 * away * away).exp();
            }
        }
    }
    envelope
}

/// Σ x(t) x(t + lag) about the mean, for each lag below `lags`.
fn autocorrelation(envelope: &[f64], lags: usize) -> Vec<f64> {
    let mean = envelope.iter().sum::<f64>() / envelope.len().max(1) as f64;
    let centred: Vec<f32> = envelope.iter().map(|value| (value - mean) as f32).collect();
    (0..lags)
        .map(|lag| {
            let later = centred.get(lag..).unwrap_or_default();
            let pairs = centred.iter().zip(later);
            f64::from(pairs.map(|(now, then)| now * then).sum::<f32>())
        })
        .collect()
}

/// The frames of the beats: the best way through the envelope at about `period` frames a beat.
fn follow(envelope: &[f64], period: f64) -> Vec<usize> {
    let count = envelope.len() as f64;
    let mean = envelope.iter().sum::<f64>() / count;
    let deviation =
        (envelope.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt();
    let scale = if deviation > 0.0 { 1.0 / deviation } else { 0.0 };
    let (nearest, farthest) = ((period / 2.0) as usize, (period * 2.0) as usize);
    let nearest = nearest.max(1);
    let penalties: Vec<f64> =
        (nearest..=farthest).map(|step| -TIGHTNESS * (step as f64 / period).ln().powi(2)).collect();
    let mut value = Vec::with_capacity(envelope.len());
    let mut came_from: Vec<Option<usize>> = Vec::with_capacity(envelope.len());
    for (frame, strength) in envelope.iter().enumerate() {
        let mut best = (0.0, None);
        for (penalty, step) in penalties.iter().zip(nearest..) {
            let Some(from) = frame.checked_sub(step) else { break };
            let reached: f64 = value[from] + penalty;
            if reached > best.0 {
                best = (reached, Some(from));
            }
        }
        value.push(best.0 + strength * scale);
        came_from.push(best.1);
    }
    // The last beat is the best end within one period of the last frame.
    let last = envelope.len().saturating_sub(period as usize + 1)..envelope.len();
    let mut frame = last.max_by(|a, b| value[*a].total_cmp(&value[*b]));
    let mut beats = Vec::new();
    while let Some(beat) = frame {
        beats.push(beat);
        frame = came_from[beat];
    }
    beats.reverse();
    beats
}

#[cfg(test)]
mod tests {
    use super::*;

    fn clicks(period: f64, count: usize) -> Vec<Onset> {
        (0..count).map(|n| Onset { time: Seconds(1.0 + n as f64 * period), weight: 1.0 }).collect()
    }

    #[test]
    fn a_click_is_followed_at_its_tempo() {
        for bpm in [75.0, 100.0, 133.0] {
            let pulse = Pulse::of_onsets(&clicks(60.0 / bpm, 60)).unwrap();
            assert!((pulse.bpm / bpm - 1.0).abs() < 0.01, "{} for {bpm}", pulse.bpm);
            assert!((58..=61).contains(&pulse.beats.len()), "{} beats", pulse.beats.len());
            for beat in &pulse.beats {
                let away = ((beat.0 - 1.0) * bpm / 60.0).rem_euclid(1.0);
                assert!(away.min(1.0 - away) < 0.05, "a beat at {}", beat.0);
            }
        }
    }

    #[test]
    fn too_little_has_no_pulse() {
        assert_eq!(Pulse::of_onsets(&clicks(0.5, 7)), None);
        let at_once = vec![Onset { time: Seconds(0.0), weight: 1.0 }; 20];
        assert_eq!(Pulse::of_onsets(&at_once), None);
    }
}
