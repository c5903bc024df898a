//! Small files, lawful and damaged, each with the notes and the repairs that reading it gives.
//!
//! The bytes are spelled here and kept as files in `tests/music` and `tests/malformed`, where
//! other programs can open them. `RENEW=1 cargo test -p cantilena-formats --test small_files`
//! writes the files anew.

#![expect(clippy::unwrap_used, reason = "helpers of a test may")]

use std::fs;
use std::path::Path;

use cantilena_formats::{Limits, read};
use cantilena_score::{Score, Track};

/// A whole note of middle C on channel 1, 96 ticks long.
const NOTE: &str = "00 90 3C 40  60 80 3C 40 ";
const END: &str = "00 FF 2F 00 ";

/// Bytes spelled in hexadecimal; text stands in quotes.
fn bytes(spelled: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (index, part) in spelled.split('"').enumerate() {
        if index % 2 == 1 {
            bytes.extend_from_slice(part.as_bytes());
        } else {
            let digits: String = part.split_whitespace().collect();
            for pair in digits.as_bytes().chunks(2) {
                let pair = std::str::from_utf8(pair).unwrap();
                bytes.push(u8::from_str_radix(pair, 16).unwrap());
            }
        }
    }
    bytes
}

/// A file of a format and a clock (both as in the header), each track with its true length.
fn file(format: &str, division: &str, tracks: &[&str]) -> Vec<u8> {
    let mut file = bytes(&format!("\"MThd\" 00000006 {format} {:04X} {division}", tracks.len()));
    for track in tracks {
        let events = bytes(track);
        file.extend_from_slice(b"MTrk");
        file.extend_from_slice(&(events.len() as u32).to_be_bytes());
        file.extend_from_slice(&events);
    }
    file
}

/// One track in format 1 with a clock of 96 ticks a quarter.
fn track(events: &str) -> Vec<u8> {
    file("0001", "0060", &[events])
}

/// The notes as `pitch@onset+duration`, with the tracks' sounds.
fn spell(score: &Score) -> String {
    let track = |track: &Track| {
        let sound = match (track.is_drums, track.program.number()) {
            (true, _) => "drums: ".to_owned(),
            (false, 0) => String::new(),
            (false, program) => format!("program {program}: "),
        };
        let note = |note: &cantilena_score::Note| {
            format!("{}@{}+{}", note.pitch, note.onset.0, note.duration.0)
        };
        sound + &track.notes.iter().map(note).collect::<Vec<_>>().join(" ")
    };
    score.tracks.iter().map(track).collect::<Vec<_>>().join(" | ")
}

/// Reads the bytes, which also stand in a file, and compares what comes of it: the notes, or why
/// there are none, then each repair on a line of its own.
#[track_caller]
fn check(path: &str, bytes: &[u8], expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests").join(path);
    if std::env::var_os("RENEW").is_some() {
        fs::write(&path, bytes).unwrap();
    }
    let kept = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert!(kept == bytes, "{} is not what the test spells", path.display());
    let found = match read(bytes, &Limits::default()) {
        Err(error) => format!("refused: {error}"),
        Ok(reading) => {
            let repairs = reading.repairs.iter().map(|repair| format!("\n{repair}"));
            spell(&reading.score) + &repairs.collect::<String>()
        }
    };
    let expected: Vec<&str> = expected.lines().map(str::trim).collect();
    assert_eq!(found.lines().collect::<Vec<_>>(), expected);
}

// Lawful files.

#[test]
fn format_0_is_split_by_channel() {
    let events = "00 C1 28  00 90 3C 40  00 91 43 40  00 99 24 40  60 80 3C 40  00 81 43 40 \
                  00 89 24 40 ";
    check(
        "music/format0-piano-violin-drums.mid",
        &file("0000", "0060", &[&(events.to_owned() + END)]),
        "C4@0+96 | program 40: G4@0+96 | drums: C2@0+96",
    );
}

#[test]
fn a_change_of_program_begins_another_track() {
    let events = "00 C0 05  00 90 3C 40  60 C0 06  00 80 3C 40  00 90 3E 40  60 80 3E 40 ";
    check(
        "music/program-change-under-a-note.mid",
        &track(&(events.to_owned() + END)),
        "program 5: C4@0+96 | program 6: D4@96+96",
    );
}

