//! `notes-chords`: note names, and chords as pitch classes in normal order.
//!
//! One field, one symbol a place where notes begin: a single note is its name (`E4`), several
//! are their pitch classes in normal order joined by dots (`4.7.11`). Drums are left out.
//! Symbols seen less often than a threshold are left out too. Decoded, each symbol lasts an
//! eighth; a chord stands in the octave of middle C, its classes rising.

use std::collections::BTreeMap;

use cantilena_score::{Note, Pitch, Score, Ticks, Velocity};

use crate::bins::GRID;
use crate::error::TokenError;
use crate::event::Events;
use crate::field::{END, Field};
use crate::pitches::PLAIN_VELOCITY;
use crate::setting::Setting;

/// The `notes-chords` representation with the symbols it knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotesChords {
    /// Strictly rising; tokens 2, 3 … stand for them.
    pub(crate) symbols: Vec<String>,
}

impl NotesChords {
    /// The representation with these symbols as its vocabulary.
    pub fn new(mut symbols: Vec<String>) -> NotesChords {
        symbols.sort_unstable();
        symbols.dedup();
        NotesChords { symbols }
    }

    /// The representation with symbols that a file says, or what is wrong with them.
    pub(crate) fn of(symbols: Vec<String>) -> Result<NotesChords, String> {
        match symbols.iter().find(|symbol| !is_symbol(symbol)) {
            Some(unknown) => Err(format!(
                "a symbol {unknown:?}, which is neither the name of a note nor pitch classes, 0 to \
                 11, with points between them"
            )),
            None => Ok(NotesChords::new(symbols)),
        }
    }

    /// The symbols that the scores hold at least `threshold` times.
    ///
    /// # Errors
    /// [`TokenError::NoNotes`] of scores without any, [`TokenError::TooRare`] where the threshold
    /// leaves none.
    pub(crate) fn fit<'a>(
        scores: impl Iterator<Item = &'a Score>,
        threshold: usize,
    ) -> Result<NotesChords, TokenError> {
        let (mut counts, drums) = counts(scores);
        let (symbols, most) = (counts.len(), counts.values().copied().max().unwrap_or(0));
        counts.retain(|_, count| *count >= threshold);
        if counts.is_empty() {
            return Err(match most {
                0 => TokenError::NoNotes { drums },
                most => TokenError::TooRare { threshold, symbols, most },
            });
        }
        Ok(NotesChords { symbols: counts.into_keys().collect() })
    }

    /// How much stays of the scores if symbols are kept that are seen so often, for each
    /// threshold: the table by which one is chosen.
    pub fn survivors<'a>(
        scores: impl IntoIterator<Item = &'a Score>,
        thresholds: &[usize],
    ) -> Vec<Survivors> {
        let (counts, _) = counts(scores.into_iter());
        let survivors = |&threshold: &usize| {
            let kept = counts.values().filter(|count| **count >= threshold);
            let (symbols, occurrences) = (kept.clone().count(), kept.sum());
            Survivors { threshold, symbols, occurrences }
        };
        thresholds.iter().map(survivors).collect()
    }

    pub(crate) fn fields(&self) -> Vec<Field> {
        vec![Field::predicted("symbol", usize::from(END) + 1 + self.symbols.len())]
    }

    pub(crate) fn encode(&self, score: &Score) -> Events {
        let mut events = Events::new(1);
        for symbol in symbols(score) {
            if let Ok(place) = self.symbols.binary_search(&symbol) {
                events.push(&[END + 1 + place as u16]);
            }
        }
        events.push(&[END]);
        events
    }

    pub(crate) fn decode(&self, setting: &Setting, events: &Events) -> Score {
        let mut score = setting.empty_score();
        let eighth = Ticks(u32::from(GRID) / 2);
        let velocity = Velocity::clamped(PLAIN_VELOCITY);
        let mut onset = Ticks::ZERO;
        for row in events.rows() {
            let Some(symbol) = self.symbol(row[0]) else { continue };
            if let Some(track) = score.tracks.iter_mut().find(|track| !track.is_drums) {
                let notes = pitches(symbol).into_iter();
                track.notes.extend(notes.map(|pitch| Note {
                    onset,
                    pitch,
                    duration: eighth,
                    velocity,
                }));
            }
            onset += eighth;
        }
        score
    }

    pub(crate) fn spell(&self, token: u16) -> String {
        match self.symbol(token) {
            Some(symbol) => symbol.to_owned(),
            None => if token == END { "end" } else { "-" }.to_owned(),
        }
    }

    fn symbol(&self, token: u16) -> Option<&str> {
        self.symbols.get(usize::from(token.checked_sub(END + 1)?)).map(String::as_str)
    }
}

