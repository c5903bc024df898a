//! Music becomes a model folder.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use cantilena_corpus::{Corpus, Gathered, Outcome, OutcomeKind, Side, gather, songbook};
use cantilena_model::{Checkpoint, Model, Provenance};
use cantilena_plot::{Axis, Best, Curve, Picture, curves};
use cantilena_score::Score;
use cantilena_tokens::{Opening, Tokenizer};
use cantilena_train::{Evaluation, History, Moment, Recipe, Run, StepReport, markov_baseline};

use crate::error::StudioError;
use crate::library::{model_exists, save_model};
use crate::output::Overwrite;
use crate::store;

/// What is learnt from.
#[derive(Clone, Debug)]
pub enum Music {
    /// Folders, files and archives.
    Paths(Vec<PathBuf>),
    /// The pieces in the binary.
    Songbook,
}

/// When a run is over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Budget {
    /// After so much time at work; what is achieved depends on the machine.
    Minutes(f64),
    /// After so many updates: the same weights wherever the kernels are the same.
    Steps(u64),
    /// After every piece was learnt from so many times.
    Epochs(f64),
}

/// What is to be done.
#[derive(Clone, Debug)]
pub struct Training {
    /// What is learnt from.
    pub music: Music,
    /// How.
    pub recipe: Recipe,
    /// How long.
    pub budget: Budget,
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
pub enum TrainingNews<'a> {
    /// All files were looked at.
    Gathered {
        /// What became of each; empty for the songbook.
        outcomes: &'a [Outcome],
        /// Files that are no music.
        other_files: usize,
    },
    /// Learning begins.
    Begun {
        /// Pieces learnt from and held back.
        pieces: (usize, usize),
        /// Pieces that are the same music as another, in whatever key.
        duplicates: usize,
        /// Notes learnt from and held back.
        notes: (usize, usize),
        /// Weights of the network.
        weights: usize,
        /// Updates already made by the run that goes on.
        resumed_at: u64,
    },
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
    /// The pieces held back were judged.
    Judged {
        /// What came out.
        moment: &'a Moment,
        /// Whether it is the best so far.
        is_best: bool,
    },
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
    /// Its budget was used up.
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

/// How often a run is judged, at most, over its length.
const JUDGED: f64 = 40.0;

/// The share of the time that judging may take: the time since the last, by its own time.
const JUDGING_SHARE: u32 = 10;

/// How often a run is saved, so that a killed one loses little.
const SAVE_EVERY: Duration = Duration::from_secs(60);

/// The file of a run that is to go on.
const RUN: &str = "run.safetensors";

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
    check_folder(request)?;
    let (corpus, corpus_name, outcomes) = music(request, reading, watch)?;
    let split = corpus.split(request.recipe.corpus.validation, request.recipe.training.seed)?;
    let learnt: Vec<usize> = split.side(Side::Train).collect();
    let scores = |side| -> Vec<&Score> {
        split.side(side).map(|piece| &corpus.pieces[piece].score).collect()
    };
    let (train, held_back) = (scores(Side::Train), scores(Side::Validation));
    let recipe = &request.recipe;
    let tokenizer = Tokenizer::fit(recipe.representation, train.iter().copied(), recipe.threshold)?;
    let fingerprint = corpus.fingerprint();

    let run = Run::new(recipe, &tokenizer, train.clone(), held_back.clone(), request.threads);
    let mut sitting = Sitting::new(run, request, &fingerprint)?;
    let notes = |scores: &[&Score]| scores.iter().map(|score| score.note_count()).sum::<usize>();
    let counts = (notes(&train), notes(&held_back));
    let begun = TrainingNews::Begun {
        pieces: (train.len(), held_back.len()),
        duplicates: corpus.pieces.len() - split.groups,
        notes: counts,
        weights: sitting.run.weights(),
        resumed_at: sitting.run.steps(),
    };
    let mut end = watch(begun).is_break().then_some(TrainingEnd::Interrupted);
    let transpose = recipe.corpus.transpose && counts.0 <= BASELINE_TRANSPOSED_NOTES_MAX;
    let baseline = markov_baseline(&tokenizer, &train, &held_back, BASELINE_ORDER, transpose);
    if watch(TrainingNews::Baseline(&baseline)).is_break() {
        end = Some(TrainingEnd::Interrupted);
    }
    let end = match end {
        Some(end) => end,
        None => sitting.learn(watch)?,
    };

