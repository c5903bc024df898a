//! A representation with its vocabulary.

use std::num::NonZero;

use cantilena_score::{Pitch, Score, TicksPerQuarter};
use serde::{Deserialize, Serialize};

use crate::cursor::Cursor;
use crate::error::TokenError;
use crate::event::Events;
use crate::field::Field;
use crate::frames::Frames;
use crate::midi_tok::{File, MidiTok, Scheme};
use crate::notes::{Grid, Notes};
use crate::notes_chords::NotesChords;
use crate::opening::Opening;
use crate::performance::{self, Performance};
use crate::pitch_step_duration::PitchStepDuration;
use crate::pitches::Pitches;
use crate::representation::Representation;
use crate::setting::Setting;
use crate::voices::{range, voices};

/// Writes scores as events and events as scores.
///
/// It is saved whole in a checkpoint, so that vocabulary and weights cannot disagree.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Saved", into = "Saved")]
pub enum Tokenizer {
    /// Pitches alone.
    Pitches(Pitches),
    /// Notes and chords as symbols.
    NotesChords(NotesChords),
    /// Whole notes, field by field.
    Notes(Notes),
    /// The published stream of 388 events.
    Performance(Performance),
    /// One stream of words, as MidiTok writes them.
    MidiTok(Box<MidiTok>),
    /// What sounds, frame by frame.
    Frames(Frames),
    /// Three numbers a note.
    PitchStepDuration(PitchStepDuration),
}

