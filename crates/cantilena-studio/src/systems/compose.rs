//! A model of one of the systems becomes a piece.

use std::ops::ControlFlow;

use cantilena_generate::{Length, Sampling};
use cantilena_score::{Pitch, Program, Score, Text, TextKind, Ticks, TicksPerQuarter};
use cantilena_systems::{
    BPM, GENRES, Genre, System, SystemCheckpoint, SystemError, accompany, compose_score, genre,
    melody_by_rules,
};

use crate::commission::{Commission, PieceNews};
use crate::compose::{Composing, Composition, write_piece};
use crate::error::StudioError;
use crate::render::{Written, check_outputs};
use crate::suited::{check_bpm, check_system, unsuited};

/// Composes a piece with a model of a system.
///
/// `watch` is told of every symbol as it is drawn, and may stop the work. What notes the symbols
/// become is known when all are drawn.
pub(crate) fn perform_system(
    checkpoint: &SystemCheckpoint,
    commission: &Commission,
    watch: &mut dyn FnMut(PieceNews) -> ControlFlow<()>,
) -> Result<Composition, StudioError> {
    check_system(checkpoint, commission)?;
    let model = &checkpoint.model;
    let Commission { length, seed, sampling, .. } = *commission;
    if let Length::Bars(0) | Length::Notes(0) | Length::Seconds(0) = length {
        return Err(StudioError::Request("a length of 0, and a piece has one note".to_owned()));
    }
    let mut stopped = watch(PieceNews::Begun(&Score::new(TicksPerQuarter::MIN))).is_break();
    let mut watch = || {
        stopped |= watch(PieceNews::Note(None)).is_break();
        if stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let (mut score, drawn) = match &commission.genre {
        Some(name) => {
            let genre = genre_of(checkpoint, name)?;
            let notes = quarters(length, commission.bpm.unwrap_or(genre.bpm))?;
            melody(checkpoint, genre, notes, sampling, seed, &mut watch)?
        }
        None => {
            let program = commission.program.unwrap_or(Program::PIANO);
            let length = at_tempo(length, commission.bpm.unwrap_or(BPM));
            let composed = compose_score(model, sampling, seed, length, program, &mut watch)?;
            (composed.score, composed.drawn)
        }
    };
    dress(&mut score, commission.bpm, commission.program);
    score.title = format!("Seed {seed}");
    score.texts.push(signature(checkpoint, seed));
    let seconds = score.seconds().0;
    Ok(Composition { score, seconds, drawn, stopped, written: Written::default() })
}

/// Composes by the rules of a genre, and writes every form that was asked for.
pub fn compose_by_rules(request: &Composing) -> Result<Composition, StudioError> {
    let Some(genre) = &request.genre else {
        return Err(StudioError::Request(
            "rules know melodies of genres alone; --genre jazz will do".to_owned(),
        ));
    };
    check_rules(request)?;
    check_outputs(&request.outputs, request.overwrite)?;
    let own = cantilena_systems::genre(genre).map_or(BPM, |genre| genre.bpm);
    let notes = quarters(request.length, request.bpm.unwrap_or(own))?;
    let mut score = rules_of_genre(genre, notes, request.seed)?;
    dress(&mut score, request.bpm, request.program);
    let (seconds, written) = (score.seconds().0, Written::default());
    let composition = Composition { score, seconds, drawn: notes, stopped: false, written };
    write_piece(request, composition, &serde_json::json!({ "rules": genre }), None)
}

/// Refuses what rules know nothing of: they draw from no distribution, and were told nothing.
fn check_rules(request: &Composing) -> Result<(), StudioError> {
    check_bpm(request.bpm)?;
    let (asked, usual) = (request.sampling, Sampling::default());
    let beyond = [
        ("temperature", asked.temperature != usual.temperature),
        ("top-k", asked.top_k != usual.top_k),
        ("top-p", asked.top_p != usual.top_p),
        ("min-p", asked.min_p != usual.min_p),
        ("density", asked.density != usual.density),
        ("conditions", !request.conditions.is_empty()),
        ("from", request.from.is_some()),
        ("key", request.key.is_some()),
    ];
    match beyond.into_iter().find(|(_, is_asked)| *is_asked) {
        Some((field, _)) => {
            Err(unsuited(field, "rules take a genre, a length, a tempo and an instrument"))
        }
        None => Ok(()),
    }
}

/// Gives a piece the tempo, and the track that leads the program, that were asked for.
fn dress(score: &mut Score, bpm: Option<f64>, program: Option<Program>) {
    if let Some(bpm) = bpm {
        score.tempo.insert_bpm(Ticks::ZERO, bpm);
    }
    if let (Some(program), Some(lead)) = (program, score.tracks.first_mut()) {
        lead.program = program;
    }
}

/// A melody of a model with the band of a genre: what `melody` answers when it is asked for one.
///
/// Everything follows from the seed, and nothing is shared between callers.
pub fn melody_of_genre(
    checkpoint: &SystemCheckpoint,
    name: &str,
    notes: usize,
    seed: u64,
) -> Result<Score, StudioError> {
    let genre = genre_of(checkpoint, name)?;
    let sampling = Sampling { temperature: MELODY_TEMPERATURE, ..Sampling::default() };
    let mut go_on = || ControlFlow::Continue(());
    let (mut score, _) = melody(checkpoint, genre, notes, sampling, seed, &mut go_on)?;
    score.title = format!("{name}, seed {seed}");
    score.texts.push(signature(checkpoint, seed));
    Ok(score)
}

/// A melody by rules with the band of a genre, and no model: what `melody` has to beat.
pub fn rules_of_genre(name: &str, notes: usize, seed: u64) -> Result<Score, StudioError> {
    let genre = genre(name).ok_or_else(|| SystemError::Genre(name.to_owned()))?;
    let chords = chords_of(seed);
    let mut score = accompany(&melody_by_rules(genre, chords, notes, seed), genre, chords);
    score.title = format!("{name} by rules, seed {seed}");
    let version = env!("CARGO_PKG_VERSION");
    let text = format!("Composed by Cantilena {version}, seed {seed}, by rules");
    score.texts.push(Text { onset: Ticks::ZERO, kind: TextKind::Comment, text });
    Ok(score)
}

/// One of a genre's two sequences, as the seed has it.
fn chords_of(seed: u64) -> usize {
    (seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 63) as usize
}

/// The temperature of the system's own description.
const MELODY_TEMPERATURE: f64 = 0.8;

/// The genres that a model of this system can be asked for.
pub(crate) fn genres_of(system: System) -> impl Iterator<Item = &'static str> {
    let has = matches!(system, System::Melody | System::ManyGenres);
    GENRES.iter().filter(move |_| has).map(|genre| genre.name)
}

