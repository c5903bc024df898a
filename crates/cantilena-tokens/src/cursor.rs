//! Walking a piece event by event, with all that the derived fields need.

use cantilena_score::{Note, Ticks};

use crate::bins::GRID;
use crate::field::END;
use crate::notes::{NotesCursor, column};
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
    /// When the last event began.
    last_onset: Option<Ticks>,
}

#[derive(Clone, Debug)]
enum Walk {
    Notes(Box<NotesCursor>),
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
            Walk::Steady { length, clock } => {
                self.last_onset = Some(*clock);
                *clock += *length;
            }
        }
    }

    /// When the last event began, in places of the grid.
    pub fn last_onset(&self) -> Option<Ticks> {
        self.last_onset
    }

    /// Whether a token of a predicted field says something that can be played and decoded,
    /// given the fields before it: a player there is, drums for drummers, a chord from the
    /// bottom up and no pitch of it struck twice.
    pub fn allows(&self, tokenizer: &Tokenizer, field: usize, row: &[u16], token: u16) -> bool {
        let (Walk::Notes(walk), Tokenizer::Notes(notes)) = (&self.walk, tokenizer) else {
            return true;
        };
        match field {
            column::SHIFT => token != END + 1 || walk.chord_goes_on(),
            column::PART => {
                usize::from(token) <= self.setting.parts.len() && walk.part_in_order(row, token)
            }
            column::PITCH => {
                notes.pitch_fits_part(&self.setting, row, token) && walk.pitch_in_order(row, token)
            }
            _ => true,
        }
    }

    /// When an event whose first predicted field is `token` would begin, in places of the grid;
    /// `None` for the end of the piece.
    pub fn onset(&self, token: u16) -> Option<Ticks> {
        match &self.walk {
            _ if token <= END => None,
            Walk::Notes(walk) => walk.onset(token),
            Walk::Steady { clock, .. } => Some(*clock),
        }
    }

    /// As [`Cursor::onset`], if `field` is the one that says when an event begins.
    pub fn onset_of(&self, field: usize, token: u16) -> Option<Ticks> {
        let first = match &self.walk {
            Walk::Notes(_) => column::SHIFT,
            Walk::Steady { .. } => 0,
        };
        if field == first { self.onset(token) } else { None }
    }

    /// When a note of this event would be released if `token` stood in `field`, in places of
    /// the grid; `None` where the field says nothing of that.
    pub fn release(&self, field: usize, row: &[u16], token: u16) -> Option<Ticks> {
        match &self.walk {
            Walk::Notes(walk) if field == column::DURATION => walk.release(row, token),
            _ => None,
        }
    }

    /// The note of a finished event and its part, before it is pushed; `None` where the event
    /// is the end, or a symbol of several notes.
    pub fn note(&self, tokenizer: &Tokenizer, row: &[u16]) -> Option<(usize, Note)> {
        match (&self.walk, tokenizer) {
            (Walk::Notes(walk), Tokenizer::Notes(notes)) => notes.note(row, walk.clock()),
            _ => None,
        }
    }
}