impl Tokenizer {
    /// Learns the vocabulary of a representation from scores.
    ///
    /// `threshold` is how often a symbol of `notes-chords` must be seen to be kept; the other
    /// representations keep all.
    pub fn fit<'a>(
        representation: Representation,
        scores: impl IntoIterator<Item = &'a Score>,
        threshold: usize,
    ) -> Result<Tokenizer, TokenError> {
        let scores = scores.into_iter();
        Ok(match representation {
            Representation::Pitches => Tokenizer::Pitches(Pitches::fit(scores)?),
            Representation::NotesChords => {
                Tokenizer::NotesChords(NotesChords::fit(scores, threshold)?)
            }
            Representation::Remi => Tokenizer::midi_tok(Scheme::Remi, scores)?,
            Representation::Tsd => Tokenizer::midi_tok(Scheme::Tsd, scores)?,
            Representation::MidiLike => Tokenizer::midi_tok(Scheme::MidiLike, scores)?,
            Representation::Frames => {
                some_pitch(scores)?;
                Tokenizer::Frames(Frames::default())
            }
            Representation::PitchStepDuration => {
                some_pitch(scores)?;
                Tokenizer::PitchStepDuration(PitchStepDuration::default())
            }
            Representation::Performance => {
                some_pitch(scores)?;
                Tokenizer::Performance(Performance)
            }
            Representation::Notes | Representation::NotesClock => {
                let grid = match representation {
                    Representation::NotesClock => Grid::Clock,
                    _ => Grid::Beat,
                };
                let sounding = |score: &Score| {
                    score.tracks.iter().filter(|track| !track.notes.is_empty()).count()
                };
                match scores.map(sounding).max() {
                    Some(parts) if parts > 0 => Tokenizer::Notes(Notes::on(grid, parts)),
                    _ => return Err(TokenError::NoNotes { drums: 0 }),
                }
            }
        })
    }

    fn midi_tok<'a>(
        scheme: Scheme,
        scores: impl Iterator<Item = &'a Score>,
    ) -> Result<Tokenizer, TokenError> {
        Ok(Tokenizer::MidiTok(Box::new(MidiTok::fit(scheme, scores)?)))
    }

    /// Which representation this is.
    pub fn representation(&self) -> Representation {
        match self {
            Tokenizer::Pitches(_) => Representation::Pitches,
            Tokenizer::NotesChords(_) => Representation::NotesChords,
            Tokenizer::Notes(notes) => match notes.grid() {
                Grid::Beat => Representation::Notes,
                Grid::Clock => Representation::NotesClock,
            },
            Tokenizer::Performance(_) => Representation::Performance,
            Tokenizer::Frames(_) => Representation::Frames,
            Tokenizer::PitchStepDuration(_) => Representation::PitchStepDuration,
            Tokenizer::MidiTok(words) => match words.scheme() {
                Scheme::Remi => Representation::Remi,
                Scheme::Tsd => Representation::Tsd,
                Scheme::MidiLike => Representation::MidiLike,
            },
        }
    }

    /// Whether one token says the pitch of a note and nothing else, so that pitches can be kept to a
    /// key.
    pub fn has_pitches(&self) -> bool {
        matches!(self, Tokenizer::Notes(_) | Tokenizer::Pitches(_))
    }

    /// Whether one token says how long the next note waits, so that notes can be had more or less
    /// densely.
    pub fn has_waits(&self) -> bool {
        matches!(self, Tokenizer::Notes(_) | Tokenizer::PitchStepDuration(_))
    }

    /// The clock of its settings and of the scores it decodes.
    pub fn clock(&self) -> TicksPerQuarter {
        match self {
            Tokenizer::Pitches(_) | Tokenizer::NotesChords(_) => crate::setting::grid(),
            Tokenizer::Notes(notes) => notes.clock(),
            Tokenizer::Performance(_) | Tokenizer::PitchStepDuration(_) => crate::clock::CLOCK,
            Tokenizer::Frames(frames) => frames.per_quarter(),
            Tokenizer::MidiTok(words) => words.clock(),
        }
    }

    /// Whether single notes (or symbols) are written, so that a number of them can be asked for.
    pub fn has_notes(&self) -> bool {
        !matches!(self, Tokenizer::Frames(_))
    }

    /// The columns of an event, in the order in which they are known.
    pub fn fields(&self) -> Vec<Field> {
        match self {
            Tokenizer::Pitches(pitches) => pitches.fields(),
            Tokenizer::NotesChords(symbols) => symbols.fields(),
            Tokenizer::Notes(notes) => notes.fields(),
            Tokenizer::Performance(_) => performance::fields(),
            Tokenizer::Frames(_) => Frames::fields(),
            Tokenizer::PitchStepDuration(words) => words.fields(),
            Tokenizer::MidiTok(words) => words.fields(),
        }
    }

    /// The part of the score that this representation keeps, on its clock.
    pub fn on_grid(&self, score: &Score) -> Score {
        match self {
            Tokenizer::Notes(notes) => notes.on_grid(score),
            _ => {
                let (events, setting) = self.encode(score);
                self.decode(&setting, &events)
            }
        }
    }

    /// The events of a score, with the end, and its setting.
    pub fn encode(&self, score: &Score) -> (Events, Setting) {
        self.encode_with(score, |_| {})
    }

    /// As [`Tokenizer::encode`], in a setting that was adjusted: its number of bars left open,
    /// say. Its parts must stay the score's own.
    pub fn encode_with(
        &self,
        score: &Score,
        adjust: impl FnOnce(&mut Setting),
    ) -> (Events, Setting) {
        match self {
            Tokenizer::Pitches(pitches) => {
                let setting = steady_setting(score, adjust);
                (pitches.encode(score), setting)
            }
            Tokenizer::NotesChords(symbols) => {
                let setting = steady_setting(score, adjust);
                (symbols.encode(score), setting)
            }
            Tokenizer::Notes(notes) => {
                let score = notes.on_grid(score);
                let mut setting = Setting::of(&score);
                adjust(&mut setting);
                (notes.encode(&score, &setting), setting)
            }
            Tokenizer::Performance(_) => {
                let mut setting = performance::setting(score);
                adjust(&mut setting);
                (performance::encode(score), setting)
            }
            Tokenizer::MidiTok(words) => words.encode(score, adjust),
            Tokenizer::Frames(frames) => {
                let mut setting = frames.setting(score);
                adjust(&mut setting);
                (frames.encode(score), setting)
            }
            Tokenizer::PitchStepDuration(words) => {
                let mut setting = PitchStepDuration::setting(score);
                adjust(&mut setting);
                (words.encode(score), setting)
            }
        }
    }

    /// The setting that [`Tokenizer::encode`] gives a score.
    pub fn setting(&self, score: &Score) -> Setting {
        match self {
            Tokenizer::Notes(notes) => Setting::of(&notes.on_grid(score)),
            Tokenizer::Performance(_) => performance::setting(score),
            Tokenizer::MidiTok(words) => words.setting(score),
            Tokenizer::Frames(frames) => frames.setting(score),
            Tokenizer::PitchStepDuration(_) => PitchStepDuration::setting(score),
            _ => steady_setting(score, |_| {}),
        }
    }

    /// How a score opens, with how many notes each of its parts sounds at once and from where to
    /// where, where parts are told apart.
    pub fn opening(&self, score: &Score) -> Opening {
        let Tokenizer::Notes(notes) = self else { return Opening::of(&self.setting(score)) };
        let on_grid = notes.on_grid(score);
        let mut opening = Opening::of(&Setting::of(&on_grid));
        for (part, track) in opening.parts.iter_mut().zip(&on_grid.tracks) {
            part.voices = voices(track);
            part.range = range(track);
        }
        opening
    }

    /// The score that events say. Events need not end; what cannot be played is left out.
    pub fn decode(&self, setting: &Setting, events: &Events) -> Score {
        match self {
            Tokenizer::Pitches(pitches) => pitches.decode(setting, events),
            Tokenizer::NotesChords(symbols) => symbols.decode(setting, events),
            Tokenizer::Notes(notes) => notes.decode(setting, events),
            Tokenizer::Performance(_) => performance::decode(setting, events),
            Tokenizer::Frames(_) => Frames::decode(setting, events),
            Tokenizer::PitchStepDuration(words) => words.decode(setting, events),
            Tokenizer::MidiTok(words) => words.decode(setting, events),
        }
    }

    /// A cursor before the first event of a piece.
    pub fn cursor(&self, setting: &Setting) -> Cursor {
        Cursor::new(self, setting)
    }

    /// Checks that every token lies within its field's vocabulary.
    pub fn check(&self, events: &Events) -> Result<(), TokenError> {
        let fields = self.fields();
        for (event, row) in events.rows().enumerate() {
            for (field, &found) in fields.iter().zip(row) {
                if usize::from(found) >= field.size {
                    let last = (field.size - 1) as u16;
                    return Err(TokenError::Token {
                        event,
                        field: field.name.to_owned(),
                        found,
                        last,
                    });
                }
            }
        }
        Ok(())
    }

    /// What a token of a field says, for people.
    pub fn spell_token(&self, field: usize, token: u16) -> String {
        match self {
            Tokenizer::Pitches(pitches) => pitches.spell(token),
            Tokenizer::NotesChords(symbols) => symbols.spell(token),
            Tokenizer::Notes(notes) => notes.spell(field, token),
            Tokenizer::Performance(_) => performance::spell(token),
            Tokenizer::Frames(_) => Frames::spell(token),
            Tokenizer::PitchStepDuration(words) => words.spell(field, token),
            Tokenizer::MidiTok(words) => words.spell(token),
        }
    }

    /// The predicted fields of events, for people and tests: `shift:part:pitch:…` an event.
    pub fn spell(&self, events: &Events) -> String {
        let fields = self.fields();
        let spelled = events.rows().map(|row| {
            let predicted = (0..fields.len()).filter(|&field| fields[field].is_predicted());
            let names: Vec<String> =
                predicted.map(|field| self.spell_token(field, row[field])).collect();
            names.join(":")
        });
        spelled.collect::<Vec<_>>().join(" ")
    }
}

