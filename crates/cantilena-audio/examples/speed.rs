//! Times the log-mel spectrogram and Griffin and Lim's phases on a minute of 22,050 Hz mono: a
//! line of name, seconds of processor and the distance reached for each. Linux only.
//!
//! `cargo run --release -p cantilena-audio --example speed -- THREADS`; `speed.py` beside it runs
//! this and librosa in turn.

#![allow(clippy::print_stdout, reason = "a stopwatch")]

use std::error::Error;
use std::f64::consts::TAU;
use std::num::NonZero;

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
    time("log-mel", 60, || Ok(log_mel(&audio, &options, threads)?.levels.max()))?;

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

/// Seconds of processor a round, all threads together, over some rounds: others on the machine make
/// clocks lie.
fn time(
    name: &str,
    rounds: u32,
    work: impl Fn() -> Result<f32, Box<dyn Error>>,
) -> Result<(), Box<dyn Error>> {
    let mut result = work()?;
    let start = processor_seconds()?;
    for _ in 0..rounds {
        result = work()?;
    }
    let seconds = (processor_seconds()? - start) / f64::from(rounds);
    println!("{name}\t{seconds:.5}\t{result}");
    Ok(())
}

/// What this program has had of the processor: fields 14 and 15 of proc(5), in hundredths.
fn processor_seconds() -> Result<f64, Box<dyn Error>> {
    let stat = std::fs::read_to_string("/proc/self/stat")?;
    let behind_name = stat.rsplit(')').next().unwrap_or_default();
    let ticks = behind_name.split_whitespace().skip(11).take(2).map(str::parse::<f64>);
    Ok(ticks.sum::<Result<f64, _>>()? / 100.0)
}
