//! What sound is, in samples.
//!
//! [`Audio`] is a piece of sound as data: some channels of samples at a [`SampleRate`]. Around it
//! stand what people ask of sound: how loud it is ([`integrated_loudness`], [`true_peak`],
//! [`Levels`]) and how it is written into a file ([`wav`]). Where the sound comes from is the
//! business of other crates; nothing here opens a path.

mod audio;
mod decibels;
mod error;
mod levels;
mod loudness;
mod true_peak;
pub mod wav;

pub use audio::{Audio, SampleRate};
pub use decibels::{decibels_of, gain_of};
pub use error::AudioError;
pub use levels::Levels;
pub use loudness::{LoudnessMeter, integrated_loudness};
pub use true_peak::{TruePeakMeter, true_peak};
pub use wav::BitDepth;
