//! The doctor from the outside: a folder as people have them, examined and cleaned.

#![expect(clippy::unwrap_used, reason = "a test may")]

use std::path::Path;

use cantilena_corpus::{DuplicateKind, Labels, PassedOver, songbook};
use cantilena_formats::{abc, midi, musicxml};
use cantilena_score::{Program, Score};
use cantilena_studio::{Checkup, Diagnosis, Overwrite, StudioError, doctor};

fn write(folder: &Path, name: &str, score: &Score) {
    let path = folder.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(path, midi::write(score).unwrap().bytes).unwrap();
}

/// Two tunes, one of them again in another key; a drone; a rock beat on a piano; a web page; a
/// licence and a table.
fn corpus(folder: &Path) {
    let tunes = songbook::corpus().pieces;
    write(folder, "tunes/one.mid", &tunes[0].score);
    write(folder, "tunes/two.mid", &tunes[1].score);
    write(folder, "tunes/one-in-b-flat.mid", &tunes[0].score.transposed(-2).unwrap());
    let drone: Score = "c4/4 c4 c4 c4 | ".repeat(8).parse().unwrap();
    write(folder, "drone.mid", &drone);
    let bar = "c2+f#2/8 f#2/8 d2+f#2/8 f#2/8 c2+f#2/8 c2+f#2/8 d2+f#2/8 f#2/8 | ";
    let mut beat: Score = bar.repeat(6).parse().unwrap();
    beat.tracks[0].program = Program::PIANO;
    write(folder, "beat.mid", &beat);
    std::fs::write(folder.join("page.mid"), "<html>not found</html>").unwrap();
    std::fs::write(folder.join("LICENSE.txt"), "do as you please").unwrap();
    std::fs::write(folder.join("metadata.csv"), "file,composer\none.mid,Trad.\n").unwrap();
}

fn checkup(folder: &Path, clean: Option<&Path>, threads: usize) -> Checkup {
    Checkup {
        paths: vec![folder.to_owned()],
        labels: Labels::default(),
        outputs: Vec::new(),
        clean: clean.map(Path::to_owned),
        overwrite: Overwrite::Refuse,
        threads,
    }
}

fn examine(request: &Checkup) -> Diagnosis {
    doctor(request, &|_, _| {}).unwrap()
}

#[test]
fn everything_that_is_the_matter_is_said() {
    let folder = tempfile::tempdir().unwrap();
    corpus(folder.path());
    let diagnosis = examine(&checkup(folder.path(), None, 1));
    assert_eq!(
        (diagnosis.census.pieces, diagnosis.summary.refused_files, diagnosis.beside.other_files),
        (5, 1, 2)
    );
    assert_eq!(diagnosis.licences.len(), 1);
    assert_eq!(diagnosis.beside.passed_over, PassedOver::default());
    let odd: Vec<(&str, usize)> =
        diagnosis.odd.iter().map(|odd| (&odd.what[..8], odd.files)).collect();
    assert_eq!(odd, [("drums, b", 1), ("one note", 1)]);
    let twin = &diagnosis.duplicates[0];
    assert!(twin.of.ends_with("one-in-b-flat.mid") && twin.file.ends_with("one.mid"), "{twin:?}");
    assert_eq!((twin.semitones, diagnosis.duplicates.len()), (2, 1));
    assert_eq!(diagnosis.census.labels[0].what, "Trad.");
    let refused: Vec<_> = diagnosis.files.iter().filter(|file| file.refused.is_some()).collect();
    assert!(refused[0].file.ends_with("page.mid") && refused[0].facts.is_none());
    assert_eq!(diagnosis.json(), examine(&checkup(folder.path(), None, 3)).json());
    std::fs::write(folder.path().join("hum.WAV"), b"").unwrap();
    let hummed = examine(&checkup(folder.path(), None, 1));
    assert_eq!((hummed.beside.passed_over.recordings, hummed.beside.other_files), (1, 3));
}

#[test]
fn a_tune_is_known_again_in_another_format_and_key() {
    let folder = tempfile::tempdir().unwrap();
    let tunes = songbook::corpus().pieces;
    // Their melodies alone, for ABC is written of one voice.
    let tune = |number: usize, up| {
        let mut tune = tunes[number].score.transposed(up).unwrap();
        tune.tracks.truncate(1);
        tune
    };
    let save =
        |name: &str, bytes: Vec<u8>| std::fs::write(folder.path().join(name), bytes).unwrap();
    save("one.abc", abc::write(&tune(0, 0)).unwrap().bytes);
    save("one.mid", midi::write(&tune(0, 3)).unwrap().bytes);
    save("two.mid", midi::write(&tune(1, 0)).unwrap().bytes);
    save("two.musicxml", musicxml::write(&tune(1, 0)).unwrap().bytes);
    save("three.mid", midi::write(&tune(2, 0)).unwrap().bytes);

    let diagnosis = examine(&checkup(folder.path(), None, 1));
    let name = |path: &str| path.rsplit(['/', '\\']).next().unwrap().to_owned();
    let twins: Vec<(String, String, i32, bool)> = diagnosis
        .duplicates
        .iter()
        .map(|twin| {
            let is_same = matches!(twin.kind, DuplicateKind::Notes);
            (name(&twin.file), name(&twin.of), twin.semitones, is_same)
        })
        .collect();
    let expected = [("one.mid", "one.abc", 3), ("two.musicxml", "two.mid", 0)]
        .map(|(file, of, up)| (file.to_owned(), of.to_owned(), up, true));
    assert_eq!(twins, expected);
}

