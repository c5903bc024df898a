//! Whether what was heard comes back, bars later.

use cantilena_score::Score;
use serde::Serialize;

use crate::grid::{GridBars, Place};

/// How much of a piece comes back, as shares of the bars that have notes, 0 to 1.
///
/// Two bars are the same when at least seven in ten of the notes in either stand in both, at the
/// same place (to a twelfth of a quarter) and pitch; drums are left out. In the spirit of the
/// structureness indicators of Wu and Yang, "The Jazz Transformer on the Front Line", 2020, which
/// look for repetition in the sound over short, middle and long spans.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Structure {
    /// Bars that are the same as an earlier one.
    pub bars_heard_before: f64,
    /// Bars in sections of four or more that come back after four bars or more.
    pub in_sections_of_4: f64,
    /// Bars in sections of eight or more that come back after eight bars or more.
    pub in_sections_of_8: f64,
}

/// How much of two bars must be in common: all but a changed note in a bar of eight.
const SAME: f64 = 0.7;

/// Bars looked at: every pair is compared, and an hour of music has fewer.
const BARS_MAX: u32 = 2048;

impl Structure {
    /// Measures a piece, its first 2,048 bars.
    pub fn of(score: &Score) -> Structure {
        let grid = GridBars::of(score);
        let mut onsets = grid.onsets(false);
        let bars = (0..grid.count().min(BARS_MAX)).map(|bar| onsets.remove(&bar));
        let bars: Vec<Vec<Place>> = bars.map(Option::unwrap_or_default).collect();
        let sounding = bars.iter().filter(|bar| !bar.is_empty()).count().max(1) as f64;
        let [heard, in_4, in_8] = coming_back(&bars, [1, 4, 8]).map(|bars| bars as f64);
        Structure {
            bars_heard_before: heard / sounding,
            in_sections_of_4: in_4 / sounding,
            in_sections_of_8: in_8 / sounding,
        }
    }
}

/// Of each length: how many bars lie in sections of at least so many bars that were heard before,
/// at least so many bars ago.
fn coming_back<const N: usize>(bars: &[Vec<Place>], lengths: [usize; N]) -> [usize; N] {
    let mut is_back = lengths.map(|_| vec![false; bars.len()]);
    for lag in 1..bars.len() {
        let mut run = 0;
        for bar in lag..bars.len() {
            run = if is_same(&bars[bar], &bars[bar - lag]) { run + 1 } else { 0 };
            for (is_back, length) in is_back.iter_mut().zip(lengths) {
                if lag >= length && run >= length {
                    // The first bars of a section are known to be in one when it is long enough.
                    let known = if run == length { bar + 1 - length } else { bar };
                    is_back[known..=bar].fill(true);
                }
            }
        }
    }
    is_back.map(|is_back| is_back.into_iter().filter(|&is_back| is_back).count())
}

fn is_same(one: &[Place], other: &[Place]) -> bool {
    let (fewer, more) = (one.len().min(other.len()), one.len().max(other.len()));
    // Most pairs are told apart by their size, or are both empty.
    if fewer == 0 || (fewer as f64) < SAME * more as f64 {
        return false;
    }
    let common = one.iter().filter(|note| other.binary_search(note).is_ok()).count();
    common as f64 >= SAME * (fewer + more - common) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(music: &str) -> Structure {
        Structure::of(&music.parse().unwrap())
    }

    const A: &str = "c4/4 d4 e4 f4 | g4/2 e4 | a4/8 g4 f4 e4 d4/2 | c4/1 |\n";
    const B: &str = "e5/4 r d5 r | c5/2. b4/4 | a4/2 f4 | g4/1 |\n";

    #[test]
    fn a_song_that_comes_back_has_a_section() {
        let song = measured(&format!("{A}{B}{A}"));
        assert_eq!(song.bars_heard_before, 4.0 / 12.0);
        assert_eq!(song.in_sections_of_4, 4.0 / 12.0);
        assert_eq!(song.in_sections_of_8, 0.0);
        let twice = measured(&format!("{A}{B}{A}{B}"));
        assert_eq!(twice.in_sections_of_8, 0.5);
    }

    #[test]
    fn what_never_comes_back_has_none() {
        assert_eq!(measured(&format!("{A}{B}")), Structure::default());
        assert_eq!(measured("r/1 | r/1 |"), Structure::default());
    }

    #[test]
    fn a_bar_with_one_note_of_eight_changed_is_the_same_and_with_two_is_not() {
        let bar = "c4/8 d4 e4 f4 g4 a4 b4 c5 |\n";
        let one_changed = "c4/8 d4 e4 f4 g4 a4 b4 g5 |\n";
        let two_changed = "c4/8 d4 e4 f4 g4 a4 a5 g5 |\n";
        assert_eq!(measured(&format!("{bar}{one_changed}")).bars_heard_before, 0.5);
        assert_eq!(measured(&format!("{bar}{two_changed}")).bars_heard_before, 0.0);
    }
}
