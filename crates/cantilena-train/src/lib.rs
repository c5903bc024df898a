//! A recipe and a corpus become a run, and a run a model.
//!
//! A [`Run`] is stepped by its owner, who also holds the clock and the disk: each step learns
//! from one window of every stream and says how that went; [`Run::validate`] judges the weights
//! on the pieces held back. Everything follows from the [`Recipe`], the corpus and the number of
//! steps, whatever the number of threads.

mod baseline;
mod error;
mod evaluation;
mod history;
mod jury;
mod recipe;
mod run;
mod saved;
mod schedule;
mod told;

pub use baseline::markov_baseline;
pub use error::{RecipeError, ResumeError};
pub use evaluation::Evaluation;
pub use history::{History, Moment};
pub use jury::jury;
pub use recipe::{ConditionsRecipe, CorpusRecipe, Recipe, Shipped, TrainingRecipe};
pub use run::{Run, StepReport};
pub use saved::recipe_of;
pub use told::Told;
