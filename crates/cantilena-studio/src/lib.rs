//! Everything that can be done, as calls that the terminal and the page share.
//!
//! [`train()`] makes a model folder from music, [`compose()`] a piece from a model, [`render()`]
//! sound and pictures from a file, [`inspect()`] a description; [`demo()`] is all of it from
//! nothing. A [`Studio`] is a folder in which all of this is kept, for several people at once;
//! [`tune()`] and [`find_learning_rate`] look for a recipe that suits the music. This is the only
//! crate that writes, and each file is written whole under a temporary
//! name first. It also holds the clock: below it, time is an argument.

mod asked;
mod bench;
mod clock;
mod commission;
mod compose;
mod composers;
mod continuation;
mod demo;
mod doctor;
mod error;
mod fidelity;
mod foresight;
mod hearing;
mod inspect;
mod jobs;
mod learning_rate;
mod learnt;
mod library;
mod listening;
mod migrations;
mod new_folder;
mod notation;
mod output;
mod performance;
mod pieces;
mod prepare;
mod priority;
mod recordings;
mod render;
mod report;
mod shelf;
mod sounds;
mod source;
mod store;
mod studio;
mod suited;
mod systems;
mod tally;
mod train;
mod tune;
mod words;

pub use asked::{Asked, Beginning};
pub use bench::{Benching, Measurement, Workload, bench};
pub use commission::{Commission, PieceNews, key_named, perform, program_named};
pub use compose::{Composing, Composition, compose};
pub use composers::{Figures, Limits};
pub use demo::{DEMO_FOLDER, Demo, DemoNews, DemoOutcome, demo};
pub use doctor::{
    Census, Checkup, ChordShare, Cleaning, Complaint, Counted, Diagnosis, FileReport, Summary,
    TuneReport, Twin, doctor,
};
pub use error::StudioError;
pub use fidelity::Kept;
pub use foresight::Foreseen;
pub use inspect::{Inspection, TrackCard, inspect};
pub use jobs::{Job, JobHeard, JobListener, JobNews, JobRequest, JobStage};
pub use learning_rate::{RateFound, RateSearch, RateTrial, find_learning_rate};
pub use library::{load_model, model_exists};
pub use output::{Output, Overwrite};
pub use performance::{Heard, Listener, Performance, PlayedNote, Stage};
pub use pieces::{Failed, Feedback, Piece, PieceId, Take, Verb};
pub use prepare::{Preparation, PreparedCorpus, merge, prepare};
pub use render::{Bank, Crowded, Reduced, Rendering, Written, render};
pub use report::report;
pub use shelf::{ModelKind, Shelved};
pub use source::Source;
pub use studio::{Excerpt, Opened, Studio, StudioOptions};
pub use systems::{
    SystemNews, SystemOutcome, SystemTraining, compose_by_rules, is_system, judging_windows,
    layers, load_system, melody_of_genre, rules_of_genre, system_material, train_system,
};
pub use tally::{Count, Times};
pub use train::{
    Budget, Music, SAVE_EVERY, Sketch, Training, TrainingEnd, TrainingNews, TrainingOutcome, train,
};
pub use tune::{Candidate, Trial, Tuning, TuningNews, TuningOutcome, tune};

pub use cantilena_corpus::{
    Beside, CorpusError, DuplicateKind, FilePattern, Label, Labels, Outcome, OutcomeKind, Shard,
};
pub use cantilena_formats::Format;
pub use cantilena_neural::{LayerSummary, Precision};
pub use words::count;
