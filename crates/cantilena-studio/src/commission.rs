//! What is asked of a composer, and the one way in which it is carried out.
//!
//! The terminal, the page and every program that asks over HTTP come through [`perform`]; that is
//! why the same model, commission and seed give the same bytes wherever they are asked for.

use std::ops::ControlFlow;

use cantilena_generate::{Length, Prompt, Sampler, Sampling, Scale, generate};
use cantilena_model::{Checkpoint, Model};
use cantilena_score::{Key, KeyChange, Mode, Note, Program, Score, Text, TextKind, Ticks};
use cantilena_tokens::Setting;

use crate::compose::Composition;
use crate::continuation::Continuation;
use crate::error::StudioError;
use crate::render::Written;
use crate::suited::{check_notes, check_pitched};

/// What is to be composed, files and models apart.
#[derive(Clone, Debug)]
pub struct Commission {
    /// How much is added.
    pub length: Length,
    /// Where all chance begins.
    pub seed: u64,
    /// How adventurous, and how dense.
    pub sampling: Sampling,
    /// Quarters a minute, where the piece's own will not do; 4 to 1000.
    pub bpm: Option<f64>,
    /// A program for every part that is no drum, where the piece's own will not do.
    pub program: Option<Program>,
    /// The key whose scale all that is added keeps to.
    pub key: Option<Key>,
    /// The genre whose band accompanies a melody, of a model that is one of the five systems.
    pub genre: Option<String>,
    /// What is continued.
    pub prompt: Option<Score>,
    /// The bar of the prompt, counted from 1, that is the first to be composed; its end if left
    /// out.
    pub at_bar: Option<u32>,
    /// What is asked for of the piece as a whole, by name and value: a genre, a density.
    pub conditions: Vec<(String, String)>,
}

impl Commission {
    /// A commission that leaves everything but length and seed to the model.
    pub fn new(length: Length, seed: u64) -> Commission {
        Commission {
            length,
            seed,
            sampling: Sampling::default(),
            bpm: None,
            program: None,
            key: None,
            genre: None,
            prompt: None,
            at_bar: None,
            conditions: Vec::new(),
        }
    }
}

/// What is told while a piece is composed.
#[derive(Debug)]
pub enum PieceNews<'a> {
    /// The piece begins: so far it is this score, without the notes to come.
    Begun(&'a Score),
    /// A note, and the track of that score that plays it. `None` stands for a symbol of several
    /// notes, which are in the finished piece.
    Note(Option<(usize, Note)>),
}

/// Composes a piece.
///
/// `watch` is told every note as soon as it is drawn, and may stop the work: what is there then
/// is a valid piece, and its notes are the first of those that the whole one has.
pub fn perform(
    checkpoint: &Checkpoint,
    commission: &Commission,
    watch: &mut dyn FnMut(PieceNews) -> ControlFlow<()>,
) -> Result<Composition, StudioError> {
    perform_with(&checkpoint.model, &checkpoint.provenance.corpus_name, commission, watch)
}

