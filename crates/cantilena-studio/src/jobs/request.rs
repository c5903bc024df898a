//! What may be asked of a training.

use std::path::{Path, PathBuf};
use std::time::Duration;

use cantilena_train::Recipe;
use serde::{Deserialize, Serialize};

use crate::error::StudioError;
use crate::output::Overwrite;
use crate::train::{Budget, Music, SAVE_EVERY, Training};

/// What is to be learnt, and how long.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobRequest {
    /// What the model is to be called: letters, digits, `-` and `_`.
    pub name: String,
    /// Minutes of learning.
    pub minutes: Option<f64>,
    /// Updates, instead of minutes.
    pub steps: Option<u64>,
    /// Whether the built-in songbook is learnt from, and not files.
    pub songbook: bool,
    /// A recipe in TOML; the default one if left out.
    pub recipe: Option<String>,
    /// Minutes from one sample of what it can do to the next; 1 if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample_minutes: Option<f64>,
}

impl JobRequest {
    /// The training of a model in the folder `models`, from the files in another.
    pub(super) fn training(
        &self,
        files: PathBuf,
        models: &Path,
        resume: bool,
        threads: usize,
    ) -> Result<Training, StudioError> {
        let named = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        let length = self.name.len();
        if !(1..=64).contains(&length) || !self.name.chars().all(named) {
            let name = &self.name;
            let why = format!(
                "a model cannot be called {name:?}; 1 to 64 letters, digits, - and _ will do"
            );
            return Err(StudioError::Unsuited { field: "name", why });
        }
        Ok(Training {
            music: if self.songbook { Music::Songbook } else { Music::Paths(vec![files]) },
            recipe: match &self.recipe {
                Some(recipe) => Recipe::from_toml(recipe)?,
                None => Recipe::default(),
            },
            budgets: vec![match (self.steps, self.minutes) {
                (Some(steps), _) => Budget::Steps(steps),
                (None, minutes) => Budget::Minutes(minutes.unwrap_or(5.0)),
            }],
            out: models.join(&self.name),
            overwrite: Overwrite::Refuse,
            resume,
            save_every: self.sample_minutes.map_or(SAVE_EVERY, |minutes| {
                Duration::try_from_secs_f64(minutes * 60.0).unwrap_or(SAVE_EVERY)
            }),
            threads,
        })
    }
}
