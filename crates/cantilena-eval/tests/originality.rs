//! Runs that are found again, in whatever key and on whatever clock.

#![expect(clippy::unwrap_used, reason = "a test may")]

use std::num::NonZero;

use cantilena_eval::Originality;
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
fn a_copy_in_another_rhythm_is_found_by_its_pitches() {
    let corpus = Originality::new([("known", &tune(&TUNE))]);
    let mut played = tune(&TUNE.map(|pitch| pitch + 2));
    for (late, note) in (0..).step_by(3).zip(&mut played.tracks[0].notes) {
        note.onset += Ticks(late * late % 7);
    }
    let shared = corpus.shared(&played);
    assert_eq!((shared.longest_run, shared.longest_pitch_run), (0, 14));
    assert_eq!(shared.pitch_run_found_in.as_deref(), Some("known"));
}

#[test]
fn of_several_pieces_the_first_with_the_longest_run_is_named() {
    let (most, all) = (tune(&TUNE[..12]), tune(&TUNE));
    let corpus = Originality::new([("most", &most), ("all", &all), ("all again", &all)]);
    let shared = corpus.shared(&tune(&TUNE));
    assert_eq!((shared.longest_run, shared.found_in.as_deref()), (14, Some("all")));
    let nothing = Originality::new([]).shared(&tune(&TUNE));
    assert_eq!((nothing.longest_run, nothing.found_in), (0, None));
}
