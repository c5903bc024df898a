//! Whether many pieces lie to a corpus as its own pieces lie to each other.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::density::Density;
use crate::distributions::Distributions;

/// How pieces lie to a reference, beside how the reference's own lie to each other.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct SetComparison {
    /// The area under both densities of distances, 0 to 1.
    pub overlap_area: f64,
    /// The Kullback–Leibler divergence of the distances within the reference from those between,
    /// in nats.
    pub divergence: f64,
}

/// Compares pieces with a reference as Yang and Lerch do ("On the evaluation of generative models
/// in music", Neural Computing and Applications 32, 2020).
///
/// For each histogram of [`Distributions::histograms`], by name: the Euclidean distances of
/// shares between all pairs within the reference, and between all pairs of a piece and one of the
/// reference; both smoothed to densities, and those compared. A histogram is left out where the
/// distances of either kind are all equal.
pub fn compare_sets(
    pieces: &[Distributions],
    reference: &[Distributions],
) -> BTreeMap<&'static str, SetComparison> {
    let mut comparisons = BTreeMap::new();
    for (place, histogram) in Distributions::default().histograms().into_iter().enumerate() {
        let shares = |set: &[Distributions]| -> Vec<Vec<f64>> {
            set.iter().map(|piece| piece.histograms()[place].shares()).collect()
        };
        let (ours, theirs) = (shares(pieces), shares(reference));
        let within: Vec<f64> = (0..theirs.len())
            .flat_map(|one| (0..one).map(move |other| (one, other)))
            .map(|(one, other)| distance(&theirs[one], &theirs[other]))
            .collect();
        let between: Vec<f64> = ours
            .iter()
            .flat_map(|ours| theirs.iter().map(|theirs| distance(ours, theirs)))
            .collect();
        if let (Some(within), Some(between)) = (Density::of(&within), Density::of(&between)) {
            let comparison = SetComparison {
                overlap_area: within.overlap(&between),
                divergence: within.divergence(&between),
            };
            comparisons.insert(histogram.name, comparison);
        }
    }
    comparisons
}

fn distance(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(a, b)| (a - b).powi(2)).sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cantilena_score::Score;

    /// Melodies of quarters in an octave: how often each of four notes comes differs by piece.
    fn melodies(octave: u8, seed: usize) -> Vec<Distributions> {
        (0..24)
            .map(|piece| {
                let notes = (0..16).map(|note| {
                    let choice = (note * (piece + 3 + seed) + piece * piece + seed) % 11 % 4;
                    let name = ["c", "d", "e", "g"][choice];
                    format!("{name}{octave}{}", if note % 4 == 3 { " |" } else { "" })
                });
                let music: Vec<String> = notes.collect();
                let score: Score = music.join(" ").parse().unwrap();
                Distributions::of([&score])
            })
            .collect()
    }

    #[test]
    fn pieces_of_the_same_make_lie_as_the_reference_does() {
        let near = compare_sets(&melodies(4, 5), &melodies(4, 0));
        let pitch = near["pitch"];
        assert!(pitch.overlap_area > 0.8, "{pitch:?}");
        assert!(!near.contains_key("duration"), "all durations are quarters: no distances");
    }

    #[test]
    fn pieces_in_another_octave_lie_apart_in_pitch_and_not_in_pitch_class() {
        let far = compare_sets(&melodies(5, 5), &melodies(4, 0));
        assert!(far["pitch"].overlap_area < 0.4, "{:?}", far["pitch"]);
        assert!(far["pitch_class"].overlap_area > 0.8, "{:?}", far["pitch_class"]);
        assert!(far["pitch"].divergence > 4.0 * far["pitch_class"].divergence.max(0.1));
    }
}
