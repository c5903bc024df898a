//! Music becomes a model of one of the five systems.

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use cantilena_corpus::Outcome;
use cantilena_plot::{Axis, Best, Curve, curves};
use cantilena_systems::{
    Epoch, Evaluation, Material, Reading, Role, StepReport, SystemCheckpoint, SystemModel,
    SystemNetwork, SystemProvenance, SystemRecipe, SystemRun,
};

use crate::error::StudioError;
use crate::library::{model_exists, write_model};
use crate::output::Overwrite;
use crate::store;
use crate::systems::prepared::{Prepared, prepare};
use crate::systems::sound::suited_temperature;
use crate::train::{Alone, Music};

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
        /// Files that are nothing to learn from.
        other_files: usize,
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
    /// Whether somebody stopped it; it can go on.
    pub interrupted: bool,
}

/// The file of a run that is to go on.
const RUN: &str = "run.safetensors";

/// How often a run is saved, so that a killed one loses little.
const SAVE_EVERY: Duration = Duration::from_secs(60);

/// Windows that judge a point of the history.
const JUDGED: usize = 2048;

/// Windows that judge the model that is saved, evenly over all there are: a share of them that is
/// right is then known to 0.4 % (one standard deviation, were they independent), and no corpus
/// takes longer to judge than to learn.
const JUDGED_AT_LAST: usize = 16_384;

/// How often a run is judged, at least, over its length.
const POINTS: f64 = 40.0;

/// The share of the time that judging may take: the time since the last, by its own time.
const JUDGING_SHARE: u32 = 8;

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
    check_folder(request)?;
    let _alone = Alone::in_folder(&request.out)?;
    check_folder(request)?;
    let prepared = prepare(request, reading, watch)?;
    let recipe = &request.recipe;
    let network = SystemNetwork::new(recipe.shape(prepared.reading.symbols()));
    let mut run = SystemRun::new(recipe, network, &prepared.material, request.threads);
    let mut before = Duration::ZERO;
    if request.resume {
        let bytes = store::read(&request.out.join(RUN))?;
        let (resumed, seconds) = run.resume(&prepared.fingerprint, &bytes)?;
        (run, before) = (resumed, Duration::from_secs_f64(seconds));
    }
    let begun = SystemNews::Begun {
        pieces: prepared.pieces,
        windows: prepared.material.windows(),
        symbols: prepared.reading.symbols(),
        weights: run.weights(),
        resumed_at: run.steps(),
    };
    let mut interrupted = watch(begun).is_break();
    let mut clock = Clock { begun: now(), before, minutes: request.minutes };
    if !interrupted {
        interrupted = learn(request, &prepared, &mut run, &mut clock, watch)?;
    }
    if interrupted {
        save_run(request, &prepared, &run, &clock)?;
    }
    let checkpoint = finish(request, &prepared, run, clock.elapsed())?;
    if !interrupted {
        let _ = std::fs::remove_file(request.out.join(RUN));
    }
    Ok(SystemOutcome { checkpoint, interrupted })
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

/// The windows that a training would learn from and be judged by, without training.
pub fn system_material(request: &SystemTraining) -> Result<(Reading, Material), StudioError> {
    let mut unheard = |_: SystemNews| ControlFlow::Continue(());
    let prepared = prepare(request, &|_, _| {}, &mut unheard)?;
    Ok((prepared.reading, prepared.material))
}

/// Steps until the recipe's epochs or the time are used up, validation stalls or `watch` stops it;
/// gives whether it was stopped.
fn learn(
    request: &SystemTraining,
    prepared: &Prepared,
    run: &mut SystemRun,
    clock: &mut Clock,
    watch: &mut dyn FnMut(SystemNews) -> ControlFlow<()>,
) -> Result<bool, StudioError> {
    let epochs = request.recipe.training.epochs as f64;
    let progress = |run: &SystemRun, clock: &Clock| clock.progress().max(run.epochs() / epochs);
    let judge = |run: &mut SystemRun,
                 clock: &Clock,
                 watch: &mut dyn FnMut(SystemNews) -> ControlFlow<()>| {
        let is_best = run.validate(JUDGED, clock.elapsed().as_secs_f64());
        let point = run.history.last().expect("a point was just added");
        watch(SystemNews::Judged { point, is_best })
    };
    if run.history.is_empty() && judge(run, clock, watch).is_break() {
        return Ok(true);
    }
    let (mut saved, mut judged_at) = (now(), progress(run, clock));
    let (mut judged, mut judging) = (now(), Duration::ZERO);
    while progress(run, clock) < 1.0 && !run.has_stalled() {
        let at = progress(run, clock);
        let report = run.step(at);
        if !report.loss.is_finite() {
            let rate = request.recipe.training.learning_rate;
            return Err(StudioError::Diverged { step: report.step, rate });
        }
        let remaining = clock.elapsed().mul_f64((1.0 - at).max(0.0) / at.max(1e-6));
        let mut flow = watch(SystemNews::Step { report, progress: at, remaining });
        let is_over = progress(run, clock) >= 1.0;
        let is_epoch = run.steps().is_multiple_of(run.steps_an_epoch());
        let is_due = is_epoch || at - judged_at > 1.0 / POINTS;
        let is_time = judged.elapsed() > judging * JUDGING_SHARE;
        if flow.is_continue() && (is_over || is_due && is_time) {
            let begun = now();
            flow = judge(run, clock, watch);
            (judged_at, judged, judging) = (at, now(), begun.elapsed());
        }
        if flow.is_break() {
            return Ok(true);
        }
        if saved.elapsed() > SAVE_EVERY {
            save_run(request, prepared, run, clock)?;
            saved = now();
        }
    }
    Ok(false)
}

fn save_run(
    request: &SystemTraining,
    prepared: &Prepared,
    run: &SystemRun,
    clock: &Clock,
) -> Result<(), StudioError> {
    let bytes = run.save(&prepared.fingerprint, clock.elapsed().as_secs_f64());
    store::write(&request.out.join(RUN), &bytes, Overwrite::Replace)
}

/// Whether the folder may be written to as asked.
fn check_folder(request: &SystemTraining) -> Result<(), StudioError> {
    let path = || request.out.clone();
    let begun = request.out.join(RUN).is_file();
    match (request.resume, begun) {
        (true, false) => Err(StudioError::NothingToResume { path: path() }),
        (true, true) => Ok(()),
        (false, _) if request.overwrite == Overwrite::Replace => Ok(()),
        (false, true) => Err(StudioError::Request(format!(
            "{} holds an interrupted training; go on with it by --resume, or begin anew by --force",
            request.out.display()
        ))),
        (false, false) if model_exists(&request.out) => Err(StudioError::Exists { path: path() }),
        (false, false) => Ok(()),
    }
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

/// The time at work, over all sittings.
struct Clock {
    begun: Instant,
    before: Duration,
    minutes: Option<f64>,
}

impl Clock {
    fn elapsed(&self) -> Duration {
        self.before + self.begun.elapsed()
    }

    /// How much of the time is over; nothing, where there is no limit.
    fn progress(&self) -> f64 {
        let share = |minutes: f64| self.elapsed().as_secs_f64() / (minutes * 60.0).max(1e-9);
        self.minutes.map_or(0.0, share)
    }
}

/// The clock; nothing that is learnt depends on it but the length of a run in minutes.
#[expect(clippy::disallowed_methods, reason = "the studio holds the clock")]
fn now() -> Instant {
    Instant::now()
}
