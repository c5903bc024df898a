//! A run put aside, and taken up where it was left.

use std::collections::{BTreeMap, HashMap};

use cantilena_neural::Adam;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};
use serde::{Deserialize, Serialize};

use crate::error::SystemError;
use crate::evaluation::{Epoch, Evaluation};
use crate::run::SystemRun;

/// Everything of a run that is no array.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    recipe: String,
    corpus: String,
    step: u64,
    adam_step: u64,
    history: Vec<Epoch>,
    since: Evaluation,
    /// Seconds at work so far, which the owner's clock has counted.
    seconds: f64,
}

/// The key of the file's metadata under which [`Saved`] stands, so that one file holds all.
const KEY: &str = "run";

fn unusable(why: impl Into<String>) -> SystemError {
    SystemError::Saved { what: "run", why: why.into() }
}

impl SystemRun<'_> {
    /// The state of the run as one safetensors file, with the fingerprint of its corpus and the
    /// seconds it has been at work.
    pub fn save(&self, corpus: &str, seconds: f64) -> Vec<u8> {
        let saved = Saved {
            recipe: self.recipe.to_toml(),
            corpus: corpus.to_owned(),
            step: self.step,
            adam_step: self.adam.step(),
            history: self.history.clone(),
            since: self.since.clone(),
            seconds,
        };
        let json = serde_json::to_string(&saved).expect("all of it is plain data");
        let arrays = BTreeMap::from([
            ("values", &self.values[..]),
            ("best", &self.best),
            ("adam.first", self.adam.first()),
            ("adam.second", self.adam.second()),
        ]);
        let bytes: BTreeMap<&str, Vec<u8>> = arrays
            .iter()
            .map(|(name, values)| (*name, values.iter().flat_map(|v| v.to_le_bytes()).collect()))
            .collect();
        let views = bytes.iter().map(|(name, bytes)| {
            let view = TensorView::new(Dtype::F32, vec![bytes.len() / 4], bytes)
                .expect("four bytes a value");
            (*name, view)
        });
        let metadata = HashMap::from([(KEY.to_owned(), json)]);
        safetensors::serialize(views, Some(metadata)).expect("names are distinct")
    }

    /// Takes up a run of the same recipe and corpus where [`SystemRun::save`] left it; gives the
    /// seconds it had been at work.
    pub fn resume(mut self, corpus: &str, bytes: &[u8]) -> Result<(Self, f64), SystemError> {
        let damaged = |error: safetensors::SafeTensorError| unusable(error.to_string());
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(damaged)?;
        let json = header.metadata().as_ref().and_then(|entries| entries.get(KEY));
        let saved: Saved = serde_json::from_str(json.map_or("", String::as_str))
            .map_err(|error| unusable(error.to_string()))?;
        if saved.recipe != self.recipe.to_toml() {
            return Err(unusable(
                "it was begun with another recipe or seed; begin anew with --force",
            ));
        }
        if saved.corpus != corpus {
            return Err(unusable("it was begun with other music; begin anew with --force"));
        }
        let file = SafeTensors::deserialize(bytes).map_err(damaged)?;
        let read = |name: &str, into: &mut [f32]| {
            let absent = || unusable(format!("it has no {name} of {} values", into.len()));
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
        (self.step, self.history, self.since) = (saved.step, saved.history, saved.since);
        Ok((self, saved.seconds))
    }
}
