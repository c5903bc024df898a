//! What is told of a training, in a form that can be kept.

use serde::{Deserialize, Serialize};

use super::job::JobStage;

/// Something that happened in a training.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "news", rename_all = "kebab-case")]
pub enum JobNews {
    /// All files were looked at.
    Gathered {
        /// Files read without a fault.
        read: usize,
        /// Files with faults that could be put right: name and faults.
        repaired: Vec<(String, Vec<String>)>,
        /// Files that are no music: name and why.
        refused: Vec<(String, String)>,
    },
    /// A saved state of the training is damaged; the one before it is used.
    Damaged {
        /// What is wrong with it.
        why: String,
    },
    /// Learning begins, or goes on.
    Begun {
        /// Pieces learnt from and held back.
        pieces: (usize, usize),
        /// Pieces that are the same music as another.
        duplicates: usize,
        /// Notes learnt from and held back.
        notes: (usize, usize),
        /// Weights of the network.
        weights: usize,
    },
    /// How much of the pieces held back stands among those that are learnt from.
    Leakage {
        /// For windows of 8, 16 and 32 notes, as people read it.
        words: String,
    },
    /// What counting achieves on the pieces held back.
    Baseline {
        /// Nats a note of a Markov model of order 3.
        nats: f64,
        /// How often its likeliest pitch is right, 0 to 1.
        pitch_accuracy: f64,
    },
    /// An update.
    Step {
        /// Updates so far.
        step: u64,
        /// Mean nats a note, lately.
        nats: f64,
        /// The learning rate.
        learning_rate: f32,
        /// How much is over, 0 to 1.
        progress: f64,
        /// Notes learnt from a second.
        notes_per_second: f64,
        /// Seconds to go.
        remaining: f64,
    },
    /// The pieces held back were judged.
    Judged {
        /// Updates so far.
        step: u64,
        /// Epochs so far.
        epoch: f64,
        /// Mean nats a note on what was learnt since the last.
        training: f64,
        /// Mean nats a note on the pieces held back.
        validation: f64,
        /// How often the likeliest pitch was right there, 0 to 1.
        pitch_accuracy: f64,
        /// Whether it is the best so far.
        best: bool,
    },
    /// A few bars of what it can do by now.
    Sampled {
        /// Updates so far.
        step: u64,
        /// The piece.
        piece: String,
    },
    /// It is over, or stopped.
    Ended {
        /// How.
        stage: JobStage,
        /// Why, in words; empty where it went as asked.
        why: String,
    },
}