#[test]
fn patterns_of_format_2_follow_one_another_from_bar_to_bar() {
    let waltz = "00 FF 58 04 03 02 18 08 ".to_owned() + NOTE + END;
    check(
        "music/format2-two-patterns.mid",
        &file("0002", "0060", &[&waltz, &(NOTE.to_owned() + END)]),
        "C4@0+96 | C4@288+96
        independent patterns (format 2) laid one after another",
    );
}

#[test]
fn smpte_clocks_count_seconds() {
    check(
        "music/smpte-25-frames-40-ticks.mid",
        &file("0001", "E728", &[&(NOTE.to_owned() + END)]),
        "C4@0+96",
    );
}

#[test]
fn running_status_and_releases_by_velocity_0_are_lawful() {
    check(
        "music/running-status.mid",
        &track(&("00 90 3C 40  60 3C 00  00 3E 40  60 3E 00 ".to_owned() + END)),
        "C4@0+96 D4@96+96",
    );
}

#[test]
fn two_notes_of_one_pitch_end_in_the_order_they_began() {
    check(
        "music/overlapping-unison.mid",
        &track(&("00 90 3C 40  30 3C 40  30 3C 00  30 3C 00 ".to_owned() + END)),
        "C4@0+96 C4@48+96",
    );
}

#[test]
fn a_riff_wrapper_is_seen_through() {
    let inside = track(&(NOTE.to_owned() + END));
    let mut riff = bytes("\"RIFF\" 3A000000 \"RMID\" \"data\" 22000000");
    riff.extend_from_slice(&inside);
    riff.extend_from_slice(b"LIST\x04\0\0\0INFO");
    check("music/riff-wrapper.rmi", &riff, "C4@0+96");
}

#[test]
fn chunks_of_foreign_kinds_are_skipped() {
    let mut file = bytes("\"MThd\" 00000006 0001 0001 0060  \"XFIH\" 00000003 AABBCC");
    file.extend_from_slice(&track(&(NOTE.to_owned() + END))[14..]);
    check(
        "music/foreign-chunk.mid",
        &file,
        "C4@0+96
        chunk of a foreign kind skipped (byte 14)",
    );
}

#[test]
fn a_note_begins_after_the_longest_delta() {
    check(
        "music/longest-delta.mid",
        &track(&("FF FF FF 7F 90 3C 40  60 80 3C 40 ".to_owned() + END)),
        "C4@268435455+96",
    );
}

#[test]
fn the_program_may_stand_in_another_track_of_the_channel() {
    check(
        "music/programs-in-the-first-track.mid",
        &file("0001", "0060", &[&format!("00 C0 0B {END}"), &format!("{NOTE}{END}")]),
        "program 11: C4@0+96",
    );
}

// Files that are no MIDI.

#[test]
fn what_is_no_midi_is_called_by_its_name() {
    let known = "not MIDI (.mid, .midi, .kar, .rmi), MusicXML (.musicxml, .mxl), ABC (.abc) or the \
                 JSON of a score";
    check("malformed/empty.mid", b"", "refused: empty: 0 bytes");
    let page = b"<!DOCTYPE html>\n<title>404 Not Found</title>\n";
    check("malformed/html-page.mid", page, &format!("refused: an HTML page, {known}"));
    let pointer = b"version https://git-lfs.github.com/spec/v1\nsize 4096\n";
    check(
        "malformed/git-lfs-pointer.mid",
        pointer,
        &format!("refused: a Git LFS pointer, not the file it stands for, {known}"),
    );
    let headless = &track(&(NOTE.to_owned() + END))[14..];
    check(
        "malformed/track-without-header.mid",
        headless,
        &format!("refused: a MIDI track without the header that says its clock, {known}"),
    );
    check(
        "malformed/header-cut.mid",
        &bytes("\"MThd\" 00000006 0001"),
        "refused: malformed MIDI: the file ends inside the header at byte 10",
    );
    check(
        "malformed/data-without-status.mid",
        &track(&("00 3C 40  60 3C 00 ".to_owned() + END)),
        "refused: malformed MIDI: data bytes with no status before them at byte 23",
    );
}