    let elapsed = sitting.elapsed();
    if end == TrainingEnd::Interrupted {
        sitting.save()?;
    }
    let Sitting { run, .. } = sitting;
    let (history, steps) = (run.history.clone(), run.steps());
    let (network, values) = run.into_best();
    let provenance = Provenance {
        recipe: recipe.to_toml(),
        corpus: fingerprint,
        corpus_name,
        pieces: (train.len(), held_back.len()),
        steps,
        metrics: metrics(&history, &baseline, elapsed),
    };
    let openings = openings(&tokenizer, &train);
    let model = Model::new(network, tokenizer.clone(), openings, values);
    let checkpoint = Checkpoint { model, provenance };
    save_model(&request.out, &checkpoint)?;
    let picture = training_picture(&history, &baseline).svg();
    store::write(&request.out.join("training.svg"), picture.as_bytes(), Overwrite::Replace)?;
    let files = files_json(&outcomes);
    store::write(&request.out.join("files.json"), files.as_bytes(), Overwrite::Replace)?;
    if end != TrainingEnd::Interrupted {
        forget_run(&request.out);
    }
    Ok(TrainingOutcome { checkpoint, history, baseline, elapsed, end, corpus, learnt })
}

/// Whether the folder may be written to as asked.
fn check_folder(request: &Training) -> Result<(), StudioError> {
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

/// The corpus, what it is called, and what became of each file.
fn music(
    request: &Training,
    reading: &(dyn Fn(usize, usize) + Sync),
    watch: &mut dyn FnMut(TrainingNews) -> ControlFlow<()>,
) -> Result<(Corpus, String, Vec<Outcome>), StudioError> {
    match &request.music {
        Music::Songbook => Ok((songbook::corpus(), "the songbook".to_owned(), Vec::new())),
        Music::Paths(paths) => {
            let Gathered { corpus, outcomes, other_files } =
                gather(paths, request.threads, reading)?;
            // A break here would leave nothing to save; the next news is asked again.
            let _ = watch(TrainingNews::Gathered { outcomes: &outcomes, other_files });
            let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
            Ok((corpus, names.join(", "), outcomes))
        }
    }
}

/// What became of each file, as JSON.
fn files_json(outcomes: &[Outcome]) -> String {
    let entries: Vec<serde_json::Value> = outcomes
        .iter()
        .map(|outcome| match &outcome.kind {
            OutcomeKind::Read => serde_json::json!({ "file": outcome.name, "outcome": "read" }),
            OutcomeKind::Repaired(repairs) => serde_json::json!({
                "file": outcome.name, "outcome": "repaired", "repairs": repairs,
            }),
            OutcomeKind::Refused(why) => serde_json::json!({
                "file": outcome.name, "outcome": "refused", "why": why,
            }),
        })
        .collect();
    format!("{:#}\n", serde_json::Value::from(entries))
}

/// A run at work: the run, the clock and the disk.
struct Sitting<'a> {
    run: Run<'a>,
    request: &'a Training,
    fingerprint: String,
    begun: Instant,
    /// Time at work in earlier sittings.
    before: Duration,
}

