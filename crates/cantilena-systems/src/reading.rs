//! How a system reads a score, saved with its model so that words and weights cannot disagree.

use cantilena_score::{Family, Meter, Program, Score, Track};
use cantilena_tokens::{END, Events, Representation, Setting, Tokenizer};
use serde::{Deserialize, Serialize};

use crate::error::SystemError;
use crate::material::{Role, Sequence};
use crate::palette::Palette;
use crate::protocol::Protocol;
use crate::recipe::{Frames, SystemRecipe};
use crate::system::System;

/// How a system reads music.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub enum Reading {
    /// One symbol after another.
    Symbols {
        /// The vocabulary.
        tokenizer: Tokenizer,
        /// Whether only the piano's tracks are read, where a piece has any.
        piano_only: bool,
    },
    /// Pitch, step and duration of every note.
    Notes {
        /// What pitches are divided by.
        pitch_scale: f32,
    },
    /// Frames of sound.
    Frames {
        /// Values of a frame.
        bands: usize,
        /// Of the recordings, in hertz.
        sample_rate: u32,
        /// The power at which a band's value is 1: that of the loudest recording.
        reference: f32,
        /// The kinds of frames, where one of them is predicted.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        palette: Option<Palette>,
    },
}

/// Pitches of MIDI, all of which the head of `pitch-step-duration` knows.
const PITCHES: usize = 128;

impl Reading {
    /// Learns the vocabulary, where there is one, from the scores.
    pub fn fit(recipe: &SystemRecipe, scores: &[&Score]) -> Result<Reading, SystemError> {
        let piano_only = recipe.data.piano_only;
        let symbols = |representation, threshold| {
            let pianos: Vec<Score> =
                scores.iter().filter(|_| piano_only).map(|score| piano_parts(score)).collect();
            let tokenizer = match piano_only {
                true => Tokenizer::fit(representation, &pianos, threshold)?,
                false => Tokenizer::fit(representation, scores.iter().copied(), threshold)?,
            };
            Ok(Reading::Symbols { tokenizer, piano_only })
        };
        match recipe.system {
            System::Melody | System::ManyGenres => symbols(Representation::Pitches, 1),
            System::NotesChords => symbols(Representation::NotesChords, recipe.data.threshold),
            System::PitchStepDuration => {
                Ok(Reading::Notes { pitch_scale: recipe.data.pitch_scale })
            }
            System::Spectrogram => unreachable!("frames are read from sound, not from scores"),
        }
    }

    /// Recordings, (frames, bands) each, as the recipe has them read: frame by frame as they are,
    /// or painted with kinds that are found among those learnt from. `loudest` is the power at
    /// which a band's value is 1.
    ///
    /// # Errors
    /// Those of [`Palette::fit`].
    pub fn hear(
        recipe: &SystemRecipe,
        bands: usize,
        sample_rate: u32,
        loudest: f32,
        recordings: Vec<Vec<f32>>,
        roles: &[Role],
    ) -> Result<(Reading, Vec<Sequence>), SystemError> {
        let reading = |palette| Reading::Frames { bands, sample_rate, reference: loudest, palette };
        let Frames::Palette(kinds) = recipe.network.frames else {
            let as_they_are = |values| Sequence { symbols: Vec::new(), values };
            return Ok((reading(None), recordings.into_iter().map(as_they_are).collect()));
        };
        let is_learnt = |role| recipe.protocol == Protocol::Legacy || role == Role::Learn;
        let learnt = recordings.iter().zip(roles).filter(|(_, role)| is_learnt(**role));
        let learnt: Vec<&[f32]> = learnt.map(|(recording, _)| recording.as_slice()).collect();
        let palette = Palette::fit(kinds, bands, &learnt, recipe.training.seed)?;
        let sequences = recordings.iter().map(|recording| palette.painted(recording)).collect();
        Ok((reading(Some(palette)), sequences))
    }

    /// Distinct symbols; of frames, the bands.
    pub fn symbols(&self) -> usize {
        match self {
            Reading::Symbols { tokenizer, .. } => tokenizer.fields()[0].size - usize::from(END) - 1,
            Reading::Notes { .. } => PITCHES,
            Reading::Frames { bands, .. } => *bands,
        }
    }

    /// Values of a step.
    pub fn features(&self) -> usize {
        match self {
            Reading::Symbols { .. } => 1,
            Reading::Notes { .. } => 3,
            Reading::Frames { bands, .. } => *bands,
        }
    }

