//! How long it takes to write MIDI files as tokens: the median of rounds, in milliseconds a file.
//!
//! ```sh
//! cargo run --release -p cantilena-tokens --example token_speed -- FOLDER [FILES] [ROUNDS] [NAME]...
//! ```
//!
//! Files are read before the clock starts; one line of JSON a representation, all of them unless
//! some are named. Where the system counts it (Linux), time is the processor's and not the wall
//! clock's, so that a busy machine does not matter much.

#![expect(clippy::disallowed_methods, reason = "a stopwatch is what this program is")]

use std::error::Error;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::Instant;

use cantilena_formats::Limits;
use cantilena_score::Score;
use cantilena_tokens::{Representation, Tokenizer};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("a folder of MIDI files")?;
    let files: usize = arguments.next().map_or(Ok(100), |number| number.parse())?;
    let rounds: usize = arguments.next().map_or(Ok(7), |number| number.parse())?;
    let names: Vec<String> = arguments.collect();
    let mut paths = Vec::new();
    midi_files(Path::new(&folder), &mut paths)?;
    paths.sort();
    let mut scores: Vec<Score> = Vec::new();
    for path in paths.iter().take(files) {
        scores
            .push(cantilena_formats::midi::read(&std::fs::read(path)?, &Limits::default())?.score);
    }
    let notes: usize = scores.iter().map(Score::note_count).sum();
    let mut out = std::io::stdout().lock();
    let begun = Instant::now();
    for representation in Representation::all() {
        if !names.is_empty() && !names.contains(&representation.to_string()) {
            continue;
        }
        let tokenizer = Tokenizer::fit(representation, &scores, 1)?;
        let mut tokens = 0;
        let mut seconds: Vec<f64> = (0..rounds.max(1))
            .map(|_| {
                let before = processor_seconds().unwrap_or_else(|| begun.elapsed().as_secs_f64());
                tokens = scores.iter().map(|score| tokenizer.encode(score).0.len()).sum();
                processor_seconds().unwrap_or_else(|| begun.elapsed().as_secs_f64()) - before
            })
            .collect();
        seconds.sort_by(f64::total_cmp);
        let per_file = |count: usize| count as f64 / scores.len().max(1) as f64;
        let line = serde_json::json!({
            "representation": representation,
            "files": scores.len(),
            "ms_per_file": 1e3 * seconds[seconds.len() / 2] / scores.len().max(1) as f64,
            "notes_per_file": per_file(notes),
            "events_per_file": per_file(tokens),
        });
        writeln!(out, "{line}")?;
    }
    Ok(())
}

/// How long this program has been at work, as the scheduler counts it.
fn processor_seconds() -> Option<f64> {
    let counts = std::fs::read_to_string("/proc/self/schedstat").ok()?;
    let nanoseconds: f64 = counts.split_whitespace().next()?.parse().ok()?;
    Some(nanoseconds * 1e-9)
}

/// All MIDI files below a folder.
fn midi_files(folder: &Path, paths: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let extension = path.extension().and_then(|extension| extension.to_str());
        if path.is_dir() {
            midi_files(&path, paths)?;
        } else if matches!(extension, Some("mid" | "midi")) {
            paths.push(path);
        }
    }
    Ok(())
}
