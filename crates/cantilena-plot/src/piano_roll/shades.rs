//! How opaque notes are by how loud they are.

use cantilena_score::Score;

use crate::dynamic::Dynamic;

/// The dynamics of a piece, softest and loudest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Shades {
    pub(super) softest: Dynamic,
    pub(super) loudest: Dynamic,
}

/// How opaque the softest notes are where there are louder ones: less would not be seen.
const FAINTEST: f64 = 0.45;

/// How much less opaque the next softer dynamic may be: from mf to mp is no fading away.
const STEP_MAX: f64 = 0.18;

impl Shades {
    /// Those of a score; of one without notes, mf.
    pub(super) fn of(score: &Score) -> Shades {
        let notes = score.tracks.iter().flat_map(|track| &track.notes);
        let dynamics = || notes.clone().map(|note| Dynamic::of(note.velocity));
        let softest = dynamics().min().unwrap_or(Dynamic::Mf);
        Shades { softest, loudest: dynamics().max().unwrap_or(softest) }
    }

    /// From softest to loudest.
    pub(super) fn dynamics(self) -> Vec<Dynamic> {
        let heard = |dynamic: &Dynamic| (self.softest..=self.loudest).contains(dynamic);
        Dynamic::ALL.into_iter().filter(heard).collect()
    }

    /// The loudest are opaque, softer ones less so in equal steps.
    pub(super) fn opacity(self, dynamic: Dynamic) -> f64 {
        let below = self.loudest as usize - (dynamic as usize).min(self.loudest as usize);
        let steps = (self.loudest as usize - self.softest as usize).max(1);
        1.0 - below as f64 * ((1.0 - FAINTEST) / steps as f64).min(STEP_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_loudest_are_opaque_and_the_softest_can_be_seen() {
        let shades = Shades::of(&"pp c4/4 d4 ff e4 f4 |".parse().unwrap());
        assert_eq!((shades.softest, shades.loudest), (Dynamic::Pp, Dynamic::Ff));
        assert_eq!(shades.opacity(Dynamic::Ff), 1.0);
        assert!((shades.opacity(Dynamic::Pp) - FAINTEST).abs() < 1e-12);
        assert!(shades.opacity(Dynamic::P) < shades.opacity(Dynamic::Mp));
    }

    #[test]
    fn neighbouring_dynamics_stay_close() {
        let shades = Shades::of(&"mp c4/2 mf d4 |".parse().unwrap());
        assert!((shades.opacity(Dynamic::Mp) - (1.0 - STEP_MAX)).abs() < 1e-12);
    }

    #[test]
    fn music_of_one_loudness_is_opaque() {
        let shades = Shades::of(&"mp c4/2 d4 |".parse().unwrap());
        assert_eq!(shades.dynamics().len(), 1);
        assert_eq!(shades.opacity(shades.softest), 1.0);
    }
}
