//! Plays a scale through every program and the drum kit, and tells how loud each one is.
//!
//! `cargo run --release -p cantilena-sound --example families -- FOLDER [SOUNDFONT]` writes one
//! WAV file for each family into the folder; with a SoundFont, through that instead of the
//! built-in one.

#![allow(clippy::print_stdout, reason = "an example talks to whoever runs it")]
#![allow(clippy::disallowed_methods, reason = "an example may measure time for people")]

use std::error::Error;
use std::fs;
use std::num::NonZero;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Instant;

use cantilena_audio::{Audio, BitDepth, Levels, decibels_of, integrated_loudness, wav};
use cantilena_score::{Note, Pitch, Program, Score, Ticks, Track, Velocity};
use cantilena_sound::{Level, RenderOptions, SoundFont, render};

/// As the parts are: the levels of programs can be compared.
const PLAIN: RenderOptions = RenderOptions { level: Level::Gain(0.0), seconds_max: 600.0 };

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args_os().skip(1);
    let folder = PathBuf::from(arguments.next().ok_or("which folder shall the files go to?")?);
    fs::create_dir_all(&folder)?;

    let started = Instant::now();
    let soundfont = match arguments.next() {
        Some(path) => SoundFont::read(&fs::read(path)?)?,
        None => SoundFont::built_in(),
    };
    println!(
        "{}: {} presets, {:.1} MB of samples, ready in {:.0} ms",
        soundfont.name(),
        soundfont.presets().len(),
        soundfont.sample_count() as f64 * 2e-6,
        started.elapsed().as_secs_f64() * 1e3,
    );

    let (mut played, mut took) = (0.0, 0.0);
    for family in 0..16 {
        let mut channels = [Vec::new(), Vec::new()];
        for number in family * 8..family * 8 + 8 {
            let program = Program::new(number)?;
            let started = Instant::now();
            let audio = play(scale(program), &soundfont)?;
            took += started.elapsed().as_secs_f64();
            played += audio.seconds();
            describe(program.name(), &audio);
            for (channel, samples) in channels.iter_mut().zip(audio.into_channels()) {
                channel.extend(samples);
            }
        }
        let name = format!("{family:02}-{:?}.wav", Program::new(family * 8)?.family());
        let [left, right] = channels;
        let audio = Audio::new(cantilena_audio::SampleRate::CD, vec![left, right])?;
        fs::write(folder.join(name), wav::encode(&audio, BitDepth::Sixteen)?)?;
    }
    let drums = play(drums(), &soundfont)?;
    describe("Drums", &drums);
    fs::write(folder.join("16-Drums.wav"), wav::encode(&drums, BitDepth::Sixteen)?)?;
    println!("{played:.0} seconds of sound in {took:.1}: {:.0} times real time", played / took);
    Ok(())
}

fn play(track: Track, soundfont: &SoundFont) -> Result<Audio, Box<dyn Error>> {
    let mut score = Score::new(NonZero::new(4).ok_or("no ticks")?);
    score.tracks.push(track);
    Ok(render(&score, soundfont, &PLAIN, &mut |_| ControlFlow::Continue(()))?)
}

/// Two octaves of C major up from the C below the middle, then its chord, soft and loud.
fn scale(program: Program) -> Track {
    let mut track = Track::new(program);
    let steps = [0u8, 2, 4, 5, 7, 9, 11, 12, 14, 16, 17, 19, 21, 23, 24];
    for (index, step) in (0u32..).zip(steps) {
        track.notes.extend(note(index, 1, 48 + step, 90));
    }
    for (bar, velocity) in [(17, 45), (22, 115)] {
        for pitch in [48, 55, 64, 72] {
            track.notes.extend(note(bar, 4, pitch, velocity));
        }
    }
    track
}

/// Every key of the kit, then a beat.
fn drums() -> Track {
    let mut track = Track::drums();
    for (index, key) in (0u32..).zip(35..82) {
        track.notes.extend(note(2 * index, 1, key, 100));
    }
    for eighth in 0..32u32 {
        let at = 96 + eighth;
        track.notes.extend(note(at, 1, if eighth % 8 == 7 { 46 } else { 42 }, 80));
        match eighth % 4 {
            0 => track.notes.extend(note(at, 1, 36, 110)),
            2 => track.notes.extend(note(at, 1, 38, 105)),
            _ => {}
        }
    }
    track
}

fn note(onset: u32, duration: u32, pitch: u8, velocity: u8) -> Option<Note> {
    Some(Note {
        onset: Ticks(onset),
        duration: Ticks(duration),
        pitch: Pitch::new(pitch).ok()?,
        velocity: Velocity::new(velocity).ok()?,
    })
}

fn describe(name: &str, audio: &Audio) {
    let levels = Levels::of_audio(audio);
    println!(
        "{name:26} {:6.1} LUFS   peak {:6.1} dB   rms {:6.1} dB   {:5.1} s",
        integrated_loudness(audio).unwrap_or(f64::NEG_INFINITY),
        decibels_of(levels.peak),
        decibels_of(levels.rms),
        audio.seconds(),
    );
}
