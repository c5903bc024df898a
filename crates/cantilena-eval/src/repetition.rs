//! How much a piece repeats itself, and whether it is caught in a loop.

use std::collections::HashSet;

use cantilena_score::Score;
use serde::Serialize;

use crate::sequence::{Step, steps};

/// Notes in a figure.
const FIGURE: usize = 8;

/// How often a figure must come in a row to be a loop: twice is a repeat, as music has them.
const LOOP_TIMES: usize = 3;

/// The longest figure looked for as a loop, in notes: a dozen bars of a busy piece.
const PERIOD_MAX: usize = 256;

/// How much a piece repeats itself.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Repetition {
    /// The share of runs of eight notes (pitch and rhythm) that were heard before in the piece,
    /// 0 to 1.
    pub repeat_8: f64,
    /// Notes in the longest stretch in which one figure comes three times or more in a row.
    pub longest_loop: usize,
    /// Notes in the figure of that stretch; 0 without one.
    pub loop_figure: usize,
}

impl Repetition {
    /// Measures a piece: all notes but drums as one line, by onset and pitch.
    pub fn of(score: &Score) -> Repetition {
        let line = steps(score);
        let (longest_loop, loop_figure) = longest_loop(&line);
        Repetition { repeat_8: repeated(&line), longest_loop, loop_figure }
    }
}

fn repeated(line: &[Step]) -> f64 {
    let mut heard = HashSet::new();
    let again = line.windows(FIGURE).filter(|figure| {
        // How the first note was reached is no part of the figure.
        let first = figure[0].pitch;
        let rest: Vec<Step> = figure[1..].to_vec();
        !heard.insert((first, rest))
    });
    let again = again.count();
    again as f64 / (line.len() + 1).saturating_sub(FIGURE).max(1) as f64
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
        assert_eq!(longest_loop(&line(&[60, 62, 64, 65].repeat(8))), (32, 4));
    }

    #[test]
    fn a_repeat_is_no_loop_and_a_scale_is_neither() {
        let figure: Vec<u8> = (60..70).collect();
        assert_eq!(longest_loop(&line(&figure.repeat(2))), (0, 0));
        assert_eq!(repeated(&line(&figure)), 0.0);
    }

    #[test]
    fn one_note_over_and_over_is_the_shortest_loop() {
        assert_eq!(longest_loop(&line(&[60; 9])), (9, 1));
        assert_eq!(repeated(&line(&[60; 9])), 0.5);
    }

    #[test]
    fn half_of_a_figure_heard_twice_was_heard_before() {
        let twice = line(&(50..66).collect::<Vec<u8>>().repeat(2));
        // 25 runs of eight; the last nine were heard before.
        assert_eq!(repeated(&twice), 9.0 / 25.0);
    }
}
