//! How a run has gone so far.

use serde::{Deserialize, Serialize};

use crate::evaluation::Evaluation;

/// One point of a run's history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Moment {
    /// Updates so far.
    pub step: u64,
    /// Epochs so far, in parts.
    pub epoch: f64,
    /// How much of the run was over, 0 to 1.
    pub progress: f64,
    /// Mean nats a note over the windows learnt from since the last moment, dropout and all.
    pub train_nats: f64,
    /// On the pieces held back.
    pub validation: Evaluation,
}

/// All moments, and which was the best.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// In order; the first may stand before any update.
    pub moments: Vec<Moment>,
    /// The moment with the fewest validation nats a note.
    pub best: Option<usize>,
}

impl History {
    /// Adds a moment; whether it is the best so far.
    pub fn push(&mut self, moment: Moment) -> bool {
        let nats = moment.validation.nats_per_note();
        let better = self.best().is_none_or(|best| nats < best.validation.nats_per_note());
        if better {
            self.best = Some(self.moments.len());
        }
        self.moments.push(moment);
        better
    }

    /// The moment with the fewest validation nats a note.
    pub fn best(&self) -> Option<&Moment> {
        self.moments.get(self.best?)
    }

    /// How many moments have passed since the best.
    pub fn since_best(&self) -> usize {
        self.best.map_or(0, |best| self.moments.len() - 1 - best)
    }
}
