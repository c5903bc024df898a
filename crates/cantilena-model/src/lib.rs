//! The network: from the events so far to a distribution over the next one, field by field.
//!
//! A [`Network`] is the shape and its forward and backward passes over windows; a [`Model`] is a
//! network with weights, ready to be asked event by event with a [`State`] it carries. A
//! [`Checkpoint`] is all of it on disk. [`Markov`] is the baseline that every network must beat.

mod checkpoint;
mod config;
mod error;
mod head;
mod markov;
mod model;
mod network;
mod output;
mod tally;

pub use checkpoint::{Checkpoint, Provenance};
pub use config::{CellKind, ModelConfig, PrecisionKind, WeightsKind};
pub use error::CheckpointError;
pub use markov::Markov;
pub use model::{Model, State};
pub use network::{Batch, Network, PackedNetwork, Workspace};
pub use tally::FieldTally;
