//! Walking a piece event by event, with all that the derived fields need.

use cantilena_score::{Note, Pitch, Ticks};

use crate::bins::GRID;
use crate::field::END;
use crate::frames::Roll;
use crate::midi_tok::{MidiTok, Reading, Word};
use crate::notes::{NotesCursor, column};
use crate::performance::Hands;
use crate::pitch_step_duration::PitchStepDuration;
use crate::place::Place;
use crate::setting::Setting;
use crate::tokenizer::Tokenizer;

/// A place in a piece: the setting and every event so far.
///
/// Composing, an event is made field by field: [`Cursor::derive`] fills what follows from the
/// fields before, a model and a sampler fill what is predicted among what [`Cursor::allows`],
/// and [`Cursor::push`] takes the finished event in.
#[derive(Clone, Debug)]
pub struct Cursor {
    walk: Walk,
    setting: Setting,
    /// When the last note or symbol began.
    last_onset: Option<Ticks>,
}

#[derive(Clone, Debug)]
enum Walk {
    Notes(Box<NotesCursor>),
    Performance(Hands),
    MidiTok(Box<(MidiTok, Reading)>),
    Frames(Roll),
    /// The onset and the pitch token of the last note.
    PitchStepDuration {
        words: Box<PitchStepDuration>,
        last: Option<(Ticks, u16)>,
    },
    /// Events that each last so many places of the grid.
    Steady {
        length: Ticks,
        clock: Ticks,
    },
}

impl Cursor {
    pub(crate) fn new(tokenizer: &Tokenizer, setting: &Setting) -> Cursor {
        let steady = |length| Walk::Steady { length: Ticks(length), clock: Ticks::ZERO };
        let walk = match tokenizer {
            Tokenizer::Notes(notes) => Walk::Notes(Box::new(NotesCursor::new(notes, setting))),
            Tokenizer::Performance(_) => Walk::Performance(Hands::default()),
            Tokenizer::Frames(frames) => Walk::Frames(Roll::new(*frames)),
            Tokenizer::PitchStepDuration(words) => {
                Walk::PitchStepDuration { words: Box::new(words.clone()), last: None }
            }
            Tokenizer::MidiTok(words) => {
                Walk::MidiTok(Box::new((*words.clone(), Reading::new(words))))
            }
            Tokenizer::Pitches(_) => steady(u32::from(GRID)),
            Tokenizer::NotesChords(_) => steady(u32::from(GRID) / 2),
        };
        Cursor { walk, setting: setting.clone(), last_onset: None }
    }

    /// What the piece was given.
    pub fn setting(&self) -> &Setting {
        &self.setting
    }

    /// Fills a derived field of the event being made, given the fields before it.
    ///
    /// A predicted field is left as it is.
    pub fn derive(&self, field: usize, row: &mut [u16]) {
        if let Walk::Notes(walk) = &self.walk {
            walk.derive(field, row);
        }
    }

    /// Takes a finished event in.
    pub fn push(&mut self, row: &[u16]) {
        match &mut self.walk {
            Walk::Notes(walk) => {
                walk.push(row);
                self.last_onset = Some(walk.clock());
            }
            Walk::Performance(hands) => {
                hands.take(row[0]);
                self.last_onset = hands.last_onset();
            }
            Walk::Frames(roll) => {
                roll.take(row[0]);
                self.last_onset = roll.last_onset();
            }
            Walk::PitchStepDuration { words, last } => {
                if let Some(note) = words.note(row, onset_of(last)) {
                    *last = Some((note.onset, row[0]));
                    self.last_onset = Some(note.onset);
                }
            }
            Walk::MidiTok(walk) => {
                let (words, reading) = &mut **walk;
                if let Some(word) = words.word(row[0]) {
                    reading.take(words, word);
                }
                self.last_onset = reading.last_onset();
            }
            Walk::Steady { length, clock } => {
                self.last_onset = Some(*clock);
                *clock += *length;
            }
        }
    }

    /// When the last note (or symbol) began, in places of the setting's clock.
    pub fn last_onset(&self) -> Option<Ticks> {
        self.last_onset
    }

    /// Whether nothing is left open that more events would have to finish.
    pub fn is_settled(&self) -> bool {
        match &self.walk {
            Walk::Performance(hands) => hands.is_settled(),
            Walk::MidiTok(walk) => walk.1.is_settled(),
            Walk::Notes(_)
            | Walk::Steady { .. }
            | Walk::Frames(_)
            | Walk::PitchStepDuration { .. } => true,
        }
    }

    /// Whether a token of a predicted field says something that can be played and decoded,
    /// given the fields before it: a player there is, drums for drummers, a chord from the
    /// bottom up and no pitch of it struck twice.
    pub fn allows(&self, tokenizer: &Tokenizer, field: usize, row: &[u16], token: u16) -> bool {
        match (&self.walk, tokenizer) {
            (Walk::Notes(walk), Tokenizer::Notes(notes)) => match field {
                column::SHIFT => token != END + 1 || walk.chord_goes_on(),
                column::PART => {
                    usize::from(token) <= self.setting.parts.len() && walk.part_in_order(row, token)
                }
                column::PITCH => {
                    notes.pitch_fits_part(&self.setting, row, token)
                        && walk.pitch_in_order(row, token)
                }
                _ => true,
            },
            (Walk::Performance(hands), _) => hands.allows(token),
            (Walk::Frames(roll), _) => roll.allows(token),
            (Walk::PitchStepDuration { last, .. }, _) => {
                PitchStepDuration::allows(last.map(|(_, pitch)| pitch), field, row, token)
            }
            (Walk::MidiTok(walk), Tokenizer::MidiTok(words)) => match words.word(token) {
                Some(word) => walk.1.allows(words, &self.setting, word),
                None => token == END && walk.1.may_end(),
            },
            _ => true,
        }
    }