/// Whether there is a note that is no drum in any of the scores.
fn some_pitch<'a>(scores: impl Iterator<Item = &'a Score>) -> Result<(), TokenError> {
    let mut drums = 0;
    for track in scores.flat_map(|score| &score.tracks) {
        match track.is_drums {
            true => drums += track.notes.len(),
            false if !track.notes.is_empty() => return Ok(()),
            false => {}
        }
    }
    Err(TokenError::NoNotes { drums })
}

/// The setting of a score of which only one voice is kept, without its rhythm: the number of
/// bars means nothing then.
fn steady_setting(score: &Score, adjust: impl FnOnce(&mut Setting)) -> Setting {
    let mut setting = Setting::of_one(score, crate::setting::grid());
    adjust(&mut setting);
    setting
}

/// A tokenizer as a checkpoint holds it: all that fixes the meaning of every token.
#[derive(Clone, Serialize, Deserialize)]
#[serde(tag = "representation", rename_all = "kebab-case", deny_unknown_fields)]
enum Saved {
    Pitches {
        pitches: Vec<u8>,
    },
    NotesChords {
        symbols: Vec<String>,
    },
    Notes {
        grid: u16,
        parts: usize,
    },
    NotesClock {
        parts: usize,
    },
    Performance,
    Frames {
        per_quarter: NonZero<u16>,
    },
    PitchStepDuration,
    /// The file is MidiTok's own.
    #[serde(rename = "miditok")]
    MidiTok {
        tokenizer: Box<File>,
    },
}

