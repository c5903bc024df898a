//! Chord symbols, as a lead sheet has them above the melody.

use std::fmt;
use std::str::FromStr;

use crate::note::Pitch;
use crate::time::Ticks;

/// What a chord is made of above its root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Quality {
    /// Major triad: C.
    Major,
    /// Minor triad: Cm.
    Minor,
    /// Diminished triad: Cdim.
    Diminished,
    /// Augmented triad: Caug.
    Augmented,
    /// Suspended second: Csus2.
    Suspended2,
    /// Suspended fourth: Csus4.
    Suspended4,
    /// Dominant seventh: C7.
    Dominant7,
    /// Major seventh: Cmaj7.
    Major7,
    /// Minor seventh: Cm7.
    Minor7,
    /// Half-diminished seventh: Cm7b5.
    HalfDiminished7,
    /// Diminished seventh: Cdim7.
    Diminished7,
    /// Sixth: C6.
    Major6,
    /// Minor sixth: Cm6.
    Minor6,
    /// Dominant ninth: C9.
    Dominant9,
    /// Root and fifth: C5.
    Power,
}

/// Each quality with its suffix and the semitones of its members above the root.
const QUALITIES: [(Quality, &str, &[u8]); 15] = [
    (Quality::Major, "", &[0, 4, 7]),
    (Quality::Minor, "m", &[0, 3, 7]),
    (Quality::Diminished, "dim", &[0, 3, 6]),
    (Quality::Augmented, "aug", &[0, 4, 8]),
    (Quality::Suspended2, "sus2", &[0, 2, 7]),
    (Quality::Suspended4, "sus4", &[0, 5, 7]),
    (Quality::Dominant7, "7", &[0, 4, 7, 10]),
    (Quality::Major7, "maj7", &[0, 4, 7, 11]),
    (Quality::Minor7, "m7", &[0, 3, 7, 10]),
    (Quality::HalfDiminished7, "m7b5", &[0, 3, 6, 10]),
    (Quality::Diminished7, "dim7", &[0, 3, 6, 9]),
    (Quality::Major6, "6", &[0, 4, 7, 9]),
    (Quality::Minor6, "m6", &[0, 3, 7, 9]),
    (Quality::Dominant9, "9", &[0, 4, 7, 10, 2]),
    (Quality::Power, "5", &[0, 7]),
];

impl Quality {
    /// What is written behind the root.
    pub fn suffix(self) -> &'static str {
        self.row().1
    }

    /// Semitones above the root, the root first.
    pub fn intervals(self) -> &'static [u8] {
        self.row().2
    }

    fn row(self) -> &'static (Quality, &'static str, &'static [u8]) {
        QUALITIES.iter().find(|row| row.0 == self).expect("the table names every quality")
    }
}

/// A chord: root, quality and, where it is not the root, the bass.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Chord {
    /// The pitch class of the root, 0 (C) to 11 (B).
    pub root: u8,
    /// What stands above it.
    pub quality: Quality,
    /// The pitch class in the bass, 0 to 11; the root unless the symbol has a slash.
    pub bass: u8,
}

impl Chord {
    /// The pitch classes of the chord, root first.
    pub fn classes(self) -> impl Iterator<Item = u8> {
        self.quality.intervals().iter().map(move |interval| (self.root + interval) % 12)
    }

    /// The chord `semitones` higher.
    pub fn transposed(self, semitones: i32) -> Chord {
        let moved = |class: u8| (i32::from(class) + semitones).rem_euclid(12) as u8;
        Chord { root: moved(self.root), quality: self.quality, bass: moved(self.bass) }
    }
}

impl fmt::Display for Chord {
    /// `Am7`, `C/E`; black keys are spelled with sharps.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", Pitch::class_name(self.root), self.quality.suffix())?;
        if self.bass != self.root {
            write!(f, "/{}", Pitch::class_name(self.bass))?;
        }
        Ok(())
    }
}

impl FromStr for Chord {
    type Err = String;

    /// Reads `C`, `F#m7`, `Bb/D`: a root, one of the suffixes of [`Quality`], a bass.
    fn from_str(text: &str) -> Result<Chord, String> {
        let (chord, bass) = match text.split_once('/') {
            Some((chord, bass)) => (chord, Some(bass)),
            None => (text, None),
        };
        let unknown =
            || format!("'{text}' is no chord symbol; C, Am, G7, Fmaj7, Bm7b5 and C/E are");
        let (root, suffix) = pitch_class(chord).ok_or_else(unknown)?;
        let quality = QUALITIES.iter().find(|row| row.1 == suffix).ok_or_else(unknown)?.0;
        let bass = match bass {
            None => root,
            Some(bass) => match pitch_class(bass) {
                Some((class, "")) => class,
                _ => return Err(unknown()),
            },
        };
        Ok(Chord { root, quality, bass })
    }
}

/// Reads a capital letter and its accidentals; gives the pitch class and what follows.
fn pitch_class(text: &str) -> Option<(u8, &str)> {
    let letter = text.chars().next()?;
    let place = "C D EF G A B".find(letter).filter(|_| letter != ' ')? as i32;
    let rest = text[1..].trim_start_matches(['#', 'b']);
    let accidentals = &text[1..text.len() - rest.len()];
    let sharps = accidentals.bytes().map(|b| if b == b'#' { 1 } else { -1 }).sum::<i32>();
    Some(((place + sharps).rem_euclid(12) as u8, rest))
}

/// A chord and the tick from which it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ChordSymbol {
    /// When it begins.
    pub onset: Ticks,
    /// The chord from here on.
    pub chord: Chord,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_symbol_reads_back_as_it_was_written() {
        for symbol in ["C", "F#m7", "A#/D", "Bm7b5", "Gsus4", "D9", "E5", "Cmaj7", "D#dim7"] {
            assert_eq!(symbol.parse::<Chord>().unwrap().to_string(), symbol);
        }
    }

    #[test]
    fn flats_are_read_and_respelled() {
        assert_eq!("Bbm".parse::<Chord>().unwrap().to_string(), "A#m");
        assert_eq!("Cb".parse::<Chord>().unwrap().root, 11);
    }

    #[test]
    fn what_is_no_chord_is_refused() {
        for text in ["", "H", "Cfoo", "C/", "C/Em", "c", " "] {
            assert!(text.parse::<Chord>().is_err(), "{text}");
        }
    }

    #[test]
    fn every_quality_has_its_row() {
        for (quality, suffix, _) in QUALITIES {
            assert_eq!(quality.suffix(), suffix);
        }
    }
}
