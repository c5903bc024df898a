//! How much of each pitch class sounds.

use cantilena_score::{Score, Ticks};

/// How long each pitch class sounds, C first, in ticks or in any other unit of weight.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ClassWeights(pub [f64; 12]);

impl ClassWeights {
    /// Of a whole score, drums aside.
    pub fn of(score: &Score) -> ClassWeights {
        let mut weights = ClassWeights::default();
        for note in pitched(score) {
            weights.0[usize::from(note.pitch.class())] += f64::from(note.duration.0);
        }
        weights
    }

    /// All of them together.
    pub fn total(&self) -> f64 {
        self.0.iter().sum()
    }

    /// Pearson's correlation with a profile whose tonic stands at `tonic`, −1 to 1; 0 where all
    /// classes weigh the same.
    pub(crate) fn correlation(&self, profile: &[f64; 12], tonic: u8) -> f64 {
        let mean = |values: &[f64; 12]| values.iter().sum::<f64>() / 12.0;
        let (ours, theirs) = (mean(&self.0), mean(profile));
        let (mut product, mut square, mut squared) = (0.0, 0.0, 0.0);
        for (class, weight) in self.0.iter().enumerate() {
            let place = (class + 12 - usize::from(tonic % 12)) % 12;
            let (x, y) = (weight - ours, profile[place] - theirs);
            product += x * y;
            square += x * x;
            squared += y * y;
        }
        let norm = (square * squared).sqrt();
        if norm > 0.0 { product / norm } else { 0.0 }
    }
}

/// Every note that is no drum.
pub(crate) fn pitched(score: &Score) -> impl Iterator<Item = cantilena_score::Note> + '_ {
    let tracks = score.tracks.iter().filter(|track| !track.is_drums);
    tracks.flat_map(|track| track.notes.iter().copied())
}

/// How long a note sounds within a span, in ticks.
pub(crate) fn overlap(note: &cantilena_score::Note, from: Ticks, to: Ticks) -> u32 {
    note.release().min(to).since(note.onset.max(from)).0
}
