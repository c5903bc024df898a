//! Files made awkward by hand, each with what a careful reader gets; where the music is at hand.

#![expect(clippy::print_stderr, reason = "it says when it is skipped")]

use std::path::PathBuf;

use cantilena_formats::{Limits, midi, read};

/// The folder of real music, or a word that it is absent.
fn data(inside: &str) -> Option<PathBuf> {
    let root = std::env::var_os("CANTILENA_DATA").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"),
        PathBuf::from,
    );
    let folder = root.join(inside);
    if folder.exists() {
        return Some(folder);
    }
    eprintln!("skipped: there is no {} (set CANTILENA_DATA)", folder.display());
    None
}

#[test]
fn every_handmade_file_gives_what_its_manifest_says() {
    let Some(folder) = data("awkward/handmade") else { return };
    let manifest = std::fs::read_to_string(folder.join("manifest.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_str(&manifest).unwrap();
    let files = manifest["files"].as_array().unwrap();
    assert!(!files.is_empty());
    for file in files {
        let name = file["file"].as_str().unwrap();
        let bytes = std::fs::read(folder.join(name)).unwrap();
        let reading = read(&bytes, &Limits::default());
        let found = reading.as_ref().map(|reading| reading.score.note_count() as u64);
        match (file["kind"].as_str().unwrap(), file["notes"].as_u64()) {
            ("reject", _) => assert!(matches!(found, Err(_) | Ok(0)), "{name}: {found:?}"),
            ("valid" | "lenient", Some(notes)) => {
                assert_eq!(found.ok(), Some(notes), "{name}: {:?}", reading.err());
            }
            ("valid" | "lenient", None) => assert!(found.is_ok(), "{name}: {found:?}"),
            other => panic!("{name}: a manifest that says {other:?}"),
        }
    }
}

#[test]
fn seconds_are_kept_whatever_the_clock() {
    let Some(folder) = data("awkward/handmade") else { return };
    for (name, seconds) in
        [("format1_smpte_25_40.mid", 1.0), ("tempo_change_inside_note.mid", 0.75)]
    {
        let score =
            read(&std::fs::read(folder.join(name)).unwrap(), &Limits::default()).unwrap().score;
        let note = score.tracks[0].notes[0];
        let lasts = score.tempo.seconds_at(note.release()).0 - score.tempo.seconds_at(note.onset).0;
        assert!((lasts - seconds).abs() < 1e-9, "{name}: {lasts} seconds");
    }
}

#[test]
fn what_is_read_and_written_again_sounds_the_same() {
    let Some(folder) = data("awkward/handmade") else { return };
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let Ok(first) = read(&std::fs::read(&path).unwrap(), &Limits::default()) else { continue };
        let Ok(writing) = midi::write(&first.score) else { continue };
        let second = read(&writing.bytes, &Limits::default()).unwrap();
        assert!(second.repairs.is_empty(), "{}: {:?}", path.display(), second.repairs);
        // What MIDI cannot say is said once; after that, files no longer change.
        let again = midi::write(&second.score).unwrap();
        assert!(again.repairs.is_empty(), "{}: {:?}", path.display(), again.repairs);
        assert_eq!(read(&again.bytes, &Limits::default()).unwrap().score, second.score);
    }
}
