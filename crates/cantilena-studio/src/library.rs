//! A model as a folder: `model.json`, and the weights it names.
//!
//! Weights are named by their checksum. They are written first and `model.json` last, by a
//! rename, so at every moment the folder holds one whole model: the old one or the new.

use std::path::{Path, PathBuf};

use cantilena_model::{Checkpoint, CheckpointError};

use crate::error::StudioError;
use crate::output::Overwrite;
use crate::store;

const MODEL: &str = "model.json";

/// Whether a folder holds a model.
pub fn model_exists(folder: &Path) -> bool {
    folder.join(MODEL).is_file()
}

/// The model in a folder.
pub fn load_model(folder: &Path) -> Result<Checkpoint, StudioError> {
    if !model_exists(folder) {
        return Err(StudioError::NoModel { path: folder.to_owned() });
    }
    let unusable = |source: CheckpointError| StudioError::Checkpoint {
        path: folder.to_owned(),
        source: Box::new(source),
    };
    let json = String::from_utf8_lossy(&store::read(&folder.join(MODEL))?).into_owned();
    let checksum = Checkpoint::weights_of(&json).map_err(unusable)?;
    let weights = store::read(&weights_path(folder, &checksum))?;
    Checkpoint::load(&json, &weights).map_err(unusable)
}

/// Writes a model into a folder, over the one that may be there.
pub(crate) fn save_model(folder: &Path, checkpoint: &Checkpoint) -> Result<(), StudioError> {
    let before = store::read(&folder.join(MODEL))
        .ok()
        .and_then(|json| Checkpoint::weights_of(&String::from_utf8_lossy(&json)).ok());
    let (json, weights) = checkpoint.save();
    let checksum = Checkpoint::weights_of(&json).map_err(|source| StudioError::Checkpoint {
        path: folder.to_owned(),
        source: Box::new(source),
    })?;
    store::write(&weights_path(folder, &checksum), &weights, Overwrite::Replace)?;
    store::write(&folder.join(MODEL), json.as_bytes(), Overwrite::Replace)?;
    // Only now is nothing left that names the old weights.
    if let Some(before) = before.filter(|before| *before != checksum) {
        let _ = std::fs::remove_file(weights_path(folder, &before));
    }
    Ok(())
}

/// The weights of a checksum. Anything else in its place would be a path of somebody's choosing.
fn weights_path(folder: &Path, checksum: &str) -> PathBuf {
    let hex: String = checksum.chars().filter(char::is_ascii_hexdigit).take(16).collect();
    folder.join(format!("weights-{hex}.safetensors"))
}
