//! `performance` from the outside: the published events, and what comes back of them.

#![expect(clippy::unwrap_used, reason = "a test may")]

use std::num::NonZero;

use cantilena_score::{Change, Control, Note, Pitch, Program, Score, Ticks, Track, Velocity};
use cantilena_tokens::{Performance, Tokenizer, performance_events};

const TOKENIZER: Tokenizer = Tokenizer::Performance(Performance);

/// A score whose tick is 10 ms, from (onset, release, pitch, velocity) and pedal movements.
fn score(notes: &[(u32, u32, u8, u8)], pedal: &[(u32, u8)]) -> Score {
    let mut score = Score::new(NonZero::new(50).unwrap());
    let mut track = Track::new(Program::PIANO);
    track.notes.extend(notes.iter().map(|&(onset, release, pitch, velocity)| Note {
        onset: Ticks(onset),
        duration: Ticks(release - onset),
        pitch: Pitch::new(pitch).unwrap(),
        velocity: Velocity::new(velocity).unwrap(),
    }));
    track.controls.extend(pedal.iter().map(|&(onset, value)| Control {
        onset: Ticks(onset),
        change: Change::Controller { number: 64, value },
    }));
    score.tracks.push(track);
    score.sort();
    score
}

#[track_caller]
fn check(notes: &[(u32, u32, u8, u8)], pedal: &[(u32, u8)], spelled: &str) {
    let score = score(notes, pedal);
    let (events, _) = TOKENIZER.encode(&score);
    assert_eq!(TOKENIZER.spell(&events), spelled);
    assert_eq!(performance_events(&score), spelled.split(' ').count() - 1, "the end is no event");
}

#[test]
fn a_note_is_velocity_stroke_time_and_release() {
    check(&[(0, 50, 60, 66)], &[], "velocity-66 on-C4 shift-50 off-C4 end");
}

#[test]
fn a_velocity_is_said_when_it_changes_its_bin_of_four() {
    check(
        &[(0, 10, 60, 65), (10, 20, 62, 68), (20, 30, 64, 69)],
        &[],
        "velocity-66 on-C4 shift-10 off-C4 on-D4 shift-10 off-D4 velocity-70 on-E4 shift-10 \
         off-E4 end",
    );
}

#[test]
fn a_second_is_the_longest_shift() {
    check(
        &[(250, 350, 60, 66)],
        &[],
        "shift-100 shift-100 shift-50 velocity-66 on-C4 shift-100 off-C4 end",
    );
}

#[test]
fn a_chord_is_struck_from_the_bottom_and_released_in_the_order_of_strokes() {
    check(
        &[(0, 10, 67, 66), (0, 10, 60, 66)],
        &[],
        "velocity-66 on-C4 on-G4 shift-10 off-C4 off-G4 end",
    );
}

#[test]
fn the_pedal_lengthens_notes() {
    check(
        &[(0, 10, 60, 66), (30, 40, 60, 66)],
        &[(5, 127), (50, 0)],
        "velocity-66 on-C4 shift-30 off-C4 on-C4 shift-20 off-C4 end",
    );
}

#[test]
fn notes_within_one_step_keep_the_order_of_their_strokes_and_last_a_step() {
    // Ticks of 2.5 ms: G4 at 0, C4 at 2.5 ms, both in step 0 and released in it.
    let mut fine = score(&[], &[]);
    fine.tempo = cantilena_score::TempoMap::new(NonZero::new(200).unwrap());
    fine.tracks[0].notes = score(&[(0, 1, 67, 66), (1, 2, 60, 66)], &[]).tracks[0].notes.clone();
    let (events, _) = TOKENIZER.encode(&fine);
    assert_eq!(TOKENIZER.spell(&events), "velocity-66 on-G4 on-C4 shift-1 off-G4 off-C4 end");
}

#[test]
fn the_published_numbers_stand_two_places_on() {
    let (events, _) = TOKENIZER.encode(&score(&[(0, 100, 60, 66)], &[]));
    let published: Vec<i32> = events.rows().map(|row| i32::from(row[0]) - 2).collect();
    // Velocity bin 17 of 1 to 32; stroke 60; shift of 100 steps; release 60; the end is ours.
    assert_eq!(published, [356 + 16, 60, 256 + 99, 128 + 60, -1]);
}

#[test]
fn what_still_sounds_at_the_end_is_released_there_and_stray_releases_are_passed_over() {
    let whole = score(&[(0, 50, 60, 66), (20, 50, 64, 66)], &[]);
    let (events, setting) = TOKENIZER.encode(&whole);
    let mut cut = cantilena_tokens::Events::new(1);
    cut.push(&[2 + 128 + 72]);
    events.rows().take(events.len() - 3).for_each(|row| cut.push(row));
    assert_eq!(TOKENIZER.decode(&setting, &cut), TOKENIZER.on_grid(&whole));
}

#[test]
fn a_far_tick_does_not_become_millions_of_shifts() {
    let far = score(&[(0, 1, 60, 66), (4_000_000_000, 4_000_000_001, 60, 66)], &[]);
    assert_eq!(performance_events(&far), 4, "what begins later than a day is left out");
    let long = score(&[(0, 4_000_000_000, 60, 66)], &[]);
    assert!(performance_events(&long) <= 24 * 60 * 60 + 3);
}
