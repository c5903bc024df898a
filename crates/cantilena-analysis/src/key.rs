//! Which key a piece stands in.

use cantilena_score::{Key, Mode, Score};

use crate::classes::ClassWeights;

/// A key and how clearly it was told.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct KeyEstimate {
    /// The likeliest key, in the spelling with at most six accidentals.
    pub key: Key,
    /// How well the piece's pitch classes correlate with that key's profile, at most 1.
    pub correlation: f64,
    /// How much better than with the next key, 0 to 2.
    pub margin: f64,
}

/// How much of each pitch class a key has, from its tonic up.
///
/// Each row is as its authors printed it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum KeyProfiles {
    /// Ratings by listeners: C. L. Krumhansl and E. J. Kessler, "Tracing the dynamic changes in
    /// perceived tonal organization in a spatial representation of musical keys", 1982.
    KrumhanslKessler,
    /// Made for common-practice music: D. Temperley, "The Cognition of Basic Musical
    /// Structures", 2001, chapter 7.
    Temperley,
    /// Counted in a corpus: J. Albrecht and D. Shanahan, "The use of large corpora to train a new
    /// type of key-finding algorithm", 2013.
    AlbrechtShanahan,
}

impl KeyProfiles {
    /// All of them.
    pub const ALL: [KeyProfiles; 3] =
        [KeyProfiles::KrumhanslKessler, KeyProfiles::Temperley, KeyProfiles::AlbrechtShanahan];

    /// The weight of each class from the tonic up.
    pub fn profile(self, mode: Mode) -> &'static [f64; 12] {
        match (self, mode) {
            (KeyProfiles::KrumhanslKessler, Mode::Major) => {
                &[6.35, 2.23, 3.48, 2.33, 4.38, 4.09, 2.52, 5.19, 2.39, 3.66, 2.29, 2.88]
            }
            (KeyProfiles::KrumhanslKessler, Mode::Minor) => {
                &[6.33, 2.68, 3.52, 5.38, 2.60, 3.53, 2.54, 4.75, 3.98, 2.69, 3.34, 3.17]
            }
            (KeyProfiles::Temperley, Mode::Major) => {
                &[5.0, 2.0, 3.5, 2.0, 4.5, 4.0, 2.0, 4.5, 2.0, 3.5, 1.5, 4.0]
            }
            (KeyProfiles::Temperley, Mode::Minor) => {
                &[5.0, 2.0, 3.5, 4.5, 2.0, 4.0, 2.0, 4.5, 3.5, 2.0, 1.5, 4.0]
            }
            (KeyProfiles::AlbrechtShanahan, Mode::Major) => &[
                0.238, 0.006, 0.111, 0.006, 0.137, 0.094, 0.016, 0.214, 0.009, 0.080, 0.008, 0.081,
            ],
            (KeyProfiles::AlbrechtShanahan, Mode::Minor) => &[
                0.220, 0.006, 0.104, 0.123, 0.019, 0.103, 0.012, 0.214, 0.062, 0.022, 0.061, 0.052,
            ],
        }
    }
}

/// The key of a whole score; `None` where no pitch class stands out, as in drums.
///
/// The profiles are [`KeyProfiles::AlbrechtShanahan`], right most often on songs and on
/// piano music, if not on jazz solos; see `docs/doctor.md`.
pub fn estimate_key(score: &Score) -> Option<KeyEstimate> {
    estimate_key_with(KeyProfiles::AlbrechtShanahan, &ClassWeights::of(score))
}

/// The key whose profile correlates best with how long each pitch class sounds.
///
/// This is the method of C. L. Krumhansl and M. A. Schmuckler (C. L. Krumhansl, "Cognitive
/// Foundations of Musical Pitch", 1990, chapter 4) with the profiles asked for.
pub fn estimate_key_with(profiles: KeyProfiles, weights: &ClassWeights) -> Option<KeyEstimate> {
    let mut ranked: Vec<(f64, Mode, u8)> = [Mode::Major, Mode::Minor]
        .into_iter()
        .flat_map(|mode| (0..12).map(move |tonic| (mode, tonic)))
        .map(|(mode, tonic)| (weights.correlation(profiles.profile(mode), tonic), mode, tonic))
        .collect();
    // Equal ones stay in the order above, so that the answer does not hang on rounding.
    ranked.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (correlation, mode, tonic) = ranked[0];
    let margin = correlation - ranked[1].0;
    (correlation > 0.0).then(|| KeyEstimate { key: key_on(tonic, mode), correlation, margin })
}

/// The key on a pitch class, with at most six accidentals.
fn key_on(tonic: u8, mode: Mode) -> Key {
    let natural = Key::new(0, mode).expect("no accidentals are a key signature");
    natural.transposed(i32::from(tonic) - i32::from(natural.tonic()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(music: &str, key: &str) {
        let score: Score = music.parse().unwrap();
        assert_eq!(estimate_key(&score).unwrap().key.to_string(), key);
        // The method knows no absolute pitch: the answer moves with the music.
        for semitones in -5..7 {
            let moved = estimate_key(&score.transposed(semitones).unwrap()).unwrap();
            let expected = estimate_key(&score).unwrap().key.transposed(semitones);
            assert_eq!(moved.key, expected, "{semitones} semitones higher");
        }
    }

    #[test]
    fn a_scale_that_closes_on_its_tonic_names_the_key() {
        check("c4/4 d4 e4 f4 | g4/8 a4/8 b4/4 c5/2 |", "C major");
        check("a4/4 b4 c5 d5 | e5 d5 c5 b4 | a4/1 |", "A minor");
    }

    #[test]
    fn drums_have_no_key() {
        let mut score: Score = "c4/4 d4 e4 f4 |".parse().unwrap();
        score.tracks[0].is_drums = true;
        assert_eq!(estimate_key(&score), None);
    }
}
