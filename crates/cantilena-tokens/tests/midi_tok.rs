//! MidiTok's tokenizations from the outside: its ids, its files, and what is refused.
//!
//! `golden/miditok.json` holds scores made by chance, with changes of meter and tempo, and the
//! ids that MidiTok 3.1.0 gave them under six configurations of each tokenization.

#![expect(clippy::unwrap_used, reason = "a test may")]

use std::num::NonZero;

use cantilena_score::{Meter, Note, Pitch, Program, Score, Ticks, Track, Velocity};
use cantilena_tokens::{MidiTok, Representation, Scheme, TokenError, Tokenizer};
use serde::Deserialize;

#[derive(Deserialize)]
struct Case {
    tokenizer: serde_json::Value,
    words: usize,
    pieces: Vec<Piece>,
}

#[derive(Deserialize)]
struct Piece {
    ticks_per_quarter: u16,
    /// Tick, numerator and denominator.
    meters: Vec<(u32, u8, u16)>,
    /// Tick and microseconds a quarter.
    tempi: Vec<(u32, u32)>,
    tracks: Vec<PieceTrack>,
    ids: Vec<Vec<u16>>,
    /// The first words of the first stream.
    first: String,
}

#[derive(Deserialize)]
struct PieceTrack {
    program: u8,
    drums: bool,
    /// Onset, duration, pitch and velocity.
    notes: Vec<(u32, u32, u8, u8)>,
}

