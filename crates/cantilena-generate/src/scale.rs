//! The notes of a key.

use cantilena_score::{Key, Mode, Pitch};

/// The pitch classes that a key's melodies and chords are made of.
///
/// Major has the seven of its signature. Minor has those of its signature and the raised seventh,
/// the leading note of its dominant chord: natural and harmonic minor in one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale(u16); // bit n: pitch class n

impl Scale {
    /// The scale of a key.
    pub fn of(key: Key) -> Scale {
        let degrees: &[u8] = match key.mode {
            Mode::Major => &[0, 2, 4, 5, 7, 9, 11],
            Mode::Minor => &[0, 2, 3, 5, 7, 8, 10, 11],
        };
        Scale(degrees.iter().fold(0, |bits, degree| bits | 1 << ((key.tonic() + degree) % 12)))
    }

    /// Whether it has this pitch, in any octave.
    pub fn holds(self, pitch: Pitch) -> bool {
        self.0 & 1 << pitch.class() != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(fifths: i8, mode: Mode) -> String {
        let scale = Scale::of(Key::new(fifths, mode).unwrap());
        let pitches = (60..72).map(|number| Pitch::new(number).unwrap());
        let held = pitches.filter(|pitch| scale.holds(*pitch));
        held.map(|pitch| Pitch::class_name(pitch.class())).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn keys_have_the_notes_of_their_signature() {
        assert_eq!(names(0, Mode::Major), "C D E F G A B");
        assert_eq!(names(2, Mode::Major), "C# D E F# G A B");
        assert_eq!(names(-1, Mode::Minor), "C C# D E F G A A#");
    }
}