impl From<Tokenizer> for Saved {
    fn from(tokenizer: Tokenizer) -> Saved {
        match tokenizer {
            Tokenizer::Pitches(pitches) => {
                Saved::Pitches { pitches: pitches.pitches.iter().map(|p| p.number()).collect() }
            }
            Tokenizer::NotesChords(symbols) => Saved::NotesChords { symbols: symbols.symbols },
            Tokenizer::Notes(notes) => match notes.grid() {
                Grid::Beat => Saved::Notes { grid: crate::bins::GRID, parts: notes.parts },
                Grid::Clock => Saved::NotesClock { parts: notes.parts },
            },
            Tokenizer::Performance(_) => Saved::Performance,
            Tokenizer::Frames(frames) => Saved::Frames { per_quarter: frames.per_quarter() },
            Tokenizer::PitchStepDuration(_) => Saved::PitchStepDuration,
            Tokenizer::MidiTok(words) => Saved::MidiTok { tokenizer: Box::new(words.file()) },
        }
    }
}

impl TryFrom<Saved> for Tokenizer {
    type Error = String;

    fn try_from(saved: Saved) -> Result<Tokenizer, String> {
        Ok(match saved {
            Saved::Pitches { pitches } => {
                let pitches: Result<Vec<Pitch>, _> = pitches.into_iter().map(Pitch::new).collect();
                Tokenizer::Pitches(Pitches::new(pitches.map_err(|error| error.to_string())?))
            }
            Saved::NotesChords { symbols } => Tokenizer::NotesChords(NotesChords::of(symbols)?),
            Saved::Notes { grid, parts } => {
                if grid != crate::bins::GRID {
                    let ours = crate::bins::GRID;
                    return Err(format!("a grid of {grid} to the quarter, and {ours} is known"));
                }
                Tokenizer::Notes(Notes::new(parts))
            }
            Saved::NotesClock { parts } => Tokenizer::Notes(Notes::on(Grid::Clock, parts)),
            Saved::Performance => Tokenizer::Performance(Performance),
            Saved::Frames { per_quarter } => Tokenizer::Frames(Frames::new(per_quarter)),
            Saved::PitchStepDuration => Tokenizer::PitchStepDuration(PitchStepDuration::default()),
            Saved::MidiTok { tokenizer } => {
                let words = MidiTok::of(*tokenizer).map_err(|error| error.to_string())?;
                Tokenizer::MidiTok(Box::new(words))
            }
        })
    }
}
