//! Runs that are found again, in whatever key and on whatever clock.

#![expect(clippy::unwrap_used, reason = "a test may")]

use std::num::NonZero;

use cantilena_eval::{Distributions, Originality, Report};
use cantilena_score::{Note, Pitch, Program, Score, Ticks, Track, Velocity};

/// Quarters on these pitches.
fn tune(pitches: &[u8]) -> Score {
    let mut track = Track::new(Program::PIANO);
    for (onset, &pitch) in (0..).step_by(24).zip(pitches) {
        track.notes.push(Note {
            onset: Ticks(onset),
            duration: Ticks(24),
            pitch: Pitch::new(pitch).unwrap(),
            velocity: Velocity::DEFAULT,
        });
    }
    let mut score = Score::new(NonZero::new(24).unwrap());
    score.tracks.push(track);
    score
}

const TUNE: [u8; 14] = [60, 64, 62, 65, 67, 60, 59, 72, 71, 65, 64, 50, 52, 60];

#[test]
fn a_transposed_copy_is_found_whole() {
    let known = tune(&TUNE);
    let corpus = Originality::new([("other", &tune(&[60; 20])), ("known", &known)]);
    let copy = known.transposed(5).unwrap().rescaled(NonZero::new(480).unwrap());
    let shared = corpus.shared(&copy);
    assert_eq!(shared.longest_run, 14);
    assert_eq!(shared.found_in.as_deref(), Some("known"));
    assert_eq!(shared.share_in_runs_of_8, 1.0);
}

#[test]
fn a_run_in_the_middle_is_measured_by_its_notes() {
    let mut pitches = vec![40, 41, 43];
    pitches.extend(&TUNE[2..11]);
    pitches.extend([30, 32]);
    let corpus = Originality::new([("known", &tune(&TUNE))]);
    let shared = corpus.shared(&tune(&pitches));
    assert_eq!(shared.longest_run, 9);
    assert_eq!(shared.share_in_runs_of_8, 9.0 / 14.0);
}

#[test]
fn seven_notes_in_common_are_no_run() {
    let corpus = Originality::new([("known", &tune(&TUNE))]);
    let mut pitches = TUNE[..7].to_vec();
    pitches.push(20);
    assert_eq!(corpus.shared(&tune(&pitches)).longest_run, 0);
}

#[test]
fn a_piece_beside_itself_overlaps_wholly() {
    let piece = tune(&TUNE);
    let report = Report::of(&piece, &Distributions::of([&piece]), None);
    for (name, comparison) in report.comparisons {
        assert!((comparison.overlap - 1.0).abs() < 1e-12, "{name}: {comparison:?}");
        assert!(comparison.divergence.abs() < 1e-12, "{name}: {comparison:?}");
    }
}
