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
    let events = |score: &Score| tokenizer.encode(score).0;
    let judged = held_back.iter().map(|score| events(score)).collect();
    let mut markov = Markov::new(order, tokenizer.fields(), judged);
    let keys = if transpose { -6..6 } else { 0..1 };
    for score in train {
        for transposed in keys.clone().filter_map(|semitones| score.transposed(semitones)) {
            markov.learn(&events(&transposed));
        }
    }
    Evaluation::of(markov.judge(), held_back.len())
}
