//! All that determines a system: its data, its network, its learning.

use serde::{Deserialize, Serialize};

use crate::error::SystemRecipeError;
use crate::network::{Head, NetworkShape};
use crate::protocol::Protocol;
use crate::system::System;

/// All that determines a training of one of the five systems, in TOML.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SystemRecipe {
    /// Which of the five.
    pub system: System,
    /// Who is learnt from and who judges.
    pub protocol: Protocol,
    /// How music is read.
    pub data: DataRecipe,
    /// The network.
    pub network: NetworkRecipe,
    /// How it learns.
    pub training: TrainingRecipe,
}

/// How music is read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataRecipe {
    /// How many symbols, notes or frames the network sees before each prediction.
    pub window: usize,
    /// How many pieces are read, by name: those that come first, or all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pieces: Option<usize>,
    /// The share of windows (legacy) or of music (by piece) that judges.
    pub validation: f64,
    /// How often a symbol of notes-chords must be seen to be kept.
    #[serde(default = "one")]
    pub threshold: usize,
    /// Whether only the piano's tracks are read, where a piece has any.
    #[serde(default)]
    pub piano_only: bool,
    /// How pitches of pitch-step-duration are read: divided by this.
    #[serde(default = "pitch_scale")]
    pub pitch_scale: f32,
}

/// The network: recurrent layers, then dense ones, then the heads that the system has.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NetworkRecipe {
    /// How symbols enter.
    #[serde(default)]
    pub input: Input,
    /// Units of each LSTM layer.
    pub units: Vec<usize>,
    /// Share of each recurrent layer's outputs that is dropped in learning.
    pub dropout: f32,
    /// Units of each dense layer with ReLU between the last LSTM and the heads.
    #[serde(default)]
    pub dense: Vec<usize>,
    /// What is predicted of a frame of sound.
    #[serde(default)]
    pub frames: Frames,
}

/// How symbols enter the network.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Input {
    /// Their number, divided by how many there are: one value a step.
    #[default]
    Scaled,
    /// A learnt row of this width a symbol.
    Embedding(usize),
}

/// What is predicted of a frame of sound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Frames {
    /// One value a band, by squared error: the mean of all that may follow.
    #[default]
    Mean,
    /// A mixture of this many normal distributions, to be drawn from.
    Mixture(usize),
    /// One of this many kinds of frames, found among those learnt from, to be drawn.
    Palette(usize),
}

/// Which steps of a window are to be predicted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Targets {
    /// Only what follows the window, as the authors had it.
    Last,
    /// What follows every step: as many lessons as steps from one pass.
    Every,
}

/// How the network learns.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TrainingRecipe {
    /// Which steps of a window are to be predicted.
    pub targets: Targets,
    /// Windows in an update.
    pub batch: usize,
    /// Passes over all windows.
    pub epochs: u64,
    /// Adam's.
    pub learning_rate: f32,
    /// The share of the learning rate that is left at the end, by a cosine; 1 keeps it.
    #[serde(default = "whole")]
    pub final_rate: f32,
    /// Epochs, and judgements, without a better one after which learning stops; 0 never stops.
    #[serde(default)]
    pub patience: usize,
    /// Into how many parts the batch is cut for the threads; it changes the order in which
    /// gradients are added, so it is the recipe's and not the machine's.
    #[serde(default = "two")]
    pub shards: usize,
    /// Where all chance begins.
    #[serde(default = "seed")]
    pub seed: u64,
}

fn one() -> usize {
    1
}

fn two() -> usize {
    2
}

fn seed() -> u64 {
    1
}

fn whole() -> f32 {
    1.0
}

fn pitch_scale() -> f32 {
    128.0
}

impl SystemRecipe {
    /// The recipe of a system as it is built in.
    pub fn of(system: System) -> SystemRecipe {
        SystemRecipe::from_toml(system.recipe()).expect("a test reads every recipe we ship")
    }

    /// Reads a recipe and checks its numbers.
    pub fn from_toml(text: &str) -> Result<SystemRecipe, SystemRecipeError> {
        let recipe: SystemRecipe = toml::from_str(text)?;
        recipe.check()?;
        Ok(recipe)
    }

    /// Whether a TOML text is a recipe of a system, and not one of the note model.
    pub fn is_one(text: &str) -> bool {
        text.parse::<toml::Table>().is_ok_and(|table| table.contains_key("system"))
    }

    /// The recipe with every entry written out.
    pub fn to_toml(&self) -> String {
        toml::to_string(self).expect("a recipe is plain data")
    }

    /// The network's shape for so many distinct symbols; of frames, so many bands.
    pub fn shape(&self, symbols: usize) -> NetworkShape {
        let mut shape = NetworkShape {
            features: 1,
            embedding: None,
            units: self.network.units.clone(),
            dropout: self.network.dropout,
            dense: self.network.dense.clone(),
            targets: self.training.targets,
            heads: Vec::new(),
        };
        match self.system {
            System::Melody | System::NotesChords | System::ManyGenres => {
                shape.embedding = match self.network.input {
                    Input::Scaled => None,
                    Input::Embedding(width) => Some((symbols, width)),
                };
                shape.heads = vec![Head::symbol("symbol", symbols, 1.0)];
            }
            System::PitchStepDuration => {
                shape.features = 3;
                shape.heads = vec![
                    Head::symbol("pitch", symbols, 0.05),
                    Head::value("step", 1, 1.0),
                    Head::value("duration", 2, 1.0),
                ];
            }
            System::Spectrogram => {
                shape.features = symbols;
                shape.heads = vec![match self.network.frames {
                    Frames::Mean => Head::frame(symbols),
                    Frames::Mixture(components) => Head::mixture(symbols, components),
                    Frames::Palette(kinds) => Head::symbol("frame", kinds, 1.0),
                }];
            }
        }
        shape
    }