/// As [`perform`], of a model that learns from a corpus of this name.
pub(crate) fn perform_with(
    model: &Model,
    corpus: &str,
    commission: &Commission,
    watch: &mut dyn FnMut(PieceNews) -> ControlFlow<()>,
) -> Result<Composition, StudioError> {
    check_notes(model, commission)?;
    let mut sampler = Sampler::new(commission.sampling, commission.seed)?;
    let (mut prompt, continuation) = match &commission.prompt {
        None => (Prompt::opening(model, commission.seed)?, None),
        Some(score) => {
            let mut continuation = Continuation::new(score, commission.at_bar)?;
            let title = &mut continuation.score.title;
            *title =
                continued(title, commission.at_bar.unwrap_or(score.bars() + 1), commission.seed);
            (Prompt::score(model, &continuation.heard())?, Some(continuation))
        }
    };
    let mut continuation = continuation.map(|mut continuation| {
        continuation.place(&prompt);
        prompt.ringing = continuation.ringing();
        continuation
    });
    adjust(model, &mut prompt, commission)?;
    if let Some(continuation) = &mut continuation {
        continuation.cast(&prompt.setting);
    }
    let begun = match &continuation {
        Some(continuation) => continuation.score.clone(),
        None => beginning(&prompt.setting),
    };
    let mut stopped = watch(PieceNews::Begun(&begun)).is_break();
    let generation = generate(model, &mut sampler, &prompt, commission.length, &mut |note| {
        let placed = match &continuation {
            Some(continuation) => note.map(|(part, note)| continuation.placed(part, note)),
            None => note,
        };
        stopped |= watch(PieceNews::Note(placed)).is_break();
        if stopped { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    let mut score = match continuation {
        Some(continuation) => continuation.finish(&generation),
        None => generation.score,
    };
    if score.title.is_empty() {
        score.title = format!("Seed {}", commission.seed);
    }
    score.texts.push(Text {
        onset: Ticks::ZERO,
        kind: TextKind::Comment,
        text: format!(
            "Composed by Cantilena {}, seed {}, model of {corpus}",
            env!("CARGO_PKG_VERSION"),
            commission.seed,
        ),
    });
    let seconds = score.seconds().0;
    let (drawn, stopped) = (generation.drawn, generation.stopped);
    Ok(Composition { score, seconds, drawn, stopped, written: Written::default() })
}

/// What stands in a title between the piece that is gone on from and the bar it is gone on at.
const FROM_BAR: &str = ", from bar ";

/// The title of a piece that goes on from another: that one's, and where and by which seed. One
/// that has none stays without. However often a piece is gone on from, it is told once.
fn continued(title: &str, bar: u32, seed: u64) -> String {
    let begun = title.rsplit_once(FROM_BAR).map_or(title, |(begun, _)| begun);
    match title {
        "" => String::new(),
        _ => format!("{begun}{FROM_BAR}{bar} with seed {seed}"),
    }
}

/// A piece of this setting before its first note.
fn beginning(setting: &Setting) -> Score {
    let mut score = Score::new(setting.tempo.ticks_per_quarter());
    score.title = setting.title.clone();
    score.tempo = setting.tempo.clone();
    score.meters = setting.meters.clone();
    score.keys = setting.keys.clone();
    score.tracks = setting
        .parts
        .iter()
        .map(|part| cantilena_score::Track {
            name: part.name.clone(),
            program: part.program,
            is_drums: part.is_drums,
            ..Default::default()
        })
        .collect();
    score
}

/// Puts the tempo, program, key and conditions that were asked for into a prompt.
fn adjust(model: &Model, prompt: &mut Prompt, commission: &Commission) -> Result<(), StudioError> {
    let genre = commission.genre.iter().map(|genre| ("genre", &**genre));
    let asked = commission.conditions.iter().map(|(name, value)| (&**name, &**value));
    prompt.told = model.conditions.asked(genre.chain(asked))?;
    check_pitched(&prompt.setting, commission)?;
    let begins = prompt.begins();
    let setting = &mut prompt.setting;
    if let Some(bpm) = commission.bpm {
        setting.tempo.insert_bpm(begins, bpm);
    }
    if let Some(program) = commission.program {
        let compass = (*program.compass().start(), *program.compass().end());
        let players = setting.parts.iter_mut().zip(&mut prompt.limits);
        for (part, limits) in players.filter(|(part, _)| !part.is_drums) {
            part.program = program;
            limits.range = Some(compass);
        }
    }
    if let Some(key) = commission.key {
        setting.keys.retain(|change| change.onset < begins);
        setting.keys.push(KeyChange { onset: begins, key });
        prompt.scale = Some(Scale::of(key));
    }
    Ok(())
}

/// The key of a name as people write it: `C`, `F#m`, `Bb major`, `g minor`.
pub fn key_named(name: &str) -> Result<Key, StudioError> {
    let plain = name.trim().replace('♯', "#").replace('♭', "b");
    let (tonic, rest) = match plain.char_indices().find(|(at, c)| *at > 0 && !"#b".contains(*c)) {
        Some((at, _)) => plain.split_at(at),
        None => (&*plain, ""),
    };
    let mode = match rest.trim() {
        "" if tonic.starts_with(|c: char| c.is_ascii_lowercase()) => Some(Mode::Minor),
        "" | "M" | "maj" | "major" => Some(Mode::Major),
        "m" | "min" | "minor" => Some(Mode::Minor),
        _ => None,
    };
    let mut wanted = tonic.to_owned();
    if let Some(letter) = wanted.get_mut(..1) {
        letter.make_ascii_uppercase();
    }
    let keys = || (-7..=7).flat_map(|fifths| mode.map(|mode| Key::new(fifths, mode)));
    let spelled = |key: &Key| key.to_string().split(' ').next() == Some(&*wanted);
    keys().flatten().find(spelled).ok_or_else(|| {
        StudioError::Request(format!("no key is called {name:?}; C, F#m or \"Bb minor\" will do"))
    })
}

/// The General MIDI program of a number, 0 to 127, or of part of an instrument's name.
pub fn program_named(text: &str) -> Result<Program, StudioError> {
    let all = || (0..128).flat_map(Program::new);
    let wanted = text.trim().to_lowercase();
    if let Ok(number) = wanted.parse::<u8>() {
        return Program::new(number).map_err(|error| StudioError::Request(error.to_string()));
    }
    let name = |program: &Program| program.name().to_lowercase();
    let exact = all().find(|program| name(program) == wanted);
    let part = || all().find(|program| !wanted.is_empty() && name(program).contains(&wanted));
    exact.or_else(part).ok_or_else(|| {
        let why = "no General MIDI instrument has that in its name; flute, cello, piano do";
        StudioError::Request(why.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_goes_on_from_a_piece_is_told_from_it_by_its_title() {
        assert_eq!(continued("Seed 7", 9, 3), "Seed 7, from bar 9 with seed 3");
        assert_eq!(
            continued("Seed 7, from bar 9 with seed 3", 17, 4),
            "Seed 7, from bar 17 with seed 4"
        );
        assert_eq!(continued("", 9, 3), "");
    }

    #[test]
    fn instruments_are_found_by_number_and_by_part_of_a_name() {
        for (name, number) in
            [("0", 0), ("127", 127), ("flute", 73), (" Cello ", 42), ("Pan Flute", 75)]
        {
            assert_eq!(program_named(name).unwrap().number(), number, "{name}");
        }
        for name in ["128", "-1", "", " ", "kazoo"] {
            assert!(program_named(name).is_err(), "{name:?}");
        }
    }

    #[test]
    fn keys_are_read_as_people_write_them() {
        let cases = [
            ("C", "C major"),
            ("F#m", "F# minor"),
            ("Bb minor", "Bb minor"),
            ("g minor", "G minor"),
            ("a", "A minor"),
            ("E♭ major", "Eb major"),
            ("b", "B minor"),
            ("bb", "Bb minor"),
        ];
        for (name, key) in cases {
            assert_eq!(key_named(name).unwrap().to_string(), key, "{name}");
        }
        for name in ["", "H", "C sharp", "G# major", "C dorian", "ééé"] {
            assert!(key_named(name).is_err(), "{name:?}");
        }
    }
}
