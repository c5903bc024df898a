//! What a model of one of the five systems learnt, on a page.

use std::num::NonZero;
use std::ops::ControlFlow;
use std::path::Path;

use cantilena_audio::{Activity, MelFilters, MelOptions};
use cantilena_generate::{Length, Sampling};
use cantilena_plot::{
    Axis, BandLevels, Best, Curve, PianoRoll, Picture, curves, histograms, piano_roll, spectrogram,
};
use cantilena_score::{Program, Score};
use cantilena_systems::{
    Epoch, Evaluation, MeasureKind, Protocol, Reading, RecordingActivity, SystemCheckpoint, Window,
    compose_score,
};

use super::page::Page;
use super::{NOTES, SEED, TRAINING, VALIDATION, level, panel, percent, three, with_total};
use crate::error::StudioError;
use crate::systems::{composed_sound, judging_windows, load_system, told};
use crate::words::count;

/// How many notes are shown as true against predicted.
const HITS: usize = 20;

/// How long the sound is that a report shows, in seconds.
const SECONDS: f64 = 10.0;

pub(super) fn html(folder: &Path) -> Result<String, StudioError> {
    let checkpoint = &load_system(folder)?;
    let (model, provenance) = (&checkpoint.model, &checkpoint.provenance);
    let system = model.recipe.system;
    let mut page = Page::new(&format!("{system}: what it learnt"));
    page.paragraph(&format!(
        "Learnt from {}, {} steps in {:.0} s. {}",
        provenance.corpus_name,
        count(provenance.steps),
        provenance.seconds,
        protocol(checkpoint),
    ));
    page.heading("How good it is");
    page.table(&["measure", "value"], &figures(&provenance.evaluation));
    if let Some(test) = &provenance.test {
        page.paragraph("On pieces kept for the test, which nothing looked at before:");
        page.table(&["measure", "value"], &figures(test));
    }
    if !provenance.markov.is_empty() {
        page.paragraph("Counting and rules instead of learning, on the same music:");
        let rows = provenance.markov.iter().zip(1..).map(|((nats, accuracy), order)| {
            vec![format!("Markov, order {order}"), three(*nats), percent(*accuracy)]
        });
        let rules = provenance.rules.iter().map(|(nats, accuracy)| {
            vec!["a melody by rules".to_owned(), three(*nats), percent(*accuracy)]
        });
        let rows = rows.chain(rules).collect::<Vec<_>>();
        page.table(&["model", "nats a symbol", "right"], &rows);
    }
    page.heading("How it learnt");
    let (while_learning, at_last) = judging_windows(provenance.windows.1);
    if while_learning < at_last {
        page.paragraph(&format!(
            "{} of the windows that judge, evenly spread, judged while it learnt; {} judged the \
             model that is saved. The least loss of the curve is of the same weights as the loss \
             above, on fewer windows.",
            count(while_learning as u64),
            count(at_last as u64),
        ));
    }
    let least = |one: &&(f64, f64), other: &&(f64, f64)| one.0.total_cmp(&other.0);
    for picture in learning(&provenance.history, provenance.markov.iter().min_by(least)) {
        page.picture(&picture);
    }
    let hits: Vec<(u8, u8)> = model.hits().into_iter().take(HITS).collect();
    if !hits.is_empty() {
        page.heading("True and predicted");
        page.picture(&hits_picture(&hits));
    }
    page.heading("What it composes");
    if matches!(model.reading, Reading::Frames { .. }) {
        sound(checkpoint, &mut page)?;
    } else {
        let length = Length::Notes(NOTES);
        let mut go_on = || ControlFlow::Continue(());
        let sampling = Sampling::default();
        let program = Program::PIANO;
        let piece = compose_score(model, sampling, SEED, length, program, &mut go_on)?;
        page.picture(&piano_roll(&piece.score, &PianoRoll::default()));
        page.picture(&distributions(checkpoint, &piece.score));
    }
    if !provenance.thresholds.is_empty() {
        page.heading("Symbols by threshold");
        let rows = provenance.thresholds.iter();
        let rows = rows.map(|(seen, left)| vec![seen.to_string(), left.to_string()]);
        page.table(&["seen at least", "symbols left"], &rows.collect::<Vec<_>>());
    }
    page.heading("Its layers");
    let layers = with_total(&model.network.summary());
    page.table(&["layer", "type", "output", "activation", "weights"], &layers);
    page.heading("Its recipe");
    page.code(&model.recipe.to_toml());
    Ok(page.finish())
}

