//! The most probable way through the candidates: voices glide more often than they leap.

use super::Candidate;

/// A state for each fifth of a semitone, twice: with a tone and without. A voice that pauses is
/// remembered where it was.
pub(super) struct Lattice {
    /// In hertz.
    lowest: f64,
    /// Some hundreds: 60 an octave.
    heights: usize,
    /// Logarithms of how probable a step by so many heights is, from none to the widest.
    steps: Vec<f32>,
}

/// Heights in a semitone. Mauch and Dixon have ten; five halve the work and the candidate's own
/// hertz are given back, so nothing is rounded.
const HEIGHTS: f64 = 5.0;

/// How fast a voice moves at most, in semitones a second: 36 octaves, above which librosa's
/// `pyin` stops too.
const SEMITONES_A_SECOND: f64 = 430.0;

/// How probable it is that a tone begins or ends from one frame to the next (Mauch and Dixon,
/// section 2.2).
const SWITCH: f32 = 0.01;

/// What nothing is worth: logarithms need more than zero.
const LEAST: f32 = 1e-10;

impl Lattice {
    pub(super) fn new(lowest: f64, highest: f64, hop_seconds: f64) -> Lattice {
        let heights = ((highest / lowest).log2() * 12.0 * HEIGHTS).ceil() as usize + 1;
        let widest = (SEMITONES_A_SECOND * hop_seconds * HEIGHTS).round().max(1.0) as usize;
        let widest = widest.min(heights - 1);
        // A triangle that falls to zero just beyond the widest step.
        let weights = (0..=widest).map(|step| (widest + 1 - step) as f32);
        let sum = ((widest + 1) * (widest + 1)) as f32;
        Lattice { lowest, heights, steps: weights.map(|weight| (weight / sum).ln()).collect() }
    }

    /// The height of each frame in hertz along the most probable path (Viterbi's algorithm).
    pub(super) fn best_path(&self, frames: &[&[Candidate]]) -> Vec<Option<f64>> {
        let states = 2 * self.heights;
        let (keep, switch) = ((1.0 - SWITCH).ln(), SWITCH.ln());
        let mut scores = vec![0.0f32; states];
        let mut next = vec![0.0f32; states];
        let mut came: Vec<u16> = vec![0; frames.len() * states]; // (frames, states)
        let mut best = vec![(0.0f32, 0u16); states];
        for (frame, candidates) in frames.iter().enumerate() {
            if frame > 0 {
                for half in [0, self.heights] {
                    self.best_steps(
                        &scores[half..half + self.heights],
                        half,
                        &mut best[half..half + self.heights],
                    );
                }
            } else {
                best.fill((0.0, 0));
            }
            let observed = self.observe(candidates);
            let voiced: f32 = observed.iter().sum();
            let unvoiced = ((1.0 - voiced) / self.heights as f32).max(LEAST).ln();
            for height in 0..self.heights {
                let (with, without) = (best[height], best[self.heights + height]);
                let voiced = observed[height].max(LEAST).ln();
                let choose = |same: (f32, u16), other: (f32, u16)| {
                    if same.0 + keep >= other.0 + switch {
                        (same.0 + keep, same.1)
                    } else {
                        (other.0 + switch, other.1)
                    }
                };
                let (to_voiced, to_unvoiced) = (choose(with, without), choose(without, with));
                next[height] = to_voiced.0 + voiced;
                next[self.heights + height] = to_unvoiced.0 + unvoiced;
                came[frame * states + height] = to_voiced.1;
                came[frame * states + self.heights + height] = to_unvoiced.1;
            }
            std::mem::swap(&mut scores, &mut next);
            // Only differences matter; this keeps single precision from losing them.
            let most = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            scores.iter_mut().for_each(|score| *score -= most);
        }
        let mut state = (0..states).max_by(|a, b| scores[*a].total_cmp(&scores[*b])).unwrap_or(0);
        let mut path = vec![None; frames.len()];
        for (frame, candidates) in frames.iter().enumerate().rev() {
            if state < self.heights {
                path[frame] = Some(self.nearest(candidates, state));
            }
            state = came[frame * states + state] as usize;
        }
        path
    }

    /// For each height, the best score that a step leads from, and from which state.
    fn best_steps(&self, scores: &[f32], offset: usize, best: &mut [(f32, u16)]) {
        let widest = self.steps.len() - 1;
        for (height, best) in best.iter_mut().enumerate() {
            let (from, to) =
                (height.saturating_sub(widest), (height + widest).min(scores.len() - 1));
            let mut most = f32::NEG_INFINITY;
            let mut at = height;
            for (other, score) in scores[from..=to].iter().enumerate() {
                let other = from + other;
                let score = score + self.steps[other.abs_diff(height)];
                if score > most {
                    (most, at) = (score, other);
                }
            }
            *best = (most, (offset + at) as u16);
        }
    }

    /// How probable each height is by itself, (heights,).
    fn observe(&self, candidates: &[Candidate]) -> Vec<f32> {
        let mut observed = vec![0.0; self.heights];
        for candidate in candidates.iter().filter(|candidate| candidate.probability > 0.0) {
            observed[self.height_of(candidate)] += candidate.probability;
        }
        observed
    }

    fn height_of(&self, candidate: &Candidate) -> usize {
        let height = (f64::from(candidate.hertz) / self.lowest).log2() * 12.0 * HEIGHTS;
        (height.round().max(0.0) as usize).min(self.heights - 1)
    }

    /// The hertz of the candidate that stands for a height, or of the height itself where the path
    /// bridges a frame without one.
    fn nearest(&self, candidates: &[Candidate], height: usize) -> f64 {
        let there = candidates
            .iter()
            .filter(|candidate| candidate.probability > 0.0 && self.height_of(candidate) == height)
            .max_by(|a, b| a.probability.total_cmp(&b.probability));
        match there {
            Some(candidate) => f64::from(candidate.hertz),
            None => self.lowest * 2f64.powf(height as f64 / (12.0 * HEIGHTS)),
        }
    }
}
