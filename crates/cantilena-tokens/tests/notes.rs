//! `notes` from the outside: how music looks in events, and that it comes back whole.

#![expect(clippy::unwrap_used, reason = "a test may")]

use std::num::NonZero;

use cantilena_score::{Note, Pitch, Program, Score, Ticks, Track, Velocity};
use cantilena_tokens::{NONE, Representation, Tokenizer};
use proptest::prelude::*;

/// A score on the 24-grid from (onset, duration, pitch, velocity) of each track.
fn score(tracks: &[&[(u32, u32, u8, u8)]]) -> Score {
    let mut score = Score::new(NonZero::new(24).unwrap());
    for notes in tracks {
        let mut track = Track::new(Program::PIANO);
        track.notes.extend(notes.iter().map(|&(onset, duration, pitch, velocity)| Note {
            onset: Ticks(onset),
            duration: Ticks(duration),
            pitch: Pitch::new(pitch).unwrap(),
            velocity: Velocity::new(velocity).unwrap(),
        }));
        score.tracks.push(track);
    }
    score.sort();
    score
}

fn tokenizer(score: &Score) -> Tokenizer {
    Tokenizer::fit(Representation::Notes, [score], 1).unwrap()
}

#[track_caller]
fn check(tracks: &[&[(u32, u32, u8, u8)]], spelled: &str) {
    let score = score(tracks);
    let tokenizer = tokenizer(&score);
    let (events, setting) = tokenizer.encode(&score);
    assert_eq!(tokenizer.spell(&events), spelled);
    assert_eq!(tokenizer.decode(&setting, &events), score, "the way back");
}

#[test]
fn an_event_is_shift_part_pitch_duration_velocity() {
    check(&[&[(0, 24, 60, 66), (24, 12, 62, 66)]], "0:1:C4:24:66 24:1:D4:12:66 end:-:-:-:-");
}

#[test]
fn a_chord_is_written_part_by_part_from_the_bottom_up() {
    check(
        &[&[(0, 24, 67, 66), (0, 24, 60, 66)], &[(0, 96, 48, 66)]],
        "0:1:C4:24:66 0:1:G4:24:66 0:2:C3:96:66 end:-:-:-:-",
    );
}

/// The values of a named derived field, event by event.
fn column(score: &Score, name: &str) -> Vec<u16> {
    let tokenizer = tokenizer(score);
    let (events, _) = tokenizer.encode(score);
    let field = tokenizer.fields().iter().position(|field| field.name == name).unwrap();
    events.rows().map(|row| row[field]).collect()
}

#[test]
fn the_echo_says_what_sounded_here_a_bar_ago() {
    let bars = score(&[&[
        (0, 24, 60, 66),
        (48, 24, 64, 66),
        (96, 24, 62, 66),
        (144, 24, 65, 66),
        (192, 24, 67, 66),
    ]]);
    assert_eq!(column(&bars, "echo-pitch-1"), [0, 0, 61, 65, 63, NONE]);
    assert_eq!(column(&bars, "echo-pitch-2"), [0, 0, 0, 0, 61, NONE]);
    // Before the shift: half a bar followed at this place a bar ago, token 2 + 48.
    assert_eq!(column(&bars, "echo-shift-1"), [0, 0, 0, 50, 50, 50]);
}

#[test]
fn the_place_in_the_bar_and_the_interval_are_told() {
    let bar = score(&[&[(0, 24, 60, 66), (36, 24, 67, 66), (96, 24, 48, 66)]]);
    assert_eq!(column(&bar, "position"), [1, 37, 1, NONE]);
    assert_eq!(column(&bar, "phrase"), [1, 1, 2, NONE]);
    assert_eq!(column(&bar, "interval"), [NONE, 25 + 7, 25 - 19, NONE]);
    assert_eq!(column(&bar, "bars-left"), [3, 3, 3, 2]);
}

#[test]
fn what_is_finer_than_the_grid_goes_to_its_nearest_place() {
    let mut played = score(&[&[]]);
    played.tracks[0].notes = score(&[&[(0, 25, 60, 64), (50, 24, 62, 1)]]).tracks[0].notes.clone();
    let fine = played.rescaled(NonZero::new(960).unwrap());
    let tokenizer = tokenizer(&fine);
    let (events, setting) = tokenizer.encode(&fine);
    assert_eq!(tokenizer.decode(&setting, &events), tokenizer.on_grid(&played));
}

#[test]
fn a_repeated_pitch_is_released_where_it_is_struck_again() {
    let ringing = score(&[&[(0, 96, 60, 66), (24, 24, 60, 66)]]);
    let expected = score(&[&[(0, 24, 60, 66), (24, 24, 60, 66)]]);
    assert_eq!(tokenizer(&ringing).on_grid(&ringing), expected);
}

#[test]
fn the_vocabulary_survives_being_saved() {
    let score = score(&[&[(0, 24, 60, 66)], &[(0, 24, 60, 66), (0, 24, 64, 66)]]);
    for representation in
        [Representation::Notes, Representation::NotesChords, Representation::Pitches]
    {
        let tokenizer = Tokenizer::fit(representation, [&score], 1).unwrap();
        let json = serde_json::to_string(&tokenizer).unwrap();
        assert_eq!(serde_json::from_str::<Tokenizer>(&json).unwrap(), tokenizer, "{json}");
    }
}

