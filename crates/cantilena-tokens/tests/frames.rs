//! `frames` and `pitch-step-duration` from the outside.

#![expect(clippy::unwrap_used, reason = "a test may")]

use std::num::NonZero;

use cantilena_score::{Note, Pitch, Program, Score, Ticks, Track, Velocity};
use cantilena_tokens::{Frames, PitchStepDuration, Tokenizer, piano_roll, pitch_step_durations};

/// A score of 24 ticks to the quarter from (onset, duration, pitch) of each track.
fn score(tracks: &[&[(u32, u32, u8)]]) -> Score {
    let mut score = Score::new(NonZero::new(24).unwrap());
    for notes in tracks {
        let mut track = Track::new(Program::PIANO);
        track.notes.extend(notes.iter().map(|&(onset, duration, pitch)| Note {
            onset: Ticks(onset),
            duration: Ticks(duration),
            pitch: Pitch::new(pitch).unwrap(),
            velocity: Velocity::DEFAULT,
        }));
        score.tracks.push(track);
    }
    score.sort();
    score
}

#[track_caller]
fn check(tokenizer: &Tokenizer, score: &Score, spelled: &str) {
    let (events, setting) = tokenizer.encode(score);
    assert_eq!(tokenizer.spell(&events), spelled);
    assert_eq!(tokenizer.decode(&setting, &events), tokenizer.on_grid(score));
}

#[test]
fn a_frame_is_its_pitches_from_the_bottom_and_a_mark() {
    let frames = Tokenizer::Frames(Frames::default());
    let music = score(&[&[(0, 12, 67), (12, 6, 69)], &[(0, 18, 60)]]);
    check(&frames, &music, "C4 G4 | C4 G4 | C4 A4 | end");
}

#[test]
fn a_silence_is_empty_frames_and_a_short_note_fills_one() {
    let frames = Tokenizer::Frames(Frames::default());
    check(&frames, &score(&[&[(0, 1, 60), (18, 6, 62)]]), "C4 | | | D4 | end");
}

#[test]
fn frames_can_be_quarters() {
    let frames = Tokenizer::Frames(Frames::new(NonZero::new(1).unwrap()));
    check(&frames, &score(&[&[(0, 48, 60), (24, 24, 64)]]), "C4 | C4 E4 | end");
}

#[test]
fn a_pitch_struck_again_at_once_is_held_for_a_frame_does_not_tell() {
    let frames = Tokenizer::Frames(Frames::default());
    let decoded = frames.on_grid(&score(&[&[(0, 6, 60), (6, 6, 60), (18, 6, 60)]]));
    let notes: Vec<(u32, u32)> =
        decoded.tracks[0].notes.iter().map(|note| (note.onset.0, note.duration.0)).collect();
    assert_eq!(notes, [(0, 2), (3, 1)]);
}

#[test]
fn a_piano_roll_has_a_bit_a_pitch_and_no_drums() {
    let mut music = score(&[&[(0, 12, 60), (6, 12, 60), (6, 6, 127)], &[(0, 24, 36)]]);
    music.tracks[1].is_drums = true;
    let roll = piano_roll(&music, NonZero::new(4).unwrap());
    assert_eq!(roll, [1 << 60, 1 << 60 | 1 << 127, 1 << 60]);
}

#[test]
fn many_long_notes_of_a_far_end_take_no_longer_than_the_roll() {
    let notes: Vec<(u32, u32, u8)> = (0..20_000).map(|at| (at, 3_000_000_000, 60)).collect();
    let roll = piano_roll(&score(&[&notes]), NonZero::new(4).unwrap());
    assert_eq!(roll.len(), 4 << 17, "what is further than the last frame is cut");
}

#[test]
fn triples_are_in_seconds_and_steps_count_from_the_onset_before() {
    let mut music = score(&[&[(24, 24, 64), (24, 48, 60)], &[(60, 12, 67)]]);
    music.tempo.insert_bpm(Ticks(48), 60.0);
    // Half a second a quarter at first, a second from tick 48 on.
    assert_eq!(
        pitch_step_durations(&music),
        [[60.0, 0.0, 1.5], [64.0, 0.0, 0.5], [67.0, 1.0, 0.5]]
    );
}

#[test]
fn bins_of_triples_are_hundredths_of_a_second() {
    let tokenizer = Tokenizer::PitchStepDuration(PitchStepDuration::default());
    let music = score(&[&[(24, 24, 64), (24, 48, 60)], &[(60, 12, 67)]]);
    check(&tokenizer, &music, "C4:50:100 E4:0:50 G4:75:25 end:-:-");
}
