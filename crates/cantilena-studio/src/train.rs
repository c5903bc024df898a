//! Music becomes a model folder.
//!
//! While a run is at work the folder holds `training.jsonl`, a line a step, and the last two
//! states of the run; when it is over, the model, its learning curve and what became of each file.

mod alone;
mod budget;
mod clock;
pub(crate) mod folder;
mod log;
mod music;
mod openings;
mod report;
pub(crate) mod saves;
mod sitting;

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cantilena_corpus::{Beside, Corpus, Leakage, Outcome, Side};
use cantilena_model::{Checkpoint, Model, Provenance};
use cantilena_score::Score;
use cantilena_train::{
    Evaluation, History, Moment, Recipe, Run, StepReport, jury, markov_baseline,
};

pub(crate) use self::alone::Alone;
pub use self::budget::Budget;
pub(crate) use self::clock::{Pace, now, remaining};
pub(crate) use self::log::Logged;
pub use self::music::Music;
pub(crate) use self::music::{Prepared, called};
use self::openings::openings;
use self::report::{files_json, metrics, training_picture};
use self::sitting::Sitting;
use crate::error::StudioError;
use crate::learnt;
use crate::library::save_model;
use crate::output::Overwrite;
use crate::store;

/// What is to be done.
#[derive(Clone, Debug)]
pub struct Training {
    /// What is learnt from.
    pub music: Music,
    /// How.
    pub recipe: Recipe,
    /// How long: until the first of these is used up. Without any, until validation stalls.
    pub budgets: Vec<Budget>,
    /// The model folder.
    pub out: PathBuf,
    /// Whether a model that is there may be replaced.
    pub overwrite: Overwrite,
    /// Whether an interrupted run in the folder goes on.
    pub resume: bool,
    /// How often the state of the run is saved: a killed run loses no more than this.
    pub save_every: Duration,
    /// Threads; they change the time it takes and nothing else.
    pub threads: usize,
}

/// How often a run is saved unless somebody says otherwise.
pub const SAVE_EVERY: Duration = Duration::from_secs(60);

/// What is told while it runs.
#[derive(Debug)]
pub enum TrainingNews<'a> {
    /// All files were looked at.
    Gathered {
        /// What became of each; empty for the songbook.
        outcomes: &'a [Outcome],
        /// What lay beside them.
        beside: Beside,
    },
    /// A state of the run was saved and is damaged; the one before it is used.
    Damaged {
        /// The file, which is set aside.
        path: &'a Path,
        /// What is wrong with it.
        why: &'a str,
    },
    /// Learning begins.
    Begun {
        /// Pieces learnt from and held back.
        pieces: (usize, usize),
        /// Pieces that are the same music as another, in whatever key.
        duplicates: usize,
        /// Notes learnt from and held back.
        notes: (usize, usize),
        /// Pieces held back that judge, and their notes.
        judged: (usize, usize),
        /// Whether most pieces are played without regard to the beats that their files name, and
        /// are learnt from by these beats all the same.
        disregards_beats: bool,
        /// Pieces whose files know bars of one beat alone.
        bars_of_one_beat: usize,
        /// Weights of the network.
        weights: usize,
        /// Updates already made by the run that goes on.
        resumed_at: u64,
        /// Whether the recipe's precision is one that pays here; where not, f32 is taken.
        is_precision_native: bool,
    },
    /// How much of the pieces held back stands among those that are learnt from.
    Leakage(&'a Leakage),
    /// What a Markov model of order 3 achieves on the pieces held back.
    Baseline(&'a Evaluation),
    /// One update.
    Step {
        /// How it went.
        report: StepReport,
        /// How much of the run is over, 0 to 1.
        progress: f64,
        /// Notes learnt from a second, lately.
        notes_per_second: f64,
        /// Time to go, if nothing stops it before.
        remaining: Duration,
    },
    /// All that is needed to go on was saved.
    Saved {
        /// Updates so far.
        step: u64,
        /// For whoever wants to hear how it is coming on.
        sketch: Sketch<'a>,
    },
    /// The pieces held back were judged.
    Judged {
        /// What came out.
        moment: &'a Moment,
        /// Whether it is the best so far.
        is_best: bool,
    },
}

/// A model of the weights as they are, made only if somebody asks for it.
pub struct Sketch<'a>(&'a dyn Fn() -> Model);

impl Sketch<'_> {
    /// The model.
    pub fn model(&self) -> Model {
        (self.0)()
    }
}

impl std::fmt::Debug for Sketch<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        f.write_str("Sketch")
    }
}

/// How it ended.
#[derive(Debug)]
pub struct TrainingOutcome {
    /// The model as saved: the best weights of the run.
    pub checkpoint: Checkpoint,
    /// All moments.
    pub history: History,
    /// What a Markov model of order 3 achieves on the same pieces.
    pub baseline: Evaluation,
    /// Time at work, over all sittings of the run.
    pub elapsed: Duration,
    /// Why it ended.
    pub end: TrainingEnd,
    /// The music, for measures of what is composed with the model.
    pub corpus: Corpus,
    /// Which pieces were learnt from.
    pub learnt: Vec<usize>,
}