#[test]
fn the_clean_corpus_is_new_and_the_old_one_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let dirty = folder.path().join("dirty");
    corpus(&dirty);
    let listing = |folder: &Path| -> Vec<(String, Vec<u8>)> {
        let mut files = Vec::new();
        let mut folders = vec![folder.to_owned()];
        while let Some(next) = folders.pop() {
            for entry in std::fs::read_dir(next).unwrap() {
                let path = entry.unwrap().path();
                match path.is_dir() {
                    true => folders.push(path),
                    false => files.push((
                        path.strip_prefix(folder).unwrap().display().to_string(),
                        std::fs::read(&path).unwrap(),
                    )),
                }
            }
        }
        files.sort();
        files
    };
    let before = listing(&dirty);
    let clean = folder.path().join("clean");
    let cleaning = examine(&checkup(&dirty, Some(&clean), 2)).clean.unwrap();
    assert_eq!((cleaning.written, cleaning.duplicates, cleaning.one_note), (3, 1, 1));
    assert_eq!(listing(&dirty), before);
    let written = listing(&clean);
    let names: Vec<&str> = written.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["beat.mid", "tunes/one-in-b-flat.mid", "tunes/two.mid"]);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2, "no scraps");

    let again = examine(&checkup(&clean, None, 1));
    assert_eq!((again.odd.len(), again.duplicates.len(), again.summary.repaired_files), (0, 0, 0));
    let refused = doctor(&checkup(&dirty, Some(&clean), 1), &|_, _| {}).unwrap_err();
    assert!(matches!(refused, StudioError::Request(_)), "{refused}");
}

#[test]
fn every_tune_of_a_book_is_examined_and_written_by_itself() {
    let folder = tempfile::tempdir().unwrap();
    let dirty = folder.path().join("dirty");
    let tunes = songbook::corpus().pieces;
    write(&dirty, "z.mid", &tunes[4].score);
    let mut book: String = [0, 1, 0, 2]
        .map(|number: usize| {
            let mut tune = tunes[number].score.clone();
            tune.tracks.truncate(1);
            String::from_utf8(abc::write(&tune).unwrap().bytes).unwrap() + "\n"
        })
        .concat();
    book.push_str("X:5\nT:Drone\nL:1/8\nK:C\n");
    book.push_str(&"CCCC CCCC|".repeat(4));
    std::fs::write(dirty.join("book.abc"), book).unwrap();

    let clean = folder.path().join("clean");
    let diagnosis = examine(&checkup(&dirty, Some(&clean), 2));
    let cleaning = diagnosis.clean.unwrap();
    assert_eq!((cleaning.written, cleaning.duplicates, cleaning.one_note), (4, 1, 1));
    assert_eq!((diagnosis.census.pieces, cleaning.unwritable.len()), (6, 0), "all accounted for");
    let mut names: Vec<String> = std::fs::read_dir(&clean)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["book-1.mid", "book-2.mid", "book-4.mid", "z.mid"]);
    assert_eq!(examine(&checkup(&clean, None, 1)).census.pieces, 4);

    // What is told of a file is of its own notes.
    let [book, z] = diagnosis.files.as_slice() else { panic!("{:?}", diagnosis.files) };
    let numbers: Vec<&str> =
        book.tunes.iter().map(|tune| tune.piece.rsplit(' ').next().unwrap()).collect();
    assert_eq!(numbers, ["#1", "#2", "#3", "#4", "#5"]);
    assert_eq!(book.tunes[4].facts.notes, 32);
    assert!(book.facts.is_none() && z.tunes.is_empty());
    assert_eq!(z.facts.as_ref().unwrap().notes, tunes[4].score.note_count());
}

#[test]
fn no_clean_corpus_is_made_within_the_one_that_is_read() {
    let folder = tempfile::tempdir().unwrap();
    let dirty = folder.path().join("dirty");
    corpus(&dirty);
    for inside in ["clean", "a/b/clean", "tunes/../clean", "../dirty/clean"] {
        let inside = dirty.join(inside);
        let refused = doctor(&checkup(&dirty, Some(&inside), 1), &|_, _| {}).unwrap_err();
        assert!(refused.to_string().contains("never written to"), "{refused}");
    }
    assert_eq!(std::fs::read_dir(&dirty).unwrap().count(), 6, "as it was");
    // A folder whose name only begins alike is another.
    let beside = folder.path().join("dirty-clean");
    assert_eq!(examine(&checkup(&dirty, Some(&beside), 1)).clean.unwrap().written, 3);
}
