//! A model becomes a piece.

use std::ops::ControlFlow;
use std::path::PathBuf;

use cantilena_generate::{Length, Sampling};
use cantilena_model::Checkpoint;
use cantilena_score::{Key, Note, Program, Score, TicksPerQuarter};
use cantilena_systems::SystemCheckpoint;

use crate::commission::{Commission, PieceNews, perform};
use crate::error::StudioError;
use crate::library::load_model;
use crate::output::{Output, Overwrite};
use crate::render::{check_outputs, read_score, write_outputs};
use crate::store;
use crate::systems::{compose_sound, compose_system, is_sound, is_system, load_system};

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
    /// A file to continue.
    pub from: Option<PathBuf>,
    /// The bar of that file, counted from 1, that is the first to be composed; its end if left
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
    /// What is written.
    pub outputs: Vec<PathBuf>,
    /// A SoundFont to play it with.
    pub soundfont: Option<PathBuf>,
    /// Whether files may be replaced.
    pub overwrite: Overwrite,
}

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
            outputs: Vec::new(),
            soundfont: None,
            overwrite: Overwrite::Refuse,
        }
    }

    /// The same with the file that is continued read, and nothing of what is written.
    pub(crate) fn commission(&self) -> Result<Commission, StudioError> {
        let prompt = match &self.from {
            Some(path) => Some(read_score(path)?.score),
            None => None,
        };
        Ok(Commission {
            length: self.length,
            seed: self.seed,
            sampling: self.sampling,
            bpm: self.bpm,
            program: self.program,
            key: self.key,
            genre: self.genre.clone(),
            prompt,
            at_bar: self.at_bar,
            conditions: self.conditions.clone(),
        })
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
    /// The bank that sounds in the WAV files, if there are any.
    pub bank: Option<String>,
}

impl Composition {
    /// Sound without notes.
    fn of_sound(seconds: f64) -> Composition {
        let score = Score::new(TicksPerQuarter::MIN);
        Composition { score, seconds, drawn: 0, stopped: false, bank: None }
    }
}

/// Composes a piece and writes it.
///
/// `watch` is shown every note as it is drawn, and may stop the work; what is there is written.
pub fn compose(
    request: &Composing,
    watch: &mut dyn FnMut(Option<(usize, Note)>) -> ControlFlow<()>,
) -> Result<Composition, StudioError> {
    check_outputs(&request.outputs, request.overwrite)?;
    if is_system(&request.model) {
        let checkpoint = load_system(&request.model)?;
        if is_sound(&checkpoint) {
            let seconds = compose_sound(&checkpoint, request, &mut || watch(None))?;
            let composition = Composition::of_sound(seconds);
            write_reports(request, || system_report(&checkpoint, request, &composition))?;
            return Ok(composition);
        }
        let composition = compose_system(&checkpoint, request, &mut || watch(None))?;
        let card = || system_report(&checkpoint, request, &composition);
        write_reports(request, card)?;
        return Ok(composition);
    }
    let checkpoint = load_model(&request.model)?;
    let composition = compose_with(&checkpoint, request, watch)?;
    write_reports(request, || report(&checkpoint, request, &composition))?;
    Ok(composition)
}

/// Writes what was asked for and what came out, wherever that was asked for.
fn write_reports(request: &Composing, json: impl Fn() -> String) -> Result<(), StudioError> {
    for path in &request.outputs {
        if Output::of(path)? == Output::Json {
            store::write(path, json().as_bytes(), request.overwrite)?;
        }
    }
    Ok(())
}

/// Composes with a model that is loaded, and writes all but JSON.
pub(crate) fn compose_with(
    checkpoint: &Checkpoint,
    request: &Composing,
    watch: &mut dyn FnMut(Option<(usize, Note)>) -> ControlFlow<()>,
) -> Result<Composition, StudioError> {
    let commission = request.commission()?;
    let composition = perform(checkpoint, &commission, &mut |news| match news {
        PieceNews::Note(note) => watch(note),
        PieceNews::Begun(_) => ControlFlow::Continue(()),
    })?;
    let Composition { score, .. } = &composition;
    let bank =
        write_outputs(score, &request.outputs, request.soundfont.as_deref(), request.overwrite)?;
    Ok(Composition { bank, ..composition })
}

/// What was asked for and what came out, as JSON.
fn report(checkpoint: &Checkpoint, request: &Composing, composition: &Composition) -> String {
    let repetition = cantilena_eval::Repetition::of(&composition.score);
    let report = serde_json::json!({
        "cantilena": env!("CARGO_PKG_VERSION"),
        "model": {
            "folder": request.model.display().to_string(),
            "corpus": checkpoint.provenance.corpus_name,
            "fingerprint": checkpoint.provenance.corpus,
            "metrics": checkpoint.provenance.metrics,
        },
        "asked": { "length": request.length, "seed": request.seed, "sampling": request.sampling,
            "genre": request.genre, "conditions": request.conditions,
        },
        "piece": piece_card(composition),
        "repetition": repetition,
    });
    format!("{report:#}\n")
}

/// As [`report`], of a model of one of the systems.
fn system_report(
    checkpoint: &SystemCheckpoint,
    request: &Composing,
    composition: &Composition,
) -> String {
    let report = serde_json::json!({
        "cantilena": env!("CARGO_PKG_VERSION"),
        "model": {
            "folder": request.model.display().to_string(),
            "system": checkpoint.model.recipe.system,
            "corpus": checkpoint.provenance.corpus_name,
            "fingerprint": checkpoint.provenance.corpus,
            "evaluation": checkpoint.provenance.evaluation,
        },
        "asked": {
            "length": request.length, "seed": request.seed, "sampling": request.sampling,
            "genre": request.genre,
        },
        "piece": piece_card(composition),
        "repetition": cantilena_eval::Repetition::of(&composition.score),
    });
    format!("{report:#}\n")
}

/// The piece in numbers.
pub(crate) fn piece_card(composition: &Composition) -> serde_json::Value {
    let score = &composition.score;
    serde_json::json!({
        "title": score.title,
        "bars": score.bars(),
        "notes": score.note_count(),
        "drawn": composition.drawn,
        "seconds": composition.seconds,
        "bpm": score.tempo.changes()[0].bpm(),
        "meter": score.meters.changes()[0].meter.to_string(),
        "parts": score.tracks.iter().map(|t| t.instrument_name()).collect::<Vec<_>>(),
    })
}
