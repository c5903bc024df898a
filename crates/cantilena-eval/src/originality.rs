//! The longest run that a piece shares with a corpus, in whatever key.

use std::collections::HashMap;

use cantilena_score::Score;
use serde::Serialize;

use crate::sequence::{Step, steps};

/// Notes in a run that is worth looking at: shorter ones are the common words of a style.
const RUN: usize = 8;

/// A corpus, ready to be searched for runs of notes.
#[derive(Debug, Default)]
pub struct Originality {
    names: Vec<String>,
    /// Each piece as intervals in pitch and time, one fewer than it has notes.
    pieces: Vec<Vec<Interval>>,
    /// Where each run of eight notes begins: piece and interval.
    runs: HashMap<Box<[Interval]>, Vec<(u32, u32)>>,
}

/// From one note to the next: semitones, and 24ths of a quarter.
type Interval = (i16, u32);

/// What a piece shares with a corpus.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Shared {
    /// Notes in the longest run that stands in the corpus, in whatever key; 0 if shorter than 8.
    pub longest_run: usize,
    /// The piece in which it stands; the first of several.
    pub found_in: Option<String>,
    /// The share of notes that lie in shared runs of eight or more, 0 to 1.
    pub share_in_runs_of_8: f64,
}

impl Originality {
    /// Reads a corpus of named scores.
    pub fn new<'a>(scores: impl IntoIterator<Item = (&'a str, &'a Score)>) -> Originality {
        let mut originality = Originality::default();
        for (name, score) in scores {
            let intervals = intervals(&steps(score));
            let piece = originality.pieces.len() as u32;
            for (at, run) in intervals.windows(RUN - 1).enumerate() {
                originality.runs.entry(run.into()).or_default().push((piece, at as u32));
            }
            originality.names.push(name.to_owned());
            originality.pieces.push(intervals);
        }
        originality
    }

    /// What a piece shares with the corpus.
    pub fn shared(&self, score: &Score) -> Shared {
        let line = steps(score);
        let intervals = intervals(&line);
        let mut copied = vec![false; line.len()];
        let (mut longest, mut found_in) = (0, None);
        for (at, run) in intervals.windows(RUN - 1).enumerate() {
            for &(piece, place) in self.runs.get(run).into_iter().flatten() {
                let (there, place) = (&self.pieces[piece as usize], place as usize);
                // A run that goes on from the left was measured there.
                if at > 0 && place > 0 && intervals[at - 1] == there[place - 1] {
                    continue;
                }
                let same = intervals[at..].iter().zip(&there[place..]);
                let length = 1 + same.take_while(|(ours, theirs)| ours == theirs).count();
                copied[at..at + length].fill(true);
                if length > longest {
                    (longest, found_in) = (length, Some(self.names[piece as usize].clone()));
                }
            }
        }
        let share = copied.iter().filter(|&&copied| copied).count() as f64;
        let share_in_runs_of_8 = share / line.len().max(1) as f64;
        Shared { longest_run: longest, found_in, share_in_runs_of_8 }
    }
}

fn intervals(line: &[Step]) -> Vec<Interval> {
    let pairs = line.windows(2);
    pairs.map(|pair| (i16::from(pair[1].pitch) - i16::from(pair[0].pitch), pair[1].shift)).collect()
}
