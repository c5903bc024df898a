//! What a piece is made of, and what is odd about it.

use std::fmt;
use std::ops::ControlFlow;

use cantilena_analysis::{GridFit, Texture, estimate_meter, looks_like_drums};
use cantilena_score::{Meter, Pitch, Score};
use serde::Serialize;

use crate::conditions::{Conditions, longest_meter};
use crate::corpus::Corpus;
use crate::harmony::Harmony;
use crate::in_order::in_order;
use crate::piece::Piece;

/// What a piece is made of.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Facts {
    /// Notes in all tracks.
    pub notes: usize,
    /// Length in seconds, to the last release.
    pub seconds: f64,
    /// Length in bars of the meters that the file names.
    pub bars: u32,
    /// What plays, each once, in the order of the tracks.
    pub instruments: Vec<&'static str>,
    /// The most notes that sound at once, drums aside.
    pub polyphony_max: u32,
    /// What the notes say of the meter, where they keep to the beats and the file seems not to
    /// know: it has bars of one beat, or it says 4/4, as one does that says nothing, and the notes
    /// say threes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meter_estimate: Option<String>,
    /// Its key in words, `F major`; the same in numbers, and how it is known, in the conditions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Its chords, named or estimated; none of drums alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub harmony: Option<Harmony>,
    /// All that is known of it besides.
    pub conditions: Conditions,
    /// What is odd about it.
    pub oddities: Vec<Oddity>,
}

/// Something about a piece that whoever learns from it should know.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case", tag = "oddity")]
pub enum Oddity {
    /// Nearly all its notes are one pitch.
    OneNote {
        /// That pitch.
        pitch: String,
        /// How many notes there are.
        notes: usize,
    },
    /// Its onsets disregard the beats that the file names: a performance without a click, or a
    /// wrong tempo.
    OffTheGrid {
        /// See [`GridFit`].
        fit: f64,
    },
    /// A track that is not marked as drums looks like drums.
    UnmarkedDrums {
        /// The track, counted from 1.
        track: usize,
        /// What the file calls it; may be empty.
        name: String,
    },
}

impl fmt::Display for Oddity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Oddity::OneNote { pitch, notes } => {
                write!(f, "one note over and over: {pitch}, {notes} times and hardly another")
            }
            Oddity::OffTheGrid { fit } => {
                write!(f, "played without regard to the beats that the file names (fit {fit:.2})")
            }
            Oddity::UnmarkedDrums { track, name } if name.is_empty() => {
                write!(f, "track {track} looks like drums and is not on channel 10")
            }
            Oddity::UnmarkedDrums { track, name } => {
                write!(f, "track {track} \"{name}\" looks like drums and is not on channel 10")
            }
        }
    }
}

/// The share of notes on one pitch that makes a piece one note: a melody's commonest pitch has
/// about a quarter of its notes, a drone's two thirds.
const ONE_NOTE: f64 = 0.95;

/// Fewer notes than this are a signal or a drum fill, and may well be on one pitch.
const ONE_NOTE_MIN: usize = 16;

impl Facts {
    /// Looks a piece over.
    pub fn of(piece: &Piece) -> Facts {
        let score = &piece.score;
        let mut instruments: Vec<&'static str> = Vec::new();
        for track in score.tracks.iter().filter(|track| !track.notes.is_empty()) {
            if !instruments.contains(&track.instrument_name()) {
                instruments.push(track.instrument_name());
            }
        }
        let is_free = piece.conditions.is_free();
        Facts {
            notes: score.note_count(),
            seconds: (score.seconds().0 * 1000.0).round() / 1000.0,
            bars: score.bars(),
            instruments,
            polyphony_max: Texture::of(score).polyphony_max,
            meter_estimate: if is_free { None } else { unsaid_meter(score) },
            key: piece.conditions.key.map(|key| key.value.0.to_string()),
            harmony: Harmony::of(score, piece.conditions.key.map(|key| key.value.0)),
            conditions: piece.conditions.clone(),
            oddities: oddities(score, is_free),
        }
    }
}

