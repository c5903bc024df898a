//! What a body of music is made of.

use std::collections::BTreeMap;

use cantilena_plot::Dynamic;
use cantilena_score::{Pitch, Score};
use serde::de::Error;
use serde::{Deserialize, Deserializer, Serialize};

use crate::histogram::Histogram;

/// Lengths of time by the note values musicians know, in quarters: `t` is of a triplet, `.` is
/// dotted, and the last has all that is longer.
const NOTE_VALUES: [(&str, f64); 13] = [
    ("1/32", 0.125),
    ("1/16t", 1.0 / 6.0),
    ("1/16", 0.25),
    ("1/8t", 1.0 / 3.0),
    ("1/16.", 0.375),
    ("1/8", 0.5),
    ("1/4t", 2.0 / 3.0),
    ("1/8.", 0.75),
    ("1/4", 1.0),
    ("1/4.", 1.5),
    ("1/2", 2.0),
    ("1/2.", 3.0),
    ("1/1+", 4.0),
];

/// The widest interval told apart, in semitones; wider ones share the outermost bins.
const INTERVAL_MAX: i32 = 24;

/// Notes at once that are told apart; more share the last bin.
const POLYPHONY_MAX: usize = 8;

/// Histograms over all notes of a body of music.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Distributions {
    /// MIDI note numbers; drums left out.
    pub pitch: Histogram,
    /// Pitch classes; drums left out.
    pub pitch_class: Histogram,
    /// Semitones from one note of a track to the next, chords from their lowest note up; drums
    /// left out.
    pub interval: Histogram,
    /// From each onset of the piece to the next, by note value.
    pub onset_interval: Histogram,
    /// Durations, by note value; drums left out, for theirs mean nothing.
    pub duration: Histogram,
    /// Velocities, by dynamic.
    pub velocity: Histogram,
    /// Notes sounding at every onset; drums left out.
    pub polyphony: Histogram,
}

/// How near one histogram comes to another.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The area in common, 0 to 1; see [`Histogram::overlap`].
    pub overlap: f64,
    /// Kullback–Leibler divergence from the reference, in nats; see [`Histogram::divergence`].
    pub divergence: f64,
    /// Jensen–Shannon divergence, 0 to ln 2 nats; see [`Histogram::jensen_shannon`].
    pub jensen_shannon: f64,
}

impl Default for Distributions {
    /// Nothing counted yet.
    fn default() -> Distributions {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let values = || names(&NOTE_VALUES.map(|(name, _)| name));
        let pitches = (0..128).flat_map(Pitch::new).map(|pitch| pitch.to_string()).collect();
        let classes = (0..12).map(|class| Pitch::class_name(class).to_owned()).collect();
        let intervals = (-INTERVAL_MAX..=INTERVAL_MAX).map(|interval| match interval {
            0 => "0".to_owned(),
            _ => format!("{interval:+}"),
        });
        let voices = (1..=POLYPHONY_MAX).map(|voices| match voices {
            POLYPHONY_MAX => format!("{voices}+"),
            _ => voices.to_string(),
        });
        Distributions {
            pitch: Histogram::new("pitch", pitches),
            pitch_class: Histogram::new("pitch_class", classes),
            interval: Histogram::new("interval", intervals.collect()),
            onset_interval: Histogram::new("onset_interval", values()),
            duration: Histogram::new("duration", values()),
            velocity: Histogram::new("velocity", names(&Dynamic::ALL.map(Dynamic::name))),
            polyphony: Histogram::new("polyphony", voices.collect()),
        }
    }
}

