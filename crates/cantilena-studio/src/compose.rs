//! A model becomes a piece.

use std::ops::ControlFlow;
use std::path::PathBuf;

use cantilena_analysis::estimate_key;
use cantilena_audio::{Audio, BitDepth, wav};
use cantilena_eval::{Consistency, Distributions, Repetition, Structure};
use cantilena_generate::{Length, Sampling};
use cantilena_model::{Checkpoint, Provenance};
use cantilena_score::{Grid, Key, Note, Program, Score, TicksPerQuarter};
use cantilena_systems::SystemCheckpoint;
use serde_json::Value;

use crate::commission::{Commission, PieceNews, perform};
use crate::error::StudioError;
use crate::learnt;
use crate::library::load_model;
use crate::output::{Output, Overwrite};
use crate::render::{Bank, Written, check_outputs, write_score};
use crate::store::Draft;
use crate::systems::{compose_sound, is_sound, is_system, load_system, perform_system};

/// What is to be composed.
#[derive(Clone, Debug)]
pub struct Composing {
    /// The model folder.
    pub model: PathBuf,
    /// How much, behind the prompt.
    pub length: Length,
    /// Where all chance begins: the same model, request and seed give the same bytes.
    pub seed: u64,
    /// How adventurous.
    pub sampling: Sampling,
    /// A piece to continue.
    pub from: Option<Score>,
    /// The bar of that piece, counted from 1, that is the first to be composed; its end if left
    /// out.
    pub at_bar: Option<u32>,
    /// The key whose scale all that is composed keeps to.
    pub key: Option<Key>,
    /// Quarters a minute, where the piece's own will not do.
    pub bpm: Option<f64>,
    /// A program for every part that is no drum, where the piece's own will not do.
    pub program: Option<Program>,
    /// The genre: of a note model that was told genres, the piece's; of one of the five systems,
    /// that whose band accompanies a melody.
    pub genre: Option<String>,
    /// What else is asked for of the piece as a whole, by name and value; of note models that
    /// were told such things.
    pub conditions: Vec<(String, String)>,
    /// The grid that the notes of the finished piece are moved to, if any; a prompt's too.
    pub quantize: Option<Grid>,
    /// What is written.
    pub outputs: Vec<PathBuf>,
    /// A SoundFont to play it with.
    pub soundfont: Option<PathBuf>,
    /// Whether files may be replaced.
    pub overwrite: Overwrite,
    /// How many threads may work on it; what comes out does not depend on them.
    pub threads: usize,
}

/// How many threads help with a piece that nothing else runs beside, at most: what one more gains
/// has not been measured.
const HELPERS: usize = 1;

impl Composing {
    /// What a model makes of nothing but a length and a seed, written nowhere.
    pub fn new(model: PathBuf, length: Length, seed: u64) -> Composing {
        Composing {
            model,
            length,
            seed,
            sampling: Sampling::default(),
            from: None,
            at_bar: None,
            key: None,
            bpm: None,
            program: None,
            genre: None,
            conditions: Vec::new(),
            quantize: None,
            outputs: Vec::new(),
            soundfont: None,
            overwrite: Overwrite::Refuse,
            threads: 1,
        }
    }

    /// The same, and nothing of what is written.
    pub(crate) fn commission(&self) -> Commission {
        Commission {
            length: self.length,
            seed: self.seed,
            sampling: self.sampling,
            bpm: self.bpm,
            program: self.program,
            key: self.key,
            genre: self.genre.clone(),
            prompt: self.from.clone(),
            at_bar: self.at_bar,
            conditions: self.conditions.clone(),
        }
    }
}

/// What came out.
#[derive(Clone, Debug)]
pub struct Composition {
    /// The piece, prompt and all; without tracks, where it is sound and no notes.
    pub score: Score,
    /// How long it lasts.
    pub seconds: f64,
    /// Notes (or symbols) that were drawn and not given.
    pub drawn: usize,
    /// Whether it was stopped before its length was reached.
    pub stopped: bool,
    /// What is to be told of its files.
    pub written: Written,
}

impl Composition {
    /// Sound without notes.
    fn of_sound(seconds: f64) -> Composition {
        let score = Score::new(TicksPerQuarter::MIN);
        Composition { score, seconds, drawn: 0, stopped: false, written: Written::default() }
    }
}

/// Composes a piece and writes it: all files that were asked for, or none.
///
/// `watch` is shown every note as it is drawn, and may stop the work; what is there is written.
pub fn compose(
    request: &Composing,
    watch: &mut dyn FnMut(Option<(usize, Note)>) -> ControlFlow<()>,
) -> Result<Composition, StudioError> {
    check_outputs(&request.outputs, request.overwrite)?;
    if is_system(&request.model) {
        let checkpoint = load_system(&request.model)?;
        let card = system_card(&checkpoint, request);
        if is_sound(&checkpoint) {
            if request.quantize.is_some() {
                return Err(StudioError::Request(
                    "what this model composes is sound, whose notes nobody wrote down; leave the \
                     grid out"
                        .to_owned(),
                ));
            }
            let audio = compose_sound(&checkpoint, request, &mut || watch(None))?;
            return write_sound(request, &audio, &card);
        }
        let composition = perform_system(&checkpoint, &request.commission(), &mut told(watch))?;
        return write_piece(request, composition, &card, None);
    }
    let checkpoint = load_model(&request.model)?;
    let helpers = HELPERS.min(request.threads.saturating_sub(1));
    let checkpoint = Checkpoint { model: checkpoint.model.helped(helpers), ..checkpoint };
    let composition = compose_with(&checkpoint, request, watch)?;
    let card = notes_card(&checkpoint, request);
    write_piece(request, composition, &card, Some(&checkpoint.provenance))
}

