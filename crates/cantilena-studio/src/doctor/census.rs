//! What a corpus is made of, counted.

use std::collections::BTreeMap;

use cantilena_corpus::{Facts, Harmony, HeardChord, Origin};
use serde::Serialize;

/// What a corpus is made of.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Census {
    /// Pieces that were read.
    pub pieces: usize,
    /// Their notes.
    pub notes: usize,
    /// Their length in hours.
    pub hours: f64,
    /// Pieces in which each instrument plays, the commonest first.
    pub instruments: Vec<Counted>,
    /// Pieces in each meter, the commonest first; `free` of those played without regard to beats.
    pub meters: Vec<Counted>,
    /// What the notes of those say whose files seem to know no meter, the commonest first.
    pub meters_heard: Vec<Counted>,
    /// Pieces in each key, the commonest first; `none` of drums alone.
    pub keys: Vec<Counted>,
    /// How many of the keys are estimates.
    pub keys_estimated: usize,
    /// Pieces by tempo in quarters a minute, slow to fast.
    pub tempi: Vec<Counted>,
    /// How many of the tempi are estimates.
    pub tempi_estimated: usize,
    /// Pieces by notes sounding at once in the mean, thin to thick.
    pub polyphony: Vec<Counted>,
    /// Pieces by notes that begin in a second, few to many.
    pub density: Vec<Counted>,
    /// Pieces by length in minutes, short to long.
    pub lengths: Vec<Counted>,
    /// How long each chord is heard, the longest first.
    pub chords: Vec<ChordShare>,
    /// The same by what a chord is in the key of its piece, as a Roman numeral.
    pub degrees: Vec<ChordShare>,
    /// Pieces whose chords are estimates.
    pub chords_estimated: usize,
    /// Pieces of each composer, genre and mood that labels name, the commonest first.
    pub labels: Vec<Counted>,
}

/// How many pieces have something in common.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Counted {
    /// What.
    pub what: String,
    /// How many.
    pub pieces: usize,
}

/// For how much of the time something is heard.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ChordShare {
    /// What.
    pub what: String,
    /// Its share of all time for which there is such a thing, counted in quarter notes, 0 to 1.
    pub share: f64,
}

/// Where one bin of tempi, polyphony, density and length ends and the next begins.
const TEMPI: [f64; 11] = [50.0, 60.0, 70.0, 80.0, 90.0, 100.0, 110.0, 120.0, 140.0, 160.0, 200.0];
const POLYPHONY: [f64; 10] = [1.05, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 12.0];
const DENSITY: [f64; 9] = [1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0];
const LENGTHS: [f64; 9] = [0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 10.0, 20.0];

impl Census {
    pub(super) fn of(facts: &[Facts]) -> Census {
        let is_estimate = |from| from == Origin::Estimate;
        let all = || facts.iter().map(|facts| &facts.conditions);
        let keys = all().map(|c| c.key.map_or("none".to_owned(), |key| key.value.0.to_string()));
        let meters = all().map(|c| {
            c.meter.map_or("free".to_owned(), |(beats, value)| format!("{beats}/{value}"))
        });
        let labels = all().flat_map(|c| [&c.composer, &c.genre, &c.mood].into_iter().flatten());
        Census {
            pieces: facts.len(),
            notes: facts.iter().map(|facts| facts.notes).sum(),
            hours: facts.iter().map(|facts| facts.seconds).sum::<f64>() / 3600.0,
            instruments: counted(
                facts.iter().flat_map(|f| &f.instruments).map(|name| (*name).to_owned()),
            ),
            meters: counted(meters),
            meters_heard: counted(facts.iter().filter_map(|facts| facts.meter_estimate.clone())),
            keys: counted(keys),
            keys_estimated: all().filter(|c| c.key.is_some_and(|k| is_estimate(k.from))).count(),
            tempi: binned(&TEMPI, all().filter_map(|c| Some(c.bpm?.value))),
            tempi_estimated: all().filter(|c| c.bpm.is_some_and(|b| is_estimate(b.from))).count(),
            polyphony: binned(&POLYPHONY, all().map(|c| c.polyphony)),
            density: binned(&DENSITY, all().map(|c| c.notes_per_second)),
            lengths: binned(&LENGTHS, facts.iter().map(|facts| facts.seconds / 60.0)),
            chords: heard(facts, |heard| Some(&heard.chord)),
            degrees: heard(facts, |heard| heard.degree.as_ref()),
            chords_estimated: harmonies(facts).filter(|of| is_estimate(of.from)).count(),
            labels: counted(labels.cloned()),
        }
    }
}

/// How often each word comes, the commonest first, as common ones by the alphabet.
fn counted(words: impl Iterator<Item = String>) -> Vec<Counted> {
    let mut words: Vec<String> = words.collect();
    words.sort();
    let runs = words.chunk_by(|a, b| a == b);
    let mut counts: Vec<Counted> =
        runs.map(|run| Counted { what: run[0].clone(), pieces: run.len() }).collect();
    counts.sort_by_key(|count| std::cmp::Reverse(count.pieces));
    counts
}

/// The chords of every piece that has some.
fn harmonies(facts: &[Facts]) -> impl Iterator<Item = &Harmony> {
    facts.iter().filter_map(|facts| facts.harmony.as_ref())
}

/// How long what chords are called is heard, the longest first, of as long ones by the alphabet.
fn heard(facts: &[Facts], name: fn(&HeardChord) -> Option<&String>) -> Vec<ChordShare> {
    let mut quarters: BTreeMap<&String, f64> = BTreeMap::new();
    for chord in harmonies(facts).flat_map(|harmony| &harmony.chords) {
        if let Some(name) = name(chord) {
            *quarters.entry(name).or_default() += chord.quarters;
        }
    }
    let all: f64 = quarters.values().sum();
    let share = |quarters: f64| (quarters / all * 1e6).round() / 1e6;
    let mut heard: Vec<ChordShare> = quarters
        .into_iter()
        .map(|(what, quarters)| ChordShare { what: what.clone(), share: share(quarters) })
        .collect();
    heard.sort_by(|a, b| b.share.total_cmp(&a.share));
    heard
}

/// How many values fall between neighbouring bounds, and before the first and behind the last.
fn binned(bounds: &[f64], values: impl Iterator<Item = f64>) -> Vec<Counted> {
    let names = (0..=bounds.len()).map(|bin| match bin {
        0 => format!("under {}", bounds[0]),
        _ if bin == bounds.len() => format!("{} on", bounds[bin - 1]),
        _ => format!("{}–{}", bounds[bin - 1], bounds[bin]),
    });
    let mut counts: Vec<Counted> = names.map(|what| Counted { what, pieces: 0 }).collect();
    for value in values {
        counts[bounds.partition_point(|bound| *bound <= value)].pieces += 1;
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_counted_and_numbers_binned() {
        let words = ["b", "a", "b", "c"].map(str::to_owned);
        let shown: Vec<String> =
            counted(words.into_iter()).iter().map(|c| format!("{} {}", c.what, c.pieces)).collect();
        assert_eq!(shown, ["b 2", "a 1", "c 1"]);
        let shown: Vec<String> = binned(&[1.0, 2.0], [0.5, 1.0, 1.5, 9.0].into_iter())
            .iter()
            .map(|c| format!("{} {}", c.what, c.pieces))
            .collect();
        assert_eq!(shown, ["under 1 1", "1–2 2", "2 on 1"]);
    }
}
