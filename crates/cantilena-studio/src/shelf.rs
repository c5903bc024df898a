//! The models of a studio: found in its folder and where its owner said, loaded once.

use std::collections::BTreeMap;
use std::io::Read;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use cantilena_model::Checkpoint;
use cantilena_systems::SystemCheckpoint;
use cantilena_tokens::ConditionKind;

use crate::commission::{Commission, PieceNews, perform};
use crate::compose::Composition;
use crate::error::StudioError;
use crate::library::{load_model, model_exists};
use crate::store;
use crate::suited::{check_notes, check_system};
use crate::systems::{genres_of, is_system, load_system, perform_system};

/// A model that is loaded.
pub struct Shelved {
    /// What it is called: the name of its folder.
    pub name: String,
    /// Its folder.
    pub folder: PathBuf,
    /// A checksum of `model.json`, which names the weights by theirs.
    pub fingerprint: String,
    /// What composes in it.
    pub kind: ModelKind,
}

/// What composes in a model.
pub enum ModelKind {
    /// The note model, which tells every note as it is drawn and continues what is there.
    Notes(Box<Checkpoint>),
    /// One of the five systems, which makes pieces of its own.
    System(Box<SystemCheckpoint>),
}

impl Shelved {
    /// The note model that it is, if it is one.
    pub fn notes(&self) -> Option<&Checkpoint> {
        match &self.kind {
            ModelKind::Notes(checkpoint) => Some(checkpoint),
            ModelKind::System(_) => None,
        }
    }

    /// The genres that it can be asked for.
    pub fn genres(&self) -> Vec<String> {
        match &self.kind {
            ModelKind::Notes(checkpoint) => {
                let told = checkpoint.model.conditions.0.iter();
                let genres = told.filter(|condition| condition.kind == ConditionKind::Genre);
                genres.flat_map(|condition| condition.values.clone()).collect()
            }
            ModelKind::System(checkpoint) => {
                genres_of(checkpoint.model.recipe.system).map(str::to_owned).collect()
            }
        }
    }

    /// What else it can be asked for of a piece as a whole: the values by name.
    pub fn conditions(&self) -> BTreeMap<String, Vec<String>> {
        let told = self.notes().map_or(&[][..], |checkpoint| &checkpoint.model.conditions.0);
        told.iter()
            .filter(|condition| condition.kind != ConditionKind::Genre)
            .map(|condition| (condition.kind.name().to_owned(), condition.values.clone()))
            .collect()
    }

    /// The checksum of what it has learnt from.
    pub fn corpus(&self) -> &str {
        match &self.kind {
            ModelKind::Notes(checkpoint) => &checkpoint.provenance.corpus,
            ModelKind::System(checkpoint) => &checkpoint.provenance.corpus,
        }
    }

    /// Whether it can do what is asked, as far as that can be said before it begins.
    pub(crate) fn check(&self, commission: &Commission) -> Result<(), StudioError> {
        match &self.kind {
            ModelKind::Notes(checkpoint) => check_notes(&checkpoint.model, commission),
            ModelKind::System(checkpoint) => check_system(checkpoint, commission),
        }
    }

    /// Composes a piece.
    pub(crate) fn perform(
        &self,
        commission: &Commission,
        watch: &mut dyn FnMut(PieceNews) -> ControlFlow<()>,
    ) -> Result<Composition, StudioError> {
        match &self.kind {
            ModelKind::Notes(checkpoint) => perform(checkpoint, commission, watch),
            ModelKind::System(checkpoint) => perform_system(checkpoint, commission, watch),
        }
    }
}

/// All models of a studio.
pub(crate) struct Shelf {
    /// Every folder in here that holds a model is one of the studio's.
    folder: PathBuf,
    /// Folders elsewhere that its owner named.
    others: Vec<PathBuf>,
    loaded: Mutex<BTreeMap<String, (Stamp, Arc<Shelved>)>>,
    has_loaded: AtomicBool,
}

impl Shelf {
    pub(crate) fn new(folder: PathBuf, others: Vec<PathBuf>) -> Shelf {
        Shelf { folder, others, loaded: Mutex::default(), has_loaded: AtomicBool::new(false) }
    }

