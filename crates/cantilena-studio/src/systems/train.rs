//! Music becomes a model of one of the five systems.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cantilena_corpus::{Beside, Outcome};
use cantilena_plot::{Axis, Best, Curve, curves};
use cantilena_systems::{
    Epoch, Evaluation, Material, Reading, Role, StepReport, SystemCheckpoint, SystemModel,
    SystemNetwork, SystemProvenance, SystemRecipe, SystemRun,
};

use crate::error::StudioError;
use crate::library::write_model;
use crate::output::Overwrite;
use crate::store;
use crate::systems::prepared::{Prepared, prepare};
use crate::systems::sitting::{JUDGED, SystemSitting};
use crate::systems::sound::suited_temperature;
use crate::train::{Alone, Music, TrainingEnd, folder, saves};

/// What is to be done.
#[derive(Clone, Debug)]
pub struct SystemTraining {
    /// What is learnt from.
    pub music: Music,
    /// Which system, and how.
    pub recipe: SystemRecipe,
    /// The most time at work; the recipe's epochs may end it before.
    pub minutes: Option<f64>,
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

/// What is told while it runs.
#[derive(Debug)]
pub enum SystemNews<'a> {
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
        /// Windows learnt from and windows that judge.
        windows: (usize, usize),
        /// Distinct symbols; of sound, bands.
        symbols: usize,
        /// Weights of the network.
        weights: usize,
        /// Updates already made by the run that goes on.
        resumed_at: u64,
    },
    /// One update.
    Step {
        /// How it went.
        report: StepReport,
        /// How much of the run is over, 0 to 1.
        progress: f64,
        /// Time to go, if nothing stops it before.
        remaining: Duration,
    },
    /// The windows that judge were predicted.
    Judged {
        /// What came out.
        point: &'a Epoch,
        /// Whether it is the best so far.
        is_best: bool,
    },
}

/// How it ended.
#[derive(Debug)]
pub struct SystemOutcome {
    /// The model as saved: the best weights of the run.
    pub checkpoint: SystemCheckpoint,
    /// When these weights were judged while it learnt; none, where nothing was.
    pub best: Option<Epoch>,
    /// Why it ended.
    pub end: TrainingEnd,
}

/// Windows that judge the model that is saved, evenly over all there are: a share of them that is
/// right is then known to 0.4 % (one standard deviation, were they independent), and no corpus
/// takes longer to judge than to learn.
const JUDGED_AT_LAST: usize = 16_384;

/// Windows of real music that a model is given to begin with.
const PROMPTS: usize = 32;

/// Trains one of the systems and saves its model.
///
/// `reading` is told, from any thread, how many files are read, of how many. `watch` is told
/// everything else and may stop the run at any step: the model so far is saved, and with it all
/// that a later call with `resume` needs to go on as if nothing had been.
pub fn train_system(
    request: &SystemTraining,
    reading: &(dyn Fn(usize, usize) + Sync),
    watch: &mut dyn FnMut(SystemNews) -> ControlFlow<()>,
) -> Result<SystemOutcome, StudioError> {
    request.recipe.check().map_err(cantilena_systems::SystemError::from)?;
    let check = || folder::check(&request.out, request.overwrite, request.resume);
    check()?;
    let _alone = Alone::in_folder(&request.out)?;
    // Somebody else may have finished there just now.
    check()?;
    let prepared = prepare(request, reading, watch)?;
    let recipe = &request.recipe;
    let network = SystemNetwork::new(recipe.shape(prepared.reading.symbols()));
    let run = SystemRun::new(recipe, network, &prepared.material, request.threads);
    let mut sitting = SystemSitting::new(run, request, &prepared, watch)?;
    let begun = SystemNews::Begun {
        pieces: prepared.pieces,
        windows: prepared.material.windows(),
        symbols: prepared.reading.symbols(),
        weights: sitting.run.weights(),
        resumed_at: sitting.run.steps(),
    };
    let end = match watch(begun) {
        ControlFlow::Break(()) => sitting.stop(watch),
        ControlFlow::Continue(()) => sitting.learn(watch),
    };
    let end = end.map_err(|error| folder::stopped(&request.out, error))?;
    let (elapsed, best) = (sitting.elapsed(), sitting.run.best_point().cloned());
    let checkpoint = finish(request, &prepared, sitting.run, elapsed)
        .map_err(|error| folder::stopped(&request.out, error))?;
    if end != TrainingEnd::Interrupted {
        saves::forget(&request.out);
    }
    Ok(SystemOutcome { checkpoint, best, end })
}

/// Judges the best weights once more, by more windows, and saves them.
fn finish(
    request: &SystemTraining,
    prepared: &Prepared,
    mut run: SystemRun,
    elapsed: Duration,
) -> Result<SystemCheckpoint, StudioError> {
    let (history, steps) = (run.history.clone(), run.steps());
    run.take_best();
    let evaluation = run.judge(Role::Judge, JUDGED_AT_LAST);
    let is_tested = prepared.material.tests() > 0;
    let test = is_tested.then(|| run.judge(Role::Test, JUDGED_AT_LAST));
    let (network, values) = run.into_weights();
    let prompts = prepared.material.prompts(PROMPTS);
    let provenance = SystemProvenance {
        corpus: prepared.fingerprint.clone(),
        corpus_name: prepared.corpus_name.clone(),
        pieces: prepared.pieces,
        windows: prepared.material.windows(),
        steps,
        seconds: elapsed.as_secs_f64(),
        history,
        evaluation,
        test,
        markov: prepared.markov.clone(),
        rules: prepared.rules,
        thresholds: prepared.thresholds.clone(),
        recordings: prepared.recordings.clone(),
        temperature: None,
    };
    let model = SystemModel::new(
        request.recipe.clone(),
        prepared.reading.clone(),
        network,
        values,
        prompts,
    );
    let mut checkpoint = SystemCheckpoint { model, provenance };
    checkpoint.provenance.temperature = suited_temperature(&checkpoint)?;
    let (json, weights) = checkpoint.save();
    write_model(&request.out, &json, &weights)?;
    let picture = learning_picture(&checkpoint.provenance.history).svg();
    store::write(&request.out.join("training.svg"), picture.as_bytes(), Overwrite::Replace)?;
    Ok(checkpoint)
}

/// Of so many windows that may judge, those that do: at each point while it learns, and the model
/// that is saved. Either are spread evenly over all.
pub fn judging_windows(windows: usize) -> (usize, usize) {
    (windows.min(JUDGED), windows.min(JUDGED_AT_LAST))
}

/// The windows that a training would learn from and be judged by, without training.
pub fn system_material(request: &SystemTraining) -> Result<(Reading, Material), StudioError> {
    let mut unheard = |_: SystemNews| ControlFlow::Continue(());
    let prepared = prepare(request, &|_, _| {}, &mut unheard)?;
    Ok((prepared.reading, prepared.material))
}

/// Training and validation loss over the epochs.
fn learning_picture(history: &[Epoch]) -> cantilena_plot::Picture {
    let points = |of: &dyn Fn(&Epoch) -> &Evaluation| -> Vec<(f64, f64)> {
        let measured = history.iter().filter(|point| !of(point).measures.is_empty());
        measured.map(|point| (point.epoch, of(point).loss())).collect()
    };
    curves(
        "Learning",
        &Axis::new("epochs"),
        &Axis::new("loss"),
        &[
            Curve::new("training", points(&|point| &point.train)),
            Curve::new("validation", points(&|point| &point.validation)).marking(Best::Lowest),
        ],
    )
}
