//! The levels at which a voice rests: a moving height as few steps.

use cantilena_audio::PitchTrack;

/// A stretch of frames on which a voice holds one height, or `None`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stretch {
    pub(crate) first: usize,
    /// The frame after its last.
    pub(crate) end: usize,
    /// As a MIDI note number with fractions; `None` where there is no tone.
    pub(crate) height: Option<f64>,
}

/// Levels in a semitone: voices do not sing in tune with anybody's grid.
const LEVELS: f64 = 4.0;

/// What a step from one level to the next costs, in semitones times seconds of distance. Less
/// breaks vibrato into notes, whose half period of 0.09 s strays by a third of a semitone; more
/// swallows quick neighbours, of which a semitone for 0.05 s is the least that is kept.
const STEP_COST: f64 = 0.05;

/// Beyond this a frame's distance counts no more, in semitones: a leap of an octave by mistake,
/// for a few frames, is no note.
const FAR: f64 = 3.0;

/// What a frame costs that has a tone in a silent stretch, or none in a sounding one, in semitones:
/// gaps below 25 ms are bridged, at twice the cost of a step.
const UNLIKE: f64 = 4.0;

/// The stretches of a track, without gaps between them: those that together lie nearest to it,
/// with a price on every step (a Potts model: G. Winkler and V. Liebscher, "Smoothers for
/// discontinuous signals", Journal of Nonparametric Statistics 14, 2002), found by dynamic
/// programming.
pub(crate) fn stretches(track: &PitchTrack) -> Vec<Stretch> {
    let heights: Vec<Option<f64>> = track.frames.iter().map(|f| f.hertz.map(height_of)).collect();
    let sounding = || heights.iter().flatten().copied();
    let Some(lowest) = sounding().reduce(f64::min) else {
        let end = heights.len();
        return vec![Stretch { first: 0, end, height: None }];
    };
    let highest = sounding().fold(lowest, f64::max);
    let levels = ((highest - lowest) * LEVELS).ceil() as usize + 1;
    let level = |index: usize| lowest + index as f64 / LEVELS;
    let step = STEP_COST / track.hop_seconds;
    // The last state is silence.
    let mut costs = vec![0.0f64; levels + 1];
    let mut came: Vec<u16> = Vec::with_capacity(heights.len()); // the best state before each frame
    let mut stays: Vec<bool> = Vec::with_capacity(heights.len() * (levels + 1));
    for height in &heights {
        let best = (0..=levels).min_by(|a, b| costs[*a].total_cmp(&costs[*b])).unwrap_or(0);
        let least = costs[best];
        came.push(best as u16);
        for (state, cost) in costs.iter_mut().enumerate() {
            let stay = *cost <= least + step;
            stays.push(stay);
            let distance = match height {
                Some(height) if state < levels => (height - level(state)).abs().min(FAR),
                None if state == levels => 0.0,
                _ => UNLIKE,
            };
            // Costs stay small numbers: only differences matter.
            *cost = (if stay { *cost - least } else { step }) + distance;
        }
    }
    let mut state = (0..=levels).min_by(|a, b| costs[*a].total_cmp(&costs[*b])).unwrap_or(levels);
    let mut found: Vec<Stretch> = Vec::new();
    let mut end = heights.len();
    for frame in (0..heights.len()).rev() {
        if frame == 0 || !stays[frame * (levels + 1) + state] {
            let height = (state < levels).then(|| level(state));
            found.push(Stretch { first: frame, end, height });
            end = frame;
            state = usize::from(came[frame]);
        }
    }
    found.reverse();
    found
}

/// A frequency as a MIDI note number with fractions: A4 is 69 at 440 Hz.
pub(crate) fn height_of(hertz: f64) -> f64 {
    69.0 + 12.0 * (hertz / 440.0).log2()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cantilena_audio::PitchFrame;

    /// A track of 10 ms frames from heights; negative ones have no tone.
    fn track(heights: impl IntoIterator<Item = f64>) -> PitchTrack {
        let frame = |height: f64| PitchFrame {
            hertz: (height >= 0.0).then(|| 440.0 * 2f64.powf((height - 69.0) / 12.0)),
            voiced: 1.0,
            rms: 0.1,
        };
        PitchTrack { hop_seconds: 0.01, frames: heights.into_iter().map(frame).collect() }
    }

    fn spans(heights: impl IntoIterator<Item = f64>) -> Vec<(usize, usize, Option<f64>)> {
        stretches(&track(heights))
            .iter()
            .map(|s| (s.first, s.end, s.height.map(f64::round)))
            .collect()
    }

    #[test]
    fn steps_and_pauses_part_notes() {
        let heights = [(60.0, 20), (62.0, 20), (-1.0, 10), (62.0, 20)];
        let heights = heights.into_iter().flat_map(|(height, frames)| vec![height; frames]);
        let (c, d) = (Some(60.0), Some(62.0));
        assert_eq!(spans(heights), [(0, 20, c), (20, 40, d), (40, 50, None), (50, 70, d)]);
    }

    #[test]
    fn vibrato_and_a_slip_of_an_octave_are_one_note() {
        let vibrato = |n: usize| 65.0 + 0.5 * (n as f64 * 0.01 * 5.5 * std::f64::consts::TAU).sin();
        let slip = |n: usize| if (40..42).contains(&n) { 77.0 } else { vibrato(n) };
        assert_eq!(spans((0..100).map(slip)), [(0, 100, Some(65.0))]);
    }

    #[test]
    fn silence_is_one_stretch() {
        assert_eq!(spans([-1.0; 7]), [(0, 7, None)]);
    }
}
