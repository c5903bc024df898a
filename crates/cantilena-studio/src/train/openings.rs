//! How pieces open, so that composing may open alike.

use cantilena_score::Score;
use cantilena_tokens::{Opening, OpeningPart, Tokenizer};

/// The openings kept with a model: enough to choose from, few enough to read.
const OPENINGS_MAX: usize = 64;

/// How the pieces learnt from open, the commonest first; of as common ones, the first seen.
pub(crate) fn openings(tokenizer: &Tokenizer, scores: &[&Score]) -> Vec<Opening> {
    let mut openings: Vec<Opening> = Vec::new();
    for score in scores {
        let mut opening = tokenizer.opening(score);
        // Keys are learnt in all transpositions; a tempo to the nearest whole bpm is one tempo.
        opening.key = None;
        opening.bpm = opening.bpm.round();
        match openings.iter_mut().find(|known| are_alike(known, &opening)) {
            Some(known) => {
                known.pieces += 1;
                for (part, other) in known.parts.iter_mut().zip(opening.parts) {
                    part.voices = part.voices.max(other.voices);
                    part.range = match (part.range, other.range) {
                        (Some(one), Some(other)) => Some((one.0.min(other.0), one.1.max(other.1))),
                        (one, other) => one.or(other),
                    };
                }
            }
            None => openings.push(opening),
        }
    }
    openings.sort_by_key(|opening| std::cmp::Reverse(opening.pieces));
    openings.truncate(OPENINGS_MAX);
    openings
}

/// Whether two openings are one but for the key, and for how many voices a part has that has
/// several: melodies and chords stay apart.
fn are_alike(one: &Opening, other: &Opening) -> bool {
    let is_player = |(one, other): (&OpeningPart, &OpeningPart)| {
        (&one.name, one.program, one.drums, one.voices == Some(1))
            == (&other.name, other.program, other.drums, other.voices == Some(1))
    };
    (one.meter, one.bpm, one.parts.len()) == (other.meter, other.bpm, other.parts.len())
        && one.parts.iter().zip(&other.parts).all(is_player)
}
