//! Pitch classes and chords as musicians write them.

use cantilena_score::{Chord, KeyChange, Ticks};

const SHARPS: [&str; 12] = ["C", "C♯", "D", "D♯", "E", "F", "F♯", "G", "G♯", "A", "A♯", "B"];
const FLATS: [&str; 12] = ["C", "D♭", "D", "E♭", "E", "F", "G♭", "G", "A♭", "A", "B♭", "B"];
/// Where no key says how: the spelling with the fewest accidentals in the signature of each.
const COMMON: [&str; 12] = ["C", "C♯", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B"];

/// A chord symbol, its black keys spelled as the key that holds at `onset` has them.
pub(crate) fn chord(chord: Chord, onset: Ticks, keys: &[KeyChange]) -> String {
    let key = keys.iter().rev().find(|change| change.onset <= onset);
    let names = match key.map_or(0, |change| change.key.fifths()) {
        1.. => SHARPS,
        0 => COMMON,
        _ => FLATS,
    };
    let name = |class: u8| names[usize::from(class % 12)];
    let suffix = chord.quality.suffix().replace('b', "♭");
    let bass = if chord.bass == chord.root { "" } else { name(chord.bass) };
    let slash = if bass.is_empty() { "" } else { "/" };
    format!("{}{suffix}{slash}{bass}", name(chord.root))
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
