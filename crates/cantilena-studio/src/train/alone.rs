//! One training at a time in a folder.

use std::fs::File;
use std::path::{Path, PathBuf};

use crate::error::StudioError;
use crate::store;

/// The file that is locked while a training is at work.
const NAME: &str = "training.lock";

/// The right to train in a folder, which one at a time has.
pub(crate) struct Alone {
    folder: PathBuf,
    /// Whether the folder was not there before.
    is_new: bool,
    _lock: File,
}

impl Alone {
    /// Makes the folder, where it is not there, and takes it.
    ///
    /// # Errors
    /// [`StudioError::TrainingAtWork`] where another training is at work in it.
    pub(crate) fn in_folder(folder: &Path) -> Result<Alone, StudioError> {
        let is_new = !folder.exists();
        std::fs::create_dir_all(folder)
            .map_err(|source| StudioError::Write { path: folder.to_owned(), source })?;
        let lock = store::lock(folder, NAME)?
            .ok_or_else(|| StudioError::TrainingAtWork { path: folder.to_owned() })?;
        Ok(Alone { folder: folder.to_owned(), is_new, _lock: lock })
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        // It says nothing any more; a folder that was made for nothing goes with it.
        let _ = std::fs::remove_file(self.folder.join(NAME));
        if self.is_new {
            let _ = std::fs::remove_dir(&self.folder);
        }
    }
}
