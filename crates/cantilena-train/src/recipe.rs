//! All that determines a training run.

mod representation;
mod shipped;

use std::io;

use cantilena_corpus::Augmentation;
use cantilena_model::{ModelConfig, PrecisionKind};
use cantilena_tokens::{ConditionKind, Representation};
use serde::{Deserialize, Serialize};

pub use self::shipped::Shipped;
use crate::error::RecipeError;

/// All that determines a training run, in TOML. What is left out keeps its default.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Recipe {
    /// How scores are written as events.
    pub representation: Representation,
    /// How often a symbol of `notes-chords` must be seen to be kept.
    pub threshold: usize,
    /// How many frames of `frames` a quarter note has.
    #[serde(skip_serializing_if = "is_sixteenths")]
    pub frames_per_quarter: u16,
    /// A tokenizer that MidiTok saved, as JSON. In a recipe's file it may be the name of that file,
    /// which [`Recipe::opening`] replaces by what is in it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tokenizer: Option<String>,
    /// The network.
    pub model: ModelConfig,
    /// What becomes of the corpus.
    pub corpus: CorpusRecipe,
    /// How the network learns.
    pub training: TrainingRecipe,
    /// What the network is told of each piece.
    #[serde(skip_serializing_if = "ConditionsRecipe::is_default")]
    pub conditions: ConditionsRecipe,
}

fn is_sixteenths(frames_per_quarter: &u16) -> bool {
    *frames_per_quarter == representation::FRAMES
}

/// What the network is told of each piece.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ConditionsRecipe {
    /// Which conditions, in this order.
    #[serde(rename = "use")]
    pub used: Vec<ConditionKind>,
    /// How often a piece is learnt with everything left open, and of the rest how often with each
    /// condition: so that what is not asked for may be anything.
    pub drop: f64,
}

impl ConditionsRecipe {
    /// Whether it says nothing.
    fn is_default(&self) -> bool {
        *self == ConditionsRecipe::default()
    }
}

impl Default for ConditionsRecipe {
    fn default() -> ConditionsRecipe {
        ConditionsRecipe { used: Vec::new(), drop: 0.1 }
    }
}

/// What becomes of the corpus.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CorpusRecipe {
    /// The share of notes held back for validation, whole pieces at a time.
    pub validation: f64,
    /// Whether each piece is learnt in a key drawn afresh every epoch.
    pub transpose: bool,
    /// How far all velocities of a piece are scaled, up or down.
    pub velocity: f64,
    /// How often a piece's number of bars is left open.
    pub open_bars: f64,
}

/// How the network learns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct TrainingRecipe {
    /// Streams side by side: the batch.
    pub streams: usize,
    /// Events in a window: how far back-propagation reaches. The state reaches on.
    pub window: usize,
    /// Into how many parts the batch is cut for the threads. It changes the order in which
    /// gradients are added, so it is the recipe's and not the machine's.
    pub shards: usize,
    /// Adam's learning rate after the warm-up.
    pub learning_rate: f32,
    /// The share of the run in which the learning rate rises from nothing.
    pub warm_up: f64,
    /// The learning rate at the end of the cosine, as a share of the highest.
    pub final_rate: f64,
    /// The largest norm a gradient may have; a longer one is shortened to it.
    pub clip: f32,
    /// Decoupled weight decay (Loshchilov and Hutter 2019).
    pub weight_decay: f32,
    /// How much an update keeps of the moving average of the weights, which is then judged and
    /// saved in their place; 0 judges and saves the last weights.
    pub average: f32,
    /// How far a window's length varies, as a share of `window`: each update draws one from
    /// `window * (1 - varied_window)` to `window * (1 + varied_window)`, and its learning rate is
    /// longer or shorter by as much (Merity, Keskar and Socher 2018).
    pub varied_window: f64,
    /// About how many notes of the pieces held back judge the weights: whole pieces, evenly spread.
    /// With 0 all of them do.
    pub judged: usize,
    /// Validations without a better one after which the run stops; 0 never stops.
    pub patience: usize,
    /// In which numbers the recurrent layers multiply.
    pub precision: PrecisionKind,
    /// Where all chance begins.
    pub seed: u64,
}