    /// Whether every number is one that training can use.
    pub fn check(&self) -> Result<(), SystemRecipeError> {
        let share = |name, found: f32, range, ok: bool| match ok {
            true => Ok(()),
            false => Err(SystemRecipeError::OutOfRange { name, found: f64::from(found), range }),
        };
        let count = |name, found: usize, most: usize, range| match (1..=most).contains(&found) {
            true => Ok(()),
            false => Err(SystemRecipeError::OutOfRange { name, found: found as f64, range }),
        };
        let (data, network, training) = (&self.data, &self.network, &self.training);
        count("data.window", data.window, 4096, "1 to 4096")?;
        if let Some(pieces) = data.pieces {
            count("data.pieces", pieces, 1_000_000, "1 to 1000000")?;
        }
        let validation = data.validation as f32;
        share("data.validation", validation, "0.01 to 0.9", (0.01..=0.9).contains(&validation))?;
        share(
            "data.pitch_scale",
            data.pitch_scale,
            "1 to 1000",
            (1.0..=1000.0).contains(&data.pitch_scale),
        )?;
        count("network.units' length", network.units.len(), 16, "1 to 16 layers")?;
        for &units in &network.units {
            count("network.units", units, 4096, "1 to 4096")?;
        }
        for &units in &network.dense {
            count("network.dense", units, 4096, "1 to 4096")?;
        }
        share(
            "network.dropout",
            network.dropout,
            "0 to 0.95",
            (0.0..=0.95).contains(&network.dropout),
        )?;
        if let Input::Embedding(width) = network.input {
            count("network.input.embedding", width, 4096, "1 to 4096")?;
        }
        match network.frames {
            Frames::Mean => {}
            Frames::Mixture(components) => {
                count("network.frames.mixture", components, 64, "1 to 64")?;
            }
            Frames::Palette(kinds) => count("network.frames.palette", kinds, 4096, "1 to 4096")?,
        }
        count("training.batch", training.batch, 65_536, "1 to 65536")?;
        count("training.shards", training.shards, training.batch, "1 to training.batch")?;
        let rate = training.learning_rate;
        share("training.learning_rate", rate, "above 0, to 1", rate > 0.0 && rate <= 1.0)?;
        let last = training.final_rate;
        share("training.final_rate", last, "0 to 1", (0.0..=1.0).contains(&last))?;
        self.check_fit()
    }

    /// Whether every entry means something to the system.
    fn check_fit(&self) -> Result<(), SystemRecipeError> {
        let symbols =
            matches!(self.system, System::Melody | System::NotesChords | System::ManyGenres);
        let system = self.system.name();
        let only = |ok: bool, name| match ok {
            true => Ok(()),
            false => Err(SystemRecipeError::NotHere { name, system }),
        };
        only(symbols || self.network.input == Input::Scaled, "network.input")?;
        let sound = self.system == System::Spectrogram;
        only(sound || self.network.frames == Frames::Mean, "network.frames")?;
        only(self.system == System::NotesChords || self.data.threshold == 1, "data.threshold")?;
        only(!sound || self.data.pieces.is_none(), "data.pieces")?;
        only(!sound || !self.data.piano_only, "data.piano_only")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::SystemNetwork;

    #[test]
    fn the_recipes_we_ship_can_be_followed_and_read_back() {
        for system in System::ALL {
            let recipe = SystemRecipe::from_toml(system.recipe()).unwrap();
            assert_eq!(recipe.system, system);
            assert_eq!(SystemRecipe::from_toml(&recipe.to_toml()).unwrap(), recipe);
        }
    }

    #[test]
    fn networks_have_as_many_weights_as_their_authors_say() {
        let weights = |system, symbols| {
            SystemNetwork::new(SystemRecipe::of(system).shape(symbols)).layout.len()
        };
        // LSTM 67,584, pitch 16,512, step 129, duration 129.
        assert_eq!(weights(System::PitchStepDuration, 128), 84_354);
        // Keras: 4·256·(1 + 256 + 1), 4·256·(256 + 256 + 1), 256·60 + 60.
        assert_eq!(weights(System::Melody, 60), 264_192 + 525_312 + 15_420);
        assert_eq!(weights(System::ManyGenres, 60), 264_192 + 525_312 + 15_420);
        // And a dense layer, 256·256 + 256, between.
        assert_eq!(weights(System::NotesChords, 60), 264_192 + 525_312 + 65_792 + 15_420);
        // 4·128·(128 + 128 + 1), twice; 128·128 + 128, twice.
        assert_eq!(weights(System::Spectrogram, 128), 131_584 * 2 + 16_512 * 2);
    }

    #[test]
    fn an_entry_that_means_nothing_is_refused() {
        let mut recipe = SystemRecipe::of(System::Melody);
        recipe.network.frames = Frames::Mixture(4);
        let error = recipe.check().unwrap_err().to_string();
        assert_eq!(error, "network.frames means nothing to the system melody; leave it out");
        recipe = SystemRecipe::of(System::Melody);
        recipe.network.dropout = 1.5;
        assert_eq!(
            recipe.check().unwrap_err().to_string(),
            "network.dropout is 1.5, and 0 to 0.95 will do"
        );
    }
}
