//! A model, a prompt and a sampler become a generation.
//!
//! [`generate`] is the whole idea: the state is carried, so one note costs one step of the
//! network; what must hold (so many bars, so many notes, players and drums that exist) is a mask
//! on what may be drawn, so it always holds. Chance is the [`Sampler`]'s alone and follows from
//! its seed.

mod constraint;
mod draft;
mod error;
mod generate;
mod limits;
mod prompt;
mod sampler;
mod scale;

pub use constraint::Length;
pub use error::GenerateError;
pub use generate::{Generation, generate};
pub use limits::Limits;
pub use prompt::Prompt;
pub use sampler::{Sampler, Sampling};
pub use scale::Scale;
