//! Whether the beats that a file names are the beats that were played.

use cantilena_score::Score;

/// How well onsets keep to the grid that tempo and clock declare.
///
/// A grid of `n` places to a quarter turns each onset into a point on a circle whose turn is one
/// place; the length of the points' mean is 1 where all fall on one spot of the grid (whichever:
/// a performance that began late fits as well) and near 0 where they fall anywhere. It is the
/// mean resultant length of circular statistics (K. V. Mardia and P. E. Jupp, "Directional
/// Statistics", 2000, § 2.3), freed of what chance alone would give so few onsets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GridFit {
    /// Moments at which notes begin.
    pub onsets: usize,
    /// The best fit among [`GridFit::GRIDS`], 0 to 1.
    pub fit: f64,
    /// The grid that fits so: its places in a quarter.
    pub places: u8,
}

impl GridFit {
    /// Places in a quarter of the grids tried: quarters, eighths, their triplets, sixteenths,
    /// and the grid that holds them all.
    pub const GRIDS: [u8; 5] = [1, 2, 3, 4, 12];

    /// Below this, onsets do not keep to the declared grid. Of piano
    /// performances recorded without a click 999 in 1000 lie below, of pop songs played to one 999
    /// in 1000 above, of drum grooves 96 in 100; see `docs/doctor.md`.
    pub const FREE: f64 = 0.15;

    /// Fewer onsets than this tell nothing.
    pub const ONSETS_MIN: usize = 32;

    /// Measures a score, drums and all.
    pub fn of(score: &Score) -> GridFit {
        let quarter = u32::from(score.ticks_per_quarter().get());
        let mut ticks: Vec<u32> =
            score.tracks.iter().flat_map(|track| &track.notes).map(|note| note.onset.0).collect();
        // Tracks are in order already, so this merges them in linear time.
        ticks.sort();
        ticks.dedup();
        // As many onsets as there are, so few places within a quarter they stand on.
        let mut within = vec![0_u32; quarter as usize];
        ticks.iter().for_each(|tick| within[(tick % quarter) as usize] += 1);
        let fit = |places: u8| -> f64 {
            let turns = f64::from(places) / f64::from(quarter);
            let (mut x, mut y) = (0.0, 0.0);
            for (tick, count) in within.iter().enumerate().filter(|(_, count)| **count > 0) {
                let angle = (tick as f64 * turns).fract() * std::f64::consts::TAU;
                x += f64::from(*count) * angle.cos();
                y += f64::from(*count) * angle.sin();
            }
            unbiased((x * x + y * y).sqrt(), ticks.len())
        };
        let best = GridFit::GRIDS.into_iter().map(|places| (fit(places), places));
        let (fit, places) =
            best.fold((0.0, 1), |best, next| if next.0 > best.0 { next } else { best });
        GridFit { onsets: ticks.len(), fit, places }
    }

    /// Whether it was played without regard to the beats that the file names.
    pub fn is_free(&self) -> bool {
        self.onsets >= GridFit::ONSETS_MIN && self.fit < GridFit::FREE
    }
}

/// The mean resultant length of `count` points whose sum has this length, without the share that
/// points anywhere on the circle would have: their squared sum is `count` in the mean.
fn unbiased(sum: f64, count: usize) -> f64 {
    let count = count as f64;
    if count < 2.0 {
        return 0.0;
    }
    ((sum * sum - count) / (count * (count - 1.0))).max(0.0).sqrt()
}

#[cfg(test)]
mod tests {
    use cantilena_score::{Note, Pitch, Ticks, Track, Velocity};

    use super::*;

    fn score(ticks: impl Iterator<Item = u32>) -> Score {
        let mut score = Score::new(std::num::NonZero::new(480).unwrap());
        let note = |onset| Note {
            onset: Ticks(onset),
            pitch: Pitch::MIDDLE_C,
            duration: Ticks(60),
            velocity: Velocity::DEFAULT,
        };
        score.tracks = vec![Track { notes: ticks.map(note).collect(), ..Track::default() }];
        score
    }

    #[test]
    fn notes_on_the_grid_fit_even_if_they_began_late() {
        for late in [0, 7, 100] {
            let fit = GridFit::of(&score((0..64).map(|n| n * 240 + late)));
            assert!(fit.fit > 0.99 && !fit.is_free(), "{fit:?}");
        }
        let triplets = GridFit::of(&score((0..63).map(|n| n * 160)));
        assert_eq!(triplets.places, 3);
        assert!(triplets.fit > 0.99, "{triplets:?}");
    }

    #[test]
    fn notes_at_another_tempo_do_not_fit() {
        // Every 263 ticks: in no simple ratio to 480.
        let fit = GridFit::of(&score((0..500).map(|n| n * 263)));
        assert!(fit.is_free(), "{fit:?}");
    }

    #[test]
    fn a_handful_of_notes_tells_nothing() {
        assert!(!GridFit::of(&score((0..10).map(|n| n * 263))).is_free());
        assert_eq!(GridFit::of(&score(0..0)).fit, 0.0);
    }
}
