//! Music as a system's network reads it, divided into what is learnt from and what judges, and what
//! can be said of it before any learning.

use std::ops::ControlFlow;

use cantilena_corpus::{Corpus, Side};
use cantilena_score::Score;
use cantilena_systems::{
    Material, Protocol, Reading, RecordingActivity, Role, System, judge_rules,
};
use cantilena_tokens::{Representation, Tokenizer};
use cantilena_train::markov_baseline;

use crate::error::StudioError;
use crate::systems::sound::recordings;
use crate::systems::train::{SystemNews, SystemTraining};
use crate::train::{Music, called};

/// The largest order of the Markov models that are measured beside symbols.
const MARKOV_ORDER_MAX: usize = 5;

/// What is learnt from, as the network reads it.
pub(super) struct Prepared {
    pub(super) reading: Reading,
    pub(super) material: Material,
    /// Pieces or recordings learnt from and held back.
    pub(super) pieces: (usize, usize),
    pub(super) fingerprint: String,
    pub(super) corpus_name: String,
    /// Nats a symbol and share of right ones of Markov models of order 1, 2 …
    pub(super) markov: Vec<(f64, f64)>,
    /// The same of a melody by rules.
    pub(super) rules: Option<(f64, f64)>,
    /// How many symbols are seen at least so often.
    pub(super) thresholds: Vec<(usize, usize)>,
    /// How much happens in each recording.
    pub(super) recordings: Vec<RecordingActivity>,
}

/// Reads what is to be learnt from and divides it.
pub(super) fn prepare(
    request: &SystemTraining,
    reading: &(dyn Fn(usize, usize) + Sync),
    watch: &mut dyn FnMut(SystemNews) -> ControlFlow<()>,
) -> Result<Prepared, StudioError> {
    let recipe = &request.recipe;
    if recipe.system == System::Spectrogram {
        return prepare_sound(request, reading, watch);
    }
    let (mut corpus, corpus_name) = scores(request, reading, watch)?;
    corpus.pieces.truncate(recipe.data.pieces.unwrap_or(usize::MAX));
    let split = corpus.split(recipe.data.validation, recipe.training.seed)?;
    let side = |wanted| -> Vec<&Score> {
        split.side(wanted).map(|piece| &corpus.pieces[piece].score).collect()
    };
    let all: Vec<&Score> = corpus.pieces.iter().map(|piece| &piece.score).collect();
    let (learnt, judging) = match recipe.protocol {
        Protocol::Legacy => (all.clone(), all),
        Protocol::ByPiece => (side(Side::Train), side(Side::Validation)),
    };
    let reading = Reading::fit(recipe, &learnt)?;
    let sequences = corpus.pieces.iter().map(|piece| reading.sequence(&piece.score)).collect();
    let role = |side: &Side| match side {
        Side::Train => Role::Learn,
        Side::Validation => Role::Judge,
        Side::Test => Role::Test,
    };
    let roles: Vec<Role> = split.sides.iter().map(role).collect();
    let material = Material::new(recipe, reading.features(), sequences, &roles)?;
    let markov = match (&reading, recipe.protocol) {
        (Reading::Symbols { tokenizer, .. }, Protocol::ByPiece) => {
            markov(tokenizer, &learnt, &judging)
        }
        _ => Vec::new(),
    };
    let is_pitches = matches!(recipe.system, System::Melody | System::ManyGenres);
    let rules =
        (is_pitches && recipe.protocol == Protocol::ByPiece).then(|| rules(&reading, &judging));
    let thresholds = match recipe.system {
        System::NotesChords => thresholds(&learnt),
        _ => Vec::new(),
    };
    Ok(Prepared {
        reading,
        material,
        pieces: (learnt.len(), judging.len()),
        fingerprint: corpus.fingerprint(),
        corpus_name,
        markov,
        rules,
        thresholds,
        recordings: Vec::new(),
    })
}

/// Reads recordings and divides them.
fn prepare_sound(
    request: &SystemTraining,
    reading: &(dyn Fn(usize, usize) + Sync),
    watch: &mut dyn FnMut(SystemNews) -> ControlFlow<()>,
) -> Result<Prepared, StudioError> {
    let recipe = &request.recipe;
    let Music::Paths(paths) = &request.music else {
        return Err(StudioError::Request(
            "spectrogram learns from recordings as they are: name them, without --songbook or \
             --listen"
                .to_owned(),
        ));
    };
    let heard = recordings(paths, recipe, request.threads, reading)?;
    let _ = watch(SystemNews::Gathered { outcomes: &heard.outcomes, beside: heard.beside });
    let held_back = heard.roles.iter().filter(|role| **role == Role::Judge).count();
    let all = heard.sequences.len();
    let pieces = match recipe.protocol {
        Protocol::Legacy => (all, all),
        Protocol::ByPiece => (all - held_back, held_back),
    };
    let features = heard.reading.features();
    let material = Material::new(recipe, features, heard.sequences, &heard.roles)?;
    Ok(Prepared {
        reading: heard.reading,
        material,
        pieces,
        fingerprint: heard.fingerprint,
        corpus_name: called(paths),
        markov: Vec::new(),
        rules: None,
        thresholds: Vec::new(),
        recordings: heard.activity,
    })
}

/// The corpus and what it is called.
fn scores(
    request: &SystemTraining,
    reading: &(dyn Fn(usize, usize) + Sync),
    watch: &mut dyn FnMut(SystemNews) -> ControlFlow<()>,
) -> Result<(Corpus, String), StudioError> {
    let (gathered, name) = request.music.gathered(request.threads, reading)?;
    if !matches!(request.music, Music::Songbook) {
        // A break here would leave nothing to save; the next news is asked again.
        let _ =
            watch(SystemNews::Gathered { outcomes: &gathered.outcomes, beside: gathered.beside });
    }
    Ok((gathered.corpus, name))
}

/// Nats a symbol and share of right ones of Markov models of order 1 to 5, in the keys as written.
fn markov(tokenizer: &Tokenizer, learnt: &[&Score], judging: &[&Score]) -> Vec<(f64, f64)> {
    let orders = 1..=MARKOV_ORDER_MAX;
    let measured = orders.map(|order| {
        let evaluation = markov_baseline(tokenizer, learnt, judging, order, false);
        (evaluation.nats_per_note(), evaluation.pitch_accuracy())
    });
    measured.collect()
}

/// Nats a pitch and share of right ones of a melody by rules.
fn rules(reading: &Reading, judging: &[&Score]) -> (f64, f64) {
    let pitches: Vec<Option<u8>> =
        (0..reading.symbols() as u16).map(|symbol| reading.pitch(symbol)).collect();
    let melodies: Vec<Vec<u8>> = judging
        .iter()
        .map(|score| {
            let symbols = reading.sequence(score).symbols;
            symbols.iter().filter_map(|&symbol| pitches[usize::from(symbol)]).collect()
        })
        .collect();
    judge_rules(melodies.iter().map(Vec::as_slice))
}

/// How many symbols are left at the thresholds that the system's description tabulates.
fn thresholds(learnt: &[&Score]) -> Vec<(usize, usize)> {
    let left = |threshold| {
        let tokenizer =
            Tokenizer::fit(Representation::NotesChords, learnt.iter().copied(), threshold);
        let reading = tokenizer.map(|tokenizer| Reading::Symbols { tokenizer, piano_only: false });
        (threshold, reading.map_or(0, |reading| reading.symbols()))
    };
    [1, 30, 50, 70, 90].into_iter().map(left).collect()
}
