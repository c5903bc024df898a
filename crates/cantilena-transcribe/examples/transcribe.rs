//! Prints the notes of a recording: onset and release in seconds, and hertz, one note a line.
//!
//! `cargo run --release -p cantilena-transcribe --example transcribe -- voice.wav`

#![allow(clippy::print_stdout, reason = "a program for the terminal")]

use std::error::Error;
use std::num::NonZero;

use cantilena_audio::{DecodeLimits, PitchOptions, decode, track_pitch};
use cantilena_transcribe::hear_notes;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args().nth(1).ok_or("which file?")?;
    let decoding = decode(&std::fs::read(path)?, &DecodeLimits::default())?;
    let threads = std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
    let track = track_pitch(&decoding.audio, &PitchOptions::default(), threads);
    for note in hear_notes(&track) {
        let release = note.onset.0 + note.duration.0;
        let hertz = 440.0 * 2f64.powf((note.height - 69.0) / 12.0);
        println!("{:.4}\t{release:.4}\t{hertz:.3}", note.onset.0);
    }
    Ok(())
}
