//! The complete saved model of a system: weights as safetensors, everything else as JSON.

use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde::{Deserialize, Serialize};

use crate::error::SystemError;
use crate::evaluation::{Epoch, Evaluation};
use crate::model::{SystemModel, Window};
use crate::network::SystemNetwork;
use crate::reading::Reading;
use crate::recipe::{Frames, SystemRecipe};

/// Where a model came from and how it went.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SystemProvenance {
    /// The corpus' fingerprint.
    pub corpus: String,
    /// What the corpus is called: the paths it was read from, or the songbook.
    pub corpus_name: String,
    /// Pieces or recordings learnt from and held back; under the legacy protocol all of them
    /// are both.
    pub pieces: (usize, usize),
    /// Windows learnt from and windows that judge.
    pub windows: (usize, usize),
    /// Updates of the weights.
    pub steps: u64,
    /// Time at work.
    pub seconds: f64,
    /// How it went, point by point.
    pub history: Vec<Epoch>,
    /// The saved weights on windows that judge, evenly over all of them; its measures count them.
    pub evaluation: Evaluation,
    /// The same on windows that nothing looked at before, where the corpus has such pieces.
    #[serde(default)]
    pub test: Option<Evaluation>,
    /// Nats a symbol and share of right ones of Markov models of order 1, 2 … on the pieces held
    /// back; empty under the legacy protocol and where no symbols are predicted.
    pub markov: Vec<(f64, f64)>,
    /// The same of a melody by rules, where pitches are predicted by piece.
    #[serde(default)]
    pub rules: Option<(f64, f64)>,
    /// For symbols: how many of them are seen at least so often, for a few thresholds.
    pub thresholds: Vec<(usize, usize)>,
    /// For sound: how much happens in each recording.
    #[serde(default)]
    pub recordings: Vec<RecordingActivity>,
    /// For distributions of frames: the temperature at which as much begins to sound as in the
    /// recordings. What is asked for multiplies it.
    #[serde(default)]
    pub temperature: Option<f64>,
}

/// How much happens in a recording: what tells music from a drone.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RecordingActivity {
    /// The file's.
    pub name: String,
    /// How much louder bands become from one hundredth of a second to the next, in decibels.
    pub spectral_flux: f64,
    /// How many things begin to sound in a second.
    pub onsets_a_second: f64,
    /// In LUFS, where there is enough to measure.
    pub loudness: Option<f64>,
    /// How far its spectra are from those of noise, in decibels, where it is not silent.
    #[serde(default)]
    pub tonality: Option<f64>,
}

/// A model and its provenance, as they are saved.
#[derive(Debug)]
pub struct SystemCheckpoint {
    /// The model.
    pub model: SystemModel,
    /// Where it came from.
    pub provenance: SystemProvenance,
}

/// The version of `model.json` that this build writes and reads.
const FORMAT: u32 = 1;

/// `model.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    format: u32,
    /// The system's name; its presence tells this file from that of a note model.
    system: String,
    recipe: String,
    reading: Reading,
    prompts: Vec<Window>,
    provenance: SystemProvenance,
    /// BLAKE3 of the weights' file.
    weights: String,
}

fn unusable(why: impl Into<String>) -> SystemError {
    SystemError::Saved { what: "model", why: why.into() }
}

impl SystemCheckpoint {
    /// Whether the text of a `model.json` is that of a system.
    pub fn is_one(json: &str) -> bool {
        /// What tells it apart.
        #[derive(Deserialize)]
        struct Named {
            #[serde(rename = "system")]
            _system: String,
        }
        serde_json::from_str::<Named>(json).is_ok()
    }