#[test]
fn an_archive_is_an_archive_though_a_whole_file_is_stored_in_it() {
    let mut zip = bytes(
        "\"PK\" 0304 1400 0000 0000 0000 2100 9EE8DF98 22000000 22000000 0500 0000 \"a.mid\"",
    );
    zip.extend_from_slice(&file("0000", "0060", &[&(NOTE.to_owned() + END)]));
    zip.extend_from_slice(&bytes(
        "\"PK\" 0102 1403 1400 0000 0000 0000 2100 9EE8DF98 22000000 22000000 0500 0000 0000 0000 \
         0000 00008001 00000000 \"a.mid\"
         \"PK\" 0506 0000 0000 0100 0100 33000000 45000000 0000",
    ));
    check(
        "malformed/zip-archive.kar",
        &zip,
        "refused: a zip archive (read the files in it), not MIDI (.mid, .midi, .kar, .rmi), \
         MusicXML (.musicxml, .mxl), ABC (.abc) or the JSON of a score",
    );
}

// Headers and chunks.

#[test]
fn bytes_before_the_header_are_skipped() {
    let mut file = vec![0; 128];
    file.extend_from_slice(&track(&(NOTE.to_owned() + END)));
    check(
        "malformed/macbinary-before-header.mid",
        &file,
        "C4@0+96
        128 bytes before the header skipped (byte 0)",
    );
}

#[test]
fn a_header_may_lie_about_everything() {
    let note = NOTE.to_owned() + END;
    let one = |header: &str| {
        let mut file = bytes(header);
        file.extend_from_slice(&track(&note)[14..]);
        file
    };
    check(
        "malformed/header-length-10.mid",
        &one("\"MThd\" 0000000A 0001 0001 0060"),
        "C4@0+96
        header said to have 10 bytes, and headers have 6 (byte 4)",
    );
    check(
        "malformed/format-3.mid",
        &one("\"MThd\" 00000006 0003 0001 0060"),
        "C4@0+96
        MIDI format 3 read as format 1 (byte 8)",
    );
    check(
        "malformed/65535-tracks-promised.mid",
        &one("\"MThd\" 00000006 0001 FFFF 0060"),
        "C4@0+96
        header promises 65535 tracks, and there are 1",
    );
    check(
        "malformed/clock-0.mid",
        &one("\"MThd\" 00000006 0001 0001 0000"),
        "C4@0+96
        a clock of 0 ticks a quarter taken as 480 (byte 12)",
    );
    check(
        "malformed/clock-55440.mid",
        &one("\"MThd\" 00000006 0001 0001 D890"),
        "C4@0+96
        clock of 55440 ticks a quarter, and MIDI has at most 32767 (byte 12)",
    );
    check(
        "malformed/smpte-0-ticks.mid",
        &one("\"MThd\" 00000006 0001 0001 E700"),
        "C4@0+96
        a clock of 0 ticks a frame taken as 40 (byte 12)",
    );
    check(
        "malformed/format0-with-two-tracks.mid",
        &file("0000", "0060", &[&note, &note]),
        "C4@0+96 | C4@0+96
        format 0 with several tracks read as format 1",
    );
}

#[test]
fn track_lengths_may_lie() {
    let with_length = |length: &str, events: &str| {
        let mut file = bytes("\"MThd\" 00000006 0001 0002 0060 \"MTrk\"");
        file.extend_from_slice(&bytes(length));
        file.extend_from_slice(&bytes(events));
        file.extend_from_slice(&track(&(NOTE.to_owned() + END))[14..]);
        file
    };
    let note = NOTE.to_owned() + END;
    check(
        "malformed/track-length-too-short.mid",
        &with_length("00000004", &note),
        "C4@0+96 | C4@0+96
        wrong track length: track read to its real end (track 1, byte 34)",
    );
    check(
        "malformed/track-length-too-long.mid",
        &with_length("00FFFFFF", &note),
        "C4@0+96 | C4@0+96
        wrong track length: track read to its real end (track 1, byte 34)",
    );
    check(
        "malformed/track-length-swallows-the-next.mid",
        &with_length("00000020", &note),
        "C4@0+96 | C4@0+96
        wrong track length: track read to its real end (track 1, byte 34)",
    );
    check(
        "malformed/data-behind-end-of-track.mid",
        &track(&format!("{NOTE}{END}00 90 46 50  0A 80 46 00")),
        "C4@0+96
        8 bytes behind an end of track skipped (track 1, byte 34)",
    );
    check(
        "malformed/end-of-track-missing.mid",
        &track(NOTE),
        "C4@0+96
        end of track missing (track 1, byte 30)",
    );
}

