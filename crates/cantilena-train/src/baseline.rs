//! What counting alone achieves, on the same pieces in the same representation.

use cantilena_model::Markov;
use cantilena_score::Score;
use cantilena_tokens::Tokenizer;

use crate::evaluation::Evaluation;

/// A Markov model of `order` events with back-off, learnt from `train` and judged on `held_back`.
///
/// With `transpose`, it learns each piece in all twelve keys, as a network does in time.
pub fn markov_baseline(
    tokenizer: &Tokenizer,
    train: &[&Score],
    held_back: &[&Score],
    order: usize,
    transpose: bool,
) -> Evaluation {
    let keys = if transpose { -6..6 } else { 0..1 };
    let pieces = train.iter().flat_map(|score| {
        let transposed = keys.clone().filter_map(|semitones| score.transposed(semitones));
        transposed.map(|score| tokenizer.encode(&score).0)
    });
    let markov = Markov::learn(order, tokenizer.fields(), pieces);
    let mut fields = markov.field_tallies();
    for score in held_back {
        markov.judge(&tokenizer.encode(score).0, &mut fields);
    }
    Evaluation::of(fields, held_back.len())
}
