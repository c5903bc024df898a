//! Training one of the five systems, as `cantilena train --recipe NAME` does.

use std::path::Path;
use std::time::Duration;

use cantilena_studio::{
    SystemNews, SystemOutcome, SystemTraining, TrainingEnd, judging_windows, train_system,
};
use cantilena_systems::{Evaluation, MeasureKind, System};

use crate::cmd::until;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::progress::{SystemLine, reading_bar};
use crate::words::{clock, count, give, pasted};

/// Trains, shows how it goes on stderr and what came out on stdout.
pub(crate) fn train(request: SystemTraining, json: bool) -> Result<(), Failure> {
    let interrupt = Interrupt::listen();
    let reading = reading_bar();
    let mut line = SystemLine::new();
    let outcome = train_system(
        &request,
        &|done, total| {
            reading.set_length(total as u64);
            reading.set_position(done as u64);
        },
        &mut |news: SystemNews| {
            reading.finish_and_clear();
            line.show(&news);
            interrupt.flow()
        },
    );
    line.finish();
    let outcome = outcome?;
    let best = outcome.best.as_ref().map(|point| point.step);
    let is_unlearnt = super::warn_of_nothing_learnt(best, outcome.checkpoint.provenance.steps);
    match json {
        true => give(&as_json(&outcome))?,
        false => give(&summary(&outcome, &request.out, is_unlearnt))?,
    }
    match outcome.end {
        TrainingEnd::Interrupted => Err(Failure::Interrupted(format!(
            "Stopped, and saved. To go on: repeat the command with --resume. To compose with it \
             as it is: cantilena compose {}",
            pasted(&request.out)
        ))),
        TrainingEnd::Budget | TrainingEnd::Stalled => Ok(()),
    }
}

fn summary(outcome: &SystemOutcome, out: &Path, is_unlearnt: bool) -> String {
    let provenance = &outcome.checkpoint.provenance;
    let recipe = &outcome.checkpoint.model.recipe;
    let mut text = format!(
        "{}, protocol {}: {}",
        recipe.system,
        recipe.protocol,
        words(&provenance.evaluation)
    );
    let (while_learning, at_last) = judging_windows(provenance.windows.1);
    if let (true, Some(best)) = (while_learning < at_last, &outcome.best) {
        text.push_str(&format!(
            "\n  on {} windows; the {} of them that judged while it learnt gave these weights loss \
             {:.4}",
            count(at_last as u64),
            count(while_learning as u64),
            best.validation.loss(),
        ));
    }
    if let Some(test) = &provenance.test {
        text.push_str(&format!("\n  on pieces kept for the test: {}", words(test)));
    }
    for (order, (nats, accuracy)) in (1..).zip(&provenance.markov) {
        text.push_str(&format!(
            "\n  Markov, order {order}: {nats:.3} nats, right {:.1} %",
            accuracy * 100.0
        ));
    }
    if let Some((nats, accuracy)) = provenance.rules {
        text.push_str(&format!(
            "\n  A melody by rules: {nats:.3} nats, right {:.1} %",
            accuracy * 100.0
        ));
    }
    let elapsed = clock(Duration::from_secs_f64(provenance.seconds));
    let why = until(outcome.end);
    text.push_str(&format!("\n\nLearnt for {elapsed} ({} steps{why})", provenance.steps));
    let (folder, pasted) = (out.display(), pasted(out));
    text.push_str(&format!(
        "\nThe model is in {folder}; what it learnt: cantilena report {pasted} -o report.html"
    ));
    if !is_unlearnt {
        let asked = match recipe.system {
            System::Spectrogram => "--seconds 30 -o piece.wav",
            _ => "--notes 200 -o piece.mid -o piece.wav",
        };
        text.push_str(&format!("\nCompose with it: cantilena compose {pasted} {asked}"));
    }
    text
}

/// Figures in a line.
pub(crate) fn words(evaluation: &Evaluation) -> String {
    let mut text = format!("loss {:.4}", evaluation.loss());
    for measure in &evaluation.measures {
        let (head, mean) = (&measure.head, measure.mean());
        text.push_str(&match measure.kind {
            MeasureKind::Nats => format!(
                " · {head} {mean:.3} nats, right {:.1} %, perplexity {:.1}",
                measure.accuracy() * 100.0,
                mean.exp()
            ),
            MeasureKind::SquaredError => format!(" · {head} squared error {mean:.5}"),
            MeasureKind::Density => format!(" · {head} −ln density {mean:.3}"),
        });
    }
    text
}

fn as_json(outcome: &SystemOutcome) -> String {
    let provenance = &outcome.checkpoint.provenance;
    serde_json::json!({
        "system": outcome.checkpoint.model.recipe.system,
        "protocol": outcome.checkpoint.model.recipe.protocol,
        "loss": provenance.evaluation.loss(),
        "perplexity": provenance.evaluation.perplexity(),
        "provenance": provenance,
        "interrupted": outcome.end == TrainingEnd::Interrupted,
        "stalled": outcome.end == TrainingEnd::Stalled,
    })
    .to_string()
}
