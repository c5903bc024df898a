//! `pitches`: the pitches of a score, in order, without rhythm.
//!
//! One field. Every note that is no drum is its pitch, track after track; a pitch that the
//! vocabulary does not hold is left out. Decoded, each is a quarter note of one velocity.

use cantilena_score::{Note, Pitch, Score, Ticks, Velocity};

use crate::bins::GRID;
use crate::error::TokenError;
use crate::event::Events;
use crate::field::{END, Field};
use crate::setting::Setting;

/// What every decoded note is played with: mezzo-forte.
pub(crate) const PLAIN_VELOCITY: i32 = 80;

/// The `pitches` representation with the pitches it knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pitches {
    /// Strictly rising; tokens 2, 3 … stand for them.
    pub(crate) pitches: Vec<Pitch>,
}

impl Pitches {
    /// The representation with these pitches as its vocabulary.
    pub fn new(mut pitches: Vec<Pitch>) -> Pitches {
        pitches.sort_unstable();
        pitches.dedup();
        Pitches { pitches }
    }

    /// The distinct pitches of the scores.
    pub(crate) fn fit<'a>(scores: impl Iterator<Item = &'a Score>) -> Result<Pitches, TokenError> {
        let (mut seen, mut drums) = ([false; Pitch::COUNT], 0);
        for track in scores.flat_map(|score| &score.tracks) {
            if track.is_drums {
                drums += track.notes.len();
            } else {
                track.notes.iter().for_each(|n| seen[usize::from(n.pitch.number())] = true);
            }
        }
        let pitches: Vec<Pitch> =
            (0..128).filter(|&n| seen[usize::from(n)]).flat_map(Pitch::new).collect();
        if pitches.is_empty() {
            Err(TokenError::NoNotes { drums })
        } else {
            Ok(Pitches { pitches })
        }
    }

    pub(crate) fn fields(&self) -> Vec<Field> {
        vec![Field::predicted("pitch", usize::from(END) + 1 + self.pitches.len())]
    }

    pub(crate) fn encode(&self, score: &Score) -> Events {
        let mut events = Events::new(1);
        let notes = score.tracks.iter().filter(|t| !t.is_drums).flat_map(|t| &t.notes);
        for note in notes {
            if let Ok(place) = self.pitches.binary_search(&note.pitch) {
                events.push(&[END + 1 + place as u16]);
            }
        }
        events.push(&[END]);
        events
    }

    pub(crate) fn decode(&self, setting: &Setting, events: &Events) -> Score {
        let mut score = setting.empty_score();
        let quarter = Ticks(u32::from(GRID));
        let mut onset = Ticks::ZERO;
        for row in events.rows() {
            let Some(&pitch) = self.pitch(row[0]) else { continue };
            let velocity = Velocity::clamped(PLAIN_VELOCITY);
            if let Some(track) = score.tracks.iter_mut().find(|track| !track.is_drums) {
                track.notes.push(Note { onset, pitch, duration: quarter, velocity });
            }
            onset += quarter;
        }
        score
    }

    pub(crate) fn spell(&self, token: u16) -> String {
        match self.pitch(token) {
            Some(pitch) => pitch.to_string(),
            None => if token == END { "end" } else { "-" }.to_owned(),
        }
    }

    pub(crate) fn pitch(&self, token: u16) -> Option<&Pitch> {
        self.pitches.get(usize::from(token.checked_sub(END + 1)?))
    }
}
