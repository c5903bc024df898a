//! Which notes show an accidental.

use std::collections::BTreeMap;

use cantilena_score::Key;

use crate::page::spelling::{Spelled, accidental, key_alter};

/// A note's head, before it is decided.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shown {
    /// Ticks since the bar began.
    pub(crate) start: u32,
    /// The line, the segment in it and the note in its chord.
    pub(crate) place: (usize, usize, usize),
    pub(crate) spelled: Spelled,
    /// The key that holds where it stands.
    pub(crate) key: Option<Key>,
    /// Whether it goes on from a note before, and needs no sign again.
    pub(crate) tied: bool,
}

/// The signs of one staff in one bar.
#[derive(Debug, Default)]
pub(crate) struct Accidentals {
    signs: BTreeMap<(usize, usize, usize), &'static str>,
}

impl Accidentals {
    /// A sign stands where a step sounds otherwise than the key, or than it last did in the bar.
    pub(crate) fn decide(&mut self, mut heads: Vec<Shown>) {
        heads.sort_by_key(|head| (head.start, head.place));
        let mut altered: BTreeMap<(u8, i8), i8> = BTreeMap::new();
        let mut last_key = None;
        for head in heads {
            if last_key != Some(head.key) {
                altered.clear();
                last_key = Some(head.key);
            }
            let Spelled { step, alter, octave } = head.spelled;
            let line = altered.entry((step, octave)).or_insert(key_alter(step, head.key));
            if *line != alter && !head.tied {
                self.signs.insert(head.place, accidental(alter));
                *line = alter;
            }
        }
    }

    /// The sign of a note, if it has one.
    pub(crate) fn of(&self, line: usize, segment: usize, note: usize) -> Option<&'static str> {
        self.signs.get(&(line, segment, note)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::page::spelling::spell;
    use cantilena_score::{Mode, Pitch};

    #[test]
    fn a_sign_holds_to_the_end_of_the_bar() {
        let key = Some(Key::new(1, Mode::Major).unwrap());
        // F♯, F, F, F♯, C, in G major.
        let head = |(at, pitch)| {
            let spelled = spell(Pitch::new(pitch).unwrap(), key);
            Shown { start: at as u32, place: (0, at, 0), spelled, key, tied: false }
        };
        let mut accidentals = Accidentals::default();
        accidentals.decide([66, 65, 65, 66, 60].into_iter().enumerate().map(head).collect());
        let signs: Vec<_> = (0..5).map(|at| accidentals.of(0, at, 0)).collect();
        assert_eq!(signs, [None, Some("natural"), None, Some("sharp"), None]);
    }
}
