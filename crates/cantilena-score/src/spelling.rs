//! With which letter and accidental a pitch class is written.

use std::fmt;

use crate::key::Key;

/// A pitch class as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spelling {
    /// C to B, 0 to 6.
    pub step: u8,
    /// Sharps, or flats if negative: −2 to 2.
    pub alter: i8,
}

impl Spelling {
    /// The names of the steps.
    pub const STEPS: [&str; 7] = ["C", "D", "E", "F", "G", "A", "B"];

    /// A pitch class, 0 (C) to 11 (B), in a key; without one as in C major.
    ///
    /// On the line of fifths a key of no accidentals reaches from E♭ to G♯, and every other key the
    /// same way from its own place: the seven of the key, three more flats, and two sharps up to
    /// the leading tone of the relative minor.
    pub fn of(class: u8, key: Option<Key>) -> Spelling {
        let fifths = i32::from(key.map_or(0, Key::fifths));
        let lowest = fifths - 3;
        // Seven semitones to a fifth, and seven times seven is one of twelve.
        let place = lowest + (i32::from(class) * 7 - lowest).rem_euclid(12);
        let step = (place * 4).rem_euclid(7) as u8;
        let alter = (place + 1).div_euclid(7) as i8;
        Spelling { step, alter }
    }
}

impl fmt::Display for Spelling {
    /// `Bb`, `F#`.
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str(Spelling::STEPS[usize::from(self.step)])?;
        let sign = if self.alter < 0 { "b" } else { "#" };
        f.write_str(&sign.repeat(self.alter.unsigned_abs().into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::Mode;

    #[track_caller]
    fn check(fifths: i8, classes: &str) {
        let key = Key::new(fifths, Mode::Major).unwrap();
        let names: Vec<String> =
            (0..12).map(|class| Spelling::of(class, Some(key)).to_string()).collect();
        assert_eq!(names.join(" "), classes);
    }

    #[test]
    fn black_keys_are_spelled_by_the_key() {
        check(0, "C C# D Eb E F F# G G# A Bb B");
        check(-3, "C Db D Eb E F Gb G Ab A Bb B");
        check(5, "B# C# D D# E E# F# F## G# A A# B");
        assert_eq!(Spelling::of(10, None).to_string(), "Bb");
    }
}