/// Why a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TrainingEnd {
    /// Its budget was used up, or the epochs of its recipe.
    Budget,
    /// Validation no longer improved.
    Stalled,
    /// Somebody stopped it; it can go on.
    Interrupted,
}

/// The order of the Markov model that is measured beside every network.
const BASELINE_ORDER: usize = 3;

/// Notes beyond which the baseline learns pieces in their own key only: in twelve keys its
/// counts would take more memory than the network's training.
const BASELINE_TRANSPOSED_NOTES_MAX: usize = 40_000;

/// Trains a model and saves it.
///
/// `reading` is told, from any thread, how many files are read, of how many. `watch` is told
/// everything else and may stop the run at any step: the model so far is saved, and with it all
/// that a later call with `resume` needs to go on as if nothing had been.
pub fn train(
    request: &Training,
    reading: &(dyn Fn(usize, usize) + Sync),
    watch: &mut dyn FnMut(TrainingNews) -> ControlFlow<()>,
) -> Result<TrainingOutcome, StudioError> {
    request.recipe.check()?;
    folder::check(&request.out, request.overwrite, request.resume)?;
    let _alone = Alone::in_folder(&request.out)?;
    // Somebody else may have finished there just now.
    folder::check(&request.out, request.overwrite, request.resume)?;
    let saved = request.resume.then(|| saves::load(&request.out)).transpose()?;
    let recipe = &match &saved {
        Some((bytes, _)) => sitting::recipe_of(request, bytes)?,
        None => budget::within(&request.recipe, &request.budgets),
    };
    let music = Prepared::new(&request.music, recipe, request.threads, reading, watch)?;
    let (train, held_back) = (music.scores(Side::Train), music.scores(Side::Validation));
    let tokenizer = &music.tokenizer;

    let places = jury(&held_back, recipe.training.judged);
    let judged: Vec<&Score> = places.iter().map(|&place| held_back[place]).collect();
    let (learnt, told) = (train.clone(), music.told.judging(&places));
    let run = Run::telling(recipe, tokenizer, learnt, judged.clone(), told, request.threads);
    let mut sitting = Sitting::new(run, request, &music.fingerprint, saved, watch)?;
    let notes = |scores: &[&Score]| scores.iter().map(|score| score.note_count()).sum::<usize>();
    let counts = (notes(&train), notes(&held_back));
    let begun = TrainingNews::Begun {
        pieces: (train.len(), held_back.len()),
        duplicates: music.corpus.pieces.len() - music.split.groups,
        notes: counts,
        judged: (judged.len(), notes(&judged)),
        disregards_beats: music.disregards_beats(recipe.representation),
        bars_of_one_beat: music.bars_of_one_beat(recipe.representation),
        weights: sitting.run.weights(),
        resumed_at: sitting.run.steps(),
        is_precision_native: recipe.training.precision.here().1,
    };
    let mut stopped = watch(begun).is_break();
    let leakage = music.corpus.leakage(&music.split, Side::Validation);
    stopped |= watch(TrainingNews::Leakage(&leakage)).is_break();
    let transpose = recipe.corpus.transpose && counts.0 <= BASELINE_TRANSPOSED_NOTES_MAX;
    let baseline = markov_baseline(tokenizer, &train, &judged, BASELINE_ORDER, transpose);
    stopped |= watch(TrainingNews::Baseline(&baseline)).is_break();
    let openings = openings(tokenizer, &train);
    let end = match stopped {
        true => sitting.stop(watch).map(|()| TrainingEnd::Interrupted),
        false => sitting.learn(&openings, watch),
    };
    let end = end.map_err(|error| folder::stopped(&request.out, error))?;

    let elapsed = sitting.elapsed();
    let Sitting { run, .. } = sitting;
    let (history, steps) = (run.history.clone(), run.steps());
    let (weights, _) = run.weights_for_composing();
    let (network, values) = run.into_best();
    let provenance = Provenance {
        recipe: recipe.to_toml(),
        corpus: music.fingerprint.clone(),
        corpus_name: music.name.clone(),
        pieces: (train.len(), held_back.len()),
        steps,
        metrics: metrics(&history, &baseline, elapsed),
    };
    let model =
        Model::new(network, tokenizer.clone(), openings, values).knowing(music.told.known.clone());
    let model = model.composing(weights);
    let checkpoint = Checkpoint { model, provenance };
    let picture = training_picture(&history, &baseline).svg();
    let saved = save_model(&request.out, &checkpoint).and_then(|()| {
        let write = |name, text: &str| {
            store::write(&request.out.join(name), text.as_bytes(), Overwrite::Replace)
        };
        write("training.svg", &picture)?;
        write("files.json", &files_json(&music.outcomes))?;
        learnt::keep(&request.out, &music.corpus, &history)
    });
    saved.map_err(|error| folder::stopped(&request.out, error))?;
    if end != TrainingEnd::Interrupted {
        saves::forget(&request.out);
    }
    let learnt = music.split.side(Side::Train).collect();
    let corpus = music.corpus;
    Ok(TrainingOutcome { checkpoint, history, baseline, elapsed, end, corpus, learnt })
}
