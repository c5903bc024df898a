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
    let (shortest, longest) = (60.0 * FRAMES / BPM.end(), 60.0 * FRAMES / BPM.start());
    let (shortest, longest) = (shortest.floor() as usize, longest.ceil() as usize);
    // Twice and four times the lag must agree: beats gather in pairs of pairs.
    let lags = recurrence(onsets, longest * 4 + 2);
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

/// Chords are heard as stronger, but ten notes are not ten times one.
fn strength(onset: &Onset) -> f64 {
    onset.weight.sqrt()
}

/// The width of an onset in frames: 20 ms, as exact as fingers are.
const WIDTH: f64 = 0.02 * FRAMES;

/// How strongly something begins at each frame from the first onset on, each onset a Gaussian.
fn envelope(onsets: &[Onset], seconds_max: f64) -> Vec<f64> {
    const REACH: i64 = (WIDTH * 3.0) as i64;
    let start = onsets.first().map_or(0.0, |onset| onset.time.0);
    let onsets = || {
        let onsets = onsets.iter().map(move |onset| (onset.time.0 - start, strength(onset)));
        onsets.take_while(move |(time, _)| *time < seconds_max)
    };
    let length = onsets().last().map_or(0.0, |(time, _)| time);
    let mut envelope = vec![0.0; (length * FRAMES) as usize + REACH as usize + 2];
    for (time, strength) in onsets() {
        let middle = time * FRAMES;
        for frame in (middle as i64 - REACH).max(0)..=middle as i64 + REACH {
            let away = (frame as f64 - middle) / WIDTH;
            if let Some(value) = envelope.get_mut(frame as usize) {
                *value += strength * (-0.5 * away * away).exp();
            }
        }
    }
    envelope
}

/// How much comes again after each lag in frames below `lags`, about the mean over all lags.
///
/// It is the autocorrelation of [`envelope`], by pairs of onsets: two Gaussians at a distance give
/// one of √2 times the width there, and there are far fewer onsets than frames.
fn recurrence(onsets: &[Onset], lags: usize) -> Vec<f64> {
    let start = onsets.first().map_or(0.0, |onset| onset.time.0);
    let heard = onsets.partition_point(|onset| onset.time.0 - start < LISTENED);
    let onsets: Vec<(f64, f64)> =
        onsets[..heard].iter().map(|onset| (onset.time.0 * FRAMES, strength(onset))).collect();
    let reach = (WIDTH * 4.5) as usize;
    let mut distances = vec![0.0; lags + reach + 2];
    for (index, (time, strength)) in onsets.iter().enumerate() {
        for (later, other) in &onsets[index + 1..] {
            let distance = later - time;
            let frame = distance as usize;
            if frame + 1 >= distances.len() {
                break;
            }
            let part = distance.fract();
            distances[frame] += strength * other * (1.0 - part);
            distances[frame + 1] += strength * other * part;
        }
    }
    let kernel: Vec<f64> = (0..=2 * reach)
        .map(|place| {
            let away = (place as f64 - reach as f64) / (WIDTH * std::f64::consts::SQRT_2);
            (-0.5 * away * away).exp()
        })
        .collect();
    let smooth = |lag: usize| -> f64 {
        let places = (lag + reach).saturating_sub(2 * reach)..=lag + reach;
        let kernel = kernel[2 * reach + 1 - places.clone().count()..].iter();
        places.zip(kernel).map(|(place, weight)| distances[place] * weight).sum()
    };
    let smoothed: Vec<f64> = (0..lags).map(smooth).collect();
    let mean = smoothed.iter().sum::<f64>() / lags as f64;
    smoothed.into_iter().map(|value| value - mean).collect()
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
    fn pairs_of_onsets_recur_as_their_envelope_does() {
        let mut onsets = clicks(0.37, 40);
        onsets.iter_mut().step_by(3).for_each(|onset| onset.weight = 2.5);
        let (by_pairs, frames) = (recurrence(&onsets, 150), envelope(&onsets, LISTENED));
        let product = |lag: usize| -> f64 {
            frames.iter().zip(frames.iter().skip(lag)).map(|(now, then)| now * then).sum()
        };
        let plain: Vec<f64> = (0..150).map(product).collect();
        // Both about their means and to one scale; lag 0 is the onset itself, which makes no pair.
        let (mean, top) = (plain[20..].iter().sum::<f64>() / 130.0, plain[37]);
        let mean_by_pairs = by_pairs[20..].iter().sum::<f64>() / 130.0;
        let scale = (top - mean) / (by_pairs[37] - mean_by_pairs);
        for lag in 20..150 {
            let (fast, plain) = ((by_pairs[lag] - mean_by_pairs) * scale, plain[lag] - mean);
            assert!((fast - plain).abs() < 0.05 * (top - mean), "lag {lag}: {fast} for {plain}");
        }
    }

    #[test]
    fn too_little_has_no_pulse() {
        assert_eq!(Pulse::of_onsets(&clicks(0.5, 7)), None);
        let at_once = vec![Onset { time: Seconds(0.0), weight: 1.0 }; 20];
        assert_eq!(Pulse::of_onsets(&at_once), None);
    }
}
