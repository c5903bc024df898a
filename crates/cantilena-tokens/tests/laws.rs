//! What holds for every representation and any score.

#![expect(clippy::unwrap_used, reason = "a test may")]

use std::num::NonZero;

use cantilena_score::{
    Change, Control, Meter, MeterMap, Note, Pitch, Program, Score, Ticks, Track, Velocity,
};
use cantilena_tokens::{Events, NONE, Representation, Tokenizer};
use proptest::prelude::*;

prop_compose! {
    fn any_track()(
        is_drums in any::<bool>(),
        program in 0u8..128,
        notes in prop::collection::vec(
            (0u32..20_000, 1u32..5_000, 0u8..128, 1u8..128), 0..30),
        pedal in prop::collection::vec((0u32..20_000, 0u8..128), 0..6),
    ) -> Track {
        let mut track = Track::new(Program::new(program).unwrap());
        track.is_drums = is_drums;
        track.notes.extend(notes.into_iter().map(|(onset, duration, pitch, velocity)| Note {
            onset: Ticks(onset),
            duration: Ticks(duration),
            pitch: Pitch::new(pitch).unwrap(),
            velocity: Velocity::new(velocity).unwrap(),
        }));
        track.controls.extend(pedal.into_iter().map(|(onset, value)| Control {
            onset: Ticks(onset),
            change: Change::Controller { number: 64, value },
        }));
        track
    }
}

prop_compose! {
    /// Any score at all: any clock, changes of tempo and meter, unisons, pedals, drums.
    fn any_score()(
        ticks_per_quarter in 1u16..1000,
        tracks in prop::collection::vec(any_track(), 1..5),
        tempi in prop::collection::vec((0u32..20_000, 20f64..400.0), 0..3),
        meters in prop::collection::vec(
            (0u32..20_000, prop::sample::select(vec![(4u8, 4u16), (3, 4), (6, 8), (7, 8), (2, 2)])),
            0..3),
    ) -> Score {
        let mut score = Score::new(NonZero::new(ticks_per_quarter).unwrap());
        score.meters = MeterMap::default();
        for (onset, (numerator, denominator)) in meters {
            score.meters.insert(Ticks(onset), Meter::new(numerator, denominator).unwrap());
        }
        for (onset, bpm) in tempi {
            score.tempo.insert_bpm(Ticks(onset), bpm);
        }
        score.tracks = tracks;
        score.sort();
        score
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn music_on_the_grid_comes_back_whole(score in any_score()) {
        for representation in Representation::all() {
            let Ok(tokenizer) = Tokenizer::fit(representation, [&score], 1) else { continue };
            let (events, setting) = tokenizer.encode(&score);
            prop_assert_eq!(tokenizer.check(&events), Ok(()), "{}", representation);
            let decoded = tokenizer.decode(&setting, &events);
            prop_assert_eq!(&decoded, &tokenizer.on_grid(&score), "{}", representation);
            prop_assert_eq!(decoded.ticks_per_quarter(), tokenizer.clock());
            let (again, _) = tokenizer.encode_with(&decoded, |s| *s = setting.clone());
            prop_assert_eq!(&tokenizer.decode(&setting, &again), &decoded, "{}", representation);
            prop_assert_eq!(&tokenizer.on_grid(&decoded), &decoded, "{}", representation);
        }
    }

    #[test]
    fn any_valid_tokens_decode_to_something_that_can_be_written_again(
        score in any_score(),
        draws in prop::collection::vec(any::<u16>(), 0..400),
    ) {
        for representation in Representation::all() {
            let Ok(tokenizer) = Tokenizer::fit(representation, [&score], 1) else { continue };
            let setting = tokenizer.setting(&score);
            let fields = tokenizer.fields();
            let mut events = Events::new(fields.len());
            for row in draws.chunks_exact(fields.len()) {
                let tokens: Vec<u16> =
                    row.iter().zip(&fields).map(|(draw, field)| draw % field.size as u16).collect();
                events.push(&tokens);
            }
            prop_assert_eq!(tokenizer.check(&events), Ok(()));
            let decoded = tokenizer.decode(&setting, &events);
            let (written, _) = tokenizer.encode_with(&decoded, |s| *s = setting.clone());
            prop_assert_eq!(tokenizer.check(&written), Ok(()), "{}", representation);
        }
    }

    #[test]
    fn a_walk_allows_what_was_encoded_and_knows_when_it_happens(score in any_score()) {
        for representation in Representation::all() {
            let Ok(tokenizer) = Tokenizer::fit(representation, [&score], 1) else { continue };
            let score = tokenizer.on_grid(&score);
            let (events, setting) = tokenizer.encode(&score);
            let fields = tokenizer.fields();
            let mut cursor = tokenizer.cursor(&setting);
            let mut begun = 0;
            for row in events.rows().take(events.len() - 1) {
                let mut made = vec![NONE; fields.len()];
                for (field, &token) in row.iter().enumerate() {
                    match fields[field].is_predicted() {
                        true => made[field] = token,
                        false => cursor.derive(field, &mut made),
                    }
                }
                prop_assert_eq!(&made, row, "{}", representation);
                begun += usize::from(cursor.begins(row));
                cursor.push(row);
            }
            prop_assert!(cursor.is_settled(), "{}: something was left open", representation);
            if matches!(representation, Representation::NotesChords | Representation::Frames) {
                // Symbols of several notes, and frames that a note is held through.
                continue;
            }
            prop_assert_eq!(begun, score.note_count(), "{}", representation);
            let last = score.tracks.iter().flat_map(|t| &t.notes).map(|note| note.onset).max();
            prop_assert_eq!(cursor.last_onset(), last, "{}", representation);
        }
    }

    #[test]
    fn a_tokenizer_comes_back_from_json_as_it_was(score in any_score()) {
        for representation in Representation::all() {
            let Ok(tokenizer) = Tokenizer::fit(representation, [&score], 1) else { continue };
            let json = serde_json::to_string(&tokenizer).unwrap();
            prop_assert_eq!(serde_json::from_str::<Tokenizer>(&json).unwrap(), tokenizer);
        }
    }
}
