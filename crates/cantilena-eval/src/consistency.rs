//! How a piece keeps to a scale, to a groove, and to sounding at all.

use cantilena_score::Score;
use serde::Serialize;

use crate::distributions::Distributions;
use crate::grid::GridBars;

/// How a piece keeps to itself. `None` stands where there is nothing to measure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Consistency {
    /// The share of notes, drums left out, in the major or minor scale that holds most of them,
    /// 0 to 1 (Mogren, "C-RNN-GAN", 2016).
    pub scale: Option<f64>,
    /// One less the mean share of places, a twelfth of a quarter each, at which a note begins in
    /// one of two neighbouring bars and not in the other, 0 to 1 (after Wu and Yang, "The Jazz
    /// Transformer on the Front Line", 2020).
    pub groove: Option<f64>,
    /// The share of bars in which nothing sounds, 0 to 1 (Dong et al., "MuseGAN", 2018).
    pub empty_bars: Option<f64>,
    /// Entropy of the pitch classes, drums left out, 0 to log₂ 12 bits (Wu and Yang 2020).
    pub pitch_class_entropy: Option<f64>,
}

/// Which pitch classes stand in C major; every major and natural minor scale is one of its
/// twelve transpositions.
const MAJOR: [bool; 12] =
    [true, false, true, false, true, true, false, true, false, true, false, true];

impl Consistency {
    /// Measures a piece.
    pub fn of(score: &Score) -> Consistency {
        let classes = Distributions::of([score]).pitch_class;
        let bars = GridBars::of(score);
        let count = bars.count();
        Consistency {
            scale: scale(&classes.counts),
            groove: groove(&bars),
            empty_bars: (count > 0).then(|| 1.0 - f64::from(bars.sounding()) / f64::from(count)),
            pitch_class_entropy: classes.entropy(),
        }
    }
}

fn scale(classes: &[u64]) -> Option<f64> {
    let within = |tonic: usize| -> u64 {
        (0..12).filter(|class| MAJOR[(class + 12 - tonic) % 12]).map(|class| classes[class]).sum()
    };
    let total: u64 = classes.iter().sum();
    let most = (0..12).map(within).max()?;
    (total > 0).then(|| most as f64 / total as f64)
}

fn groove(bars: &GridBars) -> Option<f64> {
    let onsets = bars.onsets(true);
    let places = |bar: u32| -> Vec<u32> {
        let notes = onsets.get(&bar).into_iter().flatten();
        let mut places: Vec<u32> = notes.map(|place| place.0).collect();
        places.dedup();
        places
    };
    let pairs = bars.count().saturating_sub(1);
    let mut differing = 0.0;
    for &bar in onsets.keys() {
        // Pairs of which this is the first; and, where the one before is empty, the second.
        let before = bar.checked_sub(1).filter(|before| !onsets.contains_key(before));
        for first in [Some(bar).filter(|bar| *bar < pairs), before].into_iter().flatten() {
            let length = bars.places(first).max(bars.places(first + 1));
            differing += apart(&places(first), &places(first + 1)) as f64 / f64::from(length);
        }
    }
    (pairs > 0).then(|| 1.0 - differing / f64::from(pairs))
}

/// How many places stand in one of two ordered lists and not in the other.
fn apart(one: &[u32], other: &[u32]) -> usize {
    let common = one.iter().filter(|place| other.binary_search(place).is_ok()).count();
    one.len() + other.len() - 2 * common
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(music: &str) -> Consistency {
        Consistency::of(&music.parse().unwrap())
    }

    #[test]
    fn a_scale_holds_itself_and_loses_its_accidentals() {
        assert_eq!(measured("d4/4 e4 f#4 g4 | a4 b4 c#5 d5 |").scale, Some(1.0));
        assert_eq!(measured("c4/4 d4 e4 f4 | g4 a4 b4 c#5 |").scale, Some(7.0 / 8.0));
        assert_eq!(measured("r/1 |").scale, None);
    }

    #[test]
    fn the_same_rhythm_is_a_perfect_groove() {
        assert_eq!(measured("c4/4 d4/8 e4 f4/2 | a4/4 b4/8 b4 c5/2 |").groove, Some(1.0));
    }

    #[test]
    fn places_that_differ_are_taken_from_the_groove() {
        // Quarters against halves: two of 48 places differ; then halves against an empty bar:
        // two again; then that against quarters: four.
        let groove = measured("c4/4 c4 c4 c4 | c4/2 c4 | r/1 | c4/4 c4 c4 c4 |").groove;
        let expected = 1.0 - (2.0 + 2.0 + 4.0) / 48.0 / 3.0;
        assert!((groove.unwrap() - expected).abs() < 1e-12, "{groove:?}");
        assert_eq!(measured("c4/1 |").groove, None);
    }

    #[test]
    fn a_bar_is_empty_only_where_nothing_sounds() {
        assert_eq!(measured("c4/1~ | c4/1 | r/1 | c4/1 |").empty_bars, Some(0.25));
    }

    #[test]
    fn four_pitch_classes_in_turn_are_two_bits() {
        assert_eq!(measured("c4/4 e4 g4 b4 | c5 e5 g5 b5 |").pitch_class_entropy, Some(2.0));
    }
}