impl Piece {
    fn score(&self) -> Score {
        let mut score = Score::new(NonZero::new(self.ticks_per_quarter).unwrap());
        for &(tick, numerator, denominator) in &self.meters {
            score.meters.insert(Ticks(tick), Meter::new(numerator, denominator).unwrap());
        }
        for &(tick, micros) in &self.tempi {
            score.tempo.insert(Ticks(tick), NonZero::new(micros).unwrap());
        }
        for PieceTrack { program, drums, notes } in &self.tracks {
            let mut track = Track::new(Program::new(*program).unwrap());
            track.is_drums = *drums;
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
}

/// Every case's tokenizer, and its pieces.
fn cases() -> Vec<(MidiTok, Case)> {
    // Read as values of their own, so that the order of keys within a tokenizer is kept.
    let lines = include_str!("golden/miditok.json").lines();
    let cases = lines.filter(|line| line.len() > 2).map(|line| {
        let line = line.trim_end_matches(',');
        let from = line.find(r#"{"config""#).unwrap();
        let to = line.find(r#","words":"#).unwrap();
        let tokenizer = MidiTok::from_json(&line[from..to]).unwrap();
        (tokenizer, serde_json::from_str(line).unwrap())
    });
    cases.collect()
}

#[test]
fn scores_get_the_ids_that_miditok_gives_them() {
    let cases = cases();
    assert_eq!(cases.len(), 18);
    for (tokenizer, case) in &cases {
        assert_eq!(tokenizer.vocabulary_len(), case.words, "{}", case.tokenizer);
        for piece in &case.pieces {
            let ids = tokenizer.ids(&piece.score());
            let names: Vec<String> =
                ids[0].iter().take(12).map(|&id| tokenizer.name(id).unwrap()).collect();
            assert_eq!(names.join(" "), piece.first, "{}", case.tokenizer["config"]);
            assert_eq!(ids, piece.ids, "{:?}: {}", tokenizer.scheme(), case.tokenizer["config"]);
        }
    }
}

#[test]
fn a_score_read_from_ids_has_them_again() {
    for (tokenizer, case) in cases() {
        for piece in &case.pieces {
            let read = tokenizer.score(&piece.ids);
            let again = tokenizer.score(&tokenizer.ids(&read));
            assert_eq!(again, read, "{:?}: {}", tokenizer.scheme(), case.tokenizer["config"]);
        }
    }
}

#[test]
fn a_file_comes_back_as_it_was_written() {
    for scheme in [Scheme::Remi, Scheme::Tsd, Scheme::MidiLike] {
        let tokenizer = MidiTok::new(scheme);
        assert_eq!(MidiTok::from_json(&tokenizer.to_json()).unwrap(), tokenizer);
    }
    for (tokenizer, _) in cases() {
        assert_eq!(MidiTok::from_json(&tokenizer.to_json()).unwrap(), tokenizer);
    }
}

#[test]
fn the_defaults_have_as_many_words_as_miditok_s() {
    let words =
        [Scheme::Remi, Scheme::Tsd, Scheme::MidiLike].map(|s| MidiTok::new(s).vocabulary_len());
    assert_eq!(words, [357, 324, 411]);
}

#[track_caller]
fn refused(json: &str, because: &str) {
    match MidiTok::from_json(json) {
        Err(TokenError::MidiTok(why)) => assert!(why.contains(because), "{why}"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_would_give_other_ids_is_refused_by_name() {
    let file = |config: &str| format!(r#"{{"tokenization":"REMI","config":{{{config}}}}}"#);
    assert!(MidiTok::from_json(&file("")).is_ok(), "what is left out is MidiTok's default");
    refused(&file(r#""use_chords":true"#), "use_chords is on");
    refused(&file(r#""use_rests":true"#), "use_rests is on");
    refused(&file(r#""ac_polyphony_bar":true"#), "ac_polyphony_bar is on");
    refused(&file(r#""additional_params":{"use_bar_end_tokens":true}"#), "use_bar_end_tokens");
    refused(&file(r#""use_note_duration_programs":[0,1]"#), "lacks -1");
    refused(
        &file(r#""use_programs":true,"one_token_stream_for_programs":false"#),
        "one_token_stream_for_programs is off",
    );
    refused(r#"{"tokenization":"REMI","config":{},"_model":"{}"}"#, "BPE");
    refused(r#"{"tokenization":"Octuple","config":{}}"#, "Octuple");
    refused(r#"{"tokenization":"REMI","config":{},"miditok_version":"2.1.8"}"#, "2.1.8");
}

#[test]
fn numbers_no_vocabulary_can_be_made_of_are_refused() {
    let file = |config: &str| format!(r#"{{"tokenization":"TSD","config":{{{config}}}}}"#);
    refused(&file(r#""pitch_range":[100,20]"#), "pitch_range is 100 to 20");
    refused(&file(r#""pitch_range":[0,200]"#), "pitch_range");
    refused(&file(r#""num_velocities":0"#), "num_velocities is 0");
    refused(&file(r#""beat_res":{}"#), "beat_res is empty");
    refused(&file(r#""beat_res":{"0_4":8,"5_12":4}"#), "from beat 5 to 12");
    refused(&file(r#""beat_res":{"0_4":0}"#), "0 places");
    refused(&file(r#""beat_res":{"0-4":8}"#), "'0-4'");
    refused(&file(r#""beat_res":{"0_4000000000":8}"#), "to beat 64");
    refused(&file(r#""time_signature_range":{"3":[4]}"#), "names '3'");
    refused(&file(r#""time_signature_range":{"8":[3]}"#), "must hold quarters");
    refused(&file(r#""programs":[500],"use_programs":true"#), "programs");
    refused(&file(r#""use_tempos":true,"num_tempos":0"#), "num_tempos is 0");
    refused(&file(r#""tempo_range":[0,10]"#), "tempi from 0 to 10");
}

/// Two bars of a tune, in common time.
fn tune() -> Score {
    let mut score = Score::new(NonZero::new(8).unwrap());
    let mut track = Track::new(Program::PIANO);
    for (onset, duration, pitch) in [(0, 8, 60), (8, 4, 64), (8, 4, 67), (40, 16, 72)] {
        track.notes.push(Note {
            onset: Ticks(onset),
            duration: Ticks(duration),
            pitch: Pitch::new(pitch).unwrap(),
            velocity: Velocity::new(64).unwrap(),
        });
    }
    score.tracks.push(track);
    score
}

#[track_caller]
fn check(representation: Representation, words: &str) {
    let tokenizer = Tokenizer::fit(representation, [&tune()], 1).unwrap();
    let (events, setting) = tokenizer.encode(&tune());
    assert_eq!(tokenizer.spell(&events), words);
    assert_eq!(tokenizer.decode(&setting, &events), tokenizer.on_grid(&tune()));
}

#[test]
fn remi_says_bars_and_places() {
    check(
        Representation::Remi,
        "Bar_None TimeSig_4/4 Position_0 Pitch_60 Velocity_63 Duration_1.0.8 Position_8 Pitch_64 \
         Velocity_63 Duration_0.4.8 Pitch_67 Velocity_63 Duration_0.4.8 Bar_None TimeSig_4/4 \
         Position_8 Pitch_72 Velocity_63 Duration_2.0.8 end",
    );
}

#[test]
fn tsd_says_shifts() {
    check(
        Representation::Tsd,
        "TimeSig_4/4 Pitch_60 Velocity_63 Duration_1.0.8 TimeShift_1.0.8 Pitch_64 Velocity_63 \
         Duration_0.4.8 Pitch_67 Velocity_63 Duration_0.4.8 TimeShift_4.0.4 Pitch_72 Velocity_63 \
         Duration_2.0.8 end",
    );
}

#[test]
fn midi_like_says_releases() {
    check(
        Representation::MidiLike,
        "TimeSig_4/4 NoteOn_60 Velocity_63 TimeShift_1.0.8 NoteOff_60 NoteOn_64 Velocity_63 \
         NoteOn_67 Velocity_63 TimeShift_0.4.8 NoteOff_64 NoteOff_67 TimeShift_3.4.8 NoteOn_72 \
         Velocity_63 TimeShift_2.0.8 NoteOff_72 end",
    );
}

#[test]
fn a_far_tick_does_not_become_millions_of_bars() {
    let mut far = tune();
    let mut late = far.tracks[0].notes[0];
    (late.onset, late.duration) = (Ticks(4_000_000_000), Ticks(200_000_000));
    far.tracks[0].notes.push(late);
    for scheme in [Scheme::Remi, Scheme::Tsd, Scheme::MidiLike] {
        let tokenizer = MidiTok::new(scheme);
        assert_eq!(tokenizer.ids(&far), tokenizer.ids(&tune()), "it is left out");
    }
}

/// A meter that came and went within a tick makes the clock finer than the places of any beat.
#[test]
fn a_note_released_where_it_is_struck_keeps_a_place_of_the_grid() {
    let mut score = Score::new(NonZero::new(683).unwrap());
    score.meters.insert(Ticks(8239), Meter::new(6, 8).unwrap());
    score.meters.insert(Ticks(8240), Meter::COMMON);
    let mut track = Track::new(Program::PIANO);
    track.notes.push(Note {
        onset: Ticks(0),
        duration: Ticks(1),
        pitch: Pitch::MIDDLE_C,
        velocity: Velocity::DEFAULT,
    });
    score.tracks.push(track);
    let tokenizer = Tokenizer::fit(Representation::MidiLike, [&score], 1).unwrap();
    let decoded = tokenizer.on_grid(&score);
    assert_eq!(tokenizer.clock().get(), 16);
    assert_eq!(decoded.tracks[0].notes[0].duration, Ticks(2), "an eighth of a quarter");
    assert_eq!(tokenizer.on_grid(&decoded), decoded);
}
