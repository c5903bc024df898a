//! Which chords a piece is made of, and how long each is heard.

use std::collections::BTreeMap;

use cantilena_analysis::estimate_chords;
use cantilena_score::{Chord, ChordSymbol, Key, Quality, Score, Spelling, Ticks};
use serde::Serialize;

use crate::conditions::Origin;

/// The chords of a piece: those that its file names, else estimates.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Harmony {
    /// How they are known.
    pub from: Origin,
    /// Each chord once, the one that is heard longest first.
    pub chords: Vec<HeardChord>,
}

/// A chord of a piece.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct HeardChord {
    /// Its symbol without a bass, as the piece's key spells it: `Bbm7`.
    pub chord: String,
    /// What it is in the piece's key: `ii7`. None of a piece without a key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub degree: Option<String>,
    /// For how many quarter notes it is heard; long silence does not count.
    pub quarters: f64,
}

impl Harmony {
    /// The chords of a score in a key; `None` where there are none, as in drums alone.
    pub fn of(score: &Score, key: Option<Key>) -> Option<Harmony> {
        let (from, symbols) = match score.chords.is_empty() {
            true => (Origin::Estimate, estimate_chords(score)),
            false => (Origin::Score, score.chords.clone()),
        };
        let mut chords = heard(&symbols, &heeded(score, from));
        chords.sort_by_key(|(_, ticks)| std::cmp::Reverse(*ticks));
        let quarter = f64::from(score.ticks_per_quarter().get());
        let chords: Vec<HeardChord> = chords
            .into_iter()
            .map(|((root, quality), ticks)| HeardChord {
                chord: symbol(root, quality, key),
                degree: key.map(|key| degree(root, quality, key)),
                quarters: (ticks as f64 / quarter * 1000.0).round() / 1000.0,
            })
            .collect();
        (!chords.is_empty()).then_some(Harmony { from, chords })
    }
}

/// For how many quarters a note that is held keeps its chord in the ear: longer ones have lost
/// their ends.
const HELD: u32 = 64;

/// For how many quarters a chord is heard on after its last note: a rest within the music, and not
/// the silence between two takes.
const RESTS: u32 = 8;

/// When there is music to have chords, as stretches that do not touch; drums alone have those that
/// a file names.
fn heeded(score: &Score, from: Origin) -> Vec<(Ticks, Ticks)> {
    let quarters = |count: u32| Ticks(u32::from(score.ticks_per_quarter().get()) * count);
    let (last, held, rests) = (score.length(), quarters(HELD), quarters(RESTS));
    let tracks = score.tracks.iter().filter(|track| from == Origin::Score || !track.is_drums);
    let mut stretches: Vec<(Ticks, Ticks)> = tracks
        .flat_map(|track| &track.notes)
        .map(|note| (note.onset, (note.onset + note.duration.min(held) + rests).min(last)))
        .collect();
    stretches.sort_unstable();
    stretches.dedup_by(|next, before| {
        let joined = next.0 <= before.1;
        if joined {
            before.1 = before.1.max(next.1);
        }
        joined
    });
    stretches
}

/// The ticks of each root and quality within these stretches, in the order of their roots.
fn heard(symbols: &[ChordSymbol], heeded: &[(Ticks, Ticks)]) -> Vec<((u8, Quality), u64)> {
    let ends = symbols.iter().skip(1).map(|next| next.onset).chain([Ticks(u32::MAX)]);
    let mut ticks: BTreeMap<(u8, Quality), u64> = BTreeMap::new();
    for (ChordSymbol { onset, chord: Chord { root, quality, .. } }, end) in symbols.iter().zip(ends)
    {
        // A lead sheet may name chords behind its last note.
        let first = heeded.partition_point(|(_, until)| until <= onset);
        let during = heeded[first..].iter().take_while(|(since, _)| *since < end);
        let length: u64 = during
            .map(|(since, until)| u64::from(end.min(*until).since((*since).max(*onset)).0))
            .sum();
        if length > 0 {
            *ticks.entry((*root, *quality)).or_default() += length;
        }
    }
    ticks.into_iter().collect()
}

/// `Bbm7`, the root spelled as in the key.
fn symbol(root: u8, quality: Quality, key: Option<Key>) -> String {
    format!("{}{}", Spelling::of(root, key), quality.suffix())
}