    /// A score, step by step. A reading of frames has no steps for a score.
    pub fn sequence(&self, score: &Score) -> Sequence {
        match self {
            Reading::Symbols { tokenizer, piano_only } => {
                let events = match piano_only {
                    true => tokenizer.encode(&piano_parts(score)).0,
                    false => tokenizer.encode(score).0,
                };
                let symbols: Vec<u16> =
                    events.rows().filter_map(|row| row[0].checked_sub(END + 1)).collect();
                let values = symbols.iter().map(|&symbol| self.scaled(symbol)).collect();
                Sequence { symbols, values }
            }
            Reading::Notes { pitch_scale } => notes(score, *pitch_scale),
            Reading::Frames { .. } => Sequence::default(),
        }
    }

    /// A symbol as a value from 0 to 1.
    pub(crate) fn scaled(&self, symbol: u16) -> f32 {
        f32::from(symbol) / self.symbols() as f32
    }

    /// The pitch of a symbol as a MIDI number; a chord's lowest. `None` for frames.
    pub fn pitch(&self, symbol: u16) -> Option<u8> {
        match self {
            Reading::Symbols { tokenizer, .. } => {
                let setting = Setting::solo(Program::PIANO, Meter::COMMON, 120.0);
                let mut events = Events::new(1);
                events.push(&[Reading::token(symbol)]);
                let score = tokenizer.decode(&setting, &events);
                let notes = score.tracks.iter().flat_map(|track| &track.notes);
                notes.map(|note| note.pitch.number()).min()
            }
            Reading::Notes { .. } => u8::try_from(symbol).ok().filter(|pitch| *pitch < 128),
            Reading::Frames { .. } => None,
        }
    }

    /// The token of the tokenizer for a symbol.
    pub(crate) fn token(symbol: u16) -> u16 {
        symbol + END + 1
    }
}

/// Pitch, step and duration of every note that is no drum, by onset.
fn notes(score: &Score, pitch_scale: f32) -> Sequence {
    let tracks = score.tracks.iter().filter(|track| !track.is_drums);
    let mut notes: Vec<(f64, u8, f64)> = tracks
        .flat_map(|track| &track.notes)
        .map(|note| {
            let onset = score.tempo.seconds_at(note.onset).0;
            let release = score.tempo.seconds_at(note.release()).0;
            (onset, note.pitch.number(), release - onset)
        })
        .collect();
    notes.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let mut sequence = Sequence::default();
    let mut before = notes.first().map_or(0.0, |note| note.0);
    for (onset, pitch, duration) in notes {
        sequence.symbols.push(u16::from(pitch));
        let step = onset - before;
        sequence.values.extend([f32::from(pitch) / pitch_scale, step as f32, duration as f32]);
        before = onset;
    }
    sequence
}

/// The piano's tracks, where there are any; else all.
fn piano_parts(score: &Score) -> Score {
    let is_piano = |track: &&Track| {
        !track.is_drums && track.program.family() == Family::Piano && !track.notes.is_empty()
    };
    let pianos: Vec<Track> = score.tracks.iter().filter(is_piano).cloned().collect();
    match pianos.is_empty() {
        true => score.clone(),
        false => Score { tracks: pianos, ..score.clone() },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_are_read_in_seconds() {
        let score: Score = "tempo: 4 = 60\n\nc4/4 e4/8 g4+c5/8 r/2 |".parse().unwrap();
        let Sequence { symbols, values } = Reading::Notes { pitch_scale: 128.0 }.sequence(&score);
        assert_eq!(symbols, [60, 64, 67, 72]);
        let steps: Vec<f32> = values.chunks(3).map(|note| note[1]).collect();
        let durations: Vec<f32> = values.chunks(3).map(|note| note[2]).collect();
        assert_eq!(steps, [0.0, 1.0, 0.5, 0.0]);
        assert_eq!(durations, [1.0, 0.5, 0.5, 0.5]);
    }

    #[test]
    fn symbols_are_numbered_from_nothing_and_scaled_below_one() {
        let score: Score = "c4/4 e4 g4 e4 |".parse().unwrap();
        let reading = Reading::fit(&SystemRecipe::of(System::Melody), &[&score]).unwrap();
        let Sequence { symbols, values } = reading.sequence(&score);
        assert_eq!(symbols, [0, 1, 2, 1]);
        assert_eq!(values, [0.0, 1.0 / 3.0, 2.0 / 3.0, 1.0 / 3.0]);
    }
}