    /// The text of `model.json` and the bytes of the weights, which it names by checksum.
    pub fn save(&self) -> (String, Vec<u8>) {
        let model = &self.model;
        let entries = model.network.layout.entries();
        let bytes: Vec<Vec<u8>> = entries
            .iter()
            .map(|entry| {
                entry.span.of(&model.values).iter().flat_map(|value| value.to_le_bytes()).collect()
            })
            .collect();
        let views = entries.iter().zip(&bytes).map(|(entry, bytes)| {
            let view = TensorView::new(Dtype::F32, entry.shape.clone(), bytes)
                .expect("a span is as long as its shape says");
            (entry.name.as_str(), view)
        });
        let weights =
            safetensors::serialize(views, None).expect("names are distinct and lengths right");
        let saved = Saved {
            format: FORMAT,
            system: model.recipe.system.name().to_owned(),
            recipe: model.recipe.to_toml(),
            reading: model.reading.clone(),
            prompts: model.prompts.clone(),
            provenance: self.provenance.clone(),
            weights: blake3::hash(&weights).to_hex().to_string(),
        };
        let json = serde_json::to_string_pretty(&saved).expect("all of it is plain data");
        (json + "\n", weights)
    }

    /// The model that [`SystemCheckpoint::save`] wrote.
    pub fn load(json: &str, weights: &[u8]) -> Result<SystemCheckpoint, SystemError> {
        let saved: Saved =
            serde_json::from_str(json).map_err(|error| unusable(error.to_string()))?;
        if saved.format != FORMAT {
            let found = saved.format;
            return Err(unusable(format!("its format is {found}, and {FORMAT} is known")));
        }
        let found = blake3::hash(weights).to_hex().to_string();
        if found != saved.weights {
            let expected = saved.weights;
            return Err(unusable(format!(
                "its weights are damaged: BLAKE3 {found}, not {expected}"
            )));
        }
        let recipe = SystemRecipe::from_toml(&saved.recipe)?;
        let symbols = saved.reading.symbols();
        let kinds = match (&saved.reading, recipe.network.frames) {
            (Reading::Frames { bands, palette: Some(palette), .. }, Frames::Palette(kinds))
                if palette.fits(kinds, *bands) =>
            {
                kinds
            }
            (Reading::Frames { palette: Some(_), .. }, _) | (_, Frames::Palette(_)) => {
                return Err(unusable("its kinds of frames do not fit its recipe"));
            }
            (Reading::Frames { .. }, _) => 0,
            _ => symbols,
        };
        if symbols == 0 || symbols > usize::from(u16::MAX) {
            return Err(unusable(format!("its vocabulary has {symbols} symbols")));
        }
        let features = saved.reading.features();
        let window = recipe.data.window;
        for prompt in &saved.prompts {
            let symbols_fit = prompt.symbols.iter().all(|&symbol| usize::from(symbol) < kinds);
            if prompt.values.len() != window * features || !symbols_fit {
                return Err(unusable("a window to begin with does not fit its recipe"));
            }
        }
        let network = SystemNetwork::new(recipe.shape(symbols));
        let values = values(&network, weights)?;
        let model = SystemModel::new(recipe, saved.reading, network, values, saved.prompts);
        Ok(SystemCheckpoint { model, provenance: saved.provenance })
    }
}

/// The weights of a network from a safetensors file.
fn values(network: &SystemNetwork, bytes: &[u8]) -> Result<Vec<f32>, SystemError> {
    let file = SafeTensors::deserialize(bytes).map_err(|error| unusable(error.to_string()))?;
    let mut values = vec![0.0; network.layout.len()];
    for entry in network.layout.entries() {
        let (name, expected) = (&entry.name, &entry.shape);
        let tensor = file.tensor(name).map_err(|_| unusable(format!("it has no {name}")))?;
        if tensor.dtype() != Dtype::F32 || tensor.shape() != expected {
            let found = tensor.shape();
            return Err(unusable(format!("its {name} is {found:?}, not {expected:?} of f32")));
        }
        let into = entry.span.of_mut(&mut values).iter_mut();
        for (value, bytes) in into.zip(tensor.data().chunks_exact(4)) {
            *value = f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        }
    }
    Ok(values)
}
