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
    let (json, weights) = read_model(folder)?;
    Checkpoint::load(&json, &weights).map_err(|source| unusable(folder, source))
}

/// The text of a folder's `model.json`.
pub(crate) fn model_json(folder: &Path) -> Result<String, StudioError> {
    if !model_exists(folder) {
        return Err(StudioError::NoModel { path: folder.to_owned() });
    }
    Ok(String::from_utf8_lossy(&store::read(&folder.join(MODEL))?).into_owned())
}

/// The text of a folder's `model.json`, and the weights it names.
pub(crate) fn read_model(folder: &Path) -> Result<(String, Vec<u8>), StudioError> {
    let json = model_json(folder)?;
    let checksum = Checkpoint::weights_of(&json).map_err(|source| unusable(folder, source))?;
    let weights = store::read(&weights_path(folder, &checksum))?;
    Ok((json, weights))
}

/// Writes a model into a folder, over the one that may be there.
pub(crate) fn save_model(folder: &Path, checkpoint: &Checkpoint) -> Result<(), StudioError> {
    let (json, weights) = checkpoint.save();
    write_model(folder, &json, &weights)
}

/// Writes the text of a `model.json` and the weights it names, over what may be there.
pub(crate) fn write_model(folder: &Path, json: &str, weights: &[u8]) -> Result<(), StudioError> {
    let before = model_json(folder).ok().and_then(|json| Checkpoint::weights_of(&json).ok());
    let checksum = Checkpoint::weights_of(json).map_err(|source| unusable(folder, source))?;
    store::write(&weights_path(folder, &checksum), weights, Overwrite::Replace)?;
    store::write(&folder.join(MODEL), json.as_bytes(), Overwrite::Replace)?;
    // Only now is nothing left that names the old weights.
    if let Some(before) = before.filter(|before| *before != checksum) {
        let _ = std::fs::remove_file(weights_path(folder, &before));
    }
    Ok(())
}

fn unusable(folder: &Path, source: CheckpointError) -> StudioError {
    StudioError::Checkpoint { path: folder.to_owned(), source: Box::new(source) }
}

/// The weights of a checksum. Anything else in its place would be a path of somebody's choosing.
fn weights_path(folder: &Path, checksum: &str) -> PathBuf {
    let hex: String = checksum.chars().filter(char::is_ascii_hexdigit).take(16).collect();
    folder.join(format!("weights-{hex}.safetensors"))
}
