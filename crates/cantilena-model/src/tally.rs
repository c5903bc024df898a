//! How well a field was predicted.

use cantilena_neural::Tally;
use serde::{Deserialize, Serialize};

/// Sums over the events in which a field was predicted.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FieldTally {
    /// The field's name.
    pub field: String,
    /// Sum of −ln p(token), in nats.
    pub nats: f64,
    /// How often the likeliest token was the right one.
    pub correct: u64,
    /// How often the field was predicted.
    pub counted: u64,
}

impl FieldTally {
    /// Nothing counted yet.
    pub fn new(field: &str) -> FieldTally {
        FieldTally { field: field.to_owned(), ..FieldTally::default() }
    }

    /// Adds what was counted elsewhere.
    pub fn add(&mut self, tally: &Tally) {
        self.nats += tally.nats;
        self.correct += tally.correct;
        self.counted += tally.counted;
    }

    /// The share of predictions that were right, 0 to 1.
    pub fn accuracy(&self) -> f64 {
        self.correct as f64 / self.counted.max(1) as f64
    }

    /// Mean nats a prediction.
    pub fn mean_nats(&self) -> f64 {
        self.nats / self.counted.max(1) as f64
    }
}
