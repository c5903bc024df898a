//! Preparing from the outside: what is on disk before, during and after.

#![expect(clippy::unwrap_used, reason = "a test may")]

use std::ops::ControlFlow;
use std::path::Path;

use cantilena_corpus::songbook;
use cantilena_formats::midi;
use cantilena_studio::{
    CorpusError, Labels, Overwrite, Preparation, Shard, StudioError, merge, prepare,
};

fn music(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    for (number, piece) in songbook::corpus().pieces.iter().take(12).enumerate() {
        let bytes = midi::write(&piece.score).unwrap().bytes;
        std::fs::write(folder.join(format!("{number:02}.mid")), bytes).unwrap();
    }
}

fn request(folder: &Path, out: &Path) -> Preparation {
    Preparation {
        paths: vec![folder.join("music")],
        labels: Labels::default(),
        shard: Shard::WHOLE,
        out: out.to_owned(),
        overwrite: Overwrite::Refuse,
        threads: 2,
    }
}

fn files(folder: &Path) -> Vec<String> {
    let names = std::fs::read_dir(folder).unwrap();
    let mut names: Vec<String> =
        names.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn go_on(_: usize, _: usize) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

#[test]
fn what_a_killed_run_left_is_written_over_and_the_bytes_are_the_same() {
    let folder = tempfile::tempdir().unwrap();
    music(&folder.path().join("music"));
    let (first, second) = (folder.path().join("1.corpus"), folder.path().join("2.corpus"));
    assert_eq!(prepare(&request(folder.path(), &first), &mut go_on).unwrap().pieces, 12);
    // Longer than the corpus: nothing of it may shine through.
    std::fs::write(folder.path().join("2.corpus.part"), vec![7; 1 << 20]).unwrap();
    prepare(&request(folder.path(), &second), &mut go_on).unwrap();
    assert_eq!(std::fs::read(&first).unwrap(), std::fs::read(&second).unwrap());

    let parts: Vec<_> = (1..=3)
        .map(|number| {
            let path = folder.path().join(format!("part-{number}.corpus"));
            let shard = Shard::new(number, 3).unwrap();
            prepare(&Preparation { shard, ..request(folder.path(), &path) }, &mut go_on).unwrap();
            path
        })
        .collect();
    let merged = folder.path().join("merged.corpus");
    merge(&parts, &merged, Overwrite::Refuse).unwrap();
    assert_eq!(std::fs::read(&first).unwrap(), std::fs::read(&merged).unwrap());
}

#[test]
fn a_run_that_fails_or_is_stopped_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    music(&folder.path().join("music"));
    let out = folder.path().join("all.corpus");
    let stopped = prepare(&request(folder.path(), &out), &mut |done, _| match done {
        5 => ControlFlow::Break(()),
        _ => ControlFlow::Continue(()),
    });
    assert!(matches!(stopped, Err(StudioError::Corpus(CorpusError::Stopped))), "{stopped:?}");
    let missing = merge(&[folder.path().join("none.corpus")], &out, Overwrite::Refuse);
    assert!(matches!(missing, Err(StudioError::Corpus(CorpusError::Open { .. }))), "{missing:?}");
    let silent =
        Preparation { paths: vec![folder.path().join("no")], ..request(folder.path(), &out) };
    assert!(prepare(&silent, &mut go_on).is_err());
    let within = folder.path().join("music/all.corpus");
    let refused = prepare(&request(folder.path(), &within), &mut go_on).unwrap_err();
    assert!(refused.to_string().contains("never written to"), "{refused}");
    assert_eq!(files(&folder.path().join("music")).len(), 12);
    assert_eq!(files(folder.path()), ["music"]);
}

#[test]
fn nothing_that_is_there_is_replaced_unasked_and_no_draft_is_shared() {
    let folder = tempfile::tempdir().unwrap();
    music(&folder.path().join("music"));
    let out = folder.path().join("all.corpus");
    std::fs::write(&out, "mine").unwrap();
    let refused = prepare(&request(folder.path(), &out), &mut go_on);
    assert!(matches!(refused, Err(StudioError::Exists { .. })), "{refused:?}");
    assert_eq!(std::fs::read(&out).unwrap(), b"mine");
    let replace = Preparation { overwrite: Overwrite::Replace, ..request(folder.path(), &out) };
    prepare(&replace, &mut go_on).unwrap();

    let draft = std::fs::File::create(folder.path().join("all.corpus.part")).unwrap();
    draft.lock().unwrap();
    let busy = prepare(&replace, &mut go_on).unwrap_err();
    assert!(busy.to_string().contains("another run is writing"), "{busy}");
    let named = prepare(&request(folder.path(), &folder.path().join("all.bin")), &mut go_on);
    assert!(named.unwrap_err().to_string().contains("should end in .corpus"));
}
