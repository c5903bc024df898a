//! The five systems: music or sound becomes one of their models, and the model a piece.

mod compose;
mod prepared;
mod sitting;
mod sound;
mod train;

pub use compose::{compose_by_rules, melody_of_genre, rules_of_genre};
pub(crate) use compose::{genres_of, perform_system, quarters};
pub(crate) use sound::{compose_sound, composed_sound, is_sound, told};
pub use train::{
    SystemNews, SystemOutcome, SystemTraining, judging_windows, system_material, train_system,
};

use std::path::Path;

use cantilena_neural::LayerSummary;
use cantilena_systems::SystemCheckpoint;

use crate::error::StudioError;
use crate::library;

/// Whether a folder holds a model of one of the systems.
pub fn is_system(folder: &Path) -> bool {
    library::model_json(folder).is_ok_and(|json| SystemCheckpoint::is_one(&json))
}

/// The layers of a folder's model, of either kind.
pub fn layers(folder: &Path) -> Result<Vec<LayerSummary>, StudioError> {
    if is_system(folder) {
        return Ok(load_system(folder)?.model.network.summary());
    }
    Ok(library::load_model(folder)?.model.network.summary())
}

/// The model of a system in a folder.
pub fn load_system(folder: &Path) -> Result<SystemCheckpoint, StudioError> {
    let (json, weights) = library::read_model(folder)?;
    Ok(SystemCheckpoint::load(&json, &weights)?)
}
