//! What a body of music is made of.

use std::collections::BTreeMap;

use cantilena_score::{Pitch, Score};
use serde::Serialize;

use crate::histogram::Histogram;

/// Lengths of time by the note values musicians know, in quarters.
const NOTE_VALUES: [(&str, f64); 13] = [
    ("1/32", 0.125),
    ("1/16 triplet", 1.0 / 6.0),
    ("1/16", 0.25),
    ("1/8 triplet", 1.0 / 3.0),
    ("1/16 dotted", 0.375),
    ("1/8", 0.5),
    ("1/4 triplet", 2.0 / 3.0),
    ("1/8 dotted", 0.75),
    ("1/4", 1.0),
    ("1/4 dotted", 1.5),
    ("1/2", 2.0),
    ("1/2 dotted", 3.0),
    ("1/1 and more", 4.0),
];

/// The widest interval told apart, in semitones; wider ones share the outermost bins.
const INTERVAL_MAX: i32 = 24;

/// Notes at once that are told apart; more share the last bin.
const POLYPHONY_MAX: usize = 8;

/// Dynamics as musicians write them, each 16 velocities wide (the usual reading: mf begins at 64).
const DYNAMICS: [&str; 8] = ["ppp", "pp", "p", "mp", "mf", "f", "ff", "fff"];

/// Histograms over all notes of a body of music.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Distributions {
    /// MIDI note numbers; drums left out, here and in the next two.
    pub pitch: Histogram,
    /// Pitch classes.
    pub pitch_class: Histogram,
    /// Semitones from one note of a track to the next.
    pub interval: Histogram,
    /// From each onset of the piece to the next, by note value.
    pub onset_interval: Histogram,
    /// Durations, by note value.
    pub duration: Histogram,
    /// Velocities, by dynamic.
    pub velocity: Histogram,
    /// Notes sounding, at every onset.
    pub polyphony: Histogram,
}

/// How near one histogram comes to another.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Comparison {
    /// The area in common, 0 to 1.
    pub overlap: f64,
    /// Kullback–Leibler divergence from the reference, in nats.
    pub divergence: f64,
}

impl Distributions {
    /// Counts all notes of all scores.
    pub fn of<'a>(scores: impl IntoIterator<Item = &'a Score>) -> Distributions {
        let mut distributions = Distributions::empty();
        scores.into_iter().for_each(|score| distributions.count(score));
        distributions
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
                (ours.name, Comparison { overlap, divergence: ours.divergence(theirs) })
            })
            .collect()
    }

    fn empty() -> Distributions {
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let values = || names(&NOTE_VALUES.map(|(name, _)| name));
        let pitches = (0..128).flat_map(Pitch::new).map(|pitch| pitch.to_string()).collect();
        let intervals = (-INTERVAL_MAX..=INTERVAL_MAX).map(|interval| format!("{interval:+}"));
        let voices = (1..=POLYPHONY_MAX).map(|voices| match voices {
            POLYPHONY_MAX => format!("{voices}+"),
            _ => voices.to_string(),
        });
        Distributions {
            pitch: Histogram::new("pitch", pitches),
            pitch_class: Histogram::new(
                "pitch class",
                (0..12).map(|class| Pitch::class_name(class).to_owned()).collect(),
            ),
            interval: Histogram::new("interval", intervals.collect()),
            onset_interval: Histogram::new("onset interval", values()),
            duration: Histogram::new("duration", values()),
            velocity: Histogram::new("velocity", names(&DYNAMICS)),
            polyphony: Histogram::new("polyphony", voices.collect()),
        }
    }

    fn count(&mut self, score: &Score) {
        let quarter = f64::from(score.ticks_per_quarter().get());
        for track in &score.tracks {
            for note in &track.notes {
                self.duration.counts[note_value(f64::from(note.duration.0) / quarter)] += 1;
                self.velocity.counts[usize::from(note.velocity.value() / 16)] += 1;
            }
            if track.is_drums {
                continue;
            }
            for note in &track.notes {
                self.pitch.counts[usize::from(note.pitch.number())] += 1;
                self.pitch_class.counts[usize::from(note.pitch.class())] += 1;
            }
            for pair in track.notes.windows(2) {
                let interval =
                    i32::from(pair[1].pitch.number()) - i32::from(pair[0].pitch.number());
                let bin = interval.clamp(-INTERVAL_MAX, INTERVAL_MAX) + INTERVAL_MAX;
                self.interval.counts[bin as usize] += 1;
            }
        }
        let notes = score.tracks.iter().flat_map(|track| &track.notes);
        let mut spans: Vec<(u32, u32)> = notes.map(|n| (n.onset.0, n.release().0)).collect();
        spans.sort_unstable();
        let mut sounding: Vec<u32> = Vec::new();
        for (index, chord) in spans.chunk_by(|a, b| a.0 == b.0).enumerate() {
            let onset = chord[0].0;
            sounding.retain(|&release| release > onset);
            sounding.extend(chord.iter().map(|(_, release)| *release));
            self.polyphony.counts[sounding.len().clamp(1, POLYPHONY_MAX) - 1] += 1;
            if index > 0 {
                let before = spans[..spans.partition_point(|span| span.0 < onset)].last();
                let since = onset - before.map_or(0, |span| span.0);
                self.onset_interval.counts[note_value(f64::from(since) / quarter)] += 1;
            }
        }
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
    fn lengths_go_to_the_note_value_nearest_in_proportion() {
        let name = |quarters| NOTE_VALUES[note_value(quarters)].0;
        assert_eq!(name(1.0), "1/4");
        assert_eq!(name(0.95), "1/4");
        assert_eq!(name(0.34), "1/8 triplet");
        assert_eq!(name(100.0), "1/1 and more");
        assert_eq!(name(0.0), "1/32");
    }
}
