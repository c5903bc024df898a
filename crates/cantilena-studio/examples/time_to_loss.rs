//! How long a system learns until the windows that judge say a loss: `time_to_loss RECIPE
//! PROTOCOL LOSS EVERY MUSIC…`.
//!
//! Judges after every so many updates, so that no time is rounded up to an epoch, and counts the
//! seconds of processor (all threads) that learning took and not those of judging. Ends at the
//! loss, or with the recipe's epochs, over which the learning rate falls. Prints one JSON object.
//! Reads the seconds from `/proc`, so it runs on Linux alone.

#![expect(clippy::print_stdout, reason = "what it prints is what it is for")]

use std::error::Error;
use std::path::PathBuf;

use cantilena_studio::{Music, Overwrite, SAVE_EVERY, SystemTraining, system_material};
use cantilena_systems::{Role, SystemNetwork, SystemRecipe, SystemRun};

/// Windows that judge, as many as Keras is judged by in `docs/five-systems/keras_system.py`.
const JUDGED: usize = 2048;

/// Ticks of the clock a second in `/proc/PID/stat`; every Linux says 100 (`getconf CLK_TCK`).
const TICKS_A_SECOND: f64 = 100.0;

const THREADS: usize = 2;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [recipe, protocol, wanted, every, music @ ..] = &arguments[..] else {
        return Err("usage: time_to_loss RECIPE PROTOCOL LOSS EVERY MUSIC…".into());
    };
    let (wanted, every): (f64, u64) = (wanted.parse()?, every.parse()?);
    let mut recipe = SystemRecipe::from_toml(&std::fs::read_to_string(recipe)?)?;
    recipe.protocol = protocol.parse()?;
    let request = SystemTraining {
        music: Music::Paths(music.iter().map(PathBuf::from).collect()),
        recipe,
        minutes: None,
        out: PathBuf::new(),
        overwrite: Overwrite::Refuse,
        resume: false,
        save_every: SAVE_EVERY,
        threads: THREADS,
    };
    let recipe = &request.recipe;
    let (reading, material) = system_material(&request)?;
    let network = SystemNetwork::new(recipe.shape(reading.symbols()));
    let mut run = SystemRun::new(recipe, network, &material, THREADS);
    let epochs = recipe.training.epochs as f64;
    let (mut learning, mut history, mut is_reached) = (0.0, Vec::new(), false);
    while run.epochs() < epochs && !is_reached {
        let begun = processor_seconds()?;
        for _ in 0..every {
            run.step(run.epochs() / epochs);
        }
        learning += processor_seconds()? - begun;
        let evaluation = run.judge(Role::Judge, JUDGED);
        let accuracy = evaluation.symbols().map(|measure| measure.accuracy());
        is_reached = evaluation.loss() <= wanted;
        history.push(serde_json::json!({
            "cpu_s": learning,
            "updates": run.steps(),
            "epoch": run.epochs(),
            "loss": evaluation.loss(),
            "accuracy": accuracy,
        }));
    }
    let result = serde_json::json!({
        "wanted": wanted,
        "reached_cpu_s": is_reached.then_some(learning),
        "history": history,
    });
    println!("{result}");
    Ok(())
}

/// Seconds of processor that this process has used, on all its threads.
fn processor_seconds() -> Result<f64, Box<dyn Error>> {
    let line = std::fs::read_to_string("/proc/self/stat")?;
    // Its name, in parentheses, may hold spaces. Behind it user and system time are the twelfth
    // and thirteenth field (proc(5), counted from the state).
    let (_, fields) = line.rsplit_once(')').ok_or("/proc/self/stat has no name")?;
    let mut fields = fields.split_whitespace().skip(11);
    let mut ticks = || -> Result<f64, Box<dyn Error>> {
        Ok(fields.next().ok_or("/proc/self/stat is short")?.parse()?)
    };
    Ok((ticks()? + ticks()?) / TICKS_A_SECOND)
}
