//! The models of a studio: found in its folder and where its owner said, loaded once.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use cantilena_model::Checkpoint;
use cantilena_systems::{System, SystemCheckpoint};

use crate::error::StudioError;
use crate::library::{load_model, model_exists};
use crate::store;
use crate::systems::load_system;

/// A model that is loaded.
pub struct Shelved {
    /// What it is called: the name of its folder.
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
    /// A checksum of `model.json`, which names the weights by theirs.
    pub fingerprint: String,
    /// The model.
    pub checkpoint: Checkpoint,
}

/// All models of a studio.
pub(crate) struct Shelf {
    /// Every folder in here that holds a model is one of the studio's.
    folder: PathBuf,
    /// Folders elsewhere that its owner named.
    others: Vec<PathBuf>,
    loaded: Mutex<BTreeMap<String, Arc<Shelved>>>,
    /// The model that melodies are asked of, and its fingerprint.
    melody: Mutex<Option<(String, Arc<SystemCheckpoint>)>>,
    has_loaded: AtomicBool,
}

impl Shelf {
    pub(crate) fn new(folder: PathBuf, others: Vec<PathBuf>) -> Shelf {
        let (loaded, melody) = (Mutex::default(), Mutex::default());
        Shelf { folder, others, loaded, melody, has_loaded: AtomicBool::new(false) }
    }

    /// The note models there are: name and folder, the newest first.
    pub(crate) fn list(&self) -> Vec<(String, PathBuf)> {
        self.folders(false)
    }

    /// The newest model of one of the systems that can be asked for a melody.
    pub(crate) fn melody(&self) -> Result<Arc<SystemCheckpoint>, StudioError> {
        let mut loaded = self.melody.lock().unwrap_or_else(PoisonError::into_inner);
        for (_, folder) in self.folders(true) {
            let json = store::read(&folder.join("model.json"))?;
            let fingerprint = blake3::hash(&json).to_hex().to_string();
            if let Some((_, model)) = loaded.as_ref().filter(|(known, _)| *known == fingerprint) {
                return Ok(Arc::clone(model));
            }
            let model = load_system(&folder)?;
            if matches!(model.model.recipe.system, System::Melody | System::ManyGenres) {
                let model = Arc::new(model);
                *loaded = Some((fingerprint, Arc::clone(&model)));
                return Ok(model);
            }
        }
        Err(StudioError::Request(
            "no model of the system melody is here; `cantilena train MUSIC --recipe melody --out \
             FOLDER/models/melody` makes one"
                .to_owned(),
        ))
    }

    /// Models of the systems, or all others: name and folder, the newest first.
    fn folders(&self, of_systems: bool) -> Vec<(String, PathBuf)> {
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let own = entries.map(|entry| entry.path());
        let mut models: Vec<(std::time::SystemTime, String, PathBuf)> = own
            .chain(self.others.iter().cloned())
            .filter(|folder| model_exists(folder) && names_system(folder) == of_systems)
            .filter_map(|folder| {
                let made = std::fs::metadata(folder.join("model.json")).ok()?.modified().ok()?;
                Some((made, name_of(&folder), folder))
            })
            .collect();
        models.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        let mut names = std::collections::BTreeSet::new();
        models.retain(|(_, name, _)| names.insert(name.clone()));
        models.into_iter().map(|(_, name, folder)| (name, folder)).collect()
    }

    /// Whether any model is loaded.
    pub(crate) fn has_loaded(&self) -> bool {
        self.has_loaded.load(Ordering::Relaxed)
    }

    /// A model by its name, as it is on disk now.
    pub(crate) fn model(&self, name: &str) -> Result<Arc<Shelved>, StudioError> {
        let models = self.list();
        let Some((_, folder)) = models.iter().find(|(known, _)| known == name) else {
            let known = models.into_iter().map(|(name, _)| name).collect();
            return Err(StudioError::NoSuchModel { name: name.to_owned(), known });
        };
        let json = store::read(&folder.join("model.json"))?;
        let fingerprint = blake3::hash(&json).to_hex().to_string();
        // Held while loading: two who ask at once load it once.
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(model) = loaded.get(name).filter(|model| model.fingerprint == fingerprint) {
            return Ok(Arc::clone(model));
        }
        let model = Arc::new(Shelved {
            name: name.to_owned(),
            folder: folder.clone(),
            fingerprint,
            checkpoint: load_model(folder)?,
        });
        loaded.insert(name.to_owned(), Arc::clone(&model));
        self.has_loaded.store(true, Ordering::Relaxed);
        Ok(model)
    }
}

/// Whether a folder's `model.json` is that of a system, by its first lines: all of it need not be
/// read to list what is there.
fn names_system(folder: &Path) -> bool {
    let mut first = [0; 64];
    let file = std::fs::File::open(folder.join("model.json"));
    let read = file.and_then(|mut file| file.read(&mut first)).unwrap_or(0);
    first[..read].windows(8).any(|words| words == b"\"system\"")
}

/// What a model is called: the name of its folder.
fn name_of(folder: &Path) -> String {
    let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    whole.file_name().map_or_else(|| "model".to_owned(), |name| name.to_string_lossy().into_owned())
}
