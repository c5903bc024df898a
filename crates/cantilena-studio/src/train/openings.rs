//! How pieces open, so that composing may open alike.

use cantilena_score::Score;
use cantilena_tokens::{Opening, Tokenizer};

/// The openings kept with a model: enough to choose from, few enough to read.
const OPENINGS_MAX: usize = 64;

/// How the pieces learnt from open, the commonest first; of as common ones, the first seen.
pub(crate) fn openings(tokenizer: &Tokenizer, scores: &[&Score]) -> Vec<Opening> {
    let mut openings: Vec<Opening> = Vec::new();
    for score in scores {
        let mut opening = Opening::of(&tokenizer.setting(score));
        // Keys are learnt in all transpositions; a tempo to the nearest whole bpm is one tempo.
        opening.key = None;
        opening.bpm = opening.bpm.round();
        let same = |known: &&mut Opening| {
            (known.meter, known.bpm, &known.parts) == (opening.meter, opening.bpm, &opening.parts)
        };
        match openings.iter_mut().find(same) {
            Some(known) => known.pieces += 1,
            None => openings.push(opening),
        }
    }
    openings.sort_by_key(|opening| std::cmp::Reverse(opening.pieces));
    openings.truncate(OPENINGS_MAX);
    openings
}
