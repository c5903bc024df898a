//! Ears for the tests: what was played, how loud it was and how high.

#![allow(dead_code, reason = "every test file listens to something else")]

use std::f64::consts::TAU;

use cantilena_audio::Levels;
use cantilena_score::{Change, Pitch, Program, Velocity};
use cantilena_sound::{Message, Part, SoundFont, Synth};

pub(crate) const RATE: f64 = 44_100.0;

pub(crate) fn part(program: u8) -> Part {
    Part { program: Program::new(program).expect("a program"), is_drums: false }
}

pub(crate) const DRUMS: Part = Part { program: Program::PIANO, is_drums: true };

pub(crate) fn strike(pitch: u8, velocity: u8) -> Message {
    Message::Strike(
        Pitch::new(pitch).expect("a pitch"),
        Velocity::new(velocity).expect("a velocity"),
    )
}

pub(crate) fn release(pitch: u8) -> Message {
    Message::Release(Pitch::new(pitch).expect("a pitch"))
}

pub(crate) fn controller(number: u8, value: u8) -> Message {
    Message::Change(Change::Controller { number, value })
}

/// A synth of the built-in bank.
pub(crate) fn synth(parts: &[Part]) -> Synth {
    Synth::new(&SoundFont::built_in(), parts).expect("a synth")
}

/// Plays on for so many seconds; gives left and right.
pub(crate) fn play(synth: &mut Synth, seconds: f64) -> [Vec<f32>; 2] {
    let frames = ((seconds * RATE) as usize).next_multiple_of(Synth::BLOCK);
    let mut sound = [vec![0.0; frames], vec![0.0; frames]];
    let [left, right] = &mut sound;
    synth.play(left, right).expect("the engine holds");
    sound
}

/// The levels of a stretch, in decibels: peak, rms.
pub(crate) fn decibels(sound: &[Vec<f32>; 2]) -> (f64, f64) {
    let levels = Levels::of(sound.iter().flatten().copied());
    (cantilena_audio::decibels_of(levels.peak), cantilena_audio::decibels_of(levels.rms))
}

/// How strongly a sine of `hertz` is in the sound, as an amplitude (a Fourier sum under a Hann
/// window).
pub(crate) fn strength(samples: &[f32], hertz: f64) -> f64 {
    let turn = TAU * hertz / RATE;
    let window = TAU / samples.len() as f64;
    let (mut re, mut im) = (0.0, 0.0);
    // A rotation is cheaper than a sine and a cosine for each sample.
    let (sin, cos) = turn.sin_cos();
    let (window_sin, window_cos) = window.sin_cos();
    let (mut x, mut y, mut u, mut v) = (1.0, 0.0, 1.0, 0.0);
    for &sample in samples {
        let weighted = f64::from(sample) * (1.0 - u);
        re += weighted * x;
        im += weighted * y;
        (x, y) = (x * cos - y * sin, x * sin + y * cos);
        (u, v) = (u * window_cos - v * window_sin, u * window_sin + v * window_cos);
    }
    2.0 * re.hypot(im) / samples.len() as f64
}

/// How many cents the sound lies above `hertz`: where within 50 cents its first three harmonics
/// have their weight together. Of two strings that beat, that is the middle.
pub(crate) fn cents_above(samples: &[f32], hertz: f64) -> f64 {
    let powers: Vec<(f64, f64)> = (-13..=13)
        .map(|step| {
            let cents = f64::from(step) * 4.0;
            let hertz = hertz * (cents / 1_200.0).exp2();
            let power = (1..=3).map(|n| strength(samples, hertz * f64::from(n)).powi(2)).sum();
            (cents, power)
        })
        .collect();
    let most = powers.iter().map(|(_, power)| *power).fold(0.0, f64::max);
    let heard = powers.iter().filter(|(_, power)| *power > most / 4.0);
    let (sum, whole) =
        heard.fold((0.0, 0.0), |(sum, whole), (cents, power)| (sum + cents * power, whole + power));
    sum / whole
}

/// The sum of left and right.
pub(crate) fn mono(sound: &[Vec<f32>; 2]) -> Vec<f32> {
    sound[0].iter().zip(&sound[1]).map(|(left, right)| left + right).collect()
}
