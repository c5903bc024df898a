//! How many notes sound, and how many begin.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use cantilena_score::{Score, Ticks};

/// How thick a piece is, drums aside.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Texture {
    /// Notes sounding at once in the mean, over the time in which any sounds; 0 without notes.
    pub polyphony: f64,
    /// The most notes that sound at once.
    pub polyphony_max: u32,
    /// Notes that begin in a quarter, from the first onset to the last release.
    pub notes_per_quarter: f64,
    /// Notes that begin in a second.
    pub notes_per_second: f64,
    /// How many different pitches there are.
    pub pitches: u32,
}

impl Texture {
    /// Measures a score; one of drums alone is measured as its drums.
    pub fn of(score: &Score) -> Texture {
        let has_pitches =
            score.tracks.iter().any(|track| !track.is_drums && !track.notes.is_empty());
        let tracks = score.tracks.iter().filter(|track| !(has_pitches && track.is_drums));
        let mut notes: Vec<(Ticks, Ticks)> = Vec::with_capacity(score.note_count());
        let mut used = [false; 128];
        for note in tracks.flat_map(|track| &track.notes) {
            used[usize::from(note.pitch.number())] = true;
            notes.push((note.onset, note.release()));
        }
        // Tracks are in order already, so this merges them in linear time.
        notes.sort();
        let (mut sounding, mut most) = (BinaryHeap::new(), 0);
        let (mut time, mut sum, mut until) = (0_u64, 0_u64, Ticks::ZERO);
        for (onset, release) in &notes {
            // A release counts before an onset on the same tick: a line is no chord.
            while sounding.peek().is_some_and(|Reverse(first)| first <= onset) {
                sounding.pop();
            }
            sounding.push(Reverse(*release));
            most = most.max(sounding.len());
            sum += u64::from(release.since(*onset).0);
            time += u64::from(release.since((*onset).max(until)).0);
            until = until.max(*release);
        }
        let (first, last) = (notes.first().map_or(Ticks::ZERO, |note| note.0), until);
        let quarters = f64::from(last.since(first).0) / f64::from(score.ticks_per_quarter().get());
        let seconds = score.tempo.seconds_at(last).0 - score.tempo.seconds_at(first).0;
        let per = |length: f64| if length > 0.0 { notes.len() as f64 / length } else { 0.0 };
        Texture {
            polyphony: if time > 0 { sum as f64 / time as f64 } else { 0.0 },
            polyphony_max: most as u32,
            notes_per_quarter: per(quarters),
            notes_per_second: per(seconds),
            pitches: used.iter().filter(|&&used| used).count() as u32,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_one_note_thick_and_a_triad_three() {
        let line = Texture::of(&"c4/4 d4 e4 f4 |".parse().unwrap());
        assert_eq!((line.polyphony, line.polyphony_max), (1.0, 1));
        assert_eq!((line.notes_per_quarter, line.notes_per_second, line.pitches), (1.0, 2.0, 4));
        let triads = Texture::of(&"c4+e4+g4/2 r/4 c4/4 |".parse().unwrap());
        assert_eq!((triads.polyphony, triads.polyphony_max), (7.0 / 3.0, 3));
        assert_eq!(
            Texture::of(&Score::new(std::num::NonZero::new(1).unwrap())),
            Texture::default()
        );
    }
}
