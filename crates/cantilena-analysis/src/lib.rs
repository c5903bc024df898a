//! What a score does not say, estimated from its notes.
//!
//! [`estimate_key`], [`estimate_meter`], [`estimate_chords`] and [`Pulse`] fill in what a file
//! leaves out; [`GridFit`] says whether the beats it names are the ones that were played;
//! [`looks_like_drums`] finds drums on a melodic channel; [`Texture`] says how many notes sound.
//! Everything here takes a score and gives a value; nothing changes a score or opens a file.
//!
//! How often each estimate is right, on annotated music, stands in `docs/doctor.md`.

mod chords;
mod classes;
mod drums;
mod grid_fit;
mod key;
mod meter;
mod onsets;
mod pulse;
mod texture;

pub use chords::estimate_chords;
pub use classes::ClassWeights;
pub use drums::looks_like_drums;
pub use grid_fit::GridFit;
pub use key::{KeyEstimate, KeyProfiles, estimate_key, estimate_key_with};
pub use meter::{MeterEstimate, Recurrence, estimate_meter};
pub use onsets::{Onset, onsets};
pub use pulse::Pulse;
pub use texture::Texture;
