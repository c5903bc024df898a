//! What is set as MusicXML is read back the same, and bad pages get an answer.

#![expect(clippy::unwrap_used, reason = "a test may")]

use std::num::NonZero;

use cantilena_formats::{Fault, Format, Limits, Repair, musicxml, read, write};
use cantilena_score::{
    ChordSymbol, Key, KeyChange, Lyric, Meter, Mode, Note, Pitch, Program, Score, Text, TextKind,
    Ticks, Track, Velocity,
};
use proptest::prelude::*;

fn words() -> impl Strategy<Value = String> {
    "[A-Za-zé<&\"][a-zé ]{0,8}[a-z]"
}

/// A value that a page can show in one quarter, in twelfths or eighths of it.
fn place(clock: u32) -> impl Strategy<Value = u32> {
    let (eighths, twelfths) = (clock / 8, clock / 12);
    prop_oneof![
        (1..24u32).prop_map(move |n| n * eighths),
        (1..5u32).prop_map(move |n| 4 * n * twelfths)
    ]
}

prop_compose! {
    fn track(clock: u32)(
        name in words(),
        program in 0u8..128,
        is_drums in prop::bool::weighted(0.2),
        beats in prop::collection::vec(
            (prop::collection::vec(place(clock), 1..4), 12u8..120, 1u8..128, any::<bool>()), 1..20),
        verse in prop::collection::vec(words(), 0..5),
        goes_on in any::<bool>(),
    ) -> Track {
        let program = Program::new(program).unwrap();
        let mut track = Track { name, program, is_drums, ..Track::default() };
        let mut onset = 0;
        for (lengths, pitch, velocity, is_chord) in beats {
            // Triplets begin on a quarter and end before the next one does.
            onset = onset / clock * clock + clock;
            for length in lengths {
                if length % (clock / 8) != 0 && onset % clock != 0 {
                    break;
                }
                let note = |pitch| Note {
                    onset: Ticks(onset),
                    duration: Ticks(length),
                    pitch: Pitch::new(pitch).unwrap(),
                    velocity: Velocity::new(velocity).unwrap(),
                };
                track.notes.push(note(pitch));
                if is_chord {
                    track.notes.push(note(pitch + 7));
                }
                onset += length;
                if length % (clock / 8) != 0 {
                    break;
                }
            }
        }
        let onsets: std::collections::BTreeSet<Ticks> = track.notes.iter().map(|n| n.onset).collect();
        for (onset, mut text) in onsets.into_iter().zip(verse) {
            if goes_on {
                text.push('-');
            }
            track.lyrics.push(Lyric { onset, text });
        }
        track
    }
}

