//! Layers that learn, as plain functions on slices with shapes.
//!
//! This crate knows arithmetic and nothing of music. A network is a [`Layout`] (the names and
//! places of its tensors in one flat array of `f32`) and a few layers that remember their places
//! in it: [`Recurrent`], [`Linear`], [`Embedding`]. Gradients and moments use the same layout, so
//! that [`Adam`] sees three arrays of equal length and a checkpoint is a list of names and spans.
//!
//! There is no graph and no tape of operations: whoever composes layers calls `forward` in order
//! and `backward` in reverse. Matrices are row-major; a sequence is time-major, its row being
//! `time * batch + b` ([`Steps`]).
//!
//! # How an update runs
//!
//! 1. Every layer's weights are laid out once for the products to come (`pack`).
//! 2. The batch is cut into a fixed number of shards. [`for_each_shard`] takes each through the
//!    whole sequence on one thread, with a gradient array of its own: there is no barrier inside.
//! 3. [`Adam::update`] sums the shards' gradients in shard order and takes its step.
//!
//! As the shards are fixed by the recipe and summed in order, one, two or four threads give the
//! same bits. The instruction set is chosen at run time ([`isa()`]); the sets agree to rounding.
//!
//! # Errors
//!
//! Nothing here can fail on good shapes, and a wrong shape is a fault in the caller: it panics,
//! as an index out of bounds does. No function opens a file, reads a clock or draws chance that
//! was not passed to it as a seed.

mod isa;
mod layout;
mod precision;
mod random;
mod shape;
mod shards;

mod functions;
mod lines;
mod orthogonal;
mod product;
#[allow(unsafe_code, reason = "vector instructions and unchecked reads, behind checked doors")]
mod simd;
mod sums;

mod cell;
mod gru;
mod helpers;
mod lstm;
mod recurrent;
mod rnn;

pub mod activation;
mod adam;
mod average;
mod dropout;
mod embedding;
mod layer_norm;
mod linear;
mod loss;
mod peak;
mod row_dropout;
mod summary;

pub use adam::{Adam, AdamOptions};
pub use average::Average;
pub use cell::Cell;
pub use dropout::dropout;
pub use embedding::Embedding;
pub use helpers::Helpers;
pub use isa::{Isa, isa};
pub use layer_norm::LayerNorm;
pub use layout::{Entry, Layout, Span};
pub use linear::{Linear, PackedLinear};
pub use loss::{Deviation, IGNORED, Tally, cross_entropy, mean_squared_error};
pub use peak::fma_peak;
pub use precision::{Precision, Weights};
pub use recurrent::{Packed, Recurrent, State, Tape};
pub use row_dropout::drop_rows;
pub use shape::Steps;
pub use shards::for_each_shard;
pub use summary::LayerSummary;