impl Distributions {
    /// Counts all notes of all scores.
    pub fn of<'a>(scores: impl IntoIterator<Item = &'a Score>) -> Distributions {
        let mut distributions = Distributions::default();
        scores.into_iter().for_each(|score| distributions.count(score));
        distributions
    }

    /// Counts all notes of one more score.
    pub fn count(&mut self, score: &Score) {
        let quarter = f64::from(score.ticks_per_quarter().get());
        for note in score.tracks.iter().flat_map(|track| &track.notes) {
            self.velocity.counts[Dynamic::of(note.velocity) as usize] += 1;
        }
        let mut spans: Vec<(u32, u32)> = Vec::new();
        for track in score.tracks.iter().filter(|track| !track.is_drums) {
            for note in &track.notes {
                self.pitch.counts[usize::from(note.pitch.number())] += 1;
                self.pitch_class.counts[usize::from(note.pitch.class())] += 1;
                self.duration.counts[note_value(f64::from(note.duration.0) / quarter)] += 1;
            }
            for pair in track.notes.windows(2) {
                let interval =
                    i32::from(pair[1].pitch.number()) - i32::from(pair[0].pitch.number());
                let bin = interval.clamp(-INTERVAL_MAX, INTERVAL_MAX) + INTERVAL_MAX;
                self.interval.counts[bin as usize] += 1;
            }
            spans.extend(track.notes.iter().map(|note| (note.onset.0, note.release().0)));
        }
        self.count_polyphony(spans);
        let notes = score.tracks.iter().flat_map(|track| &track.notes);
        let mut onsets: Vec<u32> = notes.map(|note| note.onset.0).collect();
        onsets.sort_unstable();
        onsets.dedup();
        for pair in onsets.windows(2) {
            let quarters = f64::from(pair[1] - pair[0]) / quarter;
            self.onset_interval.counts[note_value(quarters)] += 1;
        }
    }

    /// Counts, at every onset, the notes (onset and release) that sound there.
    fn count_polyphony(&mut self, mut spans: Vec<(u32, u32)>) {
        spans.sort_unstable();
        let mut releases: Vec<u32> = spans.iter().map(|span| span.1).collect();
        releases.sort_unstable();
        for chord in spans.chunk_by(|one, other| one.0 == other.0) {
            let onset = chord[0].0;
            let begun = spans.partition_point(|span| span.0 <= onset);
            let ended = releases.partition_point(|release| *release <= onset);
            // A note without length counts where it is struck.
            let sounding = begun.saturating_sub(ended).max(1);
            self.polyphony.counts[sounding.min(POLYPHONY_MAX) - 1] += 1;
        }
    }

    /// Adds what others counted, as if their scores had been counted here.
    pub fn merge(&mut self, others: &Distributions) {
        let ours = self.histograms_mut().into_iter();
        ours.zip(others.histograms()).for_each(|(ours, theirs)| ours.merge(theirs));
    }

    /// As [`Distributions::histograms`], to be changed.
    fn histograms_mut(&mut self) -> [&mut Histogram; 7] {
        [
            &mut self.pitch,
            &mut self.onset_interval,
            &mut self.duration,
            &mut self.velocity,
            &mut self.interval,
            &mut self.pitch_class,
            &mut self.polyphony,
        ]
    }

    /// The histograms, in the order in which they are shown.
    pub fn histograms(&self) -> [&Histogram; 7] {
        [
            &self.pitch,
            &self.onset_interval,
            &self.duration,
            &self.velocity,
            &self.interval,
            &self.pitch_class,
            &self.polyphony,
        ]
    }

    /// How near each histogram comes to a reference, by name.
    pub fn compared_to(&self, reference: &Distributions) -> BTreeMap<&'static str, Comparison> {
        let pairs = self.histograms().into_iter().zip(reference.histograms());
        pairs
            .map(|(ours, theirs)| {
                let overlap = ours.overlap(theirs);
                let divergence = ours.divergence(theirs);
                let jensen_shannon = ours.jensen_shannon(theirs);
                (ours.name, Comparison { overlap, divergence, jensen_shannon })
            })
            .collect()
    }
}

/// A histogram as it was written down, of whichever build.
#[derive(Deserialize)]
struct Kept {
    labels: Vec<String>,
    counts: Vec<u64>,
}

