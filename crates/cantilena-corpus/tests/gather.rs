//! Gathering from the outside: a folder as people have them.

#![expect(clippy::unwrap_used, reason = "a test may")]

use std::io::Write;
use std::path::{Path, PathBuf};

use cantilena_corpus::{CorpusError, OutcomeKind, gather, songbook};
use cantilena_formats::midi;
use zip::write::SimpleFileOptions;

fn midi_of(index: usize) -> Vec<u8> {
    midi::write(&songbook::corpus().pieces[index].score).unwrap().bytes
}

fn names(folder: &Path, outcomes: &[cantilena_corpus::Outcome]) -> Vec<String> {
    let prefix = format!("{}/", folder.display());
    outcomes.iter().map(|outcome| outcome.name.replace(&prefix, "")).collect()
}

#[test]
fn folders_archives_and_files_are_read_and_what_is_no_music_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    std::fs::create_dir_all(path("deep/er")).unwrap();
    std::fs::write(path("deep/er/one.MID"), midi_of(0)).unwrap();
    std::fs::write(path("two.midi"), midi_of(1)).unwrap();
    std::fs::write(path("page.mid"), "<html>not found</html>").unwrap();
    std::fs::write(path("notes.txt"), "words").unwrap();
    let mut archive = zip::ZipWriter::new(std::fs::File::create(path("more.zip")).unwrap());
    for (name, bytes) in
        [("in/three.mid", midi_of(2)), ("cover.jpg", vec![1]), ("__MACOSX/in/._three.mid", vec![2])]
    {
        archive.start_file(name, SimpleFileOptions::default()).unwrap();
        archive.write_all(&bytes).unwrap();
    }
    archive.finish().unwrap();
    std::fs::write(path("torn.zip"), b"PK\x03\x04 and then nothing").unwrap();

    for threads in [1, 3] {
        let told = std::sync::atomic::AtomicUsize::new(0);
        let tell = |_, total| {
            assert_eq!(total, 5);
            told.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        };
        let gathered = gather(&[folder.path().to_owned()], threads, &tell).unwrap();
        assert_eq!(told.into_inner(), 5);
        assert_eq!(gathered.beside.other_files, 3);
        let expected =
            ["deep/er/one.MID", "more.zip/in/three.mid", "page.mid", "torn.zip", "two.midi"];
        assert_eq!(names(folder.path(), &gathered.outcomes), expected);
        let kinds: Vec<bool> =
            gathered.outcomes.iter().map(|o| o.kind == OutcomeKind::Read).collect();
        assert_eq!(kinds, [true, true, false, false, true]);
        assert_eq!(gathered.corpus.pieces.len(), 3);
    }
}

#[test]
fn a_folder_without_music_says_what_it_found() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("song.mp3"), b"ID3").unwrap();
    let error = gather(&[folder.path().to_owned()], 1, &|_, _| {}).unwrap_err();
    assert!(matches!(error, CorpusError::NoMusic { files: 1, .. }), "{error}");
    assert!(error.to_string().ends_with("over: 1 recording (train --listen learns from them)"));
    for name in ["one.corpus", "two.corpus", "notes.txt"] {
        std::fs::write(folder.path().join(name), b"").unwrap();
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink(folder.path(), folder.path().join("link")).unwrap();
    let error = gather(&[folder.path().to_owned()], 1, &|_, _| {}).unwrap_err();
    let CorpusError::NoMusic { files: 4, passed_over, .. } = error else { panic!("{error}") };
    assert_eq!((passed_over.recordings, passed_over.corpora), (1, 2));
    assert_eq!((passed_over.archives, passed_over.links), (0, usize::from(cfg!(unix))));
    assert!(error.to_string().contains("2 prepared corpora (name the .corpus file itself)"));
    let error = gather(&[PathBuf::from("no/such/folder")], 1, &|_, _| {}).unwrap_err();
    assert!(error.to_string().contains("no/such/folder"), "{error}");
}

#[test]
fn a_book_of_tunes_is_as_many_pieces_and_a_page_is_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let tune = |number: u32, music: &str| {
        format!("X:{number}\nT:Tune {number}\nM:4/4\nL:1/4\nK:C\n{music}|]\n\n")
    };
    let book = [tune(1, "CDEF|GABc"), tune(2, "z4|z4"), tune(3, "cBAG|FEDC")].concat();
    std::fs::write(path("book.abc"), book).unwrap();
    let score = &songbook::corpus().pieces[3].score;
    let page = cantilena_formats::write(score, cantilena_formats::Format::MusicXml).unwrap();
    std::fs::write(path("page.musicxml"), page.bytes).unwrap();
    std::fs::write(path("settings.json"), "{}").unwrap();
    std::fs::write(path("feed.xml"), "<rss/>").unwrap();

    let gathered = gather(&[folder.path().to_owned()], 2, &|_, _| {}).unwrap();
    let prefix = format!("{}/", folder.path().display());
    let names: Vec<String> =
        gathered.corpus.pieces.iter().map(|piece| piece.name.replace(&prefix, "")).collect();
    assert_eq!(names, ["book.abc #1", "book.abc #3", "page.musicxml"]);
    assert_eq!(gathered.corpus.pieces[0].score.note_count(), 8);
    assert_eq!(
        gathered.beside.other_files, 2,
        "what may be anything is no music until it is named"
    );
    let mut digests: Vec<_> = gathered.corpus.pieces.iter().map(|piece| piece.digest).collect();
    digests.dedup();
    assert_eq!(digests.len(), 3);
}
