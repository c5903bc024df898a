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
    /// What the model is to be called: letters and digits of any script, `-` and `_`, with single
    /// spaces between them.
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
        if !is_name(&self.name) {
            let name: String = self.name.chars().take(NAME_LETTERS_MAX).collect();
            let why = format!(
                "a model cannot be called {name:?}; 1 to {NAME_LETTERS_MAX} letters, digits, - and \
                 _, with single spaces between them, will do"
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

/// Letters of a model's name.
const NAME_LETTERS_MAX: usize = 64;

/// Bytes of it: file systems take 255 for a folder's.
const NAME_BYTES_MAX: usize = 240;

/// Whether a model can have this name, which is that of its folder: nothing in it leads elsewhere,
/// and no accent stands apart from its letter, so that what looks the same is the same.
fn is_name(name: &str) -> bool {
    let letter = |c: char| c.is_alphanumeric() || "-_".contains(c);
    let are_words = name.split(' ').all(|word| !word.is_empty() && word.chars().all(letter));
    // Windows keeps these for devices.
    let is_device = matches!(
        name.to_ascii_lowercase().as_bytes(),
        b"con"
            | b"prn"
            | b"aux"
            | b"nul"
            | [b'c', b'o', b'm', b'0'..=b'9']
            | [b'l', b'p', b't', b'0'..=b'9']
    );
    are_words
        && !is_device
        && name.len() <= NAME_BYTES_MAX
        && name.chars().count() <= NAME_LETTERS_MAX
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_model_may_be_called_by_letters_of_any_script_and_by_nothing_that_leads_elsewhere() {
        let long = "ы".repeat(64);
        for name in
            ["my music", "Хоралы Баха", "東京_2", "a", "-", "com", "com10", "console", &long]
        {
            assert!(is_name(name), "{name:?}");
        }
        let (longer, heavy) = ("a".repeat(65), "𝐀".repeat(64));
        for name in [
            "",
            " ",
            " a",
            "a ",
            "a  b",
            ".",
            "..",
            "a.b",
            "a/b",
            "a\\b",
            "a\0b",
            "a\tb",
            "a:b",
            "e\u{301}",
            "a\u{200b}b",
            "CON",
            "nul",
            "Com1",
            "lpt9",
            &longer,
            &heavy,
        ] {
            assert!(!is_name(name), "{name:?}");
        }
    }
}
