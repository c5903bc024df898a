//! What is written down of a run besides its weights.

use std::collections::BTreeMap;
use std::time::Duration;

use cantilena_corpus::{Outcome, OutcomeKind};
use cantilena_plot::{Axis, Best, Curve, Picture, curves};
use cantilena_train::{Evaluation, History, Moment};

/// What is written into the checkpoint about how good the model is.
pub(crate) fn metrics(
    history: &History,
    baseline: &Evaluation,
    elapsed: Duration,
) -> BTreeMap<String, f64> {
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

/// Training and validation loss over the epochs, the baseline as a line.
pub(crate) fn training_picture(history: &History, baseline: &Evaluation) -> Picture {
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

/// What became of each file, as JSON.
pub(crate) fn files_json(outcomes: &[Outcome]) -> String {
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
