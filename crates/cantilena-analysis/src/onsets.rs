//! When something begins, in clock time.

use cantilena_score::{Score, Seconds, Ticks};

/// A moment at which notes begin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Onset {
    /// When.
    pub time: Seconds,
    /// How strong it is: the notes that begin, each between 0 and 1 by its velocity.
    pub weight: f64,
}

/// Notes that begin within so many seconds of the first are one onset: a chord on a keyboard is
/// struck within about 30 ms (W. Goebl, "Melody lead in piano performance", 2001).
const TOGETHER: f64 = 0.03;

/// All onsets of a score in order.
pub fn onsets(score: &Score) -> Vec<Onset> {
    let mut struck: Vec<(Ticks, f64)> = score
        .tracks
        .iter()
        .flat_map(|track| &track.notes)
        .map(|note| (note.onset, f64::from(note.velocity.value()) / 127.0))
        .collect();
    struck.sort_by_key(|(onset, _)| *onset);
    let mut clock = Clock::new(score);
    let mut onsets: Vec<Onset> = Vec::new();
    for (tick, weight) in struck {
        let time = clock.seconds_at(tick);
        match onsets.last_mut() {
            Some(last) if time - last.time.0 <= TOGETHER => last.weight += weight,
            _ => onsets.push(Onset { time: Seconds(time), weight }),
        }
    }
    onsets
}

/// A tempo map that is asked for rising ticks: one pass over files with thousands of tempi.
struct Clock<'a> {
    score: &'a Score,
    /// The change that holds, and the seconds at which it begins.
    change: usize,
    begun: f64,
}

impl<'a> Clock<'a> {
    fn new(score: &'a Score) -> Clock<'a> {
        Clock { score, change: 0, begun: 0.0 }
    }

    fn seconds_at(&mut self, tick: Ticks) -> f64 {
        let changes = self.score.tempo.changes();
        let quarter = f64::from(self.score.ticks_per_quarter().get()) * 1e6;
        let lasts = |from: usize, to: Ticks| {
            let change = changes[from];
            let ticks = f64::from(to.since(change.onset).0);
            ticks * f64::from(change.micros_per_quarter.get()) / quarter
        };
        while changes.get(self.change + 1).is_some_and(|next| next.onset <= tick) {
            self.begun += lasts(self.change, changes[self.change + 1].onset);
            self.change += 1;
        }
        self.begun + lasts(self.change, tick)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn onsets_stand_where_the_tempo_map_has_them() {
        let mut score: Score = "c4/4 d4 e4 f4 | g4 a4 b4 c5 |".parse().unwrap();
        let quarter = u32::from(score.ticks_per_quarter().get());
        score.tempo.insert_bpm(Ticks(quarter * 3), 60.0);
        score.tempo.insert_bpm(Ticks(quarter * 5), 200.0);
        let expected: Vec<f64> =
            score.tracks[0].notes.iter().map(|note| score.tempo.seconds_at(note.onset).0).collect();
        let found = onsets(&score);
        assert_eq!(found.len(), expected.len());
        for (onset, expected) in found.iter().zip(expected) {
            assert!((onset.time.0 - expected).abs() < 1e-9, "{onset:?} is not at {expected}");
        }
    }
}