impl Default for Recipe {
    fn default() -> Recipe {
        Recipe {
            representation: Representation::Notes,
            threshold: 1,
            frames_per_quarter: representation::FRAMES,
            tokenizer: None,
            model: ModelConfig::default(),
            corpus: CorpusRecipe::default(),
            training: TrainingRecipe::default(),
            conditions: ConditionsRecipe::default(),
        }
    }
}

impl Default for CorpusRecipe {
    fn default() -> CorpusRecipe {
        CorpusRecipe { validation: 0.1, transpose: true, velocity: 0.15, open_bars: 0.25 }
    }
}

impl Default for TrainingRecipe {
    fn default() -> TrainingRecipe {
        TrainingRecipe {
            streams: 24,
            window: 48,
            shards: 4,
            learning_rate: 3e-3,
            warm_up: 0.04,
            final_rate: 0.02,
            clip: 1.0,
            weight_decay: 0.01,
            average: 0.0,
            varied_window: 0.0,
            judged: 50_000,
            patience: 12,
            precision: PrecisionKind::F32,
            seed: 1,
        }
    }
}

impl Recipe {
    /// Reads a recipe that names no other file, and checks its numbers.
    pub fn from_toml(text: &str) -> Result<Recipe, RecipeError> {
        Recipe::opening(text, |_| {
            Err(io::Error::other("no files are opened here; its JSON can stand between '''"))
        })
    }

    /// Reads a recipe and checks its numbers; `open` gives the text of the tokenizer file that it
    /// may name.
    pub fn opening(
        text: &str,
        open: impl FnOnce(&str) -> io::Result<String>,
    ) -> Result<Recipe, RecipeError> {
        let mut recipe: Recipe = toml::from_str(text)?;
        recipe.open_tokenizer(open)?;
        recipe.check()?;
        Ok(recipe)
    }

    /// The recipe for the built-in songbook: few pieces and short.
    pub fn songbook() -> Recipe {
        Shipped::named("songbook").expect("the songbook's recipe is shipped").recipe()
    }

    /// The recipe for notes that were heard in recordings: few, and timed by no beat.
    pub fn recordings() -> Recipe {
        Shipped::named("recordings").expect("the recipe of recordings is shipped").recipe()
    }

