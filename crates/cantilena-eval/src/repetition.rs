//! How much a piece repeats itself, and whether it is caught in a loop.

use std::collections::HashSet;

use cantilena_score::Score;
use serde::Serialize;

use crate::sequence::{Interval, Step, intervals, steps};

/// Notes in a figure.
const FIGURE: usize = 8;

/// How often a figure must come in a row to be a loop: twice is a repeat, as music has them.
const LOOP_TIMES: usize = 3;

/// The longest figure looked for as a loop, in notes: a dozen bars of a busy piece.
const PERIOD_MAX: usize = 256;

/// How much a piece repeats itself. Measured on all notes but drums as one line, by onset and
/// pitch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Repetition {
    /// The share of runs of eight notes that were heard before in the piece, in whatever key,
    /// with the same intervals in pitch and time, 0 to 1.
    pub repeat_8: f64,
    /// Notes in the longest stretch in which one figure, at the same pitch, comes three times or
    /// more in a row.
    pub longest_loop: usize,
    /// Notes in the figure of that stretch; 0 without one.
    pub loop_figure: usize,
    /// How often the whole figure comes there; 0 without one.
    pub loop_times: usize,
}

impl Repetition {
    /// Measures a piece.
    pub fn of(score: &Score) -> Repetition {
        let line = steps(score);
        let (longest_loop, loop_figure) = longest_loop(&line);
        let loop_times = longest_loop.checked_div(loop_figure).unwrap_or(0);
        Repetition { repeat_8: repeated(&intervals(&line)), longest_loop, loop_figure, loop_times }
    }
}

fn repeated(intervals: &[Interval]) -> f64 {
    let mut heard: HashSet<&[Interval]> = HashSet::new();
    let figures = intervals.windows(FIGURE - 1);
    let count = figures.len();
    let again = figures.filter(|figure| !heard.insert(figure)).count();
    again as f64 / count.max(1) as f64
}

/// The notes of the longest loop, and of its figure.
fn longest_loop(line: &[Step]) -> (usize, usize) {
    let mut longest = (0, 0);
    for period in 1..=PERIOD_MAX.min(line.len() / LOOP_TIMES) {
        let mut same = 0;
        for at in period..line.len() {
            // Shifts are compared from the second note on: the first is reached from elsewhere.
            let is_same = line[at] == line[at - period]
                || (same == 0 && line[at].pitch == line[at - period].pitch);
            same = if is_same { same + 1 } else { 0 };
            let stretch = same + period;
            if same >= (LOOP_TIMES - 1) * period && stretch > longest.0 {
                longest = (stretch, period);
            }
        }
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(pitches: &[u8]) -> Vec<Step> {
        pitches.iter().map(|&pitch| Step { pitch, shift: 24 }).collect()
    }

    #[test]
    fn a_figure_of_four_notes_eight_times_is_a_loop_of_thirty_two() {
        let score: Score = "c4/8 d4 e4 f4 c4 d4 e4 f4 | c4 d4 e4 f4 c4 d4 e4 f4 |\n\
                            c4/8 d4 e4 f4 c4 d4 e4 f4 | c4 d4 e4 f4 c4 d4 e4 f4 | g5/1 |"
            .parse()
            .unwrap();
        let found = Repetition::of(&score);
        assert_eq!((found.longest_loop, found.loop_figure, found.loop_times), (32, 4, 8));
        // 26 runs of eight: four are new, and so is the one that leaves for the last note.
        assert_eq!(found.repeat_8, 21.0 / 26.0);
    }

    #[test]
    fn a_loop_may_be_left_within_its_figure() {
        let mut pitches = vec![72, 71];
        pitches.extend([60, 62, 64].repeat(4));
        pitches.extend([60, 55]);
        assert_eq!(longest_loop(&line(&pitches)), (13, 3));
    }

    #[test]
    fn a_repeat_is_no_loop_and_a_melody_is_neither() {
        let figure = [60, 64, 62, 65, 67, 60, 59, 72, 71, 65];
        assert_eq!(longest_loop(&line(&figure.repeat(2))), (0, 0));
        assert_eq!(repeated(&intervals(&line(&figure))), 0.0);
    }

    #[test]
    fn one_note_over_and_over_is_the_shortest_loop() {
        assert_eq!(longest_loop(&line(&[60; 9])), (9, 1));
        assert_eq!(repeated(&intervals(&line(&[60; 9]))), 0.5);
    }

    #[test]
    fn a_figure_is_heard_again_in_another_key_and_not_in_another_rhythm() {
        let figure = [60, 64, 62, 65, 67, 60, 59, 72];
        let higher = figure.map(|pitch| pitch + 5);
        let twice = line(&[figure, higher].concat());
        assert_eq!(repeated(&intervals(&twice)), 1.0 / 9.0);
        let mut otherwise = twice;
        otherwise[12].shift = 12;
        assert_eq!(repeated(&intervals(&otherwise)), 0.0);
    }

    #[test]
    fn music_of_fewer_than_eight_notes_repeats_nothing() {
        let score: Score = "c4/4 c4 c4 c4 |".parse().unwrap();
        let found = Repetition::of(&score);
        assert_eq!((found.repeat_8, found.longest_loop), (0.0, 4));
        assert_eq!(Repetition::of(&"r/1 |".parse().unwrap()), Repetition::default());
    }
}
