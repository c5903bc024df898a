//! Key signatures.

use std::fmt;

use crate::error::ScoreError;
use crate::time::Ticks;

/// Major or minor, the two a MIDI key signature knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Mode {
    /// Ionian: C major has no sharps.
    Major,
    /// Aeolian: A minor has no sharps.
    Minor,
}

/// A key signature with its mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Sharps if positive, flats if negative: −7 to 7.
    fifths: i8,
    /// Major or minor.
    pub mode: Mode,
}

impl Key {
    /// The key of so many sharps (positive) or flats (negative), −7 to 7.
    pub fn new(fifths: i8, mode: Mode) -> Result<Key, ScoreError> {
        if (-7..=7).contains(&fifths) {
            Ok(Key { fifths, mode })
        } else {
            Err(ScoreError::Key(fifths))
        }
    }

    /// Sharps if positive, flats if negative.
    pub fn fifths(self) -> i8 {
        self.fifths
    }

    /// The pitch class of the tonic, 0 (C) to 11 (B).
    pub fn tonic(self) -> u8 {
        let minor = if self.mode == Mode::Minor { 9 } else { 0 };
        (i32::from(self.fifths) * 7 + minor).rem_euclid(12) as u8
    }

    /// The key `semitones` higher, in the spelling with at most six accidentals.
    pub fn transposed(self, semitones: i32) -> Key {
        // A semitone is seven fifths; ±6 keeps F♯/G♭ and everything simpler.
        let fifths = (i32::from(self.fifths) + 7 * semitones + 5).rem_euclid(12) - 5;
        Key { fifths: fifths as i8, mode: self.mode }
    }
}

/// Tonics of the major keys from 7 flats to 7 sharps; minor keys stand three places on.
const TONICS: [&str; 18] = [
    "Cb", "Gb", "Db", "Ab", "Eb", "Bb", "F", "C", "G", "D", "A", "E", "B", "F#", "C#", "G#", "D#",
    "A#",
];

impl fmt::Display for Key {
    /// `G major`, `C# minor`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = (self.fifths + 7) as usize;
        match self.mode {
            Mode::Major => write!(f, "{} major", TONICS[place]),
            Mode::Minor => write!(f, "{} minor", TONICS[place + 3]),
        }
    }
}

/// A key and the tick from which it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyChange {
    /// When it begins.
    pub onset: Ticks,
    /// The key from here on.
    pub key: Key,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_sharp_is_g_major_or_e_minor() {
        assert_eq!(Key::new(1, Mode::Major).unwrap().to_string(), "G major");
        assert_eq!(Key::new(1, Mode::Minor).unwrap().to_string(), "E minor");
        assert_eq!(Key::new(1, Mode::Minor).unwrap().tonic(), 4);
        assert!(Key::new(8, Mode::Major).is_err());
    }

    #[test]
    fn twelve_semitones_up_is_the_same_tonic() {
        for fifths in -7..=7 {
            let key = Key::new(fifths, Mode::Major).unwrap();
            for semitones in -12..=12 {
                let moved = key.transposed(semitones);
                let tonic = (i32::from(key.tonic()) + semitones).rem_euclid(12);
                assert_eq!(i32::from(moved.tonic()), tonic);
            }
        }
    }
}
