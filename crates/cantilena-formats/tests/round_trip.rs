//! What is written is read back the same, whatever the score.

#![expect(clippy::unwrap_used, reason = "a test may")]

use std::num::NonZero;

use cantilena_formats::{Format, Limits, json, midi, read};
use cantilena_score::{
    Change, ChordSymbol, Control, Key, KeyChange, Lyric, Meter, Mode, Note, Pitch, Program, Score,
    SystemExclusive, Text, TextKind, Ticks, Track, Velocity,
};
use proptest::prelude::*;

/// Words that are neither karaoke nor a chord symbol; encodings have tests of their own.
fn words() -> impl Strategy<Value = String> {
    "[A-Za-z][a-z ]{0,12}[a-z]"
}

prop_compose! {
    fn track()(
        name in words(),
        program in 0u8..128,
        is_drums in any::<bool>(),
        steps in prop::collection::vec((1u32..700, 1u32..500, 0u8..128, 1u8..128), 1..30),
        controls in prop::collection::btree_map(0u32..9000, (0u8..4, 0u8..96, 0u8..128), 0..8),
        lyrics in prop::collection::btree_map(0u32..9000, words(), 0..4),
    ) -> Track {
        let program = Program::new(program).unwrap();
        let mut track = Track { name, program, is_drums, ..Track::default() };
        let mut onset = 0;
        for (step, duration, pitch, velocity) in steps {
            onset += step;
            track.notes.push(Note {
                onset: Ticks(onset),
                // Shorter than the step to the next note: nothing rings into its own pitch.
                duration: Ticks(duration.min(step)),
                pitch: Pitch::new(pitch).unwrap(),
                velocity: Velocity::new(velocity).unwrap(),
            });
            onset += step;
        }
        for (onset, (kind, number, value)) in controls {
            let change = match kind {
                0 => Change::Controller { number, value },
                1 => Change::PitchBend(i16::from(value) * 60 - 4000),
                2 => Change::ChannelPressure(value),
                _ => Change::KeyPressure { pitch: Pitch::new(number).unwrap(), value },
            };
            track.controls.push(Control { onset: Ticks(onset), change });
        }
        let lyric = |(onset, text)| Lyric { onset: Ticks(onset), text };
        track.lyrics.extend(lyrics.into_iter().map(lyric));
        track
    }
}

prop_compose! {
    fn score()(
        clock in 1u16..32_768,
        title in words(),
        tracks in prop::collection::vec(track(), 1..22),
        tempi in prop::collection::btree_map(0u32..9000, 1u32..16_777_216, 0..4),
        meters in prop::collection::btree_map(0u32..9000, (1u8..33, 0u32..8), 0..4),
        keys in prop::collection::btree_map(0u32..9000, (-7i8..8, any::<bool>()), 0..4),
        chords in prop::collection::btree_map(
            0u32..9000, prop::sample::select(vec!["C", "F#m7", "A#/D", "Gsus4"]), 0..4),
        markers in prop::collection::btree_map(0u32..9000, words(), 0..3),
        exclusive in prop::collection::vec(0u8..128, 0..9),
    ) -> Score {
        let mut score = Score::new(NonZero::new(clock).unwrap());
        score.title = title;
        score.tracks = tracks;
        for (onset, micros) in tempi {
            score.tempo.insert(Ticks(onset), NonZero::new(micros).unwrap());
        }
        for (onset, (numerator, power)) in meters {
            score.meters.insert(Ticks(onset), Meter::new(numerator, 1 << power).unwrap());
        }
        for (onset, (fifths, minor)) in keys {
            let key = Key::new(fifths, if minor { Mode::Minor } else { Mode::Major }).unwrap();
            score.keys.push(KeyChange { onset: Ticks(onset), key });
        }
        for (onset, symbol) in chords {
            score.chords.push(ChordSymbol { onset: Ticks(onset), chord: symbol.parse().unwrap() });
        }
        for (onset, text) in markers {
            score.texts.push(Text { onset: Ticks(onset), kind: TextKind::Marker, text });
        }
        if !exclusive.is_empty() {
            score.system_exclusive.push(SystemExclusive { onset: Ticks(7), data: exclusive });
        }
        score
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn what_is_written_is_read_back_the_same(score in score()) {
        let writing = midi::write(&score).unwrap();
        prop_assert_eq!(&writing.repairs, &[]);
        let reading = read(&writing.bytes, &Limits::default()).unwrap();
        prop_assert_eq!(&reading.score.tracks, &score.tracks);
        prop_assert_eq!(&reading.score, &score);
        prop_assert_eq!(midi::write(&reading.score).unwrap().bytes, writing.bytes);
    }

    #[test]
    fn json_holds_any_score_whole(score in score()) {
        let writing = json::write(&score).unwrap();
        prop_assert_eq!(&writing.repairs, &[]);
        let reading = read(&writing.bytes, &Limits::default()).unwrap();
        prop_assert_eq!(reading.format, Format::Json);
        prop_assert_eq!(&reading.score, &score);
        prop_assert_eq!(json::write(&reading.score).unwrap().bytes, writing.bytes);
    }

    #[test]
    fn damaged_files_never_panic(
        score in score(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<prop::sample::Index>(),
    ) {
        for mut bytes in [midi::write(&score).unwrap().bytes, json::write(&score).unwrap().bytes] {
            for (place, value) in &damage {
                let place = place.index(bytes.len());
                bytes[place] = *value;
            }
            // Whether it can be read is all one; that it is answered is the law.
            let _ = read(&bytes, &Limits::default());
            bytes.truncate(cut.index(bytes.len()));
            let _ = read(&bytes, &Limits::default());
        }
    }
}

#[test]
fn notes_that_midi_cannot_play_at_once_are_parted_and_listed() {
    let note = |onset, duration| Note {
        onset: Ticks(onset),
        duration: Ticks(duration),
        pitch: Pitch::MIDDLE_C,
        velocity: Velocity::DEFAULT,
    };
    let mut track = Track::new(Program::PIANO);
    track.notes = vec![note(0, 100), note(0, 50), note(60, 100)];
    let mut score = Score::new(NonZero::new(480).unwrap());
    score.tracks.push(track);
    let writing = midi::write(&score).unwrap();
    assert_eq!(writing.repairs.len(), 2, "{:?}", writing.repairs);
    let reading = read(&writing.bytes, &Limits::default()).unwrap();
    assert_eq!(reading.score.tracks[0].notes, [note(0, 60), note(60, 100)]);
    assert!(reading.repairs.is_empty());
}
