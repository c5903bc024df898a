//! The folder of a model, as a training finds it and may have to leave it.

use std::path::Path;

use super::saves;
use crate::error::StudioError;
use crate::library::model_exists;
use crate::output::Overwrite;
use crate::store;

/// Whether the folder may be written to as asked.
///
/// # Errors
/// [`StudioError::NothingToResume`], [`StudioError::Exists`], [`StudioError::Request`] where a run
/// is there that nobody asked to go on with, [`StudioError::Write`] where nothing can be written.
pub(crate) fn check(folder: &Path, overwrite: Overwrite, resume: bool) -> Result<(), StudioError> {
    let path = || folder.to_owned();
    match (resume, saves::exist(folder)) {
        (true, false) => return Err(StudioError::NothingToResume { path: path() }),
        (true, true) => {}
        (false, _) if overwrite == Overwrite::Replace => {}
        (false, true) => {
            return Err(StudioError::Request(format!(
                "{} holds an interrupted training; go on with it by --resume, or begin anew by \
                 --force",
                folder.display()
            )));
        }
        (false, false) if model_exists(folder) => {
            return Err(StudioError::Exists { path: path() });
        }
        (false, false) => {}
    }
    // Now, and not after an hour of reading and learning.
    store::check_writable(folder)
}

/// Says of an error in writing that the run is not lost, where it is not.
pub(crate) fn stopped(folder: &Path, error: StudioError) -> StudioError {
    match error {
        StudioError::Write { .. } if saves::exist(folder) => {
            StudioError::Stopped { path: folder.to_owned(), source: Box::new(error) }
        }
        error => error,
    }
}