/// A spectrogram of what it composes, and how much happens in it beside the recordings.
fn sound(checkpoint: &SystemCheckpoint, page: &mut Page) -> Result<(), StudioError> {
    let mut go_on = || ControlFlow::Continue(());
    let (mel, audio) = composed_sound(checkpoint, Sampling::default(), SEED, SECONDS, &mut go_on)?;
    let options = MelOptions::default();
    let filters = MelFilters::new(mel.sample_rate, options.stft.fft_size, &options.bands)?;
    page.picture(&spectrogram(
        "The sound in mel bands",
        &BandLevels {
            values: mel.levels.values(),
            band_hertz: filters.peaks(),
            seconds_per_frame: mel.sample_rate.seconds_of(options.stft.hop as u64),
        },
    ));
    let activity = Activity::of(&audio, NonZero::<usize>::MIN)?;
    let row = |heard: &RecordingActivity| {
        let level = |level: Option<f64>| {
            level.map_or("silent".to_owned(), |level| format!("{level:.1}").replace('-', "−"))
        };
        let (flux, onsets) = (heard.spectral_flux, heard.onsets_a_second);
        let (flux, onsets) = (format!("{flux:.2}"), format!("{onsets:.2}"));
        vec![heard.name.clone(), flux, onsets, level(heard.loudness), level(heard.tonality)]
    };
    let own = told("what it composes".to_owned(), &activity);
    let heard = [&own].into_iter().chain(&checkpoint.provenance.recordings);
    let rows: Vec<Vec<String>> = heard.map(row).collect();
    page.paragraph("How much happens in it, beside the recordings that it was learnt from:");
    page.table(
        &["sound", "spectral flux, dB", "onsets a second", "loudness, LUFS", "above noise, dB"],
        &rows,
    );
    Ok(())
}

fn protocol(checkpoint: &SystemCheckpoint) -> String {
    let provenance = &checkpoint.provenance;
    let (learnt, judging) = provenance.windows;
    let [learnt, judging] = [learnt, judging].map(|windows| count(windows as u64));
    match checkpoint.model.recipe.protocol {
        Protocol::Legacy => format!(
            "Legacy protocol: {learnt} windows were learnt from and {judging} judge, shuffled; \
             neighbouring windows share all symbols but one, so these figures flatter."
        ),
        Protocol::ByPiece => format!(
            "By piece: {} were learnt from ({learnt} windows), {} others judge ({judging} windows).",
            count(provenance.pieces.0 as u64),
            count(provenance.pieces.1 as u64),
        ),
    }
}

/// What the saved weights were measured.
fn figures(evaluation: &Evaluation) -> Vec<Vec<String>> {
    let mut rows = vec![vec!["loss".to_owned(), format!("{:.4}", evaluation.loss())]];
    for measure in &evaluation.measures {
        let head = &measure.head;
        match measure.kind {
            MeasureKind::Nats => {
                rows.push(vec![format!("{head}: cross-entropy, nats"), three(measure.mean())]);
                rows.push(vec![format!("{head}: right"), percent(measure.accuracy())]);
                let perplexity = format!("{:.2}", measure.mean().exp());
                rows.push(vec![format!("{head}: perplexity"), perplexity]);
            }
            MeasureKind::SquaredError => {
                let error = format!("{:.5}", measure.mean());
                rows.push(vec![format!("{head}: mean squared error"), error]);
            }
            MeasureKind::Density => {
                rows.push(vec![format!("{head}: −ln density a value"), three(measure.mean())]);
            }
        }
    }
    rows
}