    /// The models there are that make notes: name and folder, the newest first, those of the five
    /// systems behind all others.
    pub(crate) fn list(&self) -> Vec<(String, PathBuf)> {
        let mut models = self.folders();
        models.sort_by_key(|(_, _, kind)| *kind);
        models.into_iter().map(|(name, folder, _)| (name, folder)).collect()
    }

    /// The newest model that can be asked for a melody by genre.
    pub(crate) fn melody(&self) -> Result<Arc<Shelved>, StudioError> {
        for (name, _, kind) in self.folders() {
            if kind == Kind::System {
                let model = self.model(&name)?;
                if !model.genres().is_empty() {
                    return Ok(model);
                }
            }
        }
        Err(StudioError::Request(
            "no model of the system melody is here; `cantilena train MUSIC --recipe melody --out \
             FOLDER/models/melody` makes one"
                .to_owned(),
        ))
    }

    /// All models that make notes, the newest first.
    fn folders(&self) -> Vec<(String, PathBuf, Kind)> {
        let entries = std::fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let own = entries.map(|entry| entry.path());
        let mut models: Vec<(SystemTime, String, PathBuf, Kind)> = own
            .chain(self.others.iter().cloned())
            .filter(|folder| model_exists(folder))
            .filter_map(|folder| {
                let made = std::fs::metadata(folder.join("model.json")).ok()?.modified().ok()?;
                let kind = kind_of(&folder)?;
                Some((made, name_of(&folder), folder, kind))
            })
            .collect();
        models.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
        let mut names = std::collections::BTreeSet::new();
        models.retain(|(_, name, ..)| names.insert(name.clone()));
        models.into_iter().map(|(_, name, folder, kind)| (name, folder, kind)).collect()
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
        let stamp = stamp_of(folder);
        // Held while loading: two who ask at once load it once.
        let mut loaded = self.loaded.lock().unwrap_or_else(PoisonError::into_inner);
        let is_same = |(known, _): &&(Stamp, _)| stamp.is_some() && *known == stamp;
        if let Some((_, model)) = loaded.get(name).filter(is_same) {
            return Ok(Arc::clone(model));
        }
        let json = store::read(&folder.join("model.json"))?;
        let fingerprint = blake3::hash(&json).to_hex().to_string();
        let model = Arc::new(Shelved {
            name: name.to_owned(),
            folder: folder.clone(),
            fingerprint,
            kind: match is_system(folder) {
                true => ModelKind::System(Box::new(load_system(folder)?)),
                false => ModelKind::Notes(Box::new(load_model(folder)?)),
            },
        });
        loaded.insert(name.to_owned(), (stamp, Arc::clone(&model)));
        self.has_loaded.store(true, Ordering::Relaxed);
        Ok(model)
    }
}

/// What kind of model a folder holds, as far as its first lines say.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Notes,
    System,
}

/// What a folder's model makes notes with; `None` where it makes sound. The first lines of its
/// `model.json` say so: all of it need not be read to list what is there.
fn kind_of(folder: &Path) -> Option<Kind> {
    let mut first = [0; 96];
    let file = std::fs::File::open(folder.join("model.json"));
    let read = file.and_then(|mut file| file.read(&mut first)).unwrap_or(0);
    let first = String::from_utf8_lossy(&first[..read]).into_owned();
    match (first.contains("\"system\""), first.contains("\"spectrogram\"")) {
        (false, _) => Some(Kind::Notes),
        (true, false) => Some(Kind::System),
        (true, true) => None,
    }
}

/// What changes whenever a `model.json` does, for it is renamed into place: when that was, and how
/// long it is. It is asked for at every request, and reading all of the file would be dear.
type Stamp = Option<(SystemTime, u64)>;

fn stamp_of(folder: &Path) -> Stamp {
    let metadata = std::fs::metadata(folder.join("model.json")).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}

/// What a model is called: the name of its folder.
fn name_of(folder: &Path) -> String {
    let whole = std::path::absolute(folder).unwrap_or_else(|_| folder.to_owned());
    whole.file_name().map_or_else(|| "model".to_owned(), |name| name.to_string_lossy().into_owned())
}
