//! ABC from the outside: tunes in letters, and what they sound.

#![expect(clippy::unwrap_used, reason = "a test may")]

use std::num::NonZero;

use cantilena_formats::{Fault, Format, Limits, WriteError, abc, read, read_all, write};
use cantilena_score::{
    ChordSymbol, Key, KeyChange, Lyric, Meter, MeterMap, Mode, Note, Pitch, Program, Score, Ticks,
    Track, Velocity,
};
use proptest::prelude::*;

/// The notes of a tune in L:1/8 as pitch:eighths, rests left out, chords joined by `+`.
fn sound(score: &Score) -> String {
    let eighth = f64::from(score.ticks_per_quarter().get()) / 2.0;
    let mut words: Vec<String> = Vec::new();
    let mut last = None;
    for note in &score.tracks[0].notes {
        let length = f64::from(note.duration.0) / eighth;
        let word = format!("{}:{}", note.pitch, (length * 100.0).round() / 100.0);
        match words.last_mut().filter(|_| last == Some(note.onset)) {
            Some(chord) => *chord = format!("{chord}+{word}"),
            None => words.push(word),
        }
        last = Some(note.onset);
    }
    words.join(" ")
}

#[track_caller]
fn check(tune: &str, expected: &str) {
    let text = format!("X:1\nM:4/4\nL:1/8\nK:G\n{tune}\n");
    let reading = read(text.as_bytes(), &Limits::default()).unwrap();
    assert_eq!(reading.format, Format::Abc);
    assert_eq!(sound(&reading.score), expected, "{tune}");
}

#[test]
fn lengths_are_counted_in_the_unit() {
    check("C D2 E/ F// G3/2", "C4:1 D4:2 E4:0.5 F#4:0.25 G4:1.5");
    check("c' C, z2 B,", "C6:1 C3:1 B3:1");
}

#[test]
fn accidentals_hold_to_the_end_of_the_bar_in_every_octave() {
    check("F =F f F | F ^c _B __B", "F#4:1 F4:1 F5:1 F4:1 F#4:1 C#5:1 A#4:1 A4:1");
}

#[test]
fn a_book_may_say_how_far_accidentals_reach() {
    check("%%propagate-accidentals not\n=F f F", "F4:1 F#5:1 F#4:1");
    check("I:propagate-accidentals octave\n=F f F | F", "F4:1 F#5:1 F4:1 F#4:1");
    check("%%propagate-accidentals pitch\n=F f F", "F4:1 F5:1 F4:1");
    check("%%propagate-accidentals sometimes\n=F f F", "F4:1 F5:1 F4:1");
    let book = b"%%propagate-accidentals not\n\nX:1\nL:1/8\nK:C\n^F F\n";
    let reading = read(book, &Limits::default()).unwrap();
    assert_eq!(sound(&reading.score), "F#4:1 F4:1");
}

#[test]
fn chords_of_old_books_stand_between_plus_signs() {
    check("A+E3A3+c B", "A4:1 E4:3+A4:3 C5:1 B4:1");
    check("+fermata+A +ff+B +trill+c", "A4:1 B4:1 C5:1");
}

#[test]
fn a_repeat_without_a_start_goes_back_to_the_double_bar() {
    check("A2 || B2 :|", "A4:2 B4:2 B4:2");
    check("A2 :| B2 || c2 :|", "A4:2 A4:2 B4:2 C5:2 C5:2");
    check("|: A2 || B2 :|", "A4:2 B4:2 A4:2 B4:2");
}

#[test]
fn broken_rhythm_gives_to_one_note_what_it_takes_from_the_other() {
    check("A>B A<B A>>B", "A4:1.5 B4:0.5 A4:0.5 B4:1.5 A4:1.75 B4:0.25");
    check("(3A>BA", "A4:1 B4:0.33 A4:0.67");
}

#[test]
fn tuplets_are_as_long_as_their_number_says() {
    check("(3ABA (2AB (3:2:2A2B", "A4:0.67 B4:0.67 A4:0.67 A4:1.5 B4:1.5 A4:1.33 B4:0.67");
}

#[test]
fn ties_join_and_slurs_do_not() {
    check("A2-A (AB) | [CE]2- | [CE]", "A4:3 A4:1 B4:1 C4:3+E4:3");
}

