//! Whether learning with bfloat16 ends where learning with f32 does.
//!
//! ```text
//! cargo run --release -p cantilena-train --example precision -- MUSIC [--steps N] [--threads N] [--svg FILE]
//! ```
//!
//! Learns the default recipe three times from MUSIC: with f32, with f32 and another seed, whose
//! distance from the first is chance, and with bf16. Pieces held back are the same. Prints the
//! nats a note on these as one JSON line a run, and draws the three curves. Where bf16 is not what
//! [`Precision::is_native`](cantilena_neural::Precision) calls it, `CANTILENA_ISA=avx512bf16` makes
//! it so on processors that have the instruction.
#![allow(clippy::print_stdout, reason = "the figures are its output")]

use std::error::Error;
use std::path::PathBuf;

use cantilena_corpus::{Side, gather};
use cantilena_model::PrecisionKind;
use cantilena_plot::{Axis, Curve, curves};
use cantilena_score::Score;
use cantilena_tokens::Tokenizer;
use cantilena_train::{Recipe, Run};

fn main() -> Result<(), Box<dyn Error>> {
    let (mut music, mut steps, mut threads) = (None, 600, 2);
    let mut svg = PathBuf::from("precision.svg");
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} wants a value"));
        match argument.as_str() {
            "--steps" => steps = value()?.parse()?,
            "--threads" => threads = value()?.parse()?,
            "--svg" => svg = value()?.into(),
            _ => music = Some(PathBuf::from(argument)),
        }
    }
    let music = music.ok_or("name a folder, a file or an archive of music")?;
    let recipe = Recipe::default();
    let corpus = gather(&[music], threads, &|_, _| ())?.corpus;
    let split = corpus.split(recipe.corpus.validation, recipe.training.seed)?;
    let side = |side| -> Vec<&Score> {
        split.side(side).map(|piece| &corpus.pieces[piece].score).collect()
    };
    let (learnt, held_back) = (side(Side::Train), side(Side::Validation));
    let tokenizer = Tokenizer::fit(recipe.representation, learnt.iter().copied(), 1)?;

    let seed = recipe.training.seed;
    let mut drawn = Vec::new();
    for (name, precision, seed) in [
        ("f32", PrecisionKind::F32, seed),
        ("f32, another seed", PrecisionKind::F32, seed + 1),
        ("bf16", PrecisionKind::Bf16, seed),
    ] {
        if !precision.here().1 {
            return Err("bf16 falls back to f32 here; CANTILENA_ISA=avx512bf16 may help".into());
        }
        let mut recipe = recipe.clone();
        recipe.training.precision = precision;
        recipe.training.seed = seed;
        let mut run = Run::new(&recipe, &tokenizer, learnt.clone(), held_back.clone(), threads);
        for step in 0..=steps {
            let progress = f64::from(step) / f64::from(steps);
            if run.is_due(progress) {
                run.validate(progress);
            }
            if step < steps {
                run.step(progress);
            }
        }
        let moments = &run.history.moments;
        let points: Vec<(f64, f64)> =
            moments.iter().map(|m| (m.step as f64, m.validation.nats_per_note())).collect();
        let lowest = points.iter().map(|point| point.1).fold(f64::MAX, f64::min);
        println!(
            "{{\"what\": \"{name}\", \"steps\": {steps}, \"lowest_nats\": {lowest:.4}, \"isa\": \"{}\"}}",
            cantilena_neural::isa().name()
        );
        // The first judgement, before anything was learnt, would press the rest together.
        drawn.push(Curve::new(name, points.into_iter().skip(1).collect()));
    }
    let picture = curves(
        "Learning in short numbers, on pieces held back",
        &Axis::new("updates"),
        &Axis::new("nats a note"),
        &drawn,
    );
    std::fs::write(svg, picture.svg())?;
    Ok(())
}
