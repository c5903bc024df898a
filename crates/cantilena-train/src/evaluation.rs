//! How good a model is on pieces it has not learnt from.

use cantilena_model::FieldTally;
use serde::{Deserialize, Serialize};

/// What was measured on a set of pieces. Means are over all events of all of them.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Sums for each predicted field.
    pub fields: Vec<FieldTally>,
    /// How many notes (symbols or tokens, in a representation of one field) were predicted; the
    /// ends of pieces are predicted too, and their nats counted, but they are no notes.
    pub notes: u64,
}

impl Evaluation {
    /// From tallies over so many pieces, each of which ends once.
    pub(crate) fn of(fields: Vec<FieldTally>, pieces: usize) -> Evaluation {
        let events = fields.first().map_or(0, |field| field.counted);
        Evaluation { fields, notes: events.saturating_sub(pieces as u64) }
    }

    /// −ln p of everything, by notes: the sum over the fields.
    pub fn nats_per_note(&self) -> f64 {
        self.fields.iter().map(|field| field.nats).sum::<f64>() / self.notes.max(1) as f64
    }

    /// e to the nats per note: as many equally likely notes would be as hard to guess.
    pub fn perplexity(&self) -> f64 {
        self.nats_per_note().exp()
    }

    /// How often the likeliest pitch (or symbol, or token of a stream) was the right one, 0 to 1.
    pub fn pitch_accuracy(&self) -> f64 {
        let pitch =
            self.fields.iter().find(|tally| matches!(&*tally.field, "pitch" | "symbol" | "token"));
        pitch.map_or(0.0, FieldTally::accuracy)
    }
}