#[test]
fn a_file_may_end_anywhere_and_go_on_behind_its_end() {
    let whole = track(&(NOTE.to_owned() + END));
    check(
        "malformed/cut-inside-a-note.mid",
        &whole[..28],
        "C4@0+96
        note never released, ended with its track (track 1, tick 0)
        the file ends inside a track (track 1, byte 28)",
    );
    let mut padded = whole.clone();
    padded.extend_from_slice(&[0x1A; 3]);
    padded.extend_from_slice(&whole[14..]);
    check(
        "malformed/padded-with-another-song.mid",
        &padded,
        "C4@0+96
        23 bytes behind the last track skipped (byte 34)",
    );
    let mut two = whole.clone();
    two.extend_from_slice(&whole);
    check(
        "malformed/two-files-in-one.mid",
        &two,
        "C4@0+96
        a second file behind the first not read (byte 34)",
    );
    let mut gap = bytes("\"MThd\" 00000006 0001 0002 0060");
    gap.extend_from_slice(&whole[14..]);
    gap.extend_from_slice(&[0; 5]);
    gap.extend_from_slice(&whole[14..]);
    check(
        "malformed/garbage-between-tracks.mid",
        &gap,
        "C4@0+96 | C4@0+96
        5 bytes between tracks skipped (byte 34)",
    );
}

// Events.

#[test]
fn running_status_goes_on_behind_a_meta_event() {
    check(
        "malformed/running-status-after-meta.mid",
        &track(&("00 90 3C 40  60 FF 06 01 \"A\"  00 3C 00 ".to_owned() + END)),
        "C4@0+96
        running status where it should have ended (track 1, byte 32, tick 96)",
    );
}

#[test]
fn messages_for_live_wires_are_skipped() {
    check(
        "malformed/real-time-in-a-track.mid",
        &track(&("00 F8  00 F2 01 02 ".to_owned() + NOTE + END)),
        "C4@0+96
        real-time or system message in a file skipped (track 1, byte 24, tick 0, and 1 more)",
    );
    check(
        "malformed/status-that-means-nothing.mid",
        &track(&(NOTE.to_owned() + "00 F4 " + NOTE + END)),
        "C4@0+96
        the rest of the track cannot be read: a status that means nothing (track 1, byte 32)",
    );
}

#[test]
fn numbers_may_be_too_large() {
    check(
        "malformed/velocity-200.mid",
        &track(&("00 90 3C C8  60 80 3C 40 ".to_owned() + END)),
        "C4@0+96
        data byte above 127 taken as 127, or its message left out (track 1, byte 26, tick 0)",
    );
    check(
        "malformed/delta-in-five-bytes.mid",
        &track(&("80 80 80 80 00 90 3C 40  60 80 3C 40 ".to_owned() + END)),
        "C4@0+96
        number in more than 4 bytes (track 1, byte 27, tick 0)",
    );
    check(
        "malformed/delta-of-35-bits.mid",
        &track(&(NOTE.to_owned() + "FF FF FF FF 7F 90 3C 40 " + END)),
        "C4@0+96
        the rest of the track cannot be read: a number of more than 28 bits (track 1, byte 35)",
    );
    let longest = "FF FF FF 7F 90 3C 40  00 80 3C 40 ";
    check(
        "malformed/beyond-the-last-tick.mid",
        &track(&("FF FF FF 7F B0 07 40 ".repeat(15) + longest + longest + END)),
        "C4@4294967280+1
        note of no length kept as one tick (track 1, tick 4294967280)
        events beyond the last possible tick left out (track 1, byte 142)",
    );
}