prop_compose! {
    fn score()(factor in 1u32..21)(
        clock in Just(24 * factor),
        title in words(),
        tracks in prop::collection::vec(track(24 * factor), 1..5),
        tempi in prop::collection::btree_map(0u32..90, 1000u32..16_777_216, 0..4),
        meters in prop::collection::btree_map(0u32..60, (1u8..17, 0u32..5), 0..4),
        keys in prop::collection::btree_map(0u32..90, (-7i8..8, any::<bool>()), 0..4),
        chords in prop::collection::btree_map(
            0u32..90, prop::sample::select(vec!["C", "F#m7", "A#/D", "Gsus4", "D#dim7", "E5"]), 0..4),
        markers in prop::collection::btree_map(0u32..90, words(), 0..3),
        copyright in words(),
    ) -> Score {
        let half = Ticks(clock / 2);
        let at = |halves: u32| Ticks(half.0 * halves);
        let mut score = Score::new(NonZero::new(clock as u16).unwrap());
        score.title = title;
        score.tracks = tracks;
        score.texts.push(Text { onset: Ticks::ZERO, kind: TextKind::Copyright, text: copyright });
        for (onset, micros) in tempi {
            score.tempo.insert(at(onset), NonZero::new(micros).unwrap());
        }
        for (onset, (numerator, power)) in meters {
            score.meters.insert(at(onset), Meter::new(numerator, 1 << power).unwrap());
        }
        // A key of drums alone would stand on no staff.
        if score.tracks.iter().any(|track| !track.is_drums) {
            for (onset, (fifths, minor)) in keys {
                let key = Key::new(fifths, if minor { Mode::Minor } else { Mode::Major }).unwrap();
                score.keys.push(KeyChange { onset: at(onset), key });
            }
        }
        for (onset, symbol) in chords {
            score.chords.push(ChordSymbol { onset: at(onset), chord: symbol.parse().unwrap() });
        }
        for (onset, text) in markers {
            score.texts.push(Text { onset: at(onset), kind: TextKind::Marker, text });
        }
        score.sort();
        score
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_set_is_read_back_the_same(score in score()) {
        let writing = musicxml::write(&score).unwrap();
        let reading = read(&writing.bytes, &Limits::default()).unwrap();
        prop_assert_eq!(reading.format, Format::MusicXml);
        prop_assert_eq!(&reading.repairs, &[]);
        let found: Vec<Fault> = writing.repairs.iter().map(|r: &Repair| r.what).collect();
        // A bar of an odd length may leave a triplet no beat to stand in.
        if !found.contains(&Fault::OffGrid) {
            prop_assert_eq!(found, vec![]);
            prop_assert_eq!(&reading.score.tracks, &score.tracks);
            prop_assert_eq!(&reading.score, &score);
        }
        let again = musicxml::write(&reading.score).unwrap();
        prop_assert_eq!(&again.repairs, &[]);
        prop_assert_eq!(&read(&again.bytes, &Limits::default()).unwrap().score, &reading.score);
        let packed = write(&score, Format::Mxl).unwrap();
        let unpacked = read(&packed.bytes, &Limits::default()).unwrap();
        prop_assert_eq!(unpacked.format, Format::Mxl);
        prop_assert_eq!(unpacked.score, reading.score);
        // A page of a bar or two gains nothing: the container has an index of its own.
        if writing.bytes.len() > 16_384 {
            prop_assert!(packed.bytes.len() * 3 < writing.bytes.len());
        }
    }

    #[test]
    fn damaged_pages_never_panic(
        score in score(),
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        cut in any::<prop::sample::Index>(),
        digits in prop::collection::vec((any::<prop::sample::Index>(), b'0'..=b'9'), 1..40),
    ) {
        for format in [Format::MusicXml, Format::Mxl] {
            let whole = write(&score, format).unwrap().bytes;
            let mut bytes = whole.clone();
            let places: Vec<usize> =
                (0..bytes.len()).filter(|&at| bytes[at].is_ascii_digit()).collect();
            for (place, digit) in &digits {
                // Numbers changed leave the page well-formed, so that its sense is tried.
                bytes[places[place.index(places.len())]] = *digit;
            }
            let _ = read(&bytes, &Limits::default());
            let mut bytes = whole;
            for (place, value) in &damage {
                let place = place.index(bytes.len());
                bytes[place] = *value;
            }
            let _ = read(&bytes, &Limits::default());
            bytes.truncate(cut.index(bytes.len()));
            let _ = read(&bytes, &Limits::default());
        }
    }
}

/// A page of one part in 1/4 with these bars, each around a note of one quarter.
fn page(bars: &[(&str, &str)]) -> Vec<u8> {
    let bar = |(before, after): &(&str, &str)| {
        let pitch = "<pitch><step>C</step><octave>5</octave></pitch>";
        format!("<measure>{before}<note>{pitch}<duration>1</duration></note>{after}</measure>")
    };
    let bars: String = bars.iter().map(bar).collect();
    let list =
        "<part-list><score-part id='P1'><part-name>Clarinet</part-name></score-part></part-list>";
    format!("<score-partwise>{list}<part id='P1'>{bars}</part></score-partwise>").into_bytes()
}

#[test]
fn transposing_parts_sound_and_repeats_are_played() {
    let start = "<attributes><divisions>1</divisions><time><beats>1</beats><beat-type>4</beat-type>\
        </time><transpose><chromatic>-2</chromatic></transpose></attributes>";
    let repeat = "<barline><repeat direction='backward'/></barline>";
    let bytes = page(&[(start, repeat), ("", "")]);
    let score = read(&bytes, &Limits::default()).unwrap().score;
    let track = &score.tracks[0];
    assert_eq!((track.name.as_str(), track.program.number()), ("Clarinet", 71));
    let pitches: Vec<u8> = track.notes.iter().map(|note| note.pitch.number()).collect();
    assert_eq!(pitches, [70, 70, 70]);
    assert_eq!(score.length(), Ticks(3 * 480));
}

#[test]
fn entities_are_refused_with_the_reason() {
    let mut bytes =
        b"<!DOCTYPE score-partwise [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;\">]>".to_vec();
    bytes.extend(page(&[("", "")]));
    let error = read(&bytes, &Limits::default()).unwrap_err();
    assert!(error.to_string().contains("entities"), "{error}");
}

#[test]
fn a_rest_inside_a_tuplet_is_not_one_of_a_whole_bar() {
    // On this clock a 64th is no whole ticks, and a triplet of three is: the last third of the
    // last 32nd is silent.
    let mut score = Score::new(NonZero::new(120).unwrap());
    let mut track = Track::default();
    let (pitch, velocity) = (Pitch::MIDDLE_C, Velocity::DEFAULT);
    for (onset, duration) in [(0, 475), (480, 24), (504, 24)] {
        track.notes.push(Note { onset: Ticks(onset), duration: Ticks(duration), pitch, velocity });
    }
    score.tracks.push(track);
    let writing = musicxml::write(&score).unwrap();
    let page = String::from_utf8(writing.bytes).unwrap();
    assert!(!page.contains("measure=\"yes\""), "{page}");
    // Every note and rest has a value.
    assert_eq!(page.matches("<note").count(), page.matches("<type>").count(), "{page}");
    assert!(page.contains("<type>64th</type>"), "{page}");
}

#[test]
fn an_archive_whose_container_is_no_xml_is_read_by_the_name_of_its_score() {
    use std::io::Write;

    let page = "<score-partwise><part-list><score-part id='P1'><part-name/></score-part></part-list>\
        <part id='P1'><measure><attributes><divisions>1</divisions></attributes><note><pitch>\
        <step>C</step><octave>4</octave></pitch><duration>4</duration></note></measure></part>\
        </score-partwise>";
    let container =
        "<container><rootfiles><rootfile full-path='Mary's.xml'/></rootfiles></container>";
    let archive = |name: &str| {
        let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
        let options = zip::write::SimpleFileOptions::default();
        for (path, text) in [("META-INF/container.xml", container), (name, page)] {
            zip.start_file(path, options).unwrap();
            zip.write_all(text.as_bytes()).unwrap();
        }
        zip.finish().unwrap().into_inner()
    };
    let reading = read(&archive("Mary's.xml"), &Limits::default()).unwrap();
    assert_eq!((reading.format, reading.score.note_count()), (Format::Mxl, 1));
    assert_eq!(reading.repairs[0].what, Fault::Container);
    assert!(read(&archive("Mary's.pdf"), &Limits::default()).is_err());
}