    /// What a token would say of time in a predicted field, given the fields before it.
    pub fn place(&self, field: usize, row: &[u16], token: u16) -> Place {
        match &self.walk {
            Walk::Notes(walk) => match field {
                column::SHIFT => walk.onset(token).map_or(Place::End, Place::Onset),
                column::DURATION => walk.release(row, token).map_or(Place::Silent, Place::Release),
                _ => Place::Silent,
            },
            Walk::Steady { clock, .. } => match token {
                ..=END => Place::End,
                _ => Place::Onset(*clock),
            },
            Walk::Performance(hands) => hands.place(token),
            Walk::Frames(roll) => roll.place(token),
            Walk::PitchStepDuration { words, last } => {
                words.place(onset_of(last), field, row, token)
            }
            Walk::MidiTok(walk) => match walk.0.word(token) {
                Some(word) => walk.1.place(&walk.0, word),
                None => Place::End,
            },
        }
    }

    /// How many quarters after the last note an event with `token` begins, or how many its note
    /// lasts; 0 where one token says neither, as in words of which several move time.
    pub fn quarters_of(&self, field: usize, row: &[u16], token: u16) -> f64 {
        let (before, onset) = match &self.walk {
            Walk::Notes(walk) => (walk.clock(), walk.onset(row[column::SHIFT])),
            Walk::PitchStepDuration { last, .. } => (onset_of(last), None),
            _ => return 0.0,
        };
        let (from, to) = match self.place(field, row, token) {
            Place::Onset(to) => (before, to),
            Place::Release(to) => (onset.unwrap_or(to), to),
            Place::Clock(_) | Place::End | Place::Silent => return 0.0,
        };
        let quarter = self.setting.tempo.ticks_per_quarter().get();
        f64::from(to.0.saturating_sub(from.0)) / f64::from(quarter)
    }

    /// The pitch that `token` would sound in `field`, given the fields before it; `None` for
    /// drums, and where the field says no single pitch.
    pub fn pitch_of(
        &self,
        tokenizer: &Tokenizer,
        field: usize,
        row: &[u16],
        token: u16,
    ) -> Option<Pitch> {
        match (tokenizer, field) {
            (Tokenizer::Notes(_), column::PITCH) => {
                let part = usize::from(row[column::PART]).checked_sub(1)?;
                let is_drums = self.setting.parts.get(part).is_none_or(|part| part.is_drums);
                let number = u8::try_from(token.checked_sub(1)?).ok()?;
                if is_drums { None } else { Pitch::new(number).ok() }
            }
            (Tokenizer::Pitches(pitches), 0) => pitches.pitch(token).copied(),
            _ => None,
        }
    }

    /// The part that `token` would have play in `field`, given the fields before it, and when it
    /// would strike; `None` where the field says no part.
    pub fn player_of(&self, field: usize, row: &[u16], token: u16) -> Option<(usize, Ticks)> {
        match &self.walk {
            Walk::Notes(walk) if field == column::PART => {
                Some((usize::from(token).checked_sub(1)?, walk.onset(row[column::SHIFT])?))
            }
            _ => None,
        }
    }

    /// The part that plays an event whose part is known; `None` where events say none, and there
    /// may be several.
    pub fn part_of(&self, row: &[u16]) -> Option<usize> {
        match &self.walk {
            Walk::Notes(_) => usize::from(row[column::PART]).checked_sub(1),
            Walk::Steady { .. } => Some(0),
            _ => None,
        }
    }

    /// Whether a finished event begins a note (or symbol); ask before it is pushed.
    pub fn begins(&self, row: &[u16]) -> bool {
        match &self.walk {
            Walk::Notes(_) => row[column::SHIFT] > END,
            Walk::Steady { .. } | Walk::PitchStepDuration { .. } => row[0] > END,
            Walk::Frames(roll) => matches!(roll.place(row[0]), Place::Onset(_)),
            Walk::Performance(hands) => matches!(hands.place(row[0]), Place::Onset(_)),
            Walk::MidiTok(walk) => {
                matches!(walk.0.word(row[0]), Some(Word::Pitch(_) | Word::Drum(_)))
            }
        }
    }

    /// The note that a finished event completes and its part, before it is pushed; `None` where
    /// it completes none, or a symbol of several notes.
    pub fn note(&self, tokenizer: &Tokenizer, row: &[u16]) -> Option<(usize, Note)> {
        match (&self.walk, tokenizer) {
            (Walk::Notes(walk), Tokenizer::Notes(notes)) => notes.note(row, walk.clock()),
            (Walk::Performance(hands), _) => Some((0, hands.note(row[0])?)),
            (Walk::PitchStepDuration { words, last }, _) => {
                Some((0, words.note(row, onset_of(last))?))
            }
            (Walk::MidiTok(walk), Tokenizer::MidiTok(words)) => {
                let (program, note) = walk.1.note(words, words.word(row[0])?)?;
                Some((words.part_of(&self.setting.parts, program)?, note))
            }
            _ => None,
        }
    }
}

/// The onset of the last note, or the beginning.
fn onset_of(last: &Option<(Ticks, u16)>) -> Ticks {
    last.map_or(Ticks::ZERO, |(onset, _)| onset)
}
