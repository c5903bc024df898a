//! Prints the notes of a recording: onset and release in seconds, and hertz, one note a line.
//!
//! `cargo run --release -p cantilena-transcribe --example transcribe -- voice.wav`
//!
//! With `--track SECONDS` it reads a pitch track of another program from its input instead: a line
//! of hertz (0 for none), the probability of a tone, and the root of the mean square for each frame
//! of so many seconds.

#![allow(clippy::print_stdout, reason = "a program for the terminal")]

use std::error::Error;
use std::num::NonZero;

use cantilena_audio::{DecodeLimits, PitchFrame, PitchOptions, PitchTrack, decode, track_pitch};
use cantilena_transcribe::hear_notes;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let track = match &arguments[..] {
        [path] => track_of_file(path)?,
        [flag, hop_seconds] if flag == "--track" => {
            let frames = std::io::stdin().lines().map(|line| frame(&line?));
            PitchTrack {
                hop_seconds: hop_seconds.parse()?,
                frames: frames.collect::<Result<_, _>>()?,
            }
        }
        _ => return Err("one file, or --track SECONDS".into()),
    };
    for note in hear_notes(&track) {
        let release = note.onset.0 + note.duration.0;
        let hertz = 440.0 * 2f64.powf((note.height - 69.0) / 12.0);
        println!("{:.4}\t{release:.4}\t{hertz:.3}", note.onset.0);
    }
    Ok(())
}

fn track_of_file(path: &str) -> Result<PitchTrack, Box<dyn Error>> {
    let decoding = decode(&std::fs::read(path)?, &DecodeLimits::default())?;
    let threads = std::thread::available_parallelism().unwrap_or(NonZero::<usize>::MIN);
    Ok(track_pitch(&decoding.audio, &PitchOptions::default(), threads))
}

fn frame(line: &str) -> Result<PitchFrame, Box<dyn Error>> {
    let values: Vec<f64> = line.split('\t').map(str::parse).collect::<Result<_, _>>()?;
    let [hertz, voiced, rms] = values[..] else { return Err("three numbers a line".into()) };
    let hertz = (hertz > 0.0).then_some(hertz);
    Ok(PitchFrame { hertz, voiced: voiced as f32, rms: rms as f32 })
}
