//! One folder on disk, and all that can be done in it.

mod composing;
mod forms;
mod history;
mod measured;
mod opened;
mod trainings;

use std::fs::File;
use std::num::NonZero;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, OnceLock};

pub use self::forms::Excerpt;
pub use self::opened::Opened;
use crate::composers::{Composers, Figures, Limits};
use crate::error::StudioError;
use crate::jobs::Jobs;
use crate::pieces::Pieces;
use crate::shelf::{Shelf, Shelved};
use crate::sounds::Sounds;
use crate::store;

/// How a studio is opened.
#[derive(Clone, Debug)]
pub struct StudioOptions {
    /// Its folder, which is made if need be.
    pub folder: PathBuf,
    /// Models in other folders that may be composed with too.
    pub models: Vec<PathBuf>,
    /// A SoundFont for the sound.
    pub soundfont: Option<PathBuf>,
    /// How much is done at once.
    pub limits: Limits,
    /// What is read of a file that somebody brings.
    pub reading: cantilena_formats::Limits,
}

/// One folder on disk, and all that can be done in it, for several people at once.
///
/// `studio.sqlite` holds the pieces, `models/` the models, `jobs/` the files they learn from,
/// `sounds/` sound that can be rendered again. Each owner (a name the door gives to whoever asks)
/// has a history of their own.
pub struct Studio {
    pieces: Arc<Pieces>,
    shelf: Shelf,
    sounds: Sounds,
    composers: Composers,
    jobs: Jobs,
    figures: Arc<Figures>,
    /// The songbook's fingerprint and distributions, in JSON.
    songbook: OnceLock<(String, String)>,
    reading: cantilena_formats::Limits,
    /// Threads that listen to a recording; held while one is listened to, for that takes seconds
    /// of all of them, and memory.
    listening: Mutex<NonZero<usize>>,
    /// Held as long as the studio is open; the system lets go of it whatever happens.
    _lock: File,
}

impl Studio {
    /// Opens the studio in a folder.
    pub fn open(options: StudioOptions) -> Result<Studio, StudioError> {
        let StudioOptions { folder, models, soundfont, limits, reading } = options;
        for folder in [folder.clone(), folder.join("models"), folder.join("sounds")] {
            std::fs::create_dir_all(&folder)
                .map_err(|source| StudioError::Write { path: folder.clone(), source })?;
        }
        let lock = store::lock(&folder, "studio.lock")?
            .ok_or_else(|| StudioError::InUse { path: folder.clone() })?;
        let pieces = Arc::new(Pieces::open(&folder.join("studio.sqlite"))?);
        let figures = Arc::new(Figures::default());
        Ok(Studio {
            shelf: Shelf::new(folder.join("models"), models),
            sounds: Sounds::new(folder.join("sounds"), soundfont),
            jobs: Jobs::new(
                Arc::clone(&pieces),
                folder.join("jobs"),
                folder.join("models"),
                limits.composers,
            ),
            composers: Composers::new(Arc::clone(&pieces), limits, Arc::clone(&figures)),
            pieces,
            figures,
            songbook: OnceLock::new(),
            reading,
            listening: Mutex::new(NonZero::new(limits.composers).unwrap_or(NonZero::<usize>::MIN)),
            _lock: lock,
        })
    }

    /// The models there are, the newest first: name and folder.
    pub fn models(&self) -> Vec<(String, PathBuf)> {
        self.shelf.list()
    }

    /// A model by its name.
    pub fn model(&self, name: &str) -> Result<Arc<Shelved>, StudioError> {
        self.shelf.model(name)
    }

    /// Loads every model, so that nobody has to wait for it later.
    pub fn warm(&self) {
        for (name, _) in self.models() {
            // One that cannot be loaded says so to whoever asks for it.
            let _ = self.model(&name);
        }
    }

    /// Whether any model is loaded.
    pub fn has_loaded(&self) -> bool {
        self.shelf.has_loaded()
    }

    /// Takes nothing more in and ends what is under way, keeping what there is.
    pub fn close(&self) {
        self.composers.close();
        self.jobs.close();
    }
}