impl<'a> Sitting<'a> {
    fn new(
        run: Run<'a>,
        request: &'a Training,
        fingerprint: &str,
    ) -> Result<Sitting<'a>, StudioError> {
        let (run, before) = match request.resume {
            false => (run, Duration::ZERO),
            true => resume(run, &request.out, fingerprint)?,
        };
        let fingerprint = fingerprint.to_owned();
        Ok(Sitting { run, request, fingerprint, begun: now(), before })
    }

    /// Time at work, over all sittings.
    fn elapsed(&self) -> Duration {
        self.before + self.begun.elapsed()
    }

    /// How much of the run is over, 0 to 1 and beyond.
    fn progress(&self) -> f64 {
        match self.request.budget {
            Budget::Minutes(minutes) => self.elapsed().as_secs_f64() / (minutes * 60.0).max(1e-9),
            Budget::Steps(steps) => self.run.steps() as f64 / steps.max(1) as f64,
            Budget::Epochs(epochs) => self.run.epochs() / epochs.max(1e-9),
        }
    }

    /// Steps until the budget is used up, validation stalls or `watch` stops it.
    fn learn(
        &mut self,
        watch: &mut dyn FnMut(TrainingNews) -> ControlFlow<()>,
    ) -> Result<TrainingEnd, StudioError> {
        let mut saved = now();
        let (mut judged_at, mut judged, mut judging) = (self.progress(), now(), Duration::ZERO);
        let mut rate = Rate::new();
        if self.run.history.moments.is_empty() {
            judging = self.judge(watch)?;
            judged = now();
        }
        loop {
            let progress = self.progress();
            if progress >= 1.0 {
                self.judge(watch)?;
                return Ok(TrainingEnd::Budget);
            }
            let due = progress - judged_at >= 1.0 / JUDGED;
            if due && (judged.elapsed() >= judging * JUDGING_SHARE) {
                judging = self.judge(watch)?;
                (judged_at, judged) = (progress, now());
                if self.run.has_stalled() {
                    return Ok(TrainingEnd::Stalled);
                }
            }
            if saved.elapsed() >= SAVE_EVERY {
                self.save()?;
                saved = now();
            }
            let report = self.run.step(progress);
            if !report.nats.is_finite() {
                let rate = self.request.recipe.training.learning_rate;
                return Err(StudioError::Diverged { step: report.step, rate });
            }
            let news = TrainingNews::Step {
                report,
                progress: self.progress().min(1.0),
                notes_per_second: rate.after(report.notes),
                remaining: self.remaining(progress),
            };
            if watch(news).is_break() {
                self.judge(watch)?;
                return Ok(TrainingEnd::Interrupted);
            }
        }
    }

    /// Judges the weights; gives the time it took.
    fn judge(
        &mut self,
        watch: &mut dyn FnMut(TrainingNews) -> ControlFlow<()>,
    ) -> Result<Duration, StudioError> {
        let begun = now();
        let is_best = self.run.validate();
        if let Some(moment) = self.run.history.moments.last() {
            // Stopping is asked for again at the next step, where there is something to save.
            let _ = watch(TrainingNews::Judged { moment, is_best });
        }
        Ok(begun.elapsed())
    }

    /// Time to go at the pace so far.
    fn remaining(&self, progress: f64) -> Duration {
        let elapsed = self.elapsed().as_secs_f64();
        let seconds = match self.request.budget {
            Budget::Minutes(minutes) => minutes * 60.0 - elapsed,
            _ => elapsed / progress.max(1e-6) - elapsed,
        };
        Duration::try_from_secs_f64(seconds.clamp(0.0, 1e9)).unwrap_or_default()
    }

    /// Saves all that is needed to go on.
    fn save(&self) -> Result<(), StudioError> {
        let bytes = self.run.save(&self.fingerprint, self.elapsed().as_secs_f64());
        store::write(&self.request.out.join(RUN), &bytes, Overwrite::Replace)
    }
}

/// The run that was interrupted in `folder`, and the time it had been at work.
fn resume<'a>(
    run: Run<'a>,
    folder: &Path,
    fingerprint: &str,
) -> Result<(Run<'a>, Duration), StudioError> {
    let bytes = store::read(&folder.join(RUN))?;
    let (run, seconds) = run
        .resume(fingerprint, &bytes)
        .map_err(|source| StudioError::Resume { path: folder.to_owned(), source })?;
    Ok((run, Duration::try_from_secs_f64(seconds).unwrap_or_default()))
}