    /// The recipe with every entry written out.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("a recipe is plain data")
    }

    /// Whether every number is one that training can use.
    pub fn check(&self) -> Result<(), RecipeError> {
        let share = |name, found: f64, most: f64, range| match (0.0..=most).contains(&found) {
            true => Ok(()),
            false => Err(RecipeError::OutOfRange { name, found, range }),
        };
        let count = |name, found: usize, most: usize, range| match (1..=most).contains(&found) {
            true => Ok(()),
            false => Err(RecipeError::OutOfRange { name, found: found as f64, range }),
        };
        self.check_representation()?;
        let (model, corpus, training) = (&self.model, &self.corpus, &self.training);
        count("model.units", model.units, 8192, "1 to 8192")?;
        count("model.layers", model.layers, 64, "1 to 64")?;
        count("model.embedding", model.embedding, 8192, "1 to 8192")?;
        count("model.head", model.head, 8192, "1 to 8192")?;
        share("model.dropout", f64::from(model.dropout), 0.95, "0 to 0.95")?;
        share("model.weight_drop", f64::from(model.weight_drop), 0.95, "0 to 0.95")?;
        let embedding_dropout = f64::from(model.embedding_dropout);
        share("model.embedding_dropout", embedding_dropout, 0.95, "0 to 0.95")?;
        share("corpus.validation", corpus.validation, 0.9, "0 to 0.9")?;
        share("corpus.velocity", corpus.velocity, 1.0, "0 to 1")?;
        share("corpus.open_bars", corpus.open_bars, 1.0, "0 to 1")?;
        share("conditions.drop", self.conditions.drop, 1.0, "0 to 1")?;
        if let Some(twice) = first_twice(&self.conditions.used) {
            return Err(RecipeError::Twice { name: twice.name() });
        }
        count("training.streams", training.streams, 65_536, "1 to 65536")?;
        count("training.window", training.window, 65_536, "1 to 65536")?;
        count("training.shards", training.shards, training.streams, "1 to training.streams")?;
        // Of each there are a dozen arrays while it learns.
        let weights = 8 * model.layers * model.units * model.units;
        count("model.layers × 8 × model.units²", weights, 1 << 27, "1 to 134217728")?;
        let seen = training.streams * training.window;
        let activations = seen.saturating_mul(model.layers * model.units);
        let name = "training.streams × training.window × model.layers × model.units";
        count(name, activations, 1 << 28, "1 to 268435456")?;
        share("training.learning_rate", f64::from(training.learning_rate), 1.0, "0 to 1")?;
        share("training.warm_up", training.warm_up, 1.0, "0 to 1")?;
        share("training.final_rate", training.final_rate, 1.0, "0 to 1")?;
        share("training.clip", f64::from(training.clip), 1e6, "0 to 1e6")?;
        share("training.weight_decay", f64::from(training.weight_decay), 10.0, "0 to 10")?;
        share("training.average", f64::from(training.average), 0.999_99, "0 to 0.99999")?;
        share("training.varied_window", training.varied_window, 0.9, "0 to 0.9")
    }

    /// What training does to a piece each time.
    pub(crate) fn augmentation(&self) -> Augmentation {
        let CorpusRecipe { transpose, velocity, open_bars, .. } = self.corpus;
        Augmentation { transpose, velocity, open_bars }
    }
}

/// The first condition that is named a second time.
fn first_twice(used: &[ConditionKind]) -> Option<ConditionKind> {
    let is_again = |(at, kind): &(usize, &ConditionKind)| used[..*at].contains(kind);
    used.iter().enumerate().find(is_again).map(|(_, &kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recipe_written_out_reads_back_the_same() {
        let recipe = Recipe::default();
        assert_eq!(Recipe::from_toml(&recipe.to_toml()).unwrap(), recipe);
        assert_eq!(Recipe::from_toml("").unwrap(), recipe);
    }

    #[test]
    fn the_songbook_and_recordings_have_their_own() {
        assert_eq!(Recipe::songbook().model.layers, 1);
        assert_eq!(Recipe::recordings().representation, Representation::NotesClock);
    }

    #[test]
    fn an_entry_no_recipe_has_is_named() {
        let error = Recipe::from_toml("[model]\nunit = 5\n").unwrap_err().to_string();
        assert!(error.contains("unit") && error.contains("line 2"), "{error}");
    }

    #[test]
    fn a_number_no_training_can_use_is_refused() {
        let error = Recipe::from_toml("[model]\ndropout = 1.0\n").unwrap_err().to_string();
        assert_eq!(error, "model.dropout is 1, and 0 to 0.95 will do");
        assert!(Recipe::from_toml("[training]\nlearning_rate = nan\n").is_err());
        assert!(Recipe::from_toml("[training]\nshards = 0\n").is_err());
    }

    #[test]
    fn conditions_are_written_out_where_there_are_some_and_named_once() {
        assert!(!Recipe::default().to_toml().contains("conditions"));
        let text = "[conditions]\nuse = [\"genre\", \"density\"]\ndrop = 0.2\n";
        let recipe = Recipe::from_toml(text).unwrap();
        assert_eq!(recipe.conditions.used, [ConditionKind::Genre, ConditionKind::Density]);
        assert_eq!(Recipe::from_toml(&recipe.to_toml()).unwrap(), recipe);
        let twice = Recipe::from_toml("[conditions]\nuse = [\"mood\", \"mood\"]\n");
        assert!(twice.unwrap_err().to_string().contains("mood"));
        assert!(Recipe::from_toml("[conditions]\nuse = [\"colour\"]\n").is_err());
    }
}
