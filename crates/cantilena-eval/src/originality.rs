//! The longest run that a piece shares with a corpus, in whatever key.

use cantilena_score::Score;
use serde::Serialize;

use crate::runs::Runs;
use crate::sequence::{Interval, intervals, steps};

/// Notes in a run that is worth looking at: shorter ones are the common words of a style.
const RUN: usize = 8;

/// A corpus, ready to be searched for runs of notes.
#[derive(Debug)]
pub struct Originality {
    names: Vec<String>,
    /// Each piece as intervals in pitch and time.
    notes: Runs<Interval>,
    /// Each piece as intervals in pitch alone.
    pitches: Runs<i16>,
}

/// What a piece shares with a corpus.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Shared {
    /// Notes in the longest run that stands in the corpus, in whatever key and with the same
    /// rhythm (to a 24th of a quarter); 0 if shorter than 8.
    pub longest_run: usize,
    /// The piece in which it stands; the first of several.
    pub found_in: Option<String>,
    /// The share of notes that lie in such runs of eight or more, 0 to 1.
    pub share_in_runs_of_8: f64,
    /// The same whatever the rhythm: notes in the longest run of pitches. In performances, whose
    /// rhythm never comes twice, this is the measure to look at.
    pub longest_pitch_run: usize,
    /// The piece in which that stands; the first of several.
    pub pitch_run_found_in: Option<String>,
}

impl Originality {
    /// Reads a corpus of named scores.
    pub fn new<'a>(scores: impl IntoIterator<Item = (&'a str, &'a Score)>) -> Originality {
        let (mut names, mut notes, mut pitches) = (Vec::new(), Vec::new(), Vec::new());
        for (name, score) in scores {
            let intervals = intervals(&steps(score));
            names.push(name.to_owned());
            pitches.push(intervals.iter().map(|interval| interval.pitch).collect());
            notes.push(intervals);
        }
        let (notes, pitches) = (Runs::new(RUN - 1, notes), Runs::new(RUN - 1, pitches));
        Originality { names, notes, pitches }
    }

    /// What a piece shares with the corpus.
    pub fn shared(&self, score: &Score) -> Shared {
        let line = steps(score);
        let intervals = intervals(&line);
        let mut is_copied = vec![false; line.len()];
        let mut shared = Shared::default();
        for run in self.notes.common(&intervals) {
            // One more note than there are intervals between them.
            let notes = run.length + 1;
            is_copied[run.at..run.at + notes].fill(true);
            if notes > shared.longest_run {
                shared.longest_run = notes;
                shared.found_in = Some(self.names[run.sequence].clone());
            }
        }
        let copied = is_copied.iter().filter(|&&is_copied| is_copied).count();
        shared.share_in_runs_of_8 = copied as f64 / line.len().max(1) as f64;
        let pitches: Vec<i16> = intervals.iter().map(|interval| interval.pitch).collect();
        for run in self.pitches.common(&pitches) {
            if run.length + 1 > shared.longest_pitch_run {
                shared.longest_pitch_run = run.length + 1;
                shared.pitch_run_found_in = Some(self.names[run.sequence].clone());
            }
        }
        shared
    }
}