#[test]
fn repeats_and_endings_are_played() {
    check("A :| B :| c", "A4:1 A4:1 B4:1 B4:1 C5:1");
    check("|: A |1 B :|2 c || d", "A4:1 B4:1 A4:1 C5:1 D5:1");
    check("A :: B :|", "A4:1 A4:1 B4:1 B4:1");
    check("|: A [1,3 B :| [2 c :| d", "A4:1 B4:1 A4:1 C5:1 A4:1 B4:1 D5:1");
}

#[test]
fn parts_are_played_in_the_order_of_the_head() {
    let text = b"X:1\nL:1/8\nP:ABA\nK:C\nP:A\nC|\nP:B\nD|\n";
    assert_eq!(sound(&read(text, &Limits::default()).unwrap().score), "C4:1 D4:1 C4:1");
}

#[test]
fn chord_symbols_words_and_grace_notes_are_told_apart() {
    let text = b"X:1\nT:A tune\nM:3/4\nL:1/4\nQ:1/4=90\nK:Am\n{cd}\"Am\"A \"^slow\"B \"E7/G#\"c|\nw:One two-three\n";
    let reading = read(text, &Limits::default()).unwrap();
    let score = &reading.score;
    assert_eq!(score.title, "A tune");
    assert_eq!(score.meters, MeterMap::new(Meter::new(3, 4).unwrap()));
    assert_eq!(score.tempo.changes()[0].bpm().round(), 90.0);
    let chords: Vec<_> = score.chords.iter().map(|c| (c.onset.0, c.chord.to_string())).collect();
    assert_eq!(chords, [(0, "Am".to_owned()), (960, "E7/G#".to_owned())]);
    let words: Vec<_> = score.tracks[0].lyrics.iter().map(|l| l.text.as_str()).collect();
    assert_eq!(words, ["One", "two-", "three"]);
    assert_eq!(reading.repairs.iter().map(|r| r.what).collect::<Vec<_>>(), [Fault::GraceLeftOut]);
}

#[test]
fn voices_are_tracks_and_tunes_are_readings() {
    let text = b"X:1\nK:C\nV:1\nCD|\nV:2 name=\"Low\"\nC,2|\n\nX:2\nT:Second\nK:C\nE\n";
    let readings = read_all(text, &Limits::default()).unwrap();
    assert_eq!(readings.len(), 2);
    let tracks = &readings[0].score.tracks;
    assert_eq!(tracks.len(), 2);
    assert_eq!((tracks[1].name.as_str(), tracks[1].notes[0].onset), ("Low", Ticks(0)));
    assert_eq!(readings[1].score.title, "Second");
    let first = read(text, &Limits::default()).unwrap();
    assert_eq!(first.score, readings[0].score);
    assert_eq!(first.repairs[0].what, Fault::OtherTunes(1));
}

#[test]
fn a_pickup_begins_the_first_whole_bar_behind_it() {
    let text = b"X:1\nM:3/4\nL:1/4\nK:C\nG|ABc|\n";
    let score = read(text, &Limits::default()).unwrap().score;
    let onsets: Vec<u32> = score.meters.changes().iter().map(|c| c.onset.0).collect();
    assert_eq!(onsets, [0, 480]);
}

#[test]
fn two_voices_are_refused_with_what_would_do() {
    let note = |pitch| Note {
        onset: Ticks(0),
        duration: Ticks(if pitch == 60 { 480 } else { 240 }),
        pitch: Pitch::new(pitch).unwrap(),
        velocity: Velocity::DEFAULT,
    };
    let mut track = Track::new(Program::PIANO);
    track.notes = vec![note(60), note(64)];
    let mut score = Score::new(NonZero::new(480).unwrap());
    score.tracks.push(track);
    assert_eq!(write(&score, Format::Abc), Err(WriteError::SeveralVoices));
    assert!(WriteError::SeveralVoices.to_string().contains(".musicxml"));
}

#[test]
fn drums_are_refused_as_drums() {
    let mut score: Score = "c4/4 d4/4 e4/4 f4/4 |".parse().unwrap();
    score.tracks[0].is_drums = true;
    assert_eq!(write(&score, Format::Abc), Err(WriteError::Drums));
    score.tracks.push(score.tracks[0].clone());
    assert_eq!(write(&score, Format::Abc), Err(WriteError::Drums));
    score.tracks[0].is_drums = false;
    assert_eq!(write(&score, Format::Abc), Err(WriteError::SeveralVoices));
    let said = WriteError::Drums.to_string();
    assert!(said.contains("drums") && said.contains(".musicxml"), "{said}");
}

