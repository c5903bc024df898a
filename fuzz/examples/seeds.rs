//! Writes the seeds that the fuzz targets begin with: pieces of the songbook in every format.
//!
//! `cargo +nightly run --manifest-path fuzz/Cargo.toml --example seeds`

use std::error::Error;
use std::fs;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use cantilena_audio::{Audio, BitDepth, SampleRate, wav};
use cantilena_corpus::{CorpusFile, Labels, Shard, Sources, prepare, songbook};
use cantilena_formats::{Format, abc, json, midi, musicxml};
use cantilena_score::{Score, Ticks};
use cantilena_tokens::{Representation, Tokenizer};

/// Short pieces of one, two and four voices.
const PIECES: [&str; 3] = ["Au clair de la lune", "Greensleeves", "Old Hundredth"];

/// A few bars do: a fuzzer likes many small files more than one long.
const QUARTERS: u32 = 8;

fn main() -> Result<(), Box<dyn Error>> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("seeds");
    let pieces = songbook::corpus().pieces;
    let titled = |title: &str| pieces.iter().find(|piece| piece.name.contains(title));
    let scores: Vec<Score> = PIECES
        .iter()
        .filter_map(|title| titled(title))
        .map(|piece| beginning(&piece.score))
        .collect();
    assert_eq!(scores.len(), PIECES.len(), "the songbook has these pieces");

    for (name, score) in ["one", "two", "four"].into_iter().zip(&scores) {
        keep(&root, "midi", name, &midi::write(score)?.bytes)?;
        keep(&root, "json", name, &json::write(score)?.bytes)?;
        keep(&root, "musicxml", name, &musicxml::write(score)?.bytes)?;
        keep(&root, "mxl", name, &cantilena_formats::write(score, Format::Mxl)?.bytes)?;
    }
    let mut melody = scores[0].clone();
    melody.tracks.truncate(1);
    keep(&root, "abc", "tune", &abc::write(&melody)?.bytes)?;
    keep(&root, "abc", "everything", EVERYTHING.as_bytes())?;

    for representation in Representation::all() {
        let tokenizer = Tokenizer::fit(representation, &scores, 1)?;
        let mut bytes = serde_json::to_vec(&tokenizer)?;
        let (events, _) = tokenizer.encode(&scores[1]);
        bytes.extend(events.rows().flatten().flat_map(|token| token.to_le_bytes()));
        keep(&root, "tokenizer", &representation.to_string(), &bytes)?;
    }

    let folder = tempfile::tempdir()?;
    for (number, score) in scores.iter().enumerate() {
        fs::write(folder.path().join(format!("{number}.mid")), midi::write(score)?.bytes)?;
    }
    let sources = Sources::find(&[folder.path().to_owned()])?;
    let labels = Labels::beside(&sources);
    let mut corpus = Vec::new();
    prepare(&sources, &labels, Shard::WHOLE, 1, &mut corpus, &mut |_| ControlFlow::Continue(()))?;
    keep(&root, "corpus", "three-pieces", &corpus)?;
    let record = RECORD_STARTS..record_end(folder.path(), &corpus)?;
    keep(&root, "corpus", "one-record", &corpus[record])?;

    let rate = SampleRate::new(8000)?;
    let wave =
        |hertz: f32| (0..800).map(|n| (n as f32 / 8000.0 * hertz * 6.283).sin() / 2.0).collect();
    let sound = Audio::new(rate, vec![wave(440.0), wave(660.0)])?;
    keep(&root, "audio", "tones-16.wav", &wav::encode(&sound, BitDepth::Sixteen)?)?;
    Ok(())
}

/// Behind the header and what stands before the first record; see `cantilena_corpus::store`.
const RECORD_STARTS: usize = 68 + 36;

/// Where the first record ends: it says so itself.
fn record_end(folder: &Path, corpus: &[u8]) -> Result<usize, Box<dyn Error>> {
    let path = folder.join("all.corpus");
    fs::write(&path, corpus)?;
    assert_eq!(CorpusFile::open(&path)?.len(), PIECES.len());
    let length = corpus[RECORD_STARTS - 36..][..4].try_into()?;
    Ok(RECORD_STARTS + u32::from_le_bytes(length) as usize)
}

/// The first bars of a score.
fn beginning(score: &Score) -> Score {
    let end = Ticks(QUARTERS * u32::from(score.ticks_per_quarter().get()));
    let mut score = score.clone();
    for track in &mut score.tracks {
        track.notes.retain(|note| note.onset < end);
        track.controls.retain(|control| control.onset < end);
    }
    score.chords.retain(|chord| chord.onset < end);
    score
}

fn keep(root: &Path, target: &str, name: &str, bytes: &[u8]) -> Result<(), Box<dyn Error>> {
    let folder: PathBuf = root.join(target);
    fs::create_dir_all(&folder)?;
    Ok(fs::write(folder.join(name), bytes)?)
}

/// One of each thing that the ABC reader knows.
const EVERYTHING: &str = "X:1\nT:Everything\nC:Nobody\nP:ABA\nM:6/8\nL:1/8\nQ:3/8=100\nK:D dor\n\
V:1 clef=treble\nP:A\n|: \"Am7/E\"{g}A>B (3cde f2 | [M:2/4] ^g_a=b'c,, z2 x Z |1 ~a.b-b [ceg]3/2 :|2 \
(A B) & C2 D |]\nw: la- di * _ dah | oh~no\nV:2\nP:B\n[K:Gm] D/2E//F/ [|: (5:4:5abcde :: T!trill!g4- | g4 :|\n\
W: words\n\nX:2\nM:C|\nK:HP\n[1 A B c d :| [2 e8 |]\n";
