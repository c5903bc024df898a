//! What is spelled is read back as it was, and nothing that is read can break the reader.

#![expect(clippy::unwrap_used, reason = "a test may")]

use std::num::NonZero;

use cantilena_score::{
    Change, Chord, ChordSymbol, Control, Key, KeyChange, Meter, MeterMap, Mode, Note, Pitch,
    Program, Quality, Score, Text, TextKind, Ticks, Track, Velocity, notation,
};
use proptest::collection::vec;
use proptest::prelude::*;

fn meter() -> impl Strategy<Value = Meter> {
    (1u8..8, 0u32..5).prop_map(|(beats, log2)| Meter::new(beats, 1 << log2).unwrap())
}

fn key() -> impl Strategy<Value = Key> {
    let mode = prop_oneof![Just(Mode::Major), Just(Mode::Minor)];
    (-7i8..=7, mode).prop_map(|(fifths, mode)| Key::new(fifths, mode).unwrap())
}

fn note() -> impl Strategy<Value = Note> {
    // Few pitches and velocities, so that chords, unisons and overlaps are frequent.
    let time = (0u32..600, 1u32..300);
    (time, prop_oneof![58u8..64, 0u8..128], prop_oneof![Just(64u8), Just(80), 1u8..128]).prop_map(
        |((onset, duration), pitch, velocity)| Note {
            onset: Ticks(onset),
            duration: Ticks(duration),
            pitch: Pitch::new(pitch).unwrap(),
            velocity: Velocity::new(velocity).unwrap(),
        },
    )
}

fn track() -> impl Strategy<Value = Track> {
    (vec(note(), 0..12), 0u8..128, any::<bool>()).prop_map(|(notes, program, is_drums)| {
        let mut track = Track::new(Program::new(program).unwrap());
        track.is_drums = is_drums;
        track.notes = notes;
        track.sort();
        track
    })
}

/// A score that the notation can write: what changes, changes where a bar begins.
fn score() -> impl Strategy<Value = Score> {
    let change = (1usize..5, meter(), proptest::option::of(key()), 1u32..16_700_000, any::<bool>());
    let chords = vec((0u32..600, 0u8..12, 0u8..12), 0..6);
    (vec(change, 1..4), proptest::option::of(1u32..96), vec(track(), 1..4), chords).prop_map(
        |(changes, pickup, tracks, chords)| {
            let mut score = Score::new(notation::TICKS_PER_QUARTER);
            score.title = "A title: with = signs".to_owned();
            let text = |onset, kind, text: &str| Text { onset, kind, text: text.to_owned() };
            score.texts.push(text(Ticks::ZERO, TextKind::Comment, "words | & words"));

            score.meters = MeterMap::new(changes[0].1);
            let first_bar = changes[0].1.bar(notation::TICKS_PER_QUARTER);
            let mut onset = Ticks::ZERO;
            if let Some(pickup) = pickup.map(Ticks).filter(|&pickup| pickup < first_bar) {
                score.meters.insert(pickup, changes[0].1);
                onset = pickup;
            }
            for (bars, meter, key, micros, is_section) in changes {
                if onset > Ticks::ZERO {
                    score.meters.insert(onset, meter);
                }
                score.tempo.insert(onset, NonZero::new(micros).unwrap());
                score.keys.extend(key.map(|key| KeyChange { onset, key }));
                if is_section {
                    score.texts.push(text(onset, TextKind::Marker, "B flat"));
                }
                onset += Ticks(meter.bar(notation::TICKS_PER_QUARTER).0 * bars as u32);
            }
            for (place, mut track) in tracks.into_iter().enumerate() {
                track.name = ["", "left hand", "x 2"][place].to_owned();
                score.tracks.push(track);
            }
            for (onset, root, bass) in chords {
                let quality = [Quality::Major, Quality::Minor7][usize::from(bass % 2)];
                let chord = Chord { root, quality, bass };
                score.chords.push(ChordSymbol { onset: Ticks(onset), chord });
            }
            score.sort();
            score.chords.dedup_by_key(|symbol| symbol.onset);
            score
        },
    )
}

proptest! {
    #[test]
    fn what_is_spelled_is_read_back_as_it_was(score in score()) {
        let text = notation::spell(&score).unwrap();
        prop_assert_eq!(text.parse::<Score>(), Ok(score), "{}", text);
    }

    #[test]
    fn a_line_of_one_piano_is_read_back_as_it_was(notes in vec(note(), 0..20)) {
        let mut track = Track::new(Program::PIANO);
        track.notes = notes;
        track.sort();
        let mut score = Score::new(notation::TICKS_PER_QUARTER);
        score.tracks.push(track);
        let text = notation::spell(&score).unwrap();
        prop_assert_eq!(text.parse::<Score>(), Ok(score), "{}", text);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[a-h0-9#+/.~!'@<>&|:=\\[\\] \nrtmpfé-]{0,80}") {
        let _ = text.parse::<Score>();
    }

    #[test]
    fn any_line_of_signs_is_read_or_refused_within_the_text(
        words in vec("(c4|b3\\+d4|r)(/(1|4|8t?|2\\.))?[~!']?|\\||&|<|mf|@[0-9]{1,3}", 0..20),
    ) {
        let text = words.join(" ");
        if let Err(error) = text.parse::<Score>() {
            prop_assert_eq!(error.line, 1);
            prop_assert!((1..=text.chars().count().max(1)).contains(&error.column));
        }
    }
}

#[track_caller]
fn refuse(change: impl FnOnce(&mut Score), why: &str) {
    let mut score: Score = "tracks: a 0\na: c4/1 |".parse().unwrap();
    change(&mut score);
    let refused = notation::spell(&score).unwrap_err().to_string();
    assert!(refused.contains(why), "{refused}");
}

#[test]
fn what_the_notation_cannot_write_is_refused_and_not_left_out() {
    refuse(|score| *score = score.rescaled(NonZero::new(480).unwrap()), "480 ticks a quarter");
    refuse(
        |score| {
            let change = Change::ChannelPressure(3);
            score.tracks[0].controls.push(Control { onset: Ticks::ZERO, change });
        },
        "controllers",
    );
    refuse(|score| score.tracks[0].name = "key".to_owned(), "'key'");
    refuse(|score| score.tracks[0].name = "two, three".to_owned(), "track");
    refuse(|score| score.tracks.push(score.tracks[0].clone()), "own name");
    refuse(|score| score.title = "two\nlines".to_owned(), "line");
    refuse(|score| score.meters.insert(Ticks(150), Meter::COMMON), "cut short");
    refuse(|score| score.tempo.insert_bpm(Ticks(7), 99.0), "within a bar");
    refuse(
        |score| score.tempo.insert(Ticks::ZERO, NonZero::new(20_000_000).unwrap()),
        "microseconds",
    );
    refuse(|score| score.tracks[0].notes[0].onset = Ticks(4_000_000_000), "10000 bars");
    refuse(|score| score.tracks[0].notes[0].duration = Ticks::ZERO, "out of order");
    refuse(|score| score.meters = MeterMap::new(Meter::new(3, 64).unwrap()), "3/64");
}
