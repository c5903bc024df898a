//! The notes of a key, and how common each is in it.

use cantilena_analysis::KeyProfiles;
use cantilena_score::{Key, Mode, Pitch};

/// The pitch classes that a key's melodies and chords are made of.
///
/// Major has the seven of its signature. Minor has those of its signature and the raised seventh,
/// the leading note of its dominant chord: natural and harmonic minor in one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    key: Key,
    /// Bit n: pitch class n.
    classes: u16,
}

impl Scale {
    /// The scale of a key.
    pub fn of(key: Key) -> Scale {
        let degrees: &[u8] = match key.mode {
            Mode::Major => &[0, 2, 4, 5, 7, 9, 11],
            Mode::Minor => &[0, 2, 3, 5, 7, 8, 10, 11],
        };
        let class = |degree: &u8| 1 << ((key.tonic() + degree) % 12);
        Scale { key, classes: degrees.iter().map(class).fold(0, |bits, bit| bits | bit) }
    }

    /// Whether it has this pitch, in any octave.
    pub fn holds(self, pitch: Pitch) -> bool {
        self.classes & 1 << pitch.class() != 0
    }

    /// How much commoner a pitch is in pieces of the key than the mean pitch class, as the
    /// logarithm of that ratio.
    pub fn leaning(self, pitch: Pitch) -> f64 {
        let degree = (pitch.class() + 12 - self.key.tonic()) % 12;
        let share = KeyProfiles::AlbrechtShanahan.profile(self.key.mode)[usize::from(degree)];
        (12.0 * share).ln()
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
    fn music_leans_to_the_tonic_and_its_fifth() {
        let scale = Scale::of(Key::new(-1, Mode::Minor).unwrap());
        let mut classes: Vec<Pitch> = (60..72).flat_map(Pitch::new).collect();
        classes.sort_by(|a, b| scale.leaning(*b).total_cmp(&scale.leaning(*a)));
        let names = classes[..3].iter().map(|pitch| Pitch::class_name(pitch.class()));
        assert_eq!(names.collect::<Vec<_>>(), ["D", "A", "F"]);
        assert!(scale.leaning(classes[0]) > 0.0 && scale.leaning(classes[11]) < 0.0);
    }

    #[test]
    fn keys_have_the_notes_of_their_signature() {
        assert_eq!(names(0, Mode::Major), "C D E F G A B");
        assert_eq!(names(2, Mode::Major), "C# D E F# G A B");
        assert_eq!(names(-1, Mode::Minor), "C C# D E F G A A#");
    }
}
