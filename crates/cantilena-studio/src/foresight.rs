//! What a model expects while it listens to a piece: the true pitches beside its likeliest.

use cantilena_model::Model;
use cantilena_score::Score;
use cantilena_tokens::NONE;
use serde::Serialize;

/// A note as it was, and as the model expected it with everything before it known.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Foreseen {
    /// What came, spelled as the model's representation spells it.
    pub came: String,
    /// What was likeliest.
    pub likeliest: String,
    /// The probability of what came, 0 to 1.
    pub probability: f64,
}

/// What `model` expected of the first `notes` notes of a score.
///
/// Empty where its representation has no pitches to expect, and for a score it cannot say.
pub(crate) fn foresee(model: &Model, score: &Score, notes: usize) -> Vec<Foreseen> {
    let (tokenizer, fields) = (&model.tokenizer, model.tokenizer.fields());
    let Some(wanted) = fields.iter().position(|f| matches!(f.name, "pitch" | "symbol")) else {
        return Vec::new();
    };
    let (events, _) = tokenizer.encode(score);
    let mut state = model.begin();
    let mut previous = vec![NONE; fields.len()];
    let mut foreseen = Vec::new();
    for row in events.rows().take(notes) {
        let (mut head, mut is_heard) = (0, false);
        for field in 0..fields.len() {
            if !fields[field].is_predicted() {
                continue;
            }
            if !is_heard {
                model.listen(&mut state, &previous, row);
                is_heard = true;
            }
            if field == wanted && row[field] > NONE {
                let logits = model.logits(&mut state, head, row);
                foreseen.extend(beside(logits, row[field], |t| tokenizer.spell_token(field, t)));
            }
            head += 1;
        }
        previous = row.to_vec();
    }
    foreseen
}

/// A token beside the likeliest of some logits, shape (vocab,).
fn beside(logits: &[f32], came: u16, spell: impl Fn(u16) -> String) -> Option<Foreseen> {
    let real = || logits.iter().zip(0u16..).filter(|(_, token)| *token != NONE);
    let (&highest, likeliest) = real().max_by(|a, b| a.0.total_cmp(b.0))?;
    let weight = |logit: f32| f64::from(logit - highest).exp();
    let all: f64 = real().map(|(logit, _)| weight(*logit)).sum();
    let probability = weight(*logits.get(usize::from(came))?) / all;
    Some(Foreseen { came: spell(came), likeliest: spell(likeliest), probability })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_leave_out_the_token_that_is_never_predicted() {
        let spell = |token: u16| token.to_string();
        let foreseen = beside(&[9.0, 2f32.ln(), 0.0], 2, spell).unwrap();
        assert_eq!((&*foreseen.came, &*foreseen.likeliest), ("2", "1"));
        assert!((foreseen.probability - 1.0 / 3.0).abs() < 1e-6);
    }
}
