//! Five earlier music generators, as their authors described them.
//!
//! Each [`System`] is a network, a way of reading music and a protocol of learning and judging. A
//! [`SystemRecipe`] names one and all its numbers; [`Material`] is the music as its network reads
//! it; a [`SystemRun`] learns; a [`SystemModel`] composes. They are kept apart from the note
//! model, which owes them its existence and none of its code: here a model looks at a window of
//! fixed length and is started afresh for every symbol, and rhythm is what the system made of it.
//!
//! The [`genre`] tables and the [`accompany`] player lay chords, bass and drums under a melody.

mod accompaniment;
mod checkpoint;
mod compose;
mod error;
mod evaluation;
mod genre;
mod material;
mod mixture;
mod model;
mod network;
mod palette;
mod protocol;
mod reading;
mod recipe;
mod rules;
mod run;
mod saved;
mod system;

pub use accompaniment::accompany;
pub use checkpoint::{RecordingActivity, SystemCheckpoint, SystemProvenance};
pub use compose::{BPM, Composed, compose_frames, compose_score};
pub use error::{SystemError, SystemRecipeError};
pub use evaluation::{Epoch, Evaluation, Measure, MeasureKind};
pub use genre::{GENRES, Genre, genre};
pub use material::{LaidOut, Material, Role, Sequence};
pub use model::{SystemModel, Window};
pub use network::{Head, NetworkShape, SystemNetwork};
pub use palette::Palette;
pub use protocol::Protocol;
pub use reading::Reading;
pub use recipe::{Frames, Input, SystemRecipe, Targets};
pub use rules::{judge_rules, melody_by_rules};
pub use run::{StepReport, SystemRun};
pub use system::System;