impl<'de> Deserialize<'de> for Distributions {
    /// Takes back what was written down, if its bins are those of this build.
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Distributions, D::Error> {
        let mut kept = BTreeMap::<String, Kept>::deserialize(from)?;
        let mut read = Distributions::default();
        for histogram in read.histograms_mut() {
            let name = histogram.name;
            let Some(Kept { labels, counts }) = kept.remove(name) else {
                return Err(D::Error::custom(format!("no histogram is called {name}")));
            };
            if labels != histogram.labels || counts.len() != labels.len() {
                let why = format!("the histogram {name} has other bins than this build's");
                return Err(D::Error::custom(why));
            }
            histogram.counts = counts;
        }
        Ok(read)
    }
}

/// The note value nearest in proportion to a length in quarters.
fn note_value(quarters: f64) -> usize {
    let length = quarters.max(1e-6).ln();
    let distance = |&index: &usize| (NOTE_VALUES[index].1.ln() - length).abs();
    (0..NOTE_VALUES.len()).min_by(|a, b| distance(a).total_cmp(&distance(b))).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_down_is_read_again_if_its_bins_are_ours() {
        let score: Score = "c4/2 e4/4 g4/4 | c5/1 |".parse().unwrap();
        let counted = Distributions::of([&score]);
        let json = serde_json::to_string(&counted).unwrap();
        assert_eq!(serde_json::from_str::<Distributions>(&json).unwrap(), counted);
        let cut = json.replacen("\"C-1\",", "", 1);
        assert_ne!(cut, json);
        for other in ["{}", "[]", &cut, &json.replacen("polyphony", "voices", 1)] {
            assert!(serde_json::from_str::<Distributions>(other).is_err(), "{other}");
        }
    }

    /// The bins of a histogram that have counts, with them.
    fn counted(histogram: &Histogram) -> Vec<(&str, u64)> {
        let bins =
            histogram.labels.iter().map(String::as_str).zip(histogram.counts.iter().copied());
        bins.filter(|bin| bin.1 > 0).collect()
    }

    fn two_hands() -> Score {
        "tracks: right 0, left 0, kit drums\n\n\
         right: pp c4/4 e4/8 g4/8 c5/2 |\n\
         left:  ff c3+g3/2 r/2 |\n\
         kit:   mf c2/4 c2/4 c2/4 c2/4 |\n"
            .parse()
            .unwrap()
    }

    #[test]
    fn everything_is_counted_as_by_hand() {
        let counts = Distributions::of([&two_hands()]);
        let pitches = [("C3", 1), ("G3", 1), ("C4", 1), ("E4", 1), ("G4", 1), ("C5", 1)];
        assert_eq!(counted(&counts.pitch), pitches);
        assert_eq!(counted(&counts.pitch_class), [("C", 3), ("E", 1), ("G", 2)]);
        assert_eq!(counted(&counts.interval), [("+3", 1), ("+4", 1), ("+5", 1), ("+7", 1)]);
        assert_eq!(counted(&counts.duration), [("1/8", 2), ("1/4", 1), ("1/2", 3)]);
        assert_eq!(counted(&counts.velocity), [("pp", 4), ("mf", 4), ("ff", 2)]);
        // Onsets at 0, 1, 1½, 2 and, of the drums alone, 3 quarters.
        assert_eq!(counted(&counts.onset_interval), [("1/8", 2), ("1/4", 2)]);
        assert_eq!(counted(&counts.polyphony), [("1", 1), ("3", 3)]);
    }

    #[test]
    fn counting_in_parts_and_merging_is_counting_at_once() {
        let (one, other) = (two_hands(), "d4/1 | e4+f4 |".parse().unwrap());
        let mut merged = Distributions::of([&one]);
        merged.merge(&Distributions::of([&other]));
        assert_eq!(merged, Distributions::of([&one, &other]));
        assert_eq!(merged.pitch.total(), 9);
    }

    #[test]
    fn lengths_go_to_the_note_value_nearest_in_proportion() {
        let name = |quarters| NOTE_VALUES[note_value(quarters)].0;
        assert_eq!(name(1.0), "1/4");
        assert_eq!(name(0.95), "1/4");
        assert_eq!(name(0.34), "1/8t");
        assert_eq!(name(100.0), "1/1+");
        assert_eq!(name(0.0), "1/32");
    }
}
