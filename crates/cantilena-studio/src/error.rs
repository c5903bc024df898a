//! What can go wrong, with the path it went wrong at and what would help.

use std::path::PathBuf;

use cantilena_corpus::CorpusError;
use cantilena_formats::ReadError;
use cantilena_generate::GenerateError;
use cantilena_model::CheckpointError;
use cantilena_tokens::TokenError;
use cantilena_train::{RecipeError, ResumeError};

/// Why an operation could not be done.
#[derive(Debug, thiserror::Error)]
pub enum StudioError {
    /// A file cannot be read.
    #[error("cannot read {path}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A file cannot be written. What stood under its name before still stands there.
    #[error("cannot write {path}")]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// Something is there already.
    #[error("{path} exists; name another file, or allow it to be overwritten with --force")]
    Exists {
        /// The file or folder.
        path: PathBuf,
    },
    /// An extension that says no format we write.
    #[error(
        "{path} should end in .mid, .musicxml, .mxl, .abc, .wav, .svg, .png or .json: that says what \
         is written"
    )]
    UnknownOutput {
        /// The file as asked for.
        path: PathBuf,
    },
    /// A folder without a model.
    #[error(
        "{path} is no model: it has no model.json; `cantilena train FOLDER --out {path}` makes one"
    )]
    NoModel {
        /// The folder.
        path: PathBuf,
    },
    /// A model folder that cannot be used.
    #[error("{path} holds a model that cannot be used")]
    Checkpoint {
        /// The folder.
        path: PathBuf,
        /// What is wrong with it.
        #[source]
        source: Box<CheckpointError>,
    },
    /// A file that cannot be read as music.
    #[error("cannot open {path}")]
    Music {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: ReadError,
    },
    /// A recording of which no notes can be made.
    #[error(
        "cannot make notes of {path}: {why}; one voice at a time, sung or played without chords, \
         for up to three minutes, will do"
    )]
    Recording {
        /// The file.
        path: PathBuf,
        /// What was found.
        why: String,
    },
    /// Something that this model cannot be asked for.
    #[error("{why}")]
    Unsuited {
        /// What was asked for, as people ask for it: `key`, `tempo`, `conditions`.
        field: &'static str,
        /// Why not, and what would do.
        why: String,
    },
    /// No corpus.
    #[error(transparent)]
    Corpus(#[from] CorpusError),
    /// No vocabulary.
    #[error(transparent)]
    Tokens(#[from] TokenError),
    /// A recipe that cannot be followed.
    #[error("the recipe cannot be followed")]
    Recipe(#[from] RecipeError),
    /// A run that cannot go on.
    #[error("the training in {path} cannot go on")]
    Resume {
        /// The model folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: ResumeError,
    },
    /// `--resume` where nothing was interrupted.
    #[error("{path} holds no interrupted training; leave out --resume to begin one")]
    NothingToResume {
        /// The model folder.
        path: PathBuf,
    },
    /// States of a run are there, and none of them is whole.
    #[error(
        "the training in {path} cannot go on: {} damaged, and no other state was saved; begin anew \
         with --force",
        are(files)
    )]
    RunDamaged {
        /// The model folder.
        path: PathBuf,
        /// The files.
        files: Vec<String>,
    },
    /// Nothing more could be written in the middle of a run.
    #[error(
        "the training stopped, and what was saved before stands in {path}; when this is mended, \
         repeat the command with --resume"
    )]
    Stopped {
        /// The model folder.
        path: PathBuf,
        /// What could not be written.
        #[source]
        source: Box<StudioError>,
    },
    /// The loss became infinite or no number.
    #[error(
        "the loss is no longer a number after {step} steps; a lower training.learning_rate in the \
         recipe will do (it is {rate})"
    )]
    Diverged {
        /// Updates so far.
        step: u64,
        /// The recipe's learning rate.
        rate: f32,
    },
    /// Nothing could be composed.
    #[error(transparent)]
    Generate(#[from] GenerateError),
    /// A score that no file of the format asked for can hold.
    #[error("cannot write {path}")]
    Unwritable {
        /// The file as asked for.
        path: PathBuf,
        /// Why not.
        #[source]
        source: cantilena_formats::WriteError,
    },
    /// A score that no file of the format can hold.
    #[error("cannot write the score")]
    WriteScore(#[from] cantilena_formats::WriteError),
    /// Sound that no WAV file can hold.
    #[error("cannot write the sound")]
    Audio(#[from] cantilena_audio::AudioError),
    /// No sound.
    #[error("cannot render the sound")]
    Sound(#[from] cantilena_sound::SoundError),
    /// No picture.
    #[error("cannot draw the picture")]
    Plot(#[from] cantilena_plot::PlotError),
    /// One of the five systems cannot learn or compose.
    #[error(transparent)]
    System(#[from] cantilena_systems::SystemError),
    /// The store of a studio cannot be read or written.
    #[error("the studio's store cannot be used")]
    Store(#[from] rusqlite::Error),
    /// A store that a later build has written.
    #[error(
        "the studio's store has version {found}, and this build knows {known} and earlier; a newer \
         Cantilena will open it"
    )]
    Newer {
        /// The store's version.
        found: usize,
        /// The newest version known here.
        known: usize,
    },
    /// A model that is not in the studio.
    #[error("no model here is called {name:?}{}", instead(.known))]
    NoSuchModel {
        /// What was asked for.
        name: String,
        /// The models there are.
        known: Vec<String>,
    },
    /// A piece that is not in the studio, or not its asker's.
    #[error("there is no piece {id}")]
    NoSuchPiece {
        /// What was asked for.
        id: String,
    },
    /// A job that is not in the studio, or not its asker's.
    #[error("there is no job {id}")]
    NoSuchJob {
        /// What was asked for.
        id: String,
    },
    /// As many wait as may.
    #[error("{waiting} wait already; ask again in {retry_seconds} s")]
    Busy {
        /// How many wait.
        waiting: usize,
        /// When there should be room, in seconds.
        retry_seconds: u64,
    },
    /// Another studio works in the folder.
    #[error("another studio is open in {path}; close it, or name another folder with --dir")]
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// Another training works in the folder.
    #[error("another training is at work in {path}; wait for it, or name another folder")]
    TrainingAtWork {
        /// The folder.
        path: PathBuf,
    },
    /// A request that contradicts itself.
    #[error("{0}")]
    Request(String),
}

/// What there is instead, for a message.
fn instead(names: &[String]) -> String {
    match names {
        [] => "; there is none yet: train one first".to_owned(),
        [name] => format!("; there is {name}"),
        names => format!("; there are {}", names.join(", ")),
    }
}

/// An error and all that caused it, outermost first.
pub(crate) fn explained(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        // Errors that pass on another's words would say them twice.
        let words = cause.to_string();
        if !text.ends_with(&words) {
            text = format!("{text}: {words}");
        }
        source = cause.source();
    }
    text
}

/// `a is`, or `a and b are`.
fn are(names: &[String]) -> String {
    format!("{} {}", names.join(" and "), if names.len() == 1 { "is" } else { "are" })
}