/// What a threshold leaves of a corpus' symbols.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Survivors {
    /// How often a symbol must be seen.
    pub threshold: usize,
    /// How many distinct symbols are.
    pub symbols: usize,
    /// How many places of the scores they fill; a threshold of 1 says how many there are.
    pub occurrences: usize,
}

/// How often each symbol stands in the scores, and how many drum notes were passed over.
fn counts<'a>(scores: impl Iterator<Item = &'a Score>) -> (BTreeMap<String, usize>, usize) {
    let (mut counts, mut drums) = (BTreeMap::<String, usize>::new(), 0);
    for score in scores {
        drums += score.tracks.iter().filter(|t| t.is_drums).map(|t| t.notes.len()).sum::<usize>();
        for symbol in symbols(score) {
            *counts.entry(symbol).or_default() += 1;
        }
    }
    (counts, drums)
}

/// The symbols of a score, one for each tick at which a note that is no drum begins.
fn symbols(score: &Score) -> Vec<String> {
    let mut struck = BTreeMap::<Ticks, Vec<Pitch>>::new();
    for note in score.tracks.iter().filter(|t| !t.is_drums).flat_map(|t| &t.notes) {
        struck.entry(note.onset).or_default().push(note.pitch);
    }
    struck.into_values().map(|pitches| symbol(&pitches)).collect()
}

/// The normal order of several pitches; of one pitch class alone, the lowest one's name.
fn symbol(pitches: &[Pitch]) -> String {
    if pitches.iter().all(|pitch| pitch.class() == pitches[0].class()) {
        return pitches.iter().min().map_or_else(String::new, Pitch::to_string);
    }
    let mut classes: Vec<u8> = pitches.iter().map(|pitch| pitch.class()).collect();
    classes.sort_unstable();
    classes.dedup();
    let names: Vec<String> = normal_order(&classes).iter().map(u8::to_string).collect();
    names.join(".")
}

/// The rotation of rising pitch classes that is packed most tightly to the left.
///
/// Of rotations with the smallest span from first to last, the one whose second class is nearest
/// to the first, then the third, and so on (Forte, The Structure of Atonal Music, 1973, ch. 1);
/// of fully symmetric ones, the one that begins lowest. All 4,083 sets of two and more classes
/// come out as in music21, whose symbols the notes-and-chords recipes are written in.
fn normal_order(classes: &[u8]) -> Vec<u8> {
    let rotation = |from: usize| -> Vec<u8> {
        classes[from..].iter().chain(&classes[..from]).copied().collect()
    };
    let spans = |order: &[u8]| -> (Option<u8>, Vec<u8>) {
        let mut spans: Vec<u8> = order.iter().map(|class| (class + 12 - order[0]) % 12).collect();
        (spans.pop(), spans)
    };
    (0..classes.len()).map(rotation).min_by_key(|order| spans(order)).unwrap_or_default()
}

/// Whether a text is a symbol.
fn is_symbol(text: &str) -> bool {
    is_chord(text) || !pitches(text).is_empty()
}

/// Whether a text is pitch classes with points between them.
fn is_chord(text: &str) -> bool {
    text.split('.').all(|class| class.parse::<u8>().is_ok_and(|class| class < 12))
}

