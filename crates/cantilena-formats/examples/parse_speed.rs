//! Reads every MIDI file of a folder so many times over; `parse_speed.py` beside it compares the
//! time with symusic's.
//!
//! `cargo run --release -p cantilena-formats --example parse_speed -- FOLDER TIMES`

#![expect(clippy::print_stdout, reason = "a program for people and scripts")]

use std::error::Error;
use std::path::{Path, PathBuf};

use cantilena_formats::{Format, Limits, midi};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().ok_or("which folder?")?;
    let times: usize = arguments.next().ok_or("how many times?")?.parse()?;
    let mut paths = Vec::new();
    find(Path::new(&folder), &mut paths)?;
    paths.sort();
    let files: Vec<Vec<u8>> = paths.iter().map(std::fs::read).collect::<Result<_, _>>()?;
    let mut notes = 0;
    for _ in 0..times {
        for bytes in &files {
            notes += midi::read(bytes, &Limits::default())?.score.note_count();
        }
    }
    println!("{} files, {times} times, {notes} notes", files.len());
    Ok(())
}

/// All MIDI files below a folder.
fn find(folder: &Path, paths: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let extension = path.extension().unwrap_or_default().to_string_lossy();
        if path.is_dir() {
            find(&path, paths)?;
        } else if Format::from_extension(&extension) == Some(Format::Midi) {
            paths.push(path);
        }
    }
    Ok(())
}
