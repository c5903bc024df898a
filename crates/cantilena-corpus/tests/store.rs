//! Prepared corpora from the outside: the same bytes however they were made.

#![expect(clippy::unwrap_used, reason = "a test may")]

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use cantilena_corpus::{
    CorpusError, CorpusFile, Labels, OutcomeKind, Shard, Sources, gather, merge, prepare, songbook,
};
use cantilena_formats::midi;

/// The songbook as MIDI files in two folders, with a table and a file that is no music.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (number, piece) in songbook::corpus().pieces.iter().enumerate() {
        let below = folder.path().join(if number % 2 == 0 { "even" } else { "odd" });
        std::fs::create_dir_all(&below).unwrap();
        let bytes = midi::write(&piece.score).unwrap().bytes;
        std::fs::write(below.join(format!("{number}.mid")), bytes).unwrap();
    }
    std::fs::write(folder.path().join("page.mid"), "<html>").unwrap();
    std::fs::write(folder.path().join("t.csv"), "file,genre,split\n3.mid,reel,test\n").unwrap();
    folder
}

fn prepared(folder: &Path, shard: Shard, threads: usize) -> Vec<u8> {
    let sources = Sources::find(&[folder.to_owned()]).unwrap();
    let mut bytes = Vec::new();
    let mut outcomes = 0;
    let summary =
        prepare(&sources, &Labels::beside(&sources), shard, threads, &mut bytes, &mut |_| {
            outcomes += 1;
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!((summary.files, summary.bytes), (outcomes, bytes.len() as u64));
    bytes
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn a_prepared_corpus_is_the_folder_it_was_made_from() {
    let folder = folder();
    let out = tempfile::tempdir().unwrap();
    let path = write(out.path(), "all.corpus", &prepared(folder.path(), Shard::WHOLE, 2));
    let from_folder = gather(&[folder.path().to_owned()], 2, &|_, _| {}).unwrap().corpus;
    let from_file = gather(&[path], 2, &|_, _| {}).unwrap();
    assert!(from_file.outcomes.iter().all(|outcome| outcome.kind == OutcomeKind::Read));
    assert_eq!(from_file.corpus.fingerprint(), from_folder.fingerprint());
    for (ours, theirs) in from_file.corpus.pieces.iter().zip(&from_folder.pieces) {
        assert_eq!((&ours.score, &ours.conditions), (&theirs.score, &theirs.conditions));
        assert!(ours.name.ends_with(".mid"), "{}", ours.name);
    }
    let labelled = from_file.corpus.pieces.iter().find(|p| p.name.ends_with("odd/3.mid")).unwrap();
    assert_eq!(labelled.conditions.genre.as_deref(), Some("reel"));
}

#[test]
fn threads_parts_and_the_place_of_the_folder_change_no_byte() {
    let (folder, out) = (folder(), tempfile::tempdir().unwrap());
    let whole = prepared(folder.path(), Shard::WHOLE, 1);
    assert_eq!(prepared(folder.path(), Shard::WHOLE, 3), whole);
    for of in [1, 2, 5, 300] {
        let mut parts: Vec<PathBuf> = (1..=of)
            .map(|number| {
                let part = prepared(folder.path(), Shard::new(number, of).unwrap(), 2);
                write(out.path(), &format!("{number}-{of}.corpus"), &part)
            })
            .collect();
        parts.reverse();
        let mut merged = Vec::new();
        let summary = merge(&parts, &mut merged).unwrap();
        assert_eq!(merged, whole, "{of} parts");
        assert_eq!(summary.bytes, whole.len() as u64);
    }
    let moved = out.path().join("elsewhere");
    std::fs::rename(folder.path(), &moved).unwrap();
    assert_eq!(prepared(&moved, Shard::WHOLE, 2), whole);
}

#[test]
fn parts_that_make_no_corpus_are_refused() {
    let (folder, out) = (folder(), tempfile::tempdir().unwrap());
    let part = |name: &str, number, of| {
        write(out.path(), name, &prepared(folder.path(), Shard::new(number, of).unwrap(), 1))
    };
    let (one, two, third) = (part("1", 1, 3), part("2", 2, 3), part("x", 1, 2));
    let refused = |parts: &[&PathBuf]| -> String {
        let parts: Vec<PathBuf> = parts.iter().map(|path| (*path).clone()).collect();
        merge(&parts, &mut Vec::new()).unwrap_err().to_string()
    };
    assert!(refused(&[&one, &two]).contains("part 3 of 3 is missing"));
    assert!(refused(&[&two]).contains("part 1 of 3 is missing"));
    assert!(refused(&[&one, &one]).contains("part 1 of 3 is there twice"));
    assert!(refused(&[&one, &third]).contains("different corpora"));
    assert!(refused(&[]).contains("there are none"));
    assert_eq!((Shard::new(0, 3), Shard::new(4, 3), Shard::new(1, 0)), (None, None, None));
}

#[test]
fn a_corpus_with_any_byte_changed_or_cut_is_refused() {
    let (folder, out) = (folder(), tempfile::tempdir().unwrap());
    let whole = prepared(folder.path(), Shard::WHOLE, 1);
    let refuses = |bytes: &[u8]| {
        let path = write(out.path(), "x.corpus", bytes);
        let file = match CorpusFile::open(&path) {
            Ok(file) => file,
            Err(error) => return matches!(error, CorpusError::Damaged { .. }),
        };
        (0..file.len()).any(|index| matches!(file.piece(index), Err(CorpusError::Damaged { .. })))
    };
    assert!(!refuses(&whole));
    let step = whole.len() / 60;
    let ends = [0, 20, 40, whole.len() - 1, whole.len() - 20, whole.len() - 50, whole.len() - 62];
    for place in (0..whole.len()).step_by(step).chain(ends) {
        let mut changed = whole.clone();
        changed[place] ^= 1;
        assert!(refuses(&changed), "byte {place}");
        assert!(refuses(&whole[..place]), "cut at {place}");
    }
    let mut longer = whole.clone();
    longer.push(0);
    assert!(refuses(&longer));
    // An index said to be larger than memory.
    let mut hostile = whole.clone();
    let count = whole.len() - 56;
    hostile[count..count + 8].copy_from_slice(&u64::MAX.to_le_bytes());
    assert!(refuses(&hostile));
}