/// The pitches of a symbol: one as named, a chord from the octave of middle C upwards.
fn pitches(symbol: &str) -> Vec<Pitch> {
    if is_chord(symbol) {
        let mut lowest = Pitch::MIDDLE_C.number();
        let classes = symbol.split('.').filter_map(|class| class.parse::<u8>().ok());
        classes
            .filter_map(|class| {
                let pitch = Pitch::new(lowest + (class + 12 - lowest % 12) % 12).ok()?;
                lowest = pitch.number();
                Some(pitch)
            })
            .collect()
    } else {
        (0..128).flat_map(Pitch::new).filter(|pitch| pitch.to_string() == symbol).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    // A class of 246 once overflowed where its pitch was looked for.
    #[test]
    fn symbols_of_a_file_are_notes_or_chords() {
        let of = |symbol: &str| NotesChords::of(vec!["C4".to_owned(), symbol.to_owned()]);
        for symbol in ["C-1", "G9", "F#5", "0", "0.4.7", "11.2.5.7", "0.1.2.3.4.5.6.7.8.9.10.11"] {
            assert!(of(symbol).is_ok(), "{symbol}");
        }
        for symbol in ["246.9", "12", "0.", ".4", "0.4.x", "-1.4", "H4", "C10", "", "4.7 "] {
            let refused = of(symbol).unwrap_err();
            assert!(refused.contains(&format!("{symbol:?}")), "{refused}");
        }
    }

    #[test]
    fn chords_are_spelled_in_normal_order() {
        let spell = |numbers: &[u8]| {
            symbol(&numbers.iter().map(|&n| Pitch::new(n).unwrap()).collect::<Vec<_>>())
        };
        assert_eq!(spell(&[64]), "E4");
        assert_eq!(spell(&[60, 64, 67]), "0.4.7");
        assert_eq!(spell(&[64, 67, 72]), "0.4.7", "an inversion is the same chord");
        assert_eq!(spell(&[71, 64, 67]), "4.7.11");
        assert_eq!(
            spell(&[67, 71, 74, 77]),
            "11.2.5.7",
            "a dominant seventh is tightest from its third"
        );
        assert_eq!(spell(&[72, 60]), "C4", "an octave is its lower note");
        assert_eq!(spell(&[60, 61, 65, 66, 68]), "5.6.8.0.1", "the second class decides first");
    }

    #[test]
    fn a_threshold_tells_what_it_would_leave() {
        let mut score = Score::new(std::num::NonZero::new(24).unwrap());
        let mut track = cantilena_score::Track::default();
        for (onset, pitch) in [(0, 60), (24, 60), (48, 60), (72, 62), (96, 64), (120, 64)] {
            track.notes.push(Note {
                onset: Ticks(onset),
                duration: Ticks(24),
                pitch: Pitch::new(pitch).unwrap(),
                velocity: Velocity::DEFAULT,
            });
        }
        score.tracks.push(track);
        let table = NotesChords::survivors([&score], &[1, 2, 3, 4]);
        let rows: Vec<(usize, usize)> = table.iter().map(|r| (r.symbols, r.occurrences)).collect();
        assert_eq!(rows, [(3, 6), (2, 5), (1, 3), (0, 0)]);
        for row in table.iter().filter(|row| row.symbols > 0) {
            let fitted = NotesChords::fit([&score].into_iter(), row.threshold).unwrap();
            assert_eq!(fitted.symbols.len(), row.symbols, "what is told is what is kept");
        }
        // Where none is left, the threshold is to blame, and not the scores.
        let error = NotesChords::fit([&score].into_iter(), 4).unwrap_err();
        assert_eq!(error, TokenError::TooRare { threshold: 4, symbols: 3, most: 3 });
        let said = error.to_string();
        assert!(said.contains("threshold is 4") && said.contains("of 3 symbols is 3"), "{said}");
        score.tracks[0].is_drums = true;
        let error = NotesChords::fit([&score].into_iter(), 4).unwrap_err();
        assert_eq!(error, TokenError::NoNotes { drums: 6 });
    }

    #[test]
    fn a_symbol_decodes_to_itself() {
        for name in ["E4", "0.4.7", "11.2.5.7", "4.7.11", "C#-1"] {
            assert_eq!(symbol(&pitches(name)), name);
        }
    }
}
