//! The notes of a track laid out as voices, for spelling.

use std::collections::BTreeMap;

use super::dynamics::Mark;
use super::spell::Bar;
use super::stroke::pitch_name;
use super::value;
use crate::note::{Note, Pitch, Velocity};
use crate::time::Ticks;
use crate::track::Track;

/// A track as so many lanes as sound at once: voices that keep their place from bar to bar, so
/// that their ties find them.
pub(super) struct Lanes {
    /// In each, chords that do not overlap, by onset. At least one lane.
    lanes: Vec<Vec<Chord>>,
    /// The most frequent velocity, the lowest of equals.
    velocity: Velocity,
}

/// Notes that begin and end together and are struck alike.
struct Chord {
    onset: Ticks,
    duration: Ticks,
    velocity: Velocity,
    /// Rising.
    pitches: Vec<Pitch>,
}

impl Lanes {
    /// Lays out the notes of a track, which are in their order.
    pub(super) fn new(track: &Track) -> Lanes {
        let mut lanes: Vec<Vec<Chord>> = vec![Vec::new()];
        for simultaneous in track.notes.chunk_by(|a, b| a.onset == b.onset) {
            for chord in chords(simultaneous) {
                let end = |lane: &Vec<Chord>| {
                    lane.last().map_or(Ticks::ZERO, |last| last.onset + last.duration)
                };
                match lanes.iter_mut().find(|lane| end(lane) <= chord.onset) {
                    Some(lane) => lane.push(chord),
                    None => lanes.push(vec![chord]),
                }
            }
        }
        let mut counts: BTreeMap<Velocity, usize> = BTreeMap::new();
        for note in &track.notes {
            *counts.entry(note.velocity).or_default() += 1;
        }
        let velocity = counts.into_iter().rev().max_by_key(|&(_, count)| count);
        Lanes { lanes, velocity: velocity.map_or(Velocity::DEFAULT, |(velocity, _)| velocity) }
    }

    /// Whether the track begins with a mark of loudness.
    pub(super) fn has_mark(&self) -> bool {
        self.velocity != Velocity::DEFAULT
    }

    /// A line of music. `is_marked` says that the first track has a mark, which this one would
    /// take for its own if it had none.
    pub(super) fn spell(&self, system: &[Bar], is_marked: bool) -> String {
        let mut words = Vec::new();
        if system[0].onset == Ticks::ZERO && (is_marked || self.has_mark()) {
            words.push(Mark::Level(self.velocity.value().into()).to_string());
        }
        let mut last = "4";
        for bar in system {
            let sounds = |lane: &Vec<Chord>| {
                lane.iter().any(|chord| {
                    chord.onset < bar.onset + bar.length && bar.onset < chord.onset + chord.duration
                })
            };
            let lanes = self.lanes.iter().rposition(sounds).map_or(1, |last| last + 1);
            for (index, lane) in self.lanes[..lanes].iter().enumerate() {
                if index > 0 {
                    words.push("&".to_owned());
                }
                self.bar(lane, *bar, &mut last, &mut words);
            }
            words.push("|".to_owned());
        }
        words.join(" ")
    }

    /// One bar of one lane; `last` is the value last written.
    fn bar(&self, lane: &[Chord], bar: Bar, last: &mut &str, words: &mut Vec<String>) {
        let (mut at, end) = (bar.onset, bar.onset + bar.length);
        let mut write = |name: &str, mark: &str, duration: Ticks, is_tied: bool| {
            let values = value::sum(duration);
            for (place, &value) in values.iter().enumerate() {
                let slash = if value == *last { String::new() } else { format!("/{value}") };
                let mark = if place == 0 { mark } else { "" };
                let tie =
                    if is_tied || (name != "r" && place + 1 < values.len()) { "~" } else { "" };
                words.push(format!("{name}{slash}{mark}{tie}"));
                *last = value;
            }
        };
        let from = lane.partition_point(|chord| chord.onset + chord.duration <= bar.onset);
        for chord in lane[from..].iter().take_while(|chord| chord.onset < end) {
            write("r", "", chord.onset - at, false);
            let begin = chord.onset.max(at);
            let release = chord.onset + chord.duration;
            let mark = if chord.velocity == self.velocity || begin > chord.onset {
                String::new()
            } else {
                format!("@{}", chord.velocity.value())
            };
            write(&chord.name(), &mark, release.min(end) - begin, release > end);
            at = release.min(end);
        }
        write("r", "", end - at, false);
    }
}

impl Chord {
    fn name(&self) -> String {
        let names: Vec<String> = self.pitches.iter().copied().map(pitch_name).collect();
        names.join("+")
    }
}

/// Notes of one onset, gathered into chords of one duration and velocity, no pitch twice.
fn chords(simultaneous: &[Note]) -> Vec<Chord> {
    let mut chords: Vec<Chord> = Vec::new();
    for &Note { onset, pitch, duration, velocity } in simultaneous {
        let alike = chords.iter_mut().find(|chord| {
            chord.duration == duration
                && chord.velocity == velocity
                && !chord.pitches.contains(&pitch)
        });
        match alike {
            Some(chord) => chord.pitches.push(pitch),
            None => chords.push(Chord { onset, duration, velocity, pitches: vec![pitch] }),
        }
    }
    chords
}
