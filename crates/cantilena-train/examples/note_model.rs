//! How fast the note model learns, and where its time goes.
//!
//! ```text
//! cargo run --release -p cantilena-train --example note_model -- [MUSIC] [--recipe FILE] [--threads N] [--steps N] [--export FOLDER]
//! ```
//!
//! MUSIC is a folder, file or archive; without it, the songbook. Prints one JSON line for the whole
//! step as a run makes it, and one for each part of it with its share of the parts' time. Times
//! are medians. `--export` writes the windows, for `benches/note_model.py` to learn from with the
//! same network in PyTorch.
#![expect(clippy::disallowed_methods, reason = "this program measures time")]
#![allow(clippy::print_stdout, reason = "the figures are its output")]

use std::error::Error;
use std::path::{Path, PathBuf};
use std::time::Instant;

use cantilena_corpus::{Augmentation, Corpus, Feed, Side, Window, gather, songbook};
use cantilena_model::{Batch, Network, PackedNetwork, Workspace};
use cantilena_neural::{Adam, Steps, for_each_shard};
use cantilena_score::Score;
use cantilena_tokens::Tokenizer;
use cantilena_train::{Recipe, Run};

/// What was asked for.
struct Options {
    music: Option<PathBuf>,
    recipe: Recipe,
    threads: usize,
    steps: usize,
    export: Option<PathBuf>,
}

impl Options {
    fn of(mut arguments: impl Iterator<Item = String>) -> Result<Options, Box<dyn Error>> {
        let recipe = Recipe::default();
        let mut options = Options { music: None, recipe, threads: 2, steps: 100, export: None };
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} wants a value"));
            match argument.as_str() {
                "--recipe" => {
                    options.recipe = Recipe::from_toml(&std::fs::read_to_string(value()?)?)?;
                }
                "--threads" => options.threads = value()?.parse()?,
                "--steps" => options.steps = value()?.parse()?,
                "--export" => options.export = Some(value()?.into()),
                _ => options.music = Some(argument.into()),
            }
        }
        Ok(options)
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::of(std::env::args().skip(1))?;
    let recipe = options.recipe.clone();
    let corpus = match &options.music {
        Some(path) => gather(std::slice::from_ref(path), options.threads, &|_, _| ())?.corpus,
        None => songbook::corpus(),
    };
    let scores = learnt_from(&corpus, &recipe)?;
    let tokenizer = Tokenizer::fit(recipe.representation, scores.iter().copied(), 1)?;
    if let Some(folder) = &options.export {
        export(folder, &recipe, &tokenizer, &scores, options.steps)?;
    }
    whole_steps(&options, &recipe, &tokenizer, &scores);
    parts_of_steps(&options, &recipe, &tokenizer, &scores);
    Ok(())
}

fn learnt_from<'a>(corpus: &'a Corpus, recipe: &Recipe) -> Result<Vec<&'a Score>, Box<dyn Error>> {
    let split = corpus.split(recipe.corpus.validation, recipe.training.seed)?;
    Ok(split.side(Side::Train).map(|piece| &corpus.pieces[piece].score).collect())
}

/// Steps as a run makes them.
fn whole_steps(options: &Options, recipe: &Recipe, tokenizer: &Tokenizer, scores: &[&Score]) {
    let threads = options.threads;
    let mut run = Run::new(recipe, tokenizer, scores.to_vec(), Vec::new(), threads);
    let mut times = Vec::new();
    let mut notes = 0;
    for _ in 0..options.steps {
        let begun = Instant::now();
        notes += run.step(0.5).notes;
        times.push(begun.elapsed().as_secs_f64());
    }
    let (step, notes) = (median(&mut times), notes as f64 / options.steps as f64);
    println!(
        "{{\"what\": \"note model\", \"rate\": {:.0}, \"unit\": \"notes a second\", \
         \"step_ms\": {:.2}, \"threads\": {threads}, \"weights\": {}, \"isa\": \"{}\"}}",
        notes / step,
        step * 1e3,
        run.weights(),
        cantilena_neural::isa().name(),
    );
}

