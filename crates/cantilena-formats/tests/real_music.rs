//! Thousands of real files, broken ones among them: none is answered with a panic, and what is
//! read and written again sounds the same. Where the music is at hand.

#![expect(clippy::unwrap_used, reason = "helpers of a test may")]
#![expect(clippy::print_stderr, reason = "it says when it is skipped")]

use std::fs::File;
use std::io::Read;
use std::path::PathBuf;

use cantilena_formats::{Fault, Format, Limits, Reading, midi, read};
use cantilena_score::{Note, Score};

/// Reads every `step`-th music file of an archive, and tells `check` its name and bytes.
fn each_file(archive: &str, step: usize, mut check: impl FnMut(&str, &[u8])) {
    let root = std::env::var_os("CANTILENA_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let path = root.join(archive);
    let Ok(file) = File::open(&path) else {
        eprintln!("skipped: there is no {} (set CANTILENA_DATA)", path.display());
        return;
    };
    let mut archive = zip::ZipArchive::new(file).unwrap();
    let mut files = 0;
    for index in (0..archive.len()).step_by(step) {
        let mut entry = archive.by_index(index).unwrap();
        let name = entry.name().unwrap().into_owned();
        let extension = name.rsplit('.').next().unwrap_or_default();
        if entry.is_file() && Format::from_extension(extension).is_some() {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes).unwrap();
            check(&name, &bytes);
            files += 1;
        }
    }
    assert!(files > 0, "{} holds no music", path.display());
}

/// What is heard: when, how long, which pitch, how hard, by which instrument, at which speed.
fn sounding(score: &Score) -> (Vec<(bool, u8, Note)>, &cantilena_score::TempoMap) {
    let mut notes: Vec<_> = Vec::new();
    for track in &score.tracks {
        let sound = |note: &Note| (track.is_drums, track.program.number(), *note);
        notes.extend(track.notes.iter().map(sound));
    }
    notes.sort_unstable();
    (notes, &score.tempo)
}

#[track_caller]
fn check(archive: &str, step: usize) {
    each_file(archive, step, |name, bytes| {
        let Ok(Reading { score, .. }) = read(bytes, &Limits::default()) else { return };
        let writing = midi::write(&score).unwrap_or_else(|error| panic!("{name}: {error}"));
        let again = read(&writing.bytes, &Limits::default()).unwrap();
        assert_eq!(again.repairs, [], "{name}: what is written needs no repair");
        if !writing.repairs.iter().any(|repair| changes_the_sound(repair.what)) {
            assert!(sounding(&again.score) == sounding(&score), "{name}: it sounds otherwise");
        }
        // What MIDI cannot say is given up once; from then on nothing changes.
        let second = midi::write(&again.score).unwrap();
        assert_eq!(second.repairs, [], "{name}: what was written can be written");
        assert!(read(&second.bytes, &Limits::default()).unwrap().score == again.score, "{name}");
    });
}

fn changes_the_sound(fault: Fault) -> bool {
    matches!(fault, Fault::Overlap | Fault::Unison | Fault::OutOfRange | Fault::FineClock(_))
}

#[test]
fn parsers_own_test_files_come_back_as_they_were_read() {
    check("awkward/parser_test_files.zip", 1);
}

#[test]
fn files_of_the_1990s_come_back_as_they_were_read() {
    check("awkward/web_midi_1990s.zip", 3);
}

#[test]
fn arrangements_and_karaoke_come_back_as_they_were_read() {
    check("genre/five_genres_quarter.zip", 8);
    check("lyrics/country_kar.zip", 3);
    check("lyrics/tegridy_tiny_karaoke.zip", 3);
}

#[test]
fn performances_and_tunes_come_back_as_they_were_read() {
    check("maestro-v3/maestro-v3.0.0-midi.zip", 40);
    check("genre/wjazzd_solos_midi.zip", 5);
    check("genre/groove_drums.zip", 10);
    check("folk/ryans_oneills_airds_midi_converted.zip", 20);
    check("pop909/pop909.zip", 80);
}
