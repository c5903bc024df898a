//! Times the log-mel spectrogram and Griffin and Lim's phases on a minute of 22,050 Hz mono: a
//! line of name, seconds and the distance reached for each.
//!
//! `cargo run --release -p cantilena-audio --example speed -- THREADS`; `speed.py` beside it runs
//! this and librosa in turn.

#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "a stopwatch")]

use std::error::Error;
use std::f64::consts::TAU;
use std::num::NonZero;
use std::time::Instant;

use cantilena_audio::{
    Audio, GriffinLim, MelOptions, PitchOptions, SampleRate, Stft, StftOptions, griffin_lim,
    log_mel, track_pitch,
};

fn main() -> Result<(), Box<dyn Error>> {
    let threads: NonZero<usize> = std::env::args().nth(1).ok_or("how many threads?")?.parse()?;
    let sample = |n: u32| {
        let t = f64::from(n) / 22_050.0;
        let chord =
            [220.0, 277.2, 329.6].map(|hertz| (TAU * hertz * t * (1.0 + 0.001 * t.sin())).sin());
        (chord.iter().sum::<f64>() / 4.0) as f32
    };
    let samples = (0..60 * 22_050).map(sample).collect();
    let audio = Audio::new(SampleRate::new(22_050)?, vec![samples])?;

    let options = MelOptions::default();
    time("log-mel", 5, || Ok(log_mel(&audio, &options, threads)?.levels.max()))?;

    let stft = Stft::new(StftOptions::default())?;
    let magnitudes = stft.magnitudes(&audio.mono(), threads);
    time("griffin-lim 32", 2, || {
        let found = griffin_lim(&magnitudes, &stft, &GriffinLim::default(), threads)?;
        let again = stft.magnitudes(&found, threads);
        let pairs = again.values().iter().zip(magnitudes.values());
        let apart: f32 = pairs.map(|(a, b)| (a - b).powi(2)).sum();
        Ok((apart / magnitudes.values().iter().map(|m| m * m).sum::<f32>()).sqrt())
    })?;

    let ten = audio.mono()[..220_500].to_vec();
    let ten = Audio::new(audio.sample_rate(), vec![ten])?;
    let coarse = PitchOptions { hop_seconds: 512.0 / 22_050.0, ..PitchOptions::default() };
    time("pyin 10 s", 2, || Ok(track_pitch(&ten, &coarse, threads).frames.len() as f32))?;
    Ok(())
}

/// The shortest of some rounds: what the machine does while nobody else wants it.
fn time(
    name: &str,
    rounds: usize,
    work: impl Fn() -> Result<f32, Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let mut result = work()?;
    let mut best = f64::INFINITY;
    for _ in 0..rounds {
        let start = Instant::now();
        result = work()?;
        best = best.min(start.elapsed().as_secs_f64());
    }
    println!("{name}\t{best:.5}\t{result}");
    Ok(())
}
