//! A model on one page: figures, pictures and layers, with nothing to fetch and no script.

use std::fmt::Write;
use std::ops::ControlFlow;
use std::path::Path;

use cantilena_generate::{Length, Sampling};
use cantilena_plot::{
    Axis, Best, Curve, Panel, PianoRoll, Picture, Series, curves, histograms, piano_roll,
};
use cantilena_score::{Program, Score};
use cantilena_systems::{
    Epoch, Evaluation, MeasureKind, Protocol, Reading, SystemCheckpoint, Window, compose_score,
};

use crate::error::StudioError;
use crate::output::Overwrite;
use crate::store;
use crate::systems::load_system;

/// The seed of the piece that a report shows.
const SEED: u64 = 1;

/// How long that piece is.
const NOTES: usize = 120;

/// How many notes are shown as true against predicted.
const HITS: usize = 20;

/// Writes the report of a system's model as one HTML page.
pub fn report(model: &Path, page: &Path, overwrite: Overwrite) -> Result<(), StudioError> {
    if overwrite == Overwrite::Refuse && page.exists() {
        return Err(StudioError::Exists { path: page.to_owned() });
    }
    let html = html(&load_system(model)?)?;
    store::write(page, html.as_bytes(), overwrite)
}

fn html(checkpoint: &SystemCheckpoint) -> Result<String, StudioError> {
    let (model, provenance) = (&checkpoint.model, &checkpoint.provenance);
    let system = model.recipe.system;
    let mut page = Page::new(&format!("{system}: what it learnt"));
    page.paragraph(&format!(
        "Learnt from {}, {} steps in {:.0} s. {}",
        provenance.corpus_name,
        provenance.steps,
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
        page.paragraph("Counting instead of learning, on the same music:");
        let rows = provenance.markov.iter().zip(1..).map(|((nats, accuracy), order)| {
            vec![format!("Markov, order {order}"), three(*nats), percent(*accuracy)]
        });
        page.table(&["model", "nats a symbol", "right"], &rows.collect::<Vec<_>>());
    }
    page.heading("How it learnt");
    for picture in learning(&provenance.history) {
        page.picture(&picture);
    }
    let hits: Vec<(u8, u8)> = model.hits().into_iter().take(HITS).collect();
    if !hits.is_empty() {
        page.heading("True and predicted");
        page.picture(&hits_picture(&hits));
    }
    if !matches!(model.reading, Reading::Frames { .. }) {
        page.heading("What it composes");
        let length = Length::Notes(NOTES);
        let mut go_on = || ControlFlow::Continue(());
        let sampling = Sampling::default();
        let program = Program::PIANO;
        let piece = compose_score(model, sampling, SEED, length, program, None, &mut go_on)?;
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
    let layers = model.network.summary();
    let total = model.network.layout.len();
    let mut rows: Vec<Vec<String>> = layers.iter().map(|row| row.to_vec()).collect();
    rows.push(vec!["all".into(), String::new(), String::new(), String::new(), total.to_string()]);
    page.table(&["layer", "type", "output", "activation", "weights"], &rows);
    page.heading("Its recipe");
    page.code(&model.recipe.to_toml());
    Ok(page.finish())
}

fn protocol(checkpoint: &SystemCheckpoint) -> String {
    let provenance = &checkpoint.provenance;
    let (learnt, judging) = provenance.windows;
    match checkpoint.model.recipe.protocol {
        Protocol::Legacy => format!(
            "Legacy protocol: {learnt} windows were learnt from and {judging} judge, shuffled; \
             neighbouring windows share all symbols but one, so these figures flatter."
        ),
        Protocol::ByPiece => format!(
            "By piece: {} were learnt from ({learnt} windows), {} others judge ({judging} windows).",
            provenance.pieces.0, provenance.pieces.1,
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

/// Loss, and where symbols are predicted accuracy and perplexity, over the epochs.
fn learning(history: &[Epoch]) -> Vec<Picture> {
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
         value: &dyn Fn(&cantilena_systems::Evaluation) -> Option<f64>| {
            let validation = series(value, false);
            (!validation.is_empty()).then(|| {
                curves(
                    title,
                    &Axis::new("epochs"),
                    axis,
                    &[
                        Curve::new("training", series(value, true)),
                        Curve::new("validation", validation).marking(best),
                    ],
                )
            })
        };
    [
        picture("Loss", &Axis::new("loss"), Best::Lowest, &|side| Some(side.loss())),
        picture("Accuracy", &Axis::new("share right"), Best::Highest, &|side| {
            Some(side.symbols()?.accuracy())
        }),
        picture("Perplexity", &Axis::logarithmic("perplexity"), Best::Lowest, &|side| {
            side.perplexity()
        }),
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
    let mut panels = vec![panel("Pitch", "MIDI number", 1.0, 128, &pitches(own), &pitches(real))];
    if let Reading::Notes { .. } = model.reading {
        for (feature, name) in [(1, "Step"), (2, "Duration")] {
            let values = |windows: &[Window]| -> Vec<f64> {
                let notes = windows.iter().flat_map(|window| window.values.chunks_exact(3));
                notes.map(|note| f64::from(note[feature])).collect()
            };
            panels.push(panel(name, "seconds", 0.05, 40, &values(own), &values(real)));
        }
    }
    histograms("The piece and real music", &panels)
}

fn panel(name: &str, axis: &str, bin: f64, bins: usize, own: &[f64], real: &[f64]) -> Panel {
    let shares = |values: &[f64]| -> Vec<f64> {
        let mut counts = vec![0.0; bins];
        for value in values {
            counts[((value / bin) as usize).min(bins - 1)] += 1.0 / values.len() as f64;
        }
        counts
    };
    let label = |index: usize| {
        let value = index as f64 * bin;
        if bin < 1.0 { format!("{value:.2}") } else { format!("{value:.0}") }
    };
    Panel {
        name: name.to_owned(),
        remark: String::new(),
        axis: axis.to_owned(),
        labels: (0..bins).map(label).collect(),
        series: vec![
            Series { name: "the piece".to_owned(), shares: shares(own) },
            Series { name: "real music".to_owned(), shares: shares(real) },
        ],
    }
}

fn three(value: f64) -> String {
    format!("{value:.3}")
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// An HTML page under way.
struct Page {
    html: String,
}

/// Legible by day and night and on paper.
const STYLE: &str = "\
:root{color-scheme:light dark;--ink:#1d2230;--quiet:#5a6172;--ground:#fff;--line:#d9dce3}\
@media(prefers-color-scheme:dark){:root{--ink:#e8eaf0;--quiet:#a4abba;--ground:#14171f;--line:#343a48}}\
body{margin:0 auto;max-width:52rem;padding:1.5rem;background:var(--ground);color:var(--ink);\
font:1rem/1.5 system-ui,sans-serif}h1{font-size:1.6rem}h2{font-size:1.15rem;margin-top:2.2rem}\
table{border-collapse:collapse;font-variant-numeric:tabular-nums}\
td,th{text-align:left;padding:.25rem 1.25rem .25rem 0;border-bottom:1px solid var(--line)}\
th{color:var(--quiet);font-weight:500}figure{margin:1rem 0;break-inside:avoid}\
svg{max-width:100%;height:auto}pre{overflow-x:auto;color:var(--quiet)}\
@media print{body{max-width:none;padding:0}h2{break-after:avoid}}";

impl Page {
    fn new(title: &str) -> Page {
        let title = escaped(title);
        Page {
            html: format!(
                "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
                 <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">\
                 <title>{title}</title><style>{STYLE}</style></head>\n<body><h1>{title}</h1>\n"
            ),
        }
    }

    fn heading(&mut self, text: &str) {
        let _ = writeln!(self.html, "<h2>{}</h2>", escaped(text));
    }

    fn paragraph(&mut self, text: &str) {
        let _ = writeln!(self.html, "<p>{}</p>", escaped(text));
    }

    fn code(&mut self, text: &str) {
        let _ = writeln!(self.html, "<pre>{}</pre>", escaped(text));
    }

    fn picture(&mut self, picture: &Picture) {
        let _ = writeln!(self.html, "<figure>{}</figure>", picture.svg());
    }

    fn table(&mut self, head: &[&str], rows: &[Vec<String>]) {
        let cells = |tag: &str, cells: &mut dyn Iterator<Item = String>| {
            cells.map(|cell| format!("<{tag}>{}</{tag}>", escaped(&cell))).collect::<String>()
        };
        let head = cells("th", &mut head.iter().map(|&cell| cell.to_owned()));
        let _ = writeln!(self.html, "<table><tr>{head}</tr>");
        for row in rows {
            let row = cells("td", &mut row.iter().cloned());
            let _ = writeln!(self.html, "<tr>{row}</tr>");
        }
        self.html.push_str("</table>\n");
    }

    fn finish(mut self) -> String {
        self.html.push_str("</body></html>\n");
        self.html
    }
}

/// Text that means nothing but itself in HTML.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            other => safe.push(other),
        }
    }
    safe
}
