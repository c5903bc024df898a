//! A run put aside, and taken up where it was left.
//!
//! What the weights, the optimiser, the data order and the carried states were is all there, so
//! a run that was interrupted makes the same steps as one that was not.

use std::collections::{BTreeMap, HashMap};

use cantilena_corpus::FeedPosition;
use cantilena_neural::{Adam, Average};
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde::{Deserialize, Serialize};

use crate::error::ResumeError;
use crate::history::History;
use crate::recipe::Recipe;
use crate::run::Run;

/// Everything of a run that is no array.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    recipe: String,
    corpus: String,
    step: u64,
    adam_step: u64,
    feed: FeedPosition,
    history: History,
    since: (f64, u64),
    /// Seconds at work so far, which the owner's clock has counted.
    seconds: f64,
}

/// The key of the file's metadata under which [`Saved`] stands, so that one file holds all.
const KEY: &str = "run";

/// The recipe by which a run was begun, from its state.
///
/// # Errors
/// Those of [`Run::resume`] on bytes that are no state.
pub fn recipe_of(bytes: &[u8]) -> Result<Recipe, ResumeError> {
    let recipe = metadata(bytes)?.recipe;
    // A recipe that cannot be read is by another version of this program.
    Recipe::from_toml(&recipe).map_err(|_| ResumeError::Another { what: "recipe" })
}

/// What is saved beside the arrays.
fn metadata(bytes: &[u8]) -> Result<Saved, ResumeError> {
    let (_, header) = SafeTensors::read_metadata(bytes)?;
    let json = header.metadata().as_ref().and_then(|entries| entries.get(KEY));
    Ok(serde_json::from_str(json.map_or("", String::as_str))?)
}

impl Run<'_> {
    /// The state of the run as one safetensors file, with the fingerprint of its corpus and the
    /// seconds it has been at work.
    pub fn save(&self, corpus: &str, seconds: f64) -> Vec<u8> {
        let saved = Saved {
            recipe: self.recipe.to_toml(),
            corpus: corpus.to_owned(),
            step: self.step,
            adam_step: self.adam.step(),
            feed: self.feed.position(),
            history: self.history.clone(),
            since: self.since,
            seconds,
        };
        let json = serde_json::to_string(&saved).expect("all of it is plain data");
        let mut arrays: BTreeMap<String, &[f32]> = BTreeMap::new();
        arrays.insert("values".to_owned(), &self.values);
        arrays.insert("best".to_owned(), &self.best);
        arrays.insert("adam.first".to_owned(), self.adam.first());
        arrays.insert("adam.second".to_owned(), self.adam.second());
        if let Some(average) = &self.average {
            arrays.insert("average".to_owned(), average.sums());
        }
        for (index, shard) in self.shards.iter().enumerate() {
            for (layer, state) in shard.work.states.iter().enumerate() {
                arrays.insert(format!("state.{index}.{layer}.h"), &state.h);
                arrays.insert(format!("state.{index}.{layer}.c"), &state.c);
            }
        }
        let bytes: BTreeMap<&String, Vec<u8>> = arrays
            .iter()
            .map(|(name, values)| (name, values.iter().flat_map(|v| v.to_le_bytes()).collect()))
            .collect();
        let views = bytes.iter().map(|(name, bytes)| {
            let view = TensorView::new(Dtype::F32, vec![bytes.len() / 4], bytes)
                .expect("four bytes a value");
            (name.as_str(), view)
        });
        let metadata = HashMap::from([(KEY.to_owned(), json)]);
        safetensors::serialize(views, Some(metadata)).expect("names are distinct")
    }

    /// Takes up a run of the same recipe and corpus where [`Run::save`] left it; gives the
    /// seconds it had been at work.
    pub fn resume(mut self, corpus: &str, bytes: &[u8]) -> Result<(Self, f64), ResumeError> {
        let saved = metadata(bytes)?;
        if saved.recipe != self.recipe.to_toml() {
            return Err(ResumeError::Another { what: "recipe or seed" });
        }
        if saved.corpus != corpus {
            return Err(ResumeError::Another { what: "corpus" });
        }
        let file = SafeTensors::deserialize(bytes)?;
        let read = |name: &str, into: &mut [f32]| {
            let absent = || ResumeError::Array { name: name.to_owned(), expected: into.len() };
            let tensor = file.tensor(name).map_err(|_| absent())?;
            if tensor.dtype() != Dtype::F32 || tensor.data().len() != into.len() * 4 {
                return Err(absent());
            }
            for (value, bytes) in into.iter_mut().zip(tensor.data().chunks_exact(4)) {
                *value = f32::from_le_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
            }
            Ok(())
        };
        read("values", &mut self.values)?;
        read("best", &mut self.best)?;
        let mut moments = (vec![0.0; self.values.len()], vec![0.0; self.values.len()]);
        read("adam.first", &mut moments.0)?;
        read("adam.second", &mut moments.1)?;
        self.adam = Adam::restore(self.adam.options, moments.0, moments.1, saved.adam_step);
        if let Some(average) = &mut self.average {
            let mut sums = vec![0.0; self.values.len()];
            read("average", &mut sums)?;
            *average = Average::restore(average.decay, sums, saved.adam_step);
        }
        let (streams, shards) = (self.recipe.training.streams, self.shards.len());
        for (index, shard) in self.shards.iter_mut().enumerate().filter(|_| saved.step > 0) {
            let batch = (index + 1) * streams / shards - index * streams / shards;
            shard.work.states = self.network.silence(batch);
            for (layer, state) in shard.work.states.iter_mut().enumerate() {
                read(&format!("state.{index}.{layer}.h"), &mut state.h)?;
                read(&format!("state.{index}.{layer}.c"), &mut state.c)?;
            }
        }
        self.feed = self.feed.at(&saved.feed);
        (self.step, self.history, self.since) = (saved.step, saved.history, saved.since);
        Ok((self, saved.seconds))
    }
}
