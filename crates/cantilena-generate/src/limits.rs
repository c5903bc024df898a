//! What the players of a piece can do, and what they are doing.

use cantilena_score::{Note, Pitch, Ticks};
use cantilena_tokens::{Cursor, OpeningPart, Place};

/// How much a part may do.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// The most notes it sounds at once; none where that is left to the model.
    pub voices: Option<u8>,
    /// Its lowest and its highest pitch, as MIDI numbers; none where they are left to the model.
    pub range: Option<(u8, u8)>,
}

/// How far a part goes beyond what it played where it was learnt, in semitones: pieces are learnt in
/// all keys, moved by as much at most.
const TRANSPOSED: u8 = 6;

impl Limits {
    /// The limits of a part of a piece that is given: the compass of its instrument, and what it
    /// plays beyond it, for whoever wrote lower than an instrument goes had another one in mind.
    pub(crate) fn given(part: &OpeningPart) -> Limits {
        let compass = cantilena_score::Program::new(part.program).unwrap_or_default().compass();
        let wider = |(lowest, highest): (u8, u8)| {
            (lowest.min(*compass.start()), highest.max(*compass.end()))
        };
        Limits { voices: part.voices, range: part.range.map(wider) }
    }

    /// The limits of a part that plays as it did where it was learnt: the sopranos of a choir reach
    /// no deeper than sopranos, though their instrument is that of the basses too.
    pub(crate) fn learnt(part: &OpeningPart) -> Limits {
        let given = Limits::given(part);
        let near = |((lowest, highest), (own_lowest, own_highest)): ((u8, u8), (u8, u8))| {
            (
                lowest.max(own_lowest.saturating_sub(TRANSPOSED)),
                highest.min(own_highest.saturating_add(TRANSPOSED)),
            )
        };
        Limits { range: given.range.zip(part.range).map(near), ..given }
    }
}

/// The players of a piece under way.
#[derive(Clone, Debug)]
pub(crate) struct Players {
    parts: Vec<Player>,
    /// The last note and its part: a chord is written part by part, from the bottom up.
    last: Option<(usize, Note)>,
}

#[derive(Clone, Debug)]
struct Player {
    limits: Limits,
    /// When the notes are released that may still sound.
    releases: Vec<Ticks>,
}

impl Player {
    fn has_room(&self, onset: Ticks) -> bool {
        let sounding = || self.releases.iter().filter(|release| **release > onset).count();
        self.limits.voices.is_none_or(|voices| sounding() < usize::from(voices))
    }

    /// Whether it reaches two semitones above a pitch, of which every scale has one.
    fn goes_above(&self, pitch: Pitch) -> bool {
        self.limits.range.is_none_or(|(_, highest)| pitch.number() + 2 <= highest)
    }
}

impl Players {
    /// Silence of parts with such limits; `None` where there are none.
    pub(crate) fn new(limits: &[Limits]) -> Option<Players> {
        let player = |limits: &Limits| Player { limits: limits.clone(), releases: Vec::new() };
        let parts = limits.iter().map(player).collect();
        let is_limited = limits.iter().any(|limits| *limits != Limits::default());
        is_limited.then_some(Players { parts, last: None })
    }

    /// Takes in the next note.
    pub(crate) fn strike(&mut self, part: usize, note: Note) {
        self.last = Some((part, note));
        if let Some(player) = self.parts.get_mut(part) {
            player.releases.retain(|release| *release > note.onset);
            player.releases.push(note.release());
        }
    }

    /// Whether a token leaves somebody with a voice to play it.
    pub(crate) fn have_room(&self, cursor: &Cursor, field: usize, row: &[u16], token: u16) -> bool {
        if let Some((part, onset)) = cursor.player_of(field, row, token) {
            return self.has_room(part, onset);
        }
        match cursor.place(field, row, token) {
            Place::Onset(onset) => (0..self.parts.len()).any(|part| self.has_room(part, onset)),
            _ => true,
        }
    }

    /// Whether a part has a voice left at an onset, and in the order of a chord a pitch above.
    fn has_room(&self, part: usize, onset: Ticks) -> bool {
        let Some(player) = self.parts.get(part) else { return true };
        let follows = match self.last.filter(|(_, note)| note.onset == onset) {
            Some((last, note)) if last == part => player.goes_above(note.pitch),
            last => last.is_none_or(|(last, _)| last < part),
        };
        follows && player.has_room(onset)
    }

    /// Whether a part has one voice.
    pub(crate) fn is_single(&self, part: usize) -> bool {
        self.parts.get(part).is_some_and(|player| player.limits.voices == Some(1))
    }

    /// Whether all have.
    pub(crate) fn are_all_single(&self) -> bool {
        (0..self.parts.len()).all(|part| self.is_single(part))
    }

    /// Whether a part reaches a pitch.
    pub(crate) fn reach(&self, part: usize, pitch: Pitch) -> bool {
        let range = self.parts.get(part).and_then(|player| player.limits.range);
        range.is_none_or(|(lowest, highest)| (lowest..=highest).contains(&pitch.number()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_plays_as_where_it_was_learnt_and_its_instrument_goes() {
        let part = |program, range| OpeningPart {
            name: String::new(),
            program,
            drums: false,
            voices: Some(1),
            range: Some(range),
        };
        // Sopranos among voices that go from C2 to C6.
        assert_eq!(Limits::learnt(&part(52, (60, 81))).range, Some((54, 84)));
        assert_eq!(Limits::given(&part(52, (60, 81))).range, Some((36, 84)));
        // What was written for a violin below its lowest string.
        assert_eq!(Limits::learnt(&part(40, (43, 81))).range, Some((43, 87)));
        let unknown = OpeningPart { range: None, ..part(40, (0, 0)) };
        assert_eq!(Limits::learnt(&unknown), Limits { voices: Some(1), range: None });
    }
}