#[test]
fn lengths_may_reach_beyond_the_track() {
    check(
        "malformed/text-longer-than-its-track.mid",
        &track(&(NOTE.to_owned() + "00 FF 01 7F \"Hello\"")),
        "C4@0+96
        the rest of the track cannot be read: it ends inside an event (track 1, byte 34)",
    );
    check(
        "malformed/exclusive-without-length.mid",
        &track(&("00 F0 43 12 00 F7 ".to_owned() + NOTE + END)),
        "C4@0+96
        meta event of a wrong length (track 1, byte 28, tick 0)",
    );
    check(
        "malformed/exclusive-without-end.mid",
        &track(&("00 F0 03 43 12 00 ".to_owned() + NOTE + END)),
        "C4@0+96
        system exclusive message without its end (track 1, byte 28, tick 0)",
    );
}

// What tracks say.

#[test]
fn notes_may_lack_their_end_or_their_beginning() {
    check(
        "malformed/note-never-released.mid",
        &track(&("00 90 3C 40  60 90 40 40  60 80 40 40 ".to_owned() + END)),
        "C4@0+192 E4@96+96
        note never released, ended with its track (track 1, tick 0)",
    );
    check(
        "malformed/release-without-note.mid",
        &track(&("00 80 3E 40 ".to_owned() + NOTE + END)),
        "C4@0+96
        release without a note left out (track 1, byte 26, tick 0)",
    );
    check(
        "malformed/note-of-no-length.mid",
        &track(&("00 90 3C 40  00 80 3C 40 ".to_owned() + END)),
        "C4@0+1
        note of no length kept as one tick (track 1, tick 0)",
    );
}

#[test]
fn a_release_that_stands_before_its_note_does_not_shift_those_behind() {
    check(
        "malformed/grace-note-released-first.mid",
        &track(&("60 80 3C 40  00 90 3C 40 ".to_owned() + NOTE + NOTE + END)),
        "C4@96+1 C4@96+96 C4@192+96
        note of no length kept as one tick (track 1, tick 96)",
    );
}

#[test]
fn signs_of_no_sense_are_left_out() {
    check(
        "malformed/tempo-0.mid",
        &track(&("00 FF 51 03 00 00 00 ".to_owned() + NOTE + END)),
        "C4@0+96
        tempo of 0 left out (track 1, byte 29, tick 0)",
    );
    check(
        "malformed/tempo-of-two-bytes.mid",
        &track(&("00 FF 51 02 07 A1 ".to_owned() + NOTE + END)),
        "C4@0+96
        meta event of a wrong length (track 1, byte 28, tick 0)",
    );
    check(
        "malformed/meter-0-4.mid",
        &track(&("00 FF 58 04 00 02 18 08 ".to_owned() + NOTE + END)),
        "C4@0+96
        impossible meter left out (track 1, byte 30, tick 0)",
    );
    check(
        "malformed/key-of-9-sharps.mid",
        &track(&("00 FF 59 02 09 00 ".to_owned() + NOTE + END)),
        "C4@0+96
        impossible key signature left out (track 1, byte 28, tick 0)",
    );
    check(
        "malformed/tempo-under-smpte.mid",
        &file("0001", "E728", &[&("00 FF 51 03 07 A1 20 ".to_owned() + NOTE + END)]),
        "C4@0+96
        tempo left out: the file's clock counts seconds (track 1, byte 29, tick 0)",
    );
}

#[test]
fn what_a_score_has_no_place_for_is_named() {
    let own = "00 FF 00 02 00 01  00 FF 7F 01 43  00 FF 54 05 01 00 00 00 00  00 FF 60 01 00 \
               00 F7 01 FA  00 B5 07 64  00 FF 21 01 00  00 FF 21 01 01 ";
    check(
        "malformed/nothing-a-score-can-hold.mid",
        &track(&(own.to_owned() + NOTE + END)),
        "C4@0+96
        sequence number left out (track 1, byte 28, tick 0)
        sequencer's own data left out (track 1, byte 33, tick 0)
        SMPTE offset left out (track 1, byte 42, tick 0)
        meta event of an unknown kind left out (track 1, byte 47, tick 0)
        escaped bytes left out (track 1, byte 51, tick 0)
        second MIDI port of a track left out (track 1, byte 65, tick 0)
        changes on a channel without notes left out (track 1, tick 0)",
    );
}
