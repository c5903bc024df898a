//! The complete saved model: weights as safetensors, everything else as JSON.

use std::collections::BTreeMap;

use cantilena_tokens::{KnownConditions, Opening, Tokenizer};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde::{Deserialize, Serialize};

use crate::config::{ModelConfig, WeightsKind};
use crate::error::CheckpointError;
use crate::model::Model;
use crate::network::Network;

/// The version of `model.json` that this build writes and reads.
const FORMAT: u32 = 1;

/// The most units, layers or widths a checkpoint may ask for: far more than a CPU trains, far
/// less than would fill memory before the weights are found missing.
const DIMENSION_MAX: usize = 16_384;

/// Where a model came from, as plain text, so that it can be read without the crates that wrote it.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Provenance {
    /// The recipe, in TOML.
    pub recipe: String,
    /// The corpus' fingerprint.
    pub corpus: String,
    /// What the corpus is called: the paths it was read from, or the songbook.
    pub corpus_name: String,
    /// Pieces learnt from and held back.
    pub pieces: (usize, usize),
    /// Updates of the weights.
    pub steps: u64,
    /// What was measured on the pieces held back, by name.
    pub metrics: BTreeMap<String, f64>,
}

/// A model and its provenance, as they are saved.
#[derive(Debug)]
pub struct Checkpoint {
    /// The model.
    pub model: Model,
    /// Where it came from.
    pub provenance: Provenance,
}

/// `model.json`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    format: u32,
    config: ModelConfig,
    tokenizer: Tokenizer,
    openings: Vec<Opening>,
    /// Absent from models that were told nothing.
    #[serde(default, skip_serializing_if = "KnownConditions::is_empty")]
    conditions: KnownConditions,
    provenance: Provenance,
    /// BLAKE3 of the weights' file.
    weights: String,
    /// How weights are kept while composing; models of earlier builds do not say.
    #[serde(default)]
    composing: WeightsKind,
}

impl Checkpoint {
    /// The text of `model.json` and the bytes of the weights, which it names by checksum.
    pub fn save(&self) -> (String, Vec<u8>) {
        let weights = tensors(&self.model.network, &self.model.values);
        let saved = Saved {
            format: FORMAT,
            config: self.model.network.config.clone(),
            tokenizer: self.model.tokenizer.clone(),
            openings: self.model.openings.clone(),
            conditions: self.model.conditions.clone(),
            provenance: self.provenance.clone(),
            weights: blake3::hash(&weights).to_hex().to_string(),
            composing: self.model.weights(),
        };
        let json = serde_json::to_string_pretty(&saved).expect("all of it is plain data");
        (json + "\n", weights)
    }

    /// The checksum of the weights that a `model.json` goes with.
    pub fn weights_of(json: &str) -> Result<String, CheckpointError> {
        /// Whatever kind of model it is, the name of its weights stands in one place.
        #[derive(Deserialize)]
        struct Named {
            weights: String,
        }
        Ok(serde_json::from_str::<Named>(json)?.weights)
    }

    /// The model that [`Checkpoint::save`] wrote.
    pub fn load(json: &str, weights: &[u8]) -> Result<Checkpoint, CheckpointError> {
        let saved = read_json(json)?;
        let found = blake3::hash(weights).to_hex().to_string();
        if found != saved.weights {
            return Err(CheckpointError::Checksum { found, expected: saved.weights });
        }
        let config = &saved.config;
        let dimensions = [
            ("units", config.units),
            ("layers", config.layers),
            ("an embedding", config.embedding),
            ("a head", config.head),
        ];
        for (what, found) in dimensions {
            if found > DIMENSION_MAX || found == 0 {
                return Err(CheckpointError::OverLimit { what, found, limit: DIMENSION_MAX });
            }
        }
        let fields = saved.conditions.with_fields(saved.tokenizer.fields());
        let network = Network::new(config, fields);
        let values = values(&network, weights)?;
        let model =
            Model::new(network, saved.tokenizer, saved.openings, values).knowing(saved.conditions);
        let model = model.composing(saved.composing);
        Ok(Checkpoint { model, provenance: saved.provenance })
    }
}

fn read_json(json: &str) -> Result<Saved, CheckpointError> {
    /// The version alone, readable whatever else a later one adds.
    #[derive(Deserialize)]
    struct Version {
        format: u32,
    }
    let Version { format } = serde_json::from_str(json)?;
    if format != FORMAT {
        return Err(CheckpointError::Version { found: format, known: FORMAT });
    }
    Ok(serde_json::from_str(json)?)
}

/// The weights as a safetensors file, one tensor a name of the layout, f32.
pub(crate) fn tensors(network: &Network, values: &[f32]) -> Vec<u8> {
    let entries = network.layout.entries();
    let bytes: Vec<Vec<u8>> = entries
        .iter()
        .map(|entry| entry.span.of(values).iter().flat_map(|value| value.to_le_bytes()).collect())
        .collect();
    let views = entries.iter().zip(&bytes).map(|(entry, bytes)| {
        let view = TensorView::new(Dtype::F32, entry.shape.clone(), bytes)
            .expect("a span is as long as its shape says");
        (entry.name.as_str(), view)
    });
    safetensors::serialize(views, None).expect("names are distinct and lengths right")
}

/// The weights of a network from a safetensors file.
pub(crate) fn values(network: &Network, bytes: &[u8]) -> Result<Vec<f32>, CheckpointError> {
    let file = SafeTensors::deserialize(bytes)?;
    let mut values = vec![0.0; network.layout.len()];
    for entry in network.layout.entries() {
        let missing = |_| CheckpointError::Missing(entry.name.clone());
        let tensor = file.tensor(&entry.name).map_err(missing)?;
        if tensor.dtype() != Dtype::F32 || tensor.shape() != entry.shape {
            return Err(CheckpointError::Shape {
                name: entry.name.clone(),
                found: format!("{:?} {:?}", tensor.dtype(), tensor.shape()),
                expected: format!("F32 {:?}", entry.shape),
            });
        }
        for (value, bytes) in
            entry.span.of_mut(&mut values).iter_mut().zip(tensor.data().chunks_exact(4))
        {
            *value = f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        }
    }
    Ok(values)
}