/// What the notes say of the meter, where the file says nothing.
fn unsaid_meter(score: &Score) -> Option<String> {
    let said = longest_meter(score);
    let is_beat = said.numerator() == 1;
    if !is_beat && said != Meter::COMMON {
        return None;
    }
    // Whether two quarters make a bar or four is a matter of writing, and often told wrong.
    let tells = |meter: Meter| is_beat || meter.numerator().is_multiple_of(3);
    let estimate = estimate_meter(score)?;
    tells(estimate.meter).then(|| estimate.meter.to_string())
}

/// The facts of every piece, in order, on `threads` threads.
pub fn facts(corpus: &Corpus, threads: usize) -> Vec<Facts> {
    let mut facts = Vec::with_capacity(corpus.pieces.len());
    let work = |index: usize| Facts::of(&corpus.pieces[index]);
    in_order(corpus.pieces.len(), threads, &work, &mut |_, of| {
        facts.push(of);
        ControlFlow::Continue(())
    });
    facts
}

fn oddities(score: &Score, is_free: bool) -> Vec<Oddity> {
    let mut oddities: Vec<Oddity> = one_note(score).into_iter().collect();
    if is_free {
        oddities.push(Oddity::OffTheGrid { fit: GridFit::of(score).fit });
    }
    let clock = score.ticks_per_quarter();
    let drums = (1..).zip(&score.tracks).filter(|(_, track)| looks_like_drums(track, clock));
    oddities
        .extend(drums.map(|(track, of)| Oddity::UnmarkedDrums { track, name: of.name.clone() }));
    oddities
}

/// Whether it is one note over and over, and which.
fn one_note(score: &Score) -> Option<Oddity> {
    let mut counts = [0_usize; Pitch::COUNT];
    for note in score.tracks.iter().flat_map(|track| &track.notes) {
        counts[usize::from(note.pitch.number())] += 1;
    }
    let notes = score.note_count();
    let (most, pitch) = counts.into_iter().zip(0..).max_by_key(|(count, _)| *count)?;
    let is_one = notes >= ONE_NOTE_MIN && most as f64 >= ONE_NOTE * notes as f64;
    let pitch = Pitch::new(pitch).ok().filter(|_| is_one)?;
    Some(Oddity::OneNote { pitch: pitch.to_string(), notes })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts(music: &str) -> Facts {
        let score: Score = music.parse().unwrap();
        let conditions = Conditions::of(&score);
        Facts::of(&Piece { name: String::new(), score, digest: [0; 32], conditions })
    }

    #[test]
    fn one_note_over_and_over_is_odd_and_a_melody_is_not() {
        let drone = facts(&"c4/4 c4 c4 c4 | ".repeat(8));
        assert_eq!(drone.oddities, [Oddity::OneNote { pitch: "C4".to_owned(), notes: 32 }]);
        let melody = facts(&"c4/4 d4 e4 c4 | ".repeat(8));
        assert_eq!(melody.oddities, []);
        assert_eq!((melody.notes, melody.bars, melody.seconds), (32, 8, 16.0));
    }

    #[test]
    fn bars_of_one_beat_are_no_meter_and_a_waltz_is_heard() {
        let waltz = |meter: &str, bars: &str| {
            let music = bars.repeat(8);
            facts(&format!("= Waltz\nmeter: {meter}\ntracks: piano 0\n\npiano: {music}\n"))
        };
        let in_beats = "c3/4 | e4+g4/4 | e4+g4/4 | g2/4 | f4+g4/4 | f4+g4/4 | ";
        assert_eq!(waltz("1/4", in_beats).meter_estimate.as_deref(), Some("3/4"));
        let in_bars = "c3/4 e4+g4 e4+g4 | g2/4 f4+g4 f4+g4 | ";
        assert_eq!(waltz("3/4", in_bars).meter_estimate, None, "the file knows");
        assert_eq!(facts(&"c3/4 e4+g4 e4+g4 e4+g4 | ".repeat(8)).meter_estimate, None);
    }
}
