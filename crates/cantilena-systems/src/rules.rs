//! A melody by rules and no learning: what a learner has to beat.
//!
//! A melody moves by small steps, keeps to the pitches that it has used of late, and on the first
//! beat of a bar stands on a note of the chord.

use cantilena_score::Pitch;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::genre::Genre;

/// How likely an interval of so many semitones is, up or down alike. Set by hand after what is
/// known of melodies everywhere: seconds are commonest, larger intervals ever rarer save fourth,
/// fifth and octave (Vos and Troost, "Ascending and descending melodic intervals", 1989).
const INTERVALS: [f64; 13] = [10.0, 12.0, 25.0, 10.0, 7.0, 8.0, 1.0, 5.0, 1.5, 1.5, 0.7, 0.3, 2.0];

/// What any larger interval has, so that nothing is impossible.
const LEAP: f64 = 0.05;

/// How many notes back a pitch class counts as used of late, and how much likelier it then is.
const MEMORY: usize = 24;
const FAMILIAR: f64 = 4.0;

/// How much likelier a note of the chord is on the first beat of a bar.
const CHORD: f64 = 20.0;

/// Where a melody of one's own stays: G3 to G5, as most voices do.
const RANGE: std::ops::RangeInclusive<u8> = 55..=79;

/// How likely each MIDI pitch is after the last of `before`, which is not empty; sums to 1.
fn likelihoods(before: &[u8], chord: &[u8]) -> [f64; 128] {
    let (last, recent) = (before[before.len() - 1], before.len().saturating_sub(MEMORY));
    let mut familiar = [false; 12];
    before[recent..].iter().for_each(|pitch| familiar[usize::from(pitch % 12)] = true);
    let mut weights = [0.0; 128];
    for (pitch, weight) in (0u8..).zip(&mut weights) {
        let interval = usize::from(pitch.abs_diff(last));
        *weight = INTERVALS.get(interval).copied().unwrap_or(LEAP);
        *weight *= if familiar[usize::from(pitch % 12)] { FAMILIAR } else { 1.0 };
        *weight *= if chord.iter().any(|tone| tone % 12 == pitch % 12) { CHORD } else { 1.0 };
    }
    let sum: f64 = weights.iter().sum();
    weights.map(|weight| weight / sum)
}

/// Nats a pitch and the share of likeliest pitches that were right, over melodies of MIDI pitches,
/// without knowing their chords.
pub fn judge_rules<'a>(melodies: impl Iterator<Item = &'a [u8]>) -> (f64, f64) {
    let (mut nats, mut right, mut counted) = (0.0, 0u64, 0u64);
    for melody in melodies {
        for index in 1..melody.len() {
            let likelihoods = likelihoods(&melody[..index], &[]);
            let truth = usize::from(melody[index].min(127));
            let likeliest =
                (0..128).rev().max_by(|&a, &b| likelihoods[a].total_cmp(&likelihoods[b]));
            nats -= likelihoods[truth].ln();
            right += u64::from(likeliest == Some(truth));
            counted += 1;
        }
    }
    (nats / counted.max(1) as f64, right as f64 / counted.max(1) as f64)
}

/// A melody of so many quarters over a genre's chords, sequence `chords` (0 or 1) of its two: for
/// [`accompany`](crate::accompany()).
///
/// # Panics
///
/// If `chords` is neither 0 nor 1.
pub fn melody_by_rules(genre: &Genre, chords: usize, notes: usize, seed: u64) -> Vec<Pitch> {
    let sequence = &genre.chords[chords];
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    // As if the notes of all chords had just been heard: they are the genre's scale.
    let scale = sequence.iter().flat_map(|chord| chord.iter().copied());
    let mut heard: Vec<u8> = scale.collect();
    heard.push(sequence[0][0].clamp(*RANGE.start(), *RANGE.end()));
    let given = heard.len();
    for index in 0..notes {
        let chord = sequence[index / 4 % sequence.len()];
        let is_strong = index % 4 == 0;
        let mut likelihoods = likelihoods(&heard, if is_strong { chord } else { &[] });
        for (pitch, likelihood) in (0u8..).zip(&mut likelihoods) {
            *likelihood *= if RANGE.contains(&pitch) { 1.0 } else { 0.0 };
        }
        let mut left = rng.random::<f64>() * likelihoods.iter().sum::<f64>();
        let drawn = RANGE.into_iter().find(|&pitch| {
            left -= likelihoods[usize::from(pitch)];
            left < 0.0
        });
        heard.push(drawn.unwrap_or(*RANGE.start()));
    }
    heard[given..]
        .iter()
        .map(|&pitch| Pitch::new(pitch).expect("the range is of pitches"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::genre::GENRES;

    #[test]
    fn likelihoods_sum_to_one_and_prefer_steps_to_leaps() {
        let likelihoods = likelihoods(&[60, 64, 62, 60], &[]);
        assert!((likelihoods.iter().sum::<f64>() - 1.0).abs() < 1e-12);
        assert!(likelihoods[62] > likelihoods[61] && likelihoods[62] > likelihoods[67]);
        assert!(likelihoods.iter().all(|&likelihood| likelihood > 0.0));
    }

    #[test]
    fn a_scale_is_told_from_pitches_at_random() {
        let scale = [60, 62, 64, 65, 67, 65, 64, 62].repeat(8);
        let mut rng = ChaCha8Rng::seed_from_u64(1);
        let noise: Vec<u8> = (0..64).map(|_| rng.random_range(0..128)).collect();
        let (of_scale, right) = judge_rules([&scale[..]].into_iter());
        let (of_noise, _) = judge_rules([&noise[..]].into_iter());
        assert!(of_scale < 2.0 && of_noise > 128f64.ln(), "{of_scale} {of_noise}");
        assert!((0.2..0.9).contains(&right), "{right}");
    }

    #[test]
    fn every_genre_has_melodies_by_rules_that_stand_on_its_chords() {
        for genre in &GENRES {
            for chords in [0, 1] {
                let melody = melody_by_rules(genre, chords, 160, 3);
                assert_eq!(melody, melody_by_rules(genre, chords, 160, 3));
                assert!(melody.iter().all(|pitch| RANGE.contains(&pitch.number())));
                let is_of_chord = |index: &usize| {
                    let chord = genre.chords[chords][index / 4 % 4];
                    chord.iter().any(|tone| tone % 12 == melody[*index].number() % 12)
                };
                let strong = (0..160).step_by(4).filter(is_of_chord).count();
                assert!(strong >= 28, "{}: {strong} of 40 bars begin on their chord", genre.name);
            }
        }
    }
}
