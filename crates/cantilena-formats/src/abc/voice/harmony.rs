//! Chord symbols above the notes.

use cantilena_score::Chord;

use super::Voice;
use crate::fault::Fault;
use crate::repair::Repairs;

impl Voice {
    /// `"Am"` above a note; anything else in quotes is an annotation.
    pub(super) fn chord_symbol(
        &mut self,
        words: &str,
        place: Option<usize>,
        repairs: &mut Repairs,
    ) {
        let words = words.trim();
        // Annotations stand above, below, beside the note; figures are fingerings.
        let is_name = words.starts_with(|c: char| ('A'..='G').contains(&c));
        if !is_name {
            return;
        }
        let position = self.position;
        match chord_named(words) {
            Some((chord, is_exact)) => {
                if !is_exact {
                    repairs.add(Fault::NearestChord, place, None);
                }
                self.bar().chords.push((position, chord));
            }
            None => repairs.add(Fault::UnknownChord, place, None),
        }
    }
}

/// The chord that a name means, and whether it means just that.
///
/// Of a name that is longer than any known, the longest start that is known is taken.
fn chord_named(name: &str) -> Option<(Chord, bool)> {
    let (upper, bass) = match name.split_once('/') {
        Some((upper, bass)) => (upper, format!("/{}", bass.trim())),
        None => (name, String::new()),
    };
    let plain = upper.replace(['(', ')', ' '], "").replace("min", "m").replace('M', "maj");
    let plain = plain.replace("majaj", "maj").replace('+', "aug").replace('o', "dim");
    for end in (1..=plain.len()).rev().filter(|&end| plain.is_char_boundary(end)) {
        let start = &plain[..end];
        let with_bass = format!("{start}{bass}").parse::<Chord>();
        if let Ok(chord) = with_bass.or_else(|_| start.parse()) {
            return Some((chord, end == plain.len()));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chords_have_many_names() {
        let named = |name| chord_named(name).map(|(chord, exact)| (chord.to_string(), exact));
        assert_eq!(named("Am"), Some(("Am".to_owned(), true)));
        assert_eq!(named("Bbmin7/D"), Some(("A#m7/D".to_owned(), true)));
        assert_eq!(named("G13"), Some(("G".to_owned(), false)));
        assert_eq!(named("CM7"), Some(("Cmaj7".to_owned(), true)));
        assert_eq!(named("Ddim"), Some(("Ddim".to_owned(), true)));
    }
}