/// A genre, if this model can be asked for one.
fn genre_of(checkpoint: &SystemCheckpoint, name: &str) -> Result<&'static Genre, StudioError> {
    let system = checkpoint.model.recipe.system;
    if !matches!(system, System::Melody | System::ManyGenres) {
        return Err(StudioError::Request(format!(
            "a genre is laid under melodies; this is a model of {system}, and melody or \
             many-genres will do"
        )));
    }
    Ok(genre(name).ok_or_else(|| SystemError::Genre(name.to_owned()))?)
}

/// A length of so many seconds, where a piece that is composed at [`BPM`] is played at another
/// tempo.
fn at_tempo(length: Length, bpm: f64) -> Length {
    match length {
        Length::Seconds(seconds) => {
            Length::Seconds((f64::from(seconds) * bpm / BPM).round().max(1.0) as u32)
        }
        length => length,
    }
}

/// The quarters of a melody whose piece has a length: behind it stands a bar for the end.
///
/// # Errors
/// Where there is no room for both.
pub(crate) fn quarters(length: Length, bpm: f64) -> Result<usize, StudioError> {
    let bars = match length {
        Length::Notes(notes) => return Ok(notes),
        Length::Bars(bars) => bars,
        Length::Seconds(seconds) => ((f64::from(seconds) * bpm / 240.0).round() as u32).max(2),
    };
    match bars {
        0 | 1 => Err(StudioError::Unsuited {
            field: "bars",
            why: "a melody and its band take two bars at least: one to play, one to end".to_owned(),
        }),
        bars => Ok((bars as usize - 1) * 4),
    }
}

/// A melody of so many notes with its band.
fn melody(
    checkpoint: &SystemCheckpoint,
    genre: &Genre,
    notes: usize,
    sampling: Sampling,
    seed: u64,
    watch: &mut dyn FnMut() -> ControlFlow<()>,
) -> Result<(Score, usize), StudioError> {
    let model = &checkpoint.model;
    let length = Length::Notes(notes);
    let composed = compose_score(model, sampling, seed, length, Program::PIANO, watch)?;
    let drawn = composed.score.tracks.iter().flat_map(|t| &t.notes);
    // A symbol may be a chord, of which every note is one of the melody.
    let pitches: Vec<Pitch> = drawn.map(|note| note.pitch).take(notes).collect();
    Ok((accompany(&pitches, genre, chords_of(seed)), composed.drawn))
}

/// Who made the piece, of what.
fn signature(checkpoint: &SystemCheckpoint, seed: u64) -> Text {
    let text = format!(
        "Composed by Cantilena {}, seed {seed}, system {}, model of {}",
        env!("CARGO_PKG_VERSION"),
        checkpoint.model.recipe.system,
        checkpoint.provenance.corpus_name,
    );
    Text { onset: Ticks::ZERO, kind: TextKind::Comment, text }
}