prop_compose! {
    /// Any score at all: any clock, silences of many bars, unisons, several parts, drums.
    fn any_score()(
        ticks_per_quarter in 1u16..1000,
        tracks in prop::collection::vec(
            (any::<bool>(), 0u8..128, prop::collection::vec(
                (0u32..40_000, 0u32..5_000, 0u8..128, 1u8..128), 0..40)),
            1..20),
        meter in prop::sample::select(vec![(4u8, 4u16), (3, 4), (6, 8), (7, 8), (13, 16), (1, 128)]),
    ) -> Score {
        let mut score = Score::new(NonZero::new(ticks_per_quarter).unwrap());
        score.meters = cantilena_score::MeterMap::new(
            cantilena_score::Meter::new(meter.0, meter.1).unwrap());
        for (is_drums, program, notes) in tracks {
            let mut track = Track::new(Program::new(program).unwrap());
            track.is_drums = is_drums;
            track.notes.extend(notes.into_iter().map(|(onset, duration, pitch, velocity)| Note {
                onset: Ticks(onset),
                duration: Ticks(duration),
                pitch: Pitch::new(pitch).unwrap(),
                velocity: Velocity::new(velocity).unwrap(),
            }));
            score.tracks.push(track);
        }
        score.sort();
        score
    }
}

prop_compose! {
    /// Chords of a few pitches on eighths, so that most places were struck a bar ago as well, by
    /// the same parts or others, through bars of several lengths.
    fn dense_score()(
        tracks in prop::collection::vec(
            (any::<bool>(), prop::collection::vec((0u32..120, 1u32..40, 60u8..66), 0..60)), 1..5),
        meters in prop::collection::vec(
            (0u32..1500, prop::sample::select(vec![(4u8, 4u16), (3, 4), (1, 4), (5, 8)])), 0..4),
    ) -> Score {
        let mut score = Score::new(NonZero::new(24).unwrap());
        for (onset, (numerator, denominator)) in meters {
            score.meters.insert(
                Ticks(onset), cantilena_score::Meter::new(numerator, denominator).unwrap());
        }
        for (is_drums, notes) in tracks {
            let mut track = Track::new(Program::PIANO);
            track.is_drums = is_drums;
            track.notes.extend(notes.into_iter().map(|(eighth, duration, pitch)| Note {
                onset: Ticks(12 * eighth),
                duration: Ticks(duration),
                pitch: Pitch::new(pitch).unwrap(),
                velocity: Velocity::new(66).unwrap(),
            }));
            score.tracks.push(track);
        }
        score.sort();
        score
    }
}

proptest! {
    #[test]
    fn decoding_what_was_encoded_gives_the_score_on_the_grid(score in any_score()) {
        for representation in
            [Representation::Notes, Representation::NotesChords, Representation::Pitches]
        {
            let Ok(tokenizer) = Tokenizer::fit(representation, [&score], 1) else { continue };
            let (events, setting) = tokenizer.encode(&score);
            prop_assert_eq!(tokenizer.check(&events), Ok(()));
            let decoded = tokenizer.decode(&setting, &events);
            prop_assert_eq!(&decoded, &tokenizer.on_grid(&score));
            // What lies on the grid is its own image, so composing can be continued from it.
            prop_assert_eq!(&tokenizer.on_grid(&decoded), &decoded);
            prop_assert_eq!(tokenizer.encode_with(&decoded, |s| *s = setting.clone()).0, events);
        }
    }

    #[test]
    fn a_walk_over_finished_events_derives_what_encoding_derived(score in any_score()) {
        check_walk(&score);
    }

    #[test]
    fn a_walk_through_music_that_comes_again_derives_what_encoding_derived(
        score in dense_score()
    ) {
        check_walk(&score);
    }
}

/// Walks through a score's events field by field: the plain way to what encoding does at once.
fn check_walk(score: &Score) {
    for representation in [Representation::Notes, Representation::NotesClock] {
        let Ok(tokenizer) = Tokenizer::fit(representation, [score], 1) else { continue };
        let (events, setting) = tokenizer.encode(score);
        let fields = tokenizer.fields();
        let mut cursor = tokenizer.cursor(&setting);
        for row in events.rows() {
            let mut made = vec![NONE; fields.len()];
            for (field, &token) in row.iter().enumerate() {
                if fields[field].is_predicted() {
                    assert!(token == NONE || cursor.allows(&tokenizer, field, &made, token));
                    made[field] = token;
                } else {
                    cursor.derive(field, &mut made);
                }
            }
            assert_eq!(made, row);
            cursor.push(&made);
        }
    }
}

/// Scores that lie on the grid by construction come back note for note, whatever `on_grid` says.
#[test]
fn music_on_the_grid_is_its_own_image() {
    let tune = score(&[
        &[(0, 36, 72, 82), (36, 12, 71, 78), (48, 48, 69, 74), (96, 8, 67, 70), (104, 8, 69, 70)],
        &[(0, 96, 48, 58), (0, 96, 55, 58), (96, 192, 53, 58)],
    ]);
    let tokenizer = tokenizer(&tune);
    assert_eq!(tokenizer.on_grid(&tune), tune);
}
