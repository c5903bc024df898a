//! What a note model learnt, on a page.

use std::ops::ControlFlow;
use std::path::Path;

use cantilena_generate::Length;
use cantilena_plot::{Axis, Best, Curve, PianoRoll, Picture, curves, histograms, piano_roll};
use cantilena_score::Score;

use super::page::Page;
use super::{NOTES, SEED, TRAINING, VALIDATION, level, panel, percent, three, with_total};
use crate::compose::{Composing, compose_with};
use crate::error::StudioError;
use crate::library::load_model;
use crate::systems::layers;
use crate::train::Logged;
use crate::words::count;

pub(super) fn html(folder: &Path) -> Result<String, StudioError> {
    let checkpoint = load_model(folder)?;
    let provenance = &checkpoint.provenance;
    let mut page = Page::new("A note model: what it learnt");
    page.paragraph(&format!(
        "Learnt from {}: {} pieces were learnt from, {} others were held back; {} steps in {:.0} s.",
        provenance.corpus_name,
        count(provenance.pieces.0 as u64),
        count(provenance.pieces.1 as u64),
        count(provenance.steps),
        provenance.metrics.get("training_seconds").copied().unwrap_or(0.0),
    ));
    let figure = |name: &str| provenance.metrics.get(name).copied();
    page.heading("How good it is");
    let mut rows = Vec::new();
    for (name, nats, right) in [
        ("this model", "nats_per_note", "pitch_accuracy"),
        ("Markov, order 3", "markov_nats_per_note", "markov_pitch_accuracy"),
    ] {
        if let (Some(nats), Some(right)) = (figure(nats), figure(right)) {
            let perplexity = format!("{:.1}", nats.exp());
            rows.push(vec![name.to_owned(), three(nats), perplexity, percent(right)]);
        }
    }
    page.table(&["on pieces held back", "nats a note", "perplexity", "pitch right"], &rows);
    let fields = checkpoint.model.tokenizer.fields().into_iter().filter_map(|field| {
        let (nats, right) = (
            figure(&format!("{}_nats", field.name))?,
            figure(&format!("{}_accuracy", field.name))?,
        );
        Some(vec![field.name.to_string(), three(nats), percent(right)])
    });
    page.table(&["field", "nats", "right"], &fields.collect::<Vec<_>>());

    let logged = Logged::read(folder);
    if !logged.validation.is_empty() {
        page.heading("How it learnt");
        let markov = [figure("markov_nats_per_note"), figure("markov_pitch_accuracy")];
        for picture in learning(&logged, markov) {
            page.picture(&picture);
        }
    }

    page.heading("What it composes");
    let request = Composing::new(folder.to_owned(), Length::Notes(NOTES), SEED);
    let piece = compose_with(&checkpoint, &request, &mut |_| ControlFlow::Continue(()))?;
    page.picture(&piano_roll(&piece.score, &PianoRoll::default()));
    page.picture(&distributions(&piece.score));

    page.heading("Its layers");
    let layers = layers(folder)?;
    page.table(&["layer", "type", "shape", "activation", "weights"], &with_total(&layers));
    page.heading("Its recipe");
    page.code(&provenance.recipe);
    Ok(page.finish())
}

/// Loss, accuracy and perplexity over the epochs, and those of the Markov model: its nats a note
/// and its share of pitches right.
fn learning(logged: &Logged, markov: [Option<f64>; 2]) -> Vec<Picture> {
    let points = |points: &[(f64, f64)], of: fn(f64) -> f64| -> Vec<(f64, f64)> {
        points.iter().map(|&(epoch, value)| (epoch, of(value))).collect()
    };
    let epochs = Axis::new("epochs");
    let both = |title: &str, axis: Axis, of: fn(f64) -> f64| {
        let validation = Curve::new("validation", points(&logged.validation, of));
        let training = Curve::new("training", points(&logged.training, of));
        let along = [&*training.points, &*validation.points];
        let markov = markov[0].map(|nats| level("Markov", of(nats), &along));
        let mut drawn = vec![training.drawn_as(TRAINING)];
        drawn.push(validation.marking(Best::Lowest).drawn_as(VALIDATION));
        drawn.extend(markov);
        curves(title, &epochs, &axis, &drawn)
    };
    let right = points(&logged.accuracy, |share| share * 100.0);
    let baseline = markov[1].map(|share| level("Markov", share * 100.0, &[&right]));
    let right = Curve::new("validation", right).marking(Best::Highest).drawn_as(VALIDATION);
    let right: Vec<Curve> = [right].into_iter().chain(baseline).collect();
    vec![
        both("Loss", Axis::new("nats a note"), |nats| nats),
        curves("Accuracy", &epochs, &Axis::new("pitches right, %"), &right),
        both("Perplexity", Axis::logarithmic("perplexity of a note"), f64::exp),
    ]
}

/// Pitch, step and duration of the piece.
fn distributions(score: &Score) -> Picture {
    let mut notes: Vec<(f64, f64, f64)> = score
        .tracks
        .iter()
        .filter(|track| !track.is_drums)
        .flat_map(|track| &track.notes)
        .map(|note| {
            let onset = score.tempo.seconds_at(note.onset).0;
            let release = score.tempo.seconds_at(note.release()).0;
            (onset, f64::from(note.pitch.number()), release - onset)
        })
        .collect();
    notes.sort_by(|a, b| a.0.total_cmp(&b.0));
    let piece = |values: Vec<f64>| [("the piece", values)];
    let pitches = piece(notes.iter().map(|note| note.1).collect());
    let steps = piece(notes.windows(2).map(|pair| pair[1].0 - pair[0].0).collect());
    let durations = piece(notes.iter().map(|note| note.2).collect());
    let panels = [
        panel("Pitch", "MIDI number", 1.0, 128, &pitches),
        panel("Step", "seconds", 0.05, 40, &steps),
        panel("Duration", "seconds", 0.05, 40, &durations),
    ];
    histograms("The piece in figures", &panels)
}