/// Removes what was kept for going on; a run that is over does not go on.
fn forget_run(folder: &Path) {
    let _ = std::fs::remove_file(folder.join(RUN));
}

/// Notes a second, smoothed so that people can read it.
struct Rate {
    last: Instant,
    notes_per_second: f64,
}

impl Rate {
    fn new() -> Rate {
        Rate { last: now(), notes_per_second: 0.0 }
    }

    /// The rate after so many more notes: a moving mean over about twenty steps.
    fn after(&mut self, notes: u64) -> f64 {
        let seconds = self.last.elapsed().as_secs_f64().max(1e-9);
        self.last = now();
        let rate = notes as f64 / seconds;
        self.notes_per_second = match self.notes_per_second {
            0.0 => rate,
            smoothed => smoothed + 0.05 * (rate - smoothed),
        };
        self.notes_per_second
    }
}

/// The clock; nothing that is learnt depends on it but the length of a run in minutes.
#[expect(clippy::disallowed_methods, reason = "the studio holds the clock")]
fn now() -> Instant {
    Instant::now()
}

/// What is written into the checkpoint about how good the model is.
fn metrics(history: &History, baseline: &Evaluation, elapsed: Duration) -> BTreeMap<String, f64> {
    let mut metrics = BTreeMap::new();
    metrics.insert("training_seconds".to_owned(), elapsed.as_secs_f64());
    metrics.insert("markov_nats_per_note".to_owned(), baseline.nats_per_note());
    metrics.insert("markov_pitch_accuracy".to_owned(), baseline.pitch_accuracy());
    if let Some(best) = history.best() {
        let evaluation = &best.validation;
        metrics.insert("nats_per_note".to_owned(), evaluation.nats_per_note());
        metrics.insert("perplexity".to_owned(), evaluation.perplexity());
        metrics.insert("pitch_accuracy".to_owned(), evaluation.pitch_accuracy());
        for field in &evaluation.fields {
            metrics.insert(format!("{}_nats", field.field), field.mean_nats());
            metrics.insert(format!("{}_accuracy", field.field), field.accuracy());
        }
    }
    metrics
}

/// The openings kept with a model: enough to choose from, few enough to read.
const OPENINGS_MAX: usize = 64;

/// How the pieces learnt from open, the commonest first; of as common ones, the first seen.
fn openings(tokenizer: &Tokenizer, scores: &[&Score]) -> Vec<Opening> {
    let mut openings: Vec<Opening> = Vec::new();
    for score in scores {
        let mut opening = Opening::of(&tokenizer.setting(score));
        // Keys are learnt in all transpositions; a tempo to the nearest whole bpm is one tempo.
        opening.key = None;
        opening.bpm = opening.bpm.round();
        let same = |known: &&mut Opening| {
            (known.meter, known.bpm, &known.parts) == (opening.meter, opening.bpm, &opening.parts)
        };
        match openings.iter_mut().find(same) {
            Some(known) => known.pieces += 1,
            None => openings.push(opening),
        }
    }
    openings.sort_by_key(|opening| std::cmp::Reverse(opening.pieces));
    openings.truncate(OPENINGS_MAX);
    openings
}

/// Training and validation loss over the epochs, the baseline as a line.
fn training_picture(history: &History, baseline: &Evaluation) -> Picture {
    let points = |value: &dyn Fn(&Moment) -> f64| -> Vec<(f64, f64)> {
        let moments = history.moments.iter();
        moments.map(|moment| (moment.epoch, value(moment))).filter(|(_, y)| *y > 0.0).collect()
    };
    let validation = points(&|moment| moment.validation.nats_per_note());
    let last = history.moments.last().map_or(0.0, |moment| moment.epoch);
    let markov = baseline.nats_per_note();
    curves(
        "Learning",
        &Axis::new("epochs"),
        &Axis::new("nats a note"),
        &[
            Curve::new("training", points(&|moment| moment.train_nats)),
            Curve::new("validation", validation).marking(Best::Lowest),
            Curve::new("Markov, order 3", vec![(0.0, markov), (last, markov)]),
        ],
    )
}
