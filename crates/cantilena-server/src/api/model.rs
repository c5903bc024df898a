//! Models, in a few words and in full.

use std::collections::BTreeMap;

use cantilena_studio::{ModelKind, Shelved};
use serde::Serialize;
use utoipa::ToSchema;

use super::commission::CommissionLimits;

/// The models there are.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Models {
    /// The newest first.
    pub(crate) models: Vec<ModelCard>,
    /// What one commission may ask for.
    pub(crate) limits: CommissionLimits,
}

/// A model, as far as it can be said in a few words.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ModelCard {
    /// What it is called.
    pub(crate) name: String,
    /// What it has learnt from.
    corpus: String,
    /// Pieces learnt from and held back.
    pieces: (usize, usize),
    /// Updates of its weights.
    steps: u64,
    /// How many weights it has.
    weights: usize,
    /// How it writes music; of one of the five systems, which.
    representation: String,
    /// Whether it continues what is there, in any key and density; the five systems do not.
    continues: bool,
    /// The genres that it can be asked for.
    genres: Vec<String>,
    /// What else it can be asked for of a piece as a whole: the values by name.
    conditions: BTreeMap<String, Vec<String>>,
    /// What was measured on the pieces held back.
    metrics: BTreeMap<String, f64>,
    /// A checksum of it.
    fingerprint: String,
}

impl From<&Shelved> for ModelCard {
    fn from(model: &Shelved) -> ModelCard {
        let card = ModelCard {
            name: model.name.clone(),
            corpus: String::new(),
            pieces: (0, 0),
            steps: 0,
            weights: 0,
            representation: String::new(),
            continues: model.notes().is_some(),
            genres: model.genres(),
            conditions: model.conditions(),
            metrics: BTreeMap::new(),
            fingerprint: model.fingerprint.clone(),
        };
        match &model.kind {
            ModelKind::Notes(checkpoint) => {
                let (network, provenance) = (&checkpoint.model, &checkpoint.provenance);
                ModelCard {
                    corpus: provenance.corpus_name.clone(),
                    pieces: provenance.pieces,
                    steps: provenance.steps,
                    weights: network.values.len(),
                    representation: network.tokenizer.representation().to_string(),
                    metrics: provenance.metrics.clone(),
                    ..card
                }
            }
            ModelKind::System(checkpoint) => {
                let (network, provenance) = (&checkpoint.model, &checkpoint.provenance);
                let measures = provenance.evaluation.measures.iter();
                ModelCard {
                    corpus: provenance.corpus_name.clone(),
                    pieces: provenance.pieces,
                    steps: provenance.steps,
                    weights: network.values.len(),
                    representation: network.recipe.system.to_string(),
                    metrics: measures
                        .map(|measure| (format!("{}_loss", measure.head), measure.mean()))
                        .collect(),
                    ..card
                }
            }
        }
    }
}

/// A model in full.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ModelBody {
    /// In a few words.
    pub(crate) model: ModelCard,
    /// Its tensors.
    pub(crate) layers: Vec<Layer>,
    /// Its recipe, in TOML.
    pub(crate) recipe: String,
    /// How its learning went, where it was trained here.
    #[schema(value_type = Option<Object>)]
    pub(crate) history: Option<serde_json::Value>,
    /// What it has learnt from, where that is known: histograms by name.
    #[schema(value_type = Option<Object>)]
    pub(crate) corpus: Option<serde_json::Value>,
}

/// A tensor of a model.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Layer {
    name: String,
    shape: Vec<usize>,
    weights: usize,
}

impl From<&Shelved> for ModelBody {
    fn from(model: &Shelved) -> ModelBody {
        let (layout, recipe) = match &model.kind {
            ModelKind::Notes(checkpoint) => {
                (&checkpoint.model.network.layout, checkpoint.provenance.recipe.clone())
            }
            ModelKind::System(checkpoint) => {
                (&checkpoint.model.network.layout, checkpoint.model.recipe.to_toml())
            }
        };
        let layers = layout.entries().iter().map(|entry| Layer {
            name: entry.name.clone(),
            shape: entry.shape.clone(),
            weights: entry.shape.iter().product(),
        });
        ModelBody {
            model: ModelCard::from(model),
            layers: layers.collect(),
            recipe,
            history: None,
            corpus: None,
        }
    }
}