/// The same steps part by part, with what [`Run::step`] calls.
fn parts_of_steps(options: &Options, recipe: &Recipe, tokenizer: &Tokenizer, scores: &[&Score]) {
    let training = &recipe.training;
    let network = Network::new(&recipe.model, tokenizer.fields());
    let mut values = network.initialize(training.seed);
    let mut adam = Adam::new(values.len());
    let mut packed = PackedNetwork::default();
    let mut feed = feed(recipe, tokenizer, scores);
    let mut windows = vec![Window::default(); training.shards];
    let mut works: Vec<Workspace> = (0..training.shards).map(|_| Workspace::default()).collect();

    let names = ["feed", "pack", "forward and back", "adam"];
    let mut times: [Vec<f64>; 4] = Default::default();
    for step in 0..options.steps {
        let mut clock = Instant::now();
        let mut part = |index: usize| {
            times[index].push(clock.elapsed().as_secs_f64());
            clock = Instant::now();
        };
        feed.fill(training.window, &mut windows);
        part(0);
        network.pack_dropping(&values, step as u64, options.threads, &mut packed);
        part(1);
        let scale = 1.0 / (training.streams * training.window) as f32;
        let mut shards: Vec<_> = works.iter_mut().zip(&windows).collect();
        for_each_shard(options.threads, &mut shards, |shard, (work, window)| {
            let key = (step as u64) << 8 | (shard as u64) << 32;
            network.learn(&values, &packed, &batch(window), scale, key, work);
        });
        part(2);
        let mut gradients: Vec<_> =
            works.iter_mut().map(|work| std::mem::take(&mut work.gradients)).collect();
        adam.update(&mut values, &mut gradients, 1e-3, Some(training.clip), options.threads);
        works.iter_mut().zip(gradients).for_each(|(work, sums)| work.gradients = sums);
        part(3);
    }
    let medians = times.map(|mut times| median(&mut times));
    let sum: f64 = medians.iter().sum();
    for (name, time) in names.into_iter().zip(medians) {
        let share = time / sum;
        println!(
            "{{\"what\": \"{name}\", \"ms\": {:.3}, \"share\": {share:.3}, \"threads\": {}}}",
            time * 1e3,
            options.threads
        );
    }
}

fn feed<'a>(recipe: &Recipe, tokenizer: &'a Tokenizer, scores: &[&'a Score]) -> Feed<'a> {
    let corpus = &recipe.corpus;
    let augmentation = Augmentation {
        transpose: corpus.transpose,
        velocity: corpus.velocity,
        open_bars: corpus.open_bars,
    };
    let training = &recipe.training;
    Feed::endless(tokenizer, scores.to_vec(), training.streams, augmentation, training.seed)
}

fn batch(window: &Window) -> Batch<'_> {
    Batch {
        steps: Steps { time: window.time, batch: window.batch },
        previous: &window.previous,
        current: &window.current,
        begins: &window.begins,
    }
}

/// Writes windows as raw little-endian arrays, and what they and the network are as JSON.
fn export(
    folder: &Path,
    recipe: &Recipe,
    tokenizer: &Tokenizer,
    scores: &[&Score],
    count: usize,
) -> Result<(), Box<dyn Error>> {
    std::fs::create_dir_all(folder)?;
    let mut feed = feed(recipe, tokenizer, scores);
    let mut window = [Window::default()];
    let (mut previous, mut current, mut begins) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..count {
        feed.fill(recipe.training.window, &mut window);
        previous.extend(window[0].previous.iter().flat_map(|token| token.to_le_bytes()));
        current.extend(window[0].current.iter().flat_map(|token| token.to_le_bytes()));
        begins.extend(window[0].begins.iter().map(|&begins| u8::from(begins)));
    }
    let fields: Vec<serde_json::Value> = tokenizer
        .fields()
        .iter()
        .map(|field| {
            let predicted = field.is_predicted();
            serde_json::json!({ "name": field.name, "size": field.size, "predicted": predicted })
        })
        .collect();
    let shape = serde_json::json!({
        "windows": count,
        "time": recipe.training.window,
        "streams": recipe.training.streams,
        "fields": fields,
        "model": recipe.model,
        "clip": recipe.training.clip,
    });
    std::fs::write(folder.join("shape.json"), shape.to_string())?;
    std::fs::write(folder.join("previous.u16"), previous)?;
    std::fs::write(folder.join("current.u16"), current)?;
    std::fs::write(folder.join("begins.u8"), begins)?;
    Ok(())
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
