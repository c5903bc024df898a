//! Everything from nothing: the songbook, a model, a piece, and how good it is.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cantilena_eval::{Distributions, Means, Originality, Report};
use cantilena_generate::Length;
use cantilena_score::Score;
use cantilena_train::{Evaluation, Recipe};

use crate::compose::{Composing, Composition, compose_with, piece_card};
use crate::error::StudioError;
use crate::output::Overwrite;
use crate::store;
use crate::train::{
    Budget, Music, SAVE_EVERY, Training, TrainingEnd, TrainingNews, TrainingOutcome, train,
};

/// What is to be shown.
#[derive(Clone, Debug)]
pub struct Demo {
    /// Where everything is left.
    pub out: PathBuf,
    /// How long is learnt.
    pub budget: Budget,
    /// How many bars are composed.
    pub bars: u32,
    /// Where all chance of the composing begins.
    pub seed: u64,
    /// Threads.
    pub threads: usize,
    /// Whether an earlier demo may be replaced.
    pub overwrite: Overwrite,
}

/// What is told while it runs.
#[derive(Debug)]
pub enum DemoNews<'a> {
    /// The model learns.
    Training(TrainingNews<'a>),
    /// The model has learnt, and composes.
    Composing,
    /// The piece is there; its sound and pictures are made.
    Rendering,
}

/// What came out.
#[derive(Debug)]
pub struct DemoOutcome {
    /// The piece.
    pub composition: Composition,
    /// How good the model is on the pieces held back.
    pub evaluation: Evaluation,
    /// How good counting is there.
    pub baseline: Evaluation,
    /// Measures of the piece beside the songbook.
    pub report: Report,
    /// Time at learning.
    pub learning: Duration,
    /// The files made, in the order in which they are worth opening.
    pub files: Vec<PathBuf>,
    /// Whether the learning was cut short; the piece is made all the same.
    pub interrupted: bool,
}

/// The sound of the demo is the same on every machine.
const FILES: [&str; 6] =
    ["piece.wav", "piece.mid", "piece.svg", "training.svg", "distributions.svg", "report.json"];

/// Trains on the songbook, composes a piece and measures it.
pub fn demo(
    request: &Demo,
    watch: &mut dyn FnMut(DemoNews) -> ControlFlow<()>,
) -> Result<DemoOutcome, StudioError> {
    let path = |name: &str| request.out.join(name);
    if let (Overwrite::Refuse, Some(taken)) =
        (request.overwrite, FILES.iter().map(|name| path(name)).find(|path| path.exists()))
    {
        return Err(StudioError::Exists { path: taken });
    }
    let training = Training {
        music: Music::Songbook,
        recipe: Recipe::songbook(),
        budgets: vec![request.budget],
        out: path("model"),
        overwrite: Overwrite::Replace,
        resume: false,
        save_every: SAVE_EVERY,
        threads: request.threads,
    };
    let outcome = train(&training, &|_, _| {}, &mut |news| watch(DemoNews::Training(news)))?;

    let _ = watch(DemoNews::Composing);
    let length = Length::Bars(request.bars);
    let composing = Composing::new(path("model"), length, request.seed);
    let composition =
        compose_with(&outcome.checkpoint, &composing, &mut |_| ControlFlow::Continue(()))?;
    let _ = watch(DemoNews::Rendering);
    crate::render::write_with_built_in(
        &composition.score,
        &[path("piece.mid"), path("piece.svg"), path("piece.wav")],
    )?;
    std::fs::rename(path("model").join("training.svg"), path("training.svg"))
        .map_err(|source| StudioError::Write { path: path("training.svg"), source })?;
    finish(request, &outcome, composition)
}

/// Measures the piece, and writes what was measured.
fn finish(
    request: &Demo,
    outcome: &TrainingOutcome,
    composition: Composition,
) -> Result<DemoOutcome, StudioError> {
    let corpus: Vec<&Score> = outcome.corpus.pieces.iter().map(|piece| &piece.score).collect();
    let distributions = Distributions::of(corpus.iter().copied());
    let learnt = outcome.learnt.iter().map(|&piece| &outcome.corpus.pieces[piece]);
    let originality = Originality::new(learnt.map(|piece| (&*piece.name, &piece.score)));
    let mut report = Report::of(&composition.score, &distributions, Some(&originality));
    report.corpus_means = Some(Means::of(corpus.iter().copied()));
    let evaluation =
        outcome.history.best().map(|moment| moment.validation.clone()).unwrap_or_default();
    let json = serde_json::json!({
        "cantilena": env!("CARGO_PKG_VERSION"),
        "seed": request.seed,
        "training": {
            "seconds": outcome.elapsed.as_secs_f64(),
            "steps": outcome.checkpoint.provenance.steps,
            "nats_per_note": evaluation.nats_per_note(),
            "perplexity": evaluation.perplexity(),
            "pitch_accuracy": evaluation.pitch_accuracy(),
            "fields": evaluation.fields,
            "markov_order_3": {
                "nats_per_note": outcome.baseline.nats_per_note(),
                "pitch_accuracy": outcome.baseline.pitch_accuracy(),
            },
            "history": outcome.history,
        },
        "piece": piece_card(&composition),
        "report": report,
    });
    let out = |name: &str| request.out.join(name);
    let write =
        |name: &str, text: String| store::write(&out(name), text.as_bytes(), Overwrite::Replace);
    write("report.json", format!("{json:#}\n"))?;
    write("distributions.svg", report.distributions_picture().svg())?;
    Ok(DemoOutcome {
        composition,
        evaluation,
        baseline: outcome.baseline.clone(),
        report,
        learning: outcome.elapsed,
        files: FILES.iter().map(|name| out(name)).collect(),
        interrupted: outcome.end == TrainingEnd::Interrupted,
    })
}

/// Where a demo is left if nobody says otherwise.
pub const DEMO_FOLDER: &str = "cantilena-demo";

impl Demo {
    /// A demo of about a minute's learning.
    pub fn new(out: &Path, threads: usize) -> Demo {
        Demo {
            out: out.to_owned(),
            budget: Budget::Minutes(1.0),
            bars: 24,
            seed: 7,
            threads,
            overwrite: Overwrite::Refuse,
        }
    }
}