/// Loss, and where symbols are predicted accuracy and perplexity, over the epochs; `markov` are the
/// nats a symbol and the share right of the best model that counts.
fn learning(history: &[Epoch], markov: Option<&(f64, f64)>) -> Vec<Picture> {
    let series = |value: &dyn Fn(&cantilena_systems::Evaluation) -> Option<f64>, train: bool| {
        let points = history.iter().filter_map(|point| {
            let side = if train { &point.train } else { &point.validation };
            if side.measures.is_empty() {
                return None;
            }
            Some((point.epoch, value(side)?))
        });
        points.collect::<Vec<_>>()
    };
    let picture =
        |title: &str,
         axis: &Axis,
         best,
         markov: Option<f64>,
         value: &dyn Fn(&cantilena_systems::Evaluation) -> Option<f64>| {
            let (training, validation) = (series(value, true), series(value, false));
            (!validation.is_empty()).then(|| {
                let markov = markov.map(|value| level("Markov", value, &[&training, &validation]));
                let training = Curve::new("training", training).drawn_as(TRAINING);
                let validation = Curve::new("validation", validation).marking(best);
                let mut drawn = vec![training, validation.drawn_as(VALIDATION)];
                drawn.extend(markov);
                curves(title, &Axis::new("epochs"), axis, &drawn)
            })
        };
    [
        // The loss weighs all that is predicted, and no model that counts does that.
        picture("Loss", &Axis::new("loss"), Best::Lowest, None, &|side| Some(side.loss())),
        picture(
            "Accuracy",
            &Axis::new("right, %"),
            Best::Highest,
            markov.map(|(_, right)| right * 100.0),
            &|side| Some(side.symbols()?.accuracy() * 100.0),
        ),
        picture(
            "Perplexity",
            &Axis::logarithmic("perplexity"),
            Best::Lowest,
            markov.map(|(nats, _)| nats.exp()),
            &|side| side.perplexity(),
        ),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The true pitch and the likeliest one, note by note.
fn hits_picture(hits: &[(u8, u8)]) -> Picture {
    let points = |pitch: &dyn Fn(&(u8, u8)) -> u8| {
        let numbered = hits.iter().zip(1..);
        numbered.map(|(hit, at)| (f64::from(at), f64::from(pitch(hit)))).collect::<Vec<_>>()
    };
    curves(
        "True and predicted pitch",
        &Axis::new("note"),
        &Axis::new("MIDI pitch"),
        &[Curve::new("true", points(&|hit| hit.0)), Curve::new("predicted", points(&|hit| hit.1))],
    )
}

/// Pitch, and where there is rhythm step and duration, of a piece beside real music.
fn distributions(checkpoint: &SystemCheckpoint, piece: &Score) -> Picture {
    let model = &checkpoint.model;
    let own = model.reading.sequence(piece);
    let own = Window { symbols: own.symbols, values: own.values };
    let real = &model.prompts;
    let pitches = |windows: &[Window]| -> Vec<f64> {
        let symbols = windows.iter().flat_map(|window| &window.symbols);
        symbols.filter_map(|&symbol| model.reading.pitch(symbol)).map(f64::from).collect()
    };
    let own = std::slice::from_ref(&own);
    let both = |values: &dyn Fn(&[Window]) -> Vec<f64>| {
        [("the piece", values(own)), ("real music", values(real))]
    };
    let mut panels = vec![panel("Pitch", "MIDI number", 1.0, 128, &both(&pitches))];
    if let Reading::Notes { .. } = model.reading {
        for (feature, name) in [(1, "Step"), (2, "Duration")] {
            let values = |windows: &[Window]| -> Vec<f64> {
                let notes = windows.iter().flat_map(|window| window.values.chunks_exact(3));
                notes.map(|note| f64::from(note[feature])).collect()
            };
            panels.push(panel(name, "seconds", 0.05, 40, &both(&values)));
        }
    }
    histograms("The piece and real music", &panels)
}
