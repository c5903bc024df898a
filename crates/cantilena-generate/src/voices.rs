//! How much each part sounds, and whether it has a voice left.

use cantilena_score::{Note, Ticks};
use cantilena_tokens::{Cursor, Place};

/// What sounds in each part.
#[derive(Clone, Debug)]
pub(crate) struct Voices {
    parts: Vec<Sounding>,
    /// The last note's part and onset: a chord is written part by part.
    last: Option<(usize, Ticks)>,
}

#[derive(Clone, Debug)]
struct Sounding {
    /// How many notes may sound at once.
    most: usize,
    /// When the notes are released that may still sound.
    releases: Vec<Ticks>,
}

impl Sounding {
    fn has_room(&self, onset: Ticks) -> bool {
        self.releases.iter().filter(|release| **release > onset).count() < self.most
    }
}

impl Voices {
    /// Silence of parts that have so many voices; `None` where none of them is limited.
    pub(crate) fn new(voices: &[Option<u8>]) -> Option<Voices> {
        let sounding = |voices: &Option<u8>| Sounding {
            most: voices.map_or(usize::MAX, usize::from),
            releases: Vec::new(),
        };
        let parts = voices.iter().map(sounding).collect();
        voices.iter().any(Option::is_some).then_some(Voices { parts, last: None })
    }

    /// Takes in the next note.
    pub(crate) fn strike(&mut self, part: usize, note: Note) {
        self.last = Some((part, note.onset));
        if let Some(sounding) = self.parts.get_mut(part) {
            sounding.releases.retain(|release| *release > note.onset);
            sounding.releases.push(note.release());
        }
    }

    /// Whether a token leaves every part no more than its voices.
    pub(crate) fn have_room(&self, cursor: &Cursor, field: usize, row: &[u16], token: u16) -> bool {
        if let Some((part, onset)) = cursor.player_of(field, row, token) {
            return self.parts.get(part).is_none_or(|sounding| sounding.has_room(onset));
        }
        match cursor.place(field, row, token) {
            Place::Onset(onset) => {
                let first = self.last.filter(|last| last.1 == onset).map_or(0, |last| last.0);
                let has_room = |parts: &[Sounding]| parts.iter().any(|part| part.has_room(onset));
                self.parts.get(first..).is_none_or(has_room)
            }
            _ => true,
        }
    }
}
