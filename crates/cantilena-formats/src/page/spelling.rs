//! Which step and accidental a pitch is written with.

use cantilena_score::{Key, Pitch, Spelling};

/// A pitch as it stands on a staff.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Spelled {
    /// C to B, 0 to 6.
    pub(crate) step: u8,
    /// Sharps, or flats if negative: −2 to 2.
    pub(crate) alter: i8,
    /// Middle C begins octave 4.
    pub(crate) octave: i8,
}

/// Semitones of the steps above C.
const SEMITONES: [i8; 7] = [0, 2, 4, 5, 7, 9, 11];

/// A pitch in a key.
pub(crate) fn spell(pitch: Pitch, key: Option<Key>) -> Spelled {
    let Spelling { step, alter } = Spelling::of(pitch.class(), key);
    let natural = i16::from(pitch.number()) - i16::from(alter);
    let octave = (natural - i16::from(SEMITONES[usize::from(step)])) / 12 - 1;
    Spelled { step, alter, octave: octave as i8 }
}

/// The semitones of a step above C.
pub(crate) fn semitones(step: u8) -> i8 {
    SEMITONES[usize::from(step % 7)]
}

/// The alteration that a key gives to a step.
pub(crate) fn key_alter(step: u8, key: Option<Key>) -> i8 {
    let fifths = i32::from(key.map_or(0, Key::fifths));
    // The place of the natural step on the line of fifths, F at −1 and B at 5.
    let natural = [0, 2, 4, -1, 1, 3, 5][usize::from(step % 7)];
    (fifths + 5 - natural).div_euclid(7) as i8
}

/// What MusicXML calls an accidental.
pub(crate) fn accidental(alter: i8) -> &'static str {
    match alter {
        -2 => "flat-flat",
        -1 => "flat",
        1 => "sharp",
        2 => "double-sharp",
        _ => "natural",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cantilena_score::Mode;

    fn key(fifths: i8) -> Option<Key> {
        Some(Key::new(fifths, Mode::Major).unwrap())
    }

    #[test]
    fn spelled_pitches_sound_as_they_did() {
        for fifths in -7..=7 {
            for number in 12..128 {
                let spelled = spell(Pitch::new(number).unwrap(), key(fifths));
                let semitones = i32::from(semitones(spelled.step) + spelled.alter);
                assert_eq!(12 * (i32::from(spelled.octave) + 1) + semitones, i32::from(number));
                assert!((-2..=2).contains(&spelled.alter));
            }
        }
    }

    #[test]
    fn a_key_alters_its_own_steps() {
        let alters = |fifths| (0..7).map(|step| key_alter(step, key(fifths))).collect::<Vec<_>>();
        assert_eq!(alters(2), [1, 0, 0, 1, 0, 0, 0]);
        assert_eq!(alters(-2), [0, 0, -1, 0, 0, 0, -1]);
        assert_eq!(alters(7), [1; 7]);
        assert_eq!(alters(-7), [-1; 7]);
    }
}
