//! The same piece in other keys and at other loudness, as training hears it.

use cantilena_score::{Score, Velocity};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;

/// What may be changed about a piece each time it is learnt from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Augmentation {
    /// Transpose by −6 to 5 semitones, among those that leave every note on an 88-key piano.
    pub transpose: bool,
    /// Scale all velocities by one factor, up to this far from 1 either way; 0 leaves them.
    pub velocity: f64,
    /// How often the number of bars is left open, so that the model can do without.
    pub open_bars: f64,
}

impl Augmentation {
    /// Pieces as they are.
    pub const NONE: Augmentation = Augmentation { transpose: false, velocity: 0.0, open_bars: 0.0 };
}

/// The keys of a piano: A0 to C8. Beyond, pitches are rare and say more about the file.
const PIANO: std::ops::RangeInclusive<u8> = 21..=108;

/// The piece as it is heard this time.
pub(crate) fn augmented(score: &Score, how: &Augmentation, rng: &mut ChaCha8Rng) -> Score {
    let mut score = match how.transpose {
        true => {
            let keys: Vec<i32> = (-6..6).filter(|&semitones| suits(score, semitones)).collect();
            let chosen = if keys.is_empty() { 0 } else { keys[rng.random_range(0..keys.len())] };
            score.transposed(chosen).unwrap_or_else(|| score.clone())
        }
        false => score.clone(),
    };
    if how.velocity > 0.0 {
        let factor = 1.0 + how.velocity * (2.0 * rng.random::<f64>() - 1.0);
        for note in score.tracks.iter_mut().flat_map(|track| &mut track.notes) {
            let scaled = (f64::from(note.velocity.value()) * factor).round();
            note.velocity = Velocity::clamped(scaled as i32);
        }
    }
    score
}

/// Whether every note stays on the piano, or no further off it than it was.
fn suits(score: &Score, semitones: i32) -> bool {
    let notes = score.tracks.iter().filter(|track| !track.is_drums).flat_map(|track| &track.notes);
    semitones == 0
        || notes.into_iter().all(|note| {
            let moved = note.pitch.transposed(semitones);
            moved.is_some_and(|pitch| PIANO.contains(&pitch.number()))
        })
}
