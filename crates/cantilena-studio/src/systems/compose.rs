//! A model of one of the systems becomes a piece.

use std::ops::ControlFlow;

use cantilena_generate::{Length, Sampling};
use cantilena_score::{Pitch, Program, Score, Text, TextKind, Ticks};
use cantilena_systems::{
    Genre, System, SystemCheckpoint, SystemError, Window, accompany, compose_score, genre,
};

use crate::compose::{Composing, Composition};
use crate::error::StudioError;
use crate::render::{read_score, write_outputs};

/// Composes with a model of a system, and writes every form that was asked for.
pub(crate) fn compose_system(
    checkpoint: &SystemCheckpoint,
    request: &Composing,
    watch: &mut dyn FnMut() -> ControlFlow<()>,
) -> Result<Composition, StudioError> {
    let model = &checkpoint.model;
    if let Length::Bars(0) | Length::Notes(0) | Length::Seconds(0) = request.length {
        return Err(StudioError::Request("a length of 0, and a piece has one note".to_owned()));
    }
    let prompt = match &request.from {
        None => None,
        Some(path) => {
            let score = read_score(path)?.score;
            let nothing = || {
                let path = path.display();
                StudioError::Request(format!("{path} holds no note that this model can read"))
            };
            Some(model.prompt(&score).ok_or_else(nothing)?)
        }
    };
    let mut stopped = false;
    let mut watch = || {
        let flow = watch();
        stopped |= flow.is_break();
        flow
    };
    let (mut score, drawn) = match &request.genre {
        Some(name) => {
            let genre = genre_of(checkpoint, name)?;
            melody(
                checkpoint,
                genre,
                request.length,
                request.sampling,
                request.seed,
                prompt,
                &mut watch,
            )?
        }
        None => {
            let program = request.program.unwrap_or(Program::PIANO);
            let composed = compose_score(
                model,
                request.sampling,
                request.seed,
                request.length,
                program,
                prompt,
                &mut watch,
            )?;
            (composed.score, composed.drawn)
        }
    };
    if let Some(bpm) = request.bpm {
        score.tempo.insert_bpm(Ticks::ZERO, bpm);
    }
    if let (Some(program), Some(lead)) = (request.program, score.tracks.first_mut()) {
        lead.program = program;
    }
    score.title = format!("Seed {}", request.seed);
    score.texts.push(signature(checkpoint, request.seed));
    let bank =
        write_outputs(&score, &request.outputs, request.soundfont.as_deref(), request.overwrite)?;
    let seconds = score.seconds().0;
    Ok(Composition { score, seconds, drawn, stopped, bank })
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
    let length = Length::Notes(notes);
    let mut go_on = || ControlFlow::Continue(());
    let (mut score, _) = melody(checkpoint, genre, length, sampling, seed, None, &mut go_on)?;
    score.title = format!("{name}, seed {seed}");
    score.texts.push(signature(checkpoint, seed));
    Ok(score)
}

/// The temperature of the system's own description.
const MELODY_TEMPERATURE: f64 = 0.8;

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

fn melody(
    checkpoint: &SystemCheckpoint,
    genre: &Genre,
    length: Length,
    sampling: Sampling,
    seed: u64,
    prompt: Option<Window>,
    watch: &mut dyn FnMut() -> ControlFlow<()>,
) -> Result<(Score, usize), StudioError> {
    let model = &checkpoint.model;
    let composed = compose_score(model, sampling, seed, length, Program::PIANO, prompt, watch)?;
    let pitches: Vec<Pitch> =
        composed.score.tracks.iter().flat_map(|t| &t.notes).map(|note| note.pitch).collect();
    // One of the genre's two sequences, as the seed has it.
    let chords = (seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 63) as usize;
    Ok((accompany(&pitches, genre, chords), composed.drawn))
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
