//! Reads every music file in folders and zip archives and says how that went.
//!
//! ```text
//! cargo run --release -p cantilena-formats --example survey -- [--json FILE] FOLDER|ZIP…
//! ```
//!
//! Prints one row for each folder or archive, then how many files needed each kind of repair.
//! With `--json`, writes one line for each file: its notes, sums that another reader's notes can
//! be compared with, its repairs or why it was refused.

#![expect(clippy::print_stdout, reason = "the table is what this program is for")]

use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::io::{BufWriter, Read, Write};
use std::panic::catch_unwind;
use std::path::{Path, PathBuf};
use std::time::Duration;

use cantilena_formats::{Format, Limits, ReadError, Reading, read};
use serde::Serialize;

/// A set's row of the table.
#[derive(Default)]
struct Row {
    files: usize,
    bytes: usize,
    notes: usize,
    /// Files that break a rule and were read all the same.
    repaired: usize,
    refused: usize,
    panics: usize,
    /// Spent on reading alone.
    time: Duration,
}

/// What is known of one file afterwards.
#[derive(Serialize)]
struct FileLine<'a> {
    set: &'a str,
    file: &'a str,
    bytes: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<String>,
    notes: usize,
    onsets: u64,
    durations: u64,
    pitches: u64,
    velocities: u64,
    tracks: usize,
    lyrics: usize,
    title: String,
    seconds: f64,
    micros: u64,
    repairs: Vec<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1).peekable();
    let mut json = match arguments.next_if(|a| a == "--json") {
        Some(_) => {
            let path = arguments.next().ok_or("--json needs a file")?;
            Some(BufWriter::new(fs::File::create(path)?))
        }
        None => None,
    };
    let mut kinds: BTreeMap<String, usize> = BTreeMap::new();
    println!("| set | files | MB | notes | repaired | refused | panics | seconds |");
    println!("|---|---:|---:|---:|---:|---:|---:|---:|");
    for set in arguments {
        let mut row = Row::default();
        each_file(Path::new(&set), &mut |file, bytes| {
            let line = survey(&set, file, bytes, &mut row, &mut kinds);
            if let Some(json) = &mut json {
                serde_json::to_writer(&mut *json, &line)?;
                json.write_all(b"\n")?;
            }
            Ok(())
        })?;
        let name = Path::new(&set).file_name().unwrap_or_default().to_string_lossy();
        println!(
            "| {name} | {} | {:.1} | {} | {} | {} | {} | {:.2} |",
            row.files,
            row.bytes as f64 / 1e6,
            row.notes,
            row.repaired,
            row.refused,
            row.panics,
            row.time.as_secs_f64()
        );
    }
    println!("\n| repair or refusal | files |\n|---|---:|");
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.sort_by_key(|(_, files)| std::cmp::Reverse(*files));
    for (kind, files) in kinds {
        println!("| {kind} | {files} |");
    }
    Ok(())
}

/// Reads one file and adds it to its row and to the kinds of repair.
fn survey<'a>(
    set: &'a str,
    file: &'a str,
    bytes: &[u8],
    row: &mut Row,
    kinds: &mut BTreeMap<String, usize>,
) -> FileLine<'a> {
    let (result, time) = timed(|| catch_unwind(|| read(bytes, &Limits::default())));
    row.files += 1;
    row.bytes += bytes.len();
    row.time += time;
    let mut line = FileLine {
        set,
        file,
        bytes: bytes.len(),
        refused: None,
        notes: 0,
        onsets: 0,
        durations: 0,
        pitches: 0,
        velocities: 0,
        tracks: 0,
        lyrics: 0,
        title: String::new(),
        seconds: 0.0,
        micros: time.as_micros() as u64,
        repairs: Vec::new(),
    };
    let reading: Reading = match result {
        Ok(Ok(reading)) => reading,
        Ok(Err(error)) => {
            row.refused += 1;
            *kinds.entry(format!("refused: {}", kind_of_refusal(&error))).or_default() += 1;
            line.refused = Some(error.to_string());
            return line;
        }
        Err(_) => {
            row.panics += 1;
            line.refused = Some("panic".to_owned());
            return line;
        }
    };
    let score = &reading.score;
    for note in score.tracks.iter().flat_map(|track| &track.notes) {
        line.notes += 1;
        line.onsets += u64::from(note.onset.0);
        line.durations += u64::from(note.duration.0);
        line.pitches += u64::from(note.pitch.number());
        line.velocities += u64::from(note.velocity.value());
    }
    line.tracks = score.tracks.len();
    line.lyrics = score.tracks.iter().map(|track| track.lyrics.len()).sum();
    line.title.clone_from(&score.title);
    line.seconds = score.seconds().0;
    line.repairs = reading.repairs.iter().map(ToString::to_string).collect();
    row.notes += line.notes;
    row.repaired += usize::from(reading.repairs.iter().any(|repair| repair.what.breaks_a_rule()));
    let mut found: Vec<String> =
        reading.repairs.iter().map(|repair| without_numbers(&repair.what.to_string())).collect();
    found.sort();
    found.dedup();
    for kind in found {
        *kinds.entry(kind).or_default() += 1;
    }
    line
}

/// A repair's words with every number as `N`, so that those of a kind count together.
fn without_numbers(words: &str) -> String {
    let mut kind = String::new();
    for c in words.chars() {
        match c {
            '0'..='9' if kind.ends_with('N') => {}
            '0'..='9' if words.contains("bytes") || words.contains("promises") => kind.push('N'),
            _ => kind.push(c),
        }
    }
    kind
}

fn kind_of_refusal(error: &ReadError) -> String {
    match error {
        ReadError::Malformed { what, .. } => (*what).to_owned(),
        other => other.to_string(),
    }
}

/// Calls `each` with the name and bytes of every music file in a folder, an archive, or of a
/// single file.
fn each_file(
    path: &Path,
    each: &mut impl FnMut(&str, &[u8]) -> Result<(), Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let is_music = |name: &Path| {
        let extension = name.extension().unwrap_or_default();
        Format::from_extension(&extension.to_string_lossy()).is_some()
    };
    if path.is_dir() {
        let entries: Result<Vec<PathBuf>, _> =
            fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect();
        let mut entries = entries?;
        entries.sort();
        for entry in entries {
            if entry.is_dir() || is_music(&entry) {
                each_file(&entry, each)?;
            }
        }
        return Ok(());
    }
    if path.extension().is_none_or(|extension| extension != "zip") {
        return each(&path.to_string_lossy(), &fs::read(path)?);
    }
    let mut archive = zip::ZipArchive::new(fs::File::open(path)?)?;
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index)?;
        let name = entry.name()?.into_owned();
        if entry.is_file() && is_music(Path::new(&name)) {
            let mut bytes = Vec::new();
            entry.read_to_end(&mut bytes)?;
            each(&name, &bytes)?;
        }
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "this program measures how long reading takes")]
fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = std::time::Instant::now();
    let value = work();
    (value, start.elapsed())
}