/// `ii7` of Dm7 in C major: a Roman numeral, small with a minor third, counted on the major scale
/// of the tonic in minor keys, too, so that what is borrowed shows as such (`bVII`).
fn degree(root: u8, quality: Quality, key: Key) -> String {
    const LARGE: [&str; 12] =
        ["I", "bII", "II", "bIII", "III", "IV", "#IV", "V", "bVI", "VI", "bVII", "VII"];
    let numeral = LARGE[usize::from((root + 12 - key.tonic()) % 12)];
    let has_minor_third = quality.intervals().contains(&3);
    let numeral = match has_minor_third {
        true => numeral.replace('I', "i").replace('V', "v"),
        false => numeral.to_owned(),
    };
    let suffix = match quality {
        Quality::Minor => "",
        Quality::Minor6 => "6",
        Quality::Minor7 => "7",
        Quality::Diminished => "°",
        Quality::Diminished7 => "°7",
        Quality::HalfDiminished7 => "ø7",
        Quality::Augmented => "+",
        other => other.suffix(),
    };
    format!("{numeral}{suffix}")
}

#[cfg(test)]
mod tests {
    use cantilena_score::Mode;

    use super::*;

    fn shown(harmony: &Harmony) -> Vec<String> {
        let chords = harmony.chords.iter();
        chords
            .map(|heard| {
                let degree = heard.degree.as_deref().unwrap_or("-");
                format!("{} {degree} {}", heard.chord, heard.quarters)
            })
            .collect()
    }

    #[test]
    fn chords_are_counted_for_as_long_as_they_are_heard() {
        let score: Score =
            "c3+e4+g4+c5/1 | a2+e4+a4+c5/1 | c3+e4+g4/1 | g2+f4+g4+b4+d5/2 r |".parse().unwrap();
        let key = Key::new(0, Mode::Major).unwrap();
        let harmony = Harmony::of(&score, Some(key)).unwrap();
        assert_eq!(harmony.from, Origin::Estimate);
        assert_eq!(shown(&harmony), ["C I 8", "Am vi 4", "G7 V7 2"]);
    }

    #[test]
    fn chords_that_the_file_names_are_believed() {
        let mut score: Score = "c4/1 | c4/1 |".parse().unwrap();
        let quarter = u32::from(score.ticks_per_quarter().get());
        for (onset, chord) in [(0, "A#/D"), (4, "A#"), (6, "Dm7b5"), (99, "C")] {
            let chord = chord.parse().unwrap();
            score.chords.push(ChordSymbol { onset: Ticks(onset * quarter), chord });
        }
        let harmony = Harmony::of(&score, Some(Key::new(-3, Mode::Minor).unwrap())).unwrap();
        assert_eq!(harmony.from, Origin::Score);
        assert_eq!(shown(&harmony), ["Bb bVII 6", "Dm7b5 iiø7 2"]);
    }

    #[test]
    fn silence_and_notes_without_end_are_no_chord() {
        let mut score: Score = "c3+e4+g4/1 | c3+e4+g4/1 | f3+a4+c5/1 |".parse().unwrap();
        let clock = u32::from(score.ticks_per_quarter().get());
        let quarters = |score: &Score| -> Vec<f64> {
            Harmony::of(score, None).unwrap().chords.iter().map(|heard| heard.quarters).collect()
        };
        assert_eq!(quarters(&score), [8.0, 4.0]);
        // A take that begins when the tape has run for months.
        let month = Ticks((1 << 31) / clock * clock);
        for note in score.tracks[0].notes.iter_mut().filter(|note| note.onset.0 == 8 * clock) {
            note.onset = month;
        }
        let counted: f64 = quarters(&score).iter().sum();
        assert_eq!(counted, 8.0 + f64::from(RESTS) + 4.0);
        // A last note that is never let go.
        let end = Ticks(1 << 30);
        score.tracks[0].notes.iter_mut().for_each(|note| {
            if note.onset == month {
                note.duration = end;
            }
        });
        let counted: f64 = quarters(&score).iter().sum();
        assert_eq!(counted, f64::from(8 + RESTS + HELD + RESTS));
    }

    #[test]
    fn drums_have_no_chords() {
        let mut score: Score = "c2/4 d2 c2 d2 |".parse().unwrap();
        score.tracks[0].is_drums = true;
        assert_eq!(Harmony::of(&score, None), None);
    }
}
