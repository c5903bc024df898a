//! Pitch classes and chords as musicians write them.

use cantilena_score::{Chord, KeyChange, Spelling, Ticks};

/// A chord symbol, its black keys spelled as the key that holds at `onset` has them.
pub(crate) fn chord(chord: Chord, onset: Ticks, keys: &[KeyChange]) -> String {
    let key = keys.iter().rev().find(|change| change.onset <= onset);
    let key = key.map(|change| change.key);
    let name = |class| Spelling::of(class, key).to_string().replace('#', "♯").replace('b', "♭");
    let suffix = chord.quality.suffix().replace('b', "♭");
    let root = name(chord.root);
    match chord.bass == chord.root {
        true => format!("{root}{suffix}"),
        false => format!("{root}{suffix}/{}", name(chord.bass)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cantilena_score::{Key, Mode};

    #[test]
    fn black_keys_are_spelled_by_the_key_that_holds() {
        let change = |onset, fifths| KeyChange {
            onset: Ticks(onset),
            key: Key::new(fifths, Mode::Major).unwrap(),
        };
        let keys = [change(0, -1), change(96, 3)];
        let of = |symbol: &str, onset| chord(symbol.parse().unwrap(), Ticks(onset), &keys);
        assert_eq!(of("A#m7", 0), "B♭m7");
        assert_eq!(of("C/A#", 95), "C/B♭");
        assert_eq!(of("C#m7b5", 96), "C♯m7♭5");
        assert_eq!(chord("D#dim7".parse().unwrap(), Ticks(0), &[]), "E♭dim7");
    }
}