prop_compose! {
    fn tune()(
        title in "[A-Z][a-z]{0,8}",
        name in "[A-Z][a-z]{1,8}",
        program in 0u8..128,
        steps in prop::collection::vec((0u32..4, 1u32..9, 0u8..128, any::<bool>()), 1..40),
        triplets in prop::collection::vec(0u8..128, 0..4),
        meter in (1u8..13, 1u32..4),
        fifths in -7i8..8,
        minor in any::<bool>(),
        bpm in 20u32..300,
        words in prop::collection::vec("[a-zé']{1,6}-?", 0..6),
    ) -> Score {
        let mut score = Score::new(NonZero::new(480).unwrap());
        score.title = title;
        score.meters = MeterMap::new(Meter::new(meter.0, 1 << meter.1).unwrap());
        score.tempo.insert_bpm(Ticks(0), f64::from(bpm));
        let key = Key::new(fifths, if minor { Mode::Minor } else { Mode::Major }).unwrap();
        score.keys.push(KeyChange { onset: Ticks(0), key });
        let mut track = Track { name, program: Program::new(program).unwrap(), ..Track::default() };
        let mut onset = 0;
        let note = |onset, duration, pitch| Note {
            onset: Ticks(onset),
            duration: Ticks(duration),
            pitch: Pitch::new(pitch).unwrap(),
            velocity: Velocity::DEFAULT,
        };
        for (rest, length, pitch, is_chord) in steps {
            onset += rest * 120;
            track.notes.push(note(onset, length * 120, pitch));
            if is_chord && pitch < 120 {
                track.notes.push(note(onset, length * 120, pitch + 5));
            }
            onset += length * 120;
        }
        // Triplets that fill an eighth of the bar's own.
        for pitch in triplets {
            onset = onset.div_ceil(240) * 240;
            for third in 0..3 {
                track.notes.push(note(onset + third * 80, 80, pitch));
            }
            onset += 240;
        }
        let mut onsets: Vec<Ticks> = track.notes.iter().map(|note| note.onset).collect();
        onsets.dedup();
        for (onset, text) in onsets.into_iter().zip(words) {
            track.lyrics.push(Lyric { onset, text });
        }
        let chord = "Am7/E".parse().unwrap();
        score.chords.push(ChordSymbol { onset: track.notes[0].onset, chord });
        score.tracks.push(track);
        score.sort();
        score
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn a_tune_is_read_back_as_it_was_written(score in tune()) {
        let writing = abc::write(&score).unwrap();
        let reading = read(&writing.bytes, &Limits::default()).unwrap();
        let text = String::from_utf8(writing.bytes).unwrap();
        prop_assert_eq!(&writing.repairs, &[], "{}", text);
        prop_assert_eq!(&reading.repairs, &[], "{}", text);
        prop_assert_eq!(&reading.score, &score, "{}", text);
    }

    #[test]
    fn damaged_tunes_never_panic(
        score in tune(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), " -~"), 1..12),
        letters in "[A-Ga-gzZXKLMPQVw:|\\[\\]()<>{}/0-9,'^_=\" \n-]{0,200}",
    ) {
        let mut bytes = abc::write(&score).unwrap().bytes;
        for (place, value) in damage {
            let place = place.index(bytes.len());
            bytes[place] = value.as_bytes()[0];
        }
        let _ = read(&bytes, &Limits::default());
        let _ = read_all(format!("X:1\nK:C\n{letters}").as_bytes(), &Limits::default());
    }
}

// 104 quarters a minute were once written as 104.00001386666851.
#[test]
fn a_tempo_is_written_as_a_person_would() {
    let mut score: Score = "c4/1 | d4/1 |".parse().unwrap();
    score.tempo.insert_bpm(Ticks::ZERO, 104.0);
    score.tempo.insert_bpm(score.tracks[0].notes[1].onset, 97.125);
    let text = String::from_utf8(write(&score, Format::Abc).unwrap().bytes).unwrap();
    assert!(text.contains("Q:1/4=104\n") && text.contains("[Q:1/4=97.125]"), "{text}");
}
