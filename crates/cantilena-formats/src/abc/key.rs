//! Keys and modes of ABC.

use cantilena_score::{Key, Mode};

/// What a `K:` field says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Signature {
    /// Alterations of C, D, E, F, G, A, B.
    pub(super) alters: [i8; 7],
    /// The key that a score would name; none for `K:none`.
    pub(super) key: Option<Key>,
    /// Semitones by which it sounds higher than it is written.
    pub(super) transpose: i32,
}

/// Modes by their first three letters, each with the fifths from major.
const MODES: [(&str, i8, Mode); 9] = [
    ("maj", 0, Mode::Major),
    ("ion", 0, Mode::Major),
    ("mix", -1, Mode::Major),
    ("dor", -2, Mode::Minor),
    ("min", -3, Mode::Minor),
    ("aeo", -3, Mode::Minor),
    ("phr", -4, Mode::Minor),
    ("loc", -5, Mode::Minor),
    ("lyd", 1, Mode::Major),
];

/// The letters of the steps.
pub(super) const LETTERS: &str = "CDEFGAB";

/// Places of C, D, E, F, G, A, B on the line of fifths.
const FIFTHS: [i8; 7] = [0, 2, 4, -1, 1, 3, 5];

impl Signature {
    /// No accidentals, and no key that would be named.
    pub(super) const NONE: Signature = Signature { alters: [0; 7], key: None, transpose: 0 };

    /// Reads the words of a `K:` field; what is no key changes only what it names.
    pub(super) fn parse(words: &str, before: Signature) -> Signature {
        let words = words.trim();
        let mut signature = Signature { transpose: 0, ..before };
        let mut rest = words;
        if let Some(after) = words.strip_prefix("HP") {
            // Pipes sound F♯ and C♯, whatever is printed.
            signature = Signature { key: None, ..Signature::of(2, Mode::Major) };
            rest = after;
        } else if let Some(after) = words.strip_prefix("Hp") {
            signature = Signature::of(2, Mode::Major);
            rest = after;
        } else if words.starts_with("none") || words.is_empty() {
            signature = Signature::NONE;
            rest = words.strip_prefix("none").unwrap_or(words);
        } else if let Some(step) = words.chars().next().and_then(|letter| LETTERS.find(letter)) {
            let after = &words[1..];
            let (sharps, after) = match after.chars().next() {
                Some('#') => (7, &after[1..]),
                Some('b') => (-7, &after[1..]),
                _ => (0, after),
            };
            let (fifths, mode, after) = mode(after.trim_start());
            signature = Signature::of(FIFTHS[step] + sharps + fifths, mode);
            rest = after;
        }
        for word in rest.split_whitespace() {
            signature.modify(word);
        }
        signature
    }

    /// The signature of so many sharps; more than seven leave no sign for the eighth.
    fn of(fifths: i8, mode: Mode) -> Signature {
        let fifths = fifths.clamp(-7, 7);
        let alter = |place: i8| (fifths + 5 - place).div_euclid(7);
        Signature { alters: FIFTHS.map(alter), key: Key::new(fifths, mode).ok(), transpose: 0 }
    }

    /// An accidental of its own, such as `^f` or `=c`, or a transposition.
    fn modify(&mut self, word: &str) {
        if let Some(semitones) = word.strip_prefix("transpose=") {
            self.transpose = semitones.parse().unwrap_or(0).clamp(-60, 60);
            return;
        }
        let letters = word.trim_start_matches(['^', '_', '=']);
        let signs = &word[..word.len() - letters.len()];
        if signs.is_empty() || letters.len() != 1 {
            return;
        }
        if let Some(step) = LETTERS.find(&letters.to_uppercase()) {
            let sign = |sign: char| match sign {
                '^' => 1,
                '_' => -1,
                _ => 0,
            };
            self.alters[step] = signs.chars().map(sign).sum::<i8>().clamp(-2, 2);
        }
    }
}

/// A mode at the start of a text, and what follows it.
fn mode(text: &str) -> (i8, Mode, &str) {
    let end = text.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(text.len());
    let (word, rest) = text.split_at(end);
    let lower = word.to_ascii_lowercase();
    let found = lower.get(..3).and_then(|start| MODES.iter().find(|mode| mode.0 == start));
    match (found, lower.as_str()) {
        (Some(&(_, fifths, mode)), _) => (fifths, mode, rest),
        // Whether letters are capitals means nothing here (abc 2.1, § 3.1.14): M is minor.
        (None, "m") => (-3, Mode::Minor, rest),
        (None, "") => (0, Mode::Major, rest),
        // No mode: the word belongs to a clef or another thing.
        (None, _) => (0, Mode::Major, text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(words: &str, key: &str, alters: [i8; 7]) {
        let signature = Signature::parse(words, Signature::NONE);
        assert_eq!(signature.key.map_or("none".to_owned(), |key| key.to_string()), key, "{words}");
        assert_eq!(signature.alters, alters, "{words}");
    }

    #[test]
    fn modes_have_the_signature_of_their_major() {
        check("G", "G major", [0, 0, 0, 1, 0, 0, 0]);
        check("E Minor", "E minor", [0, 0, 0, 1, 0, 0, 0]);
        check("Ador", "E minor", [0, 0, 0, 1, 0, 0, 0]);
        check("D mixolydian", "G major", [0, 0, 0, 1, 0, 0, 0]);
        check("Bb", "Bb major", [0, 0, -1, 0, 0, 0, -1]);
        check("F#m", "F# minor", [1, 0, 0, 1, 1, 0, 0]);
        check("C clef=bass", "C major", [0; 7]);
        check("GM", "G minor", [0, 0, -1, 0, 0, 0, -1]);
    }

    #[test]
    fn pipes_and_accidentals_of_their_own_are_known() {
        check("HP", "none", [1, 0, 0, 1, 0, 0, 0]);
        check("none", "none", [0; 7]);
        check("D =c", "D major", [0, 0, 0, 1, 0, 0, 0]);
        check("Dmix ^g", "G major", [0, 0, 0, 1, 1, 0, 0]);
    }
}