/// Composes with a model that is loaded, and writes nothing.
pub(crate) fn compose_with(
    checkpoint: &Checkpoint,
    request: &Composing,
    watch: &mut dyn FnMut(Option<(usize, Note)>) -> ControlFlow<()>,
) -> Result<Composition, StudioError> {
    perform(checkpoint, &request.commission(), &mut told(watch))
}

/// Somebody who is shown notes, told of a piece.
fn told(
    watch: &mut dyn FnMut(Option<(usize, Note)>) -> ControlFlow<()>,
) -> impl FnMut(PieceNews) -> ControlFlow<()> {
    move |news| match news {
        PieceNews::Note(note) => watch(note),
        PieceNews::Begun(_) => ControlFlow::Continue(()),
    }
}

/// Writes a piece in every form asked for; `model` says in the report who composed it, and
/// `learnt`, of a note model, from what it has learnt.
pub(crate) fn write_piece(
    request: &Composing,
    composition: Composition,
    model: &Value,
    learnt: Option<&Provenance>,
) -> Result<Composition, StudioError> {
    let composition = match request.quantize {
        Some(grid) => {
            let score = composition.score.quantized(grid);
            Composition { seconds: score.seconds().0, score, ..composition }
        }
        None => composition,
    };
    let mut choose = || Bank::choose(request.soundfont.as_deref());
    let json = || {
        let mut report = report(model, request, &composition);
        measure(&mut report, &composition.score, request, learnt);
        Ok(format!("{report:#}\n").into_bytes())
    };
    let Composing { outputs, overwrite, .. } = request;
    let written = write_score(&composition.score, outputs, *overwrite, &mut choose, &json)?;
    Ok(Composition { written, ..composition })
}

/// Writes sound without notes, as WAV and in the report.
fn write_sound(
    request: &Composing,
    audio: &Audio,
    model: &Value,
) -> Result<Composition, StudioError> {
    let composition = Composition::of_sound(audio.seconds());
    let sound = wav::encode(audio, BitDepth::Sixteen)?;
    let mut drafts = Vec::new();
    for path in &request.outputs {
        drafts.push(match Output::of(path)? {
            Output::Json => {
                let report = report(model, request, &composition);
                Draft::new(path, format!("{report:#}\n").as_bytes())?
            }
            _ => Draft::new(path, &sound)?,
        });
    }
    drafts.into_iter().try_for_each(|draft| draft.keep(request.overwrite))?;
    Ok(composition)
}

/// What was asked for and what came out, as JSON.
fn report(model: &Value, request: &Composing, composition: &Composition) -> Value {
    serde_json::json!({
        "cantilena": env!("CARGO_PKG_VERSION"),
        "model": model,
        "asked": {
            "length": request.length, "seed": request.seed, "sampling": request.sampling,
            "bpm": request.bpm, "program": request.program.map(|program| program.number()),
            "key": request.key.map(|key| key.to_string()),
            "genre": request.genre, "conditions": request.conditions,
        },
        "piece": piece_card(composition),
    })
}

/// Adds to a report what the piece is in itself, and beside what its model has learnt from: null
/// where that is not known.
fn measure(report: &mut Value, score: &Score, request: &Composing, learnt: Option<&Provenance>) {
    report["repetition"] = serde_json::json!(Repetition::of(score));
    report["structure"] = serde_json::json!(Structure::of(score));
    report["consistency"] = serde_json::json!(Consistency::of(score));
    let corpus = learnt.and_then(|_| learnt::distributions(&request.model));
    let compared = corpus.map(|corpus| Distributions::of([score]).compared_to(&corpus));
    report["comparisons"] = serde_json::json!(compared);
    let shared = learnt.and_then(learnt::originality).map(|corpus| corpus.shared(score));
    report["originality"] = serde_json::json!(shared);
}

/// A note model, for the report.
fn notes_card(checkpoint: &Checkpoint, request: &Composing) -> Value {
    serde_json::json!({
        "folder": request.model.display().to_string(),
        "corpus": checkpoint.provenance.corpus_name,
        "fingerprint": checkpoint.provenance.corpus,
        "metrics": checkpoint.provenance.metrics,
    })
}

/// A model of one of the systems, for the report.
fn system_card(checkpoint: &SystemCheckpoint, request: &Composing) -> Value {
    serde_json::json!({
        "folder": request.model.display().to_string(),
        "system": checkpoint.model.recipe.system,
        "corpus": checkpoint.provenance.corpus_name,
        "fingerprint": checkpoint.provenance.corpus,
        "evaluation": checkpoint.provenance.evaluation,
    })
}

/// The piece in numbers.
pub(crate) fn piece_card(composition: &Composition) -> Value {
    let score = &composition.score;
    let playing = score.tracks.iter().filter(|track| !track.notes.is_empty());
    serde_json::json!({
        "title": score.title,
        "bars": score.bars(),
        "notes": score.note_count(),
        "drawn": composition.drawn,
        "seconds": composition.seconds,
        "bpm": score.tempo.changes()[0].bpm(),
        "meter": score.meters.changes()[0].meter.to_string(),
        "key_heard": estimate_key(score).map(|heard| heard.key.to_string()),
        "parts": playing.map(|track| track.instrument_name()).collect::<Vec<_>>(),
    })
}
