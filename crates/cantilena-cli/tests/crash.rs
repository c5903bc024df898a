//! Trainings that are killed, starved of disk and damaged, through the real binary: each must end
//! with the very bits of one that was left in peace.

#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a test may")]
#![expect(clippy::disallowed_methods, reason = "a killer needs a clock")]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// A small network with everything in it that has a state of its own: averaged weights, windows of
/// varied length, weights and values dropped.
const RECIPE: &str = "\
representation = \"pitches\"
[model]
units = 24
layers = 2
embedding = 16
head = 16
variational = true
weight_drop = 0.2
embedding_dropout = 0.1
tied = true
[training]
streams = 8
window = 12
shards = 2
learning_rate = 0.01
average = 0.9
varied_window = 0.5
patience = 0
";

/// A folder with the recipe in it.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("recipe.toml"), RECIPE).unwrap();
    folder
}

/// The arguments of a training of so many steps into `out`.
fn arguments(steps: u64, out: &str) -> Vec<String> {
    let given = ["train", "--songbook", "--recipe", "recipe.toml", "--save-every", "0.05"];
    let mut arguments: Vec<String> = given.map(str::to_owned).to_vec();
    arguments.extend(["--steps", &steps.to_string(), "--out", out].map(str::to_owned));
    arguments
}

fn cantilena(folder: &Path, arguments: &[String]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cantilena"));
    command.args(arguments).current_dir(folder).env("NO_COLOR", "1");
    command
}

/// Runs to the end; gives the exit code and what was said.
fn run(mut command: Command) -> (Option<i32>, String) {
    let output = command.output().unwrap();
    (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
}

#[track_caller]
fn train_in_peace(folder: &Path, steps: u64, out: &str) {
    let (code, said) = run(cantilena(folder, &arguments(steps, out)));
    assert_eq!(code, Some(0), "{said}");
}

/// The files of a model folder whose names begin so, in their order.
fn files(folder: &Path, prefix: &str) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_string_lossy().starts_with(prefix))
        .collect();
    files.sort();
    files
}

/// The checksum of a model's weights.
fn weights(model: &Path) -> String {
    let json = std::fs::read_to_string(model.join("model.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    json["weights"].as_str().unwrap().to_owned()
}

/// What the log says of each step and validation, but for the clock's part.
fn log(model: &Path) -> Vec<(u64, bool, u64)> {
    let text = std::fs::read_to_string(model.join("training.jsonl")).unwrap();
    let lines = text.lines().map(|line| {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let nats = line["nats"].as_f64().unwrap().to_bits();
        (line["step"].as_u64().unwrap(), line["validation"].as_bool().unwrap(), nats)
    });
    lines.collect()
}

#[track_caller]
fn assert_same(folder: &Path, disturbed: &str, undisturbed: &str) {
    let (disturbed, undisturbed) = (folder.join(disturbed), folder.join(undisturbed));
    assert_eq!(weights(&disturbed), weights(&undisturbed), "the weights differ");
    assert_eq!(log(&disturbed), log(&undisturbed), "the logs differ");
    assert!(files(&disturbed, "run-").is_empty(), "a run that is over is forgotten");
}

/// Random numbers that are the same each time (Knuth's constants for a 64-bit congruence).
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        (self.0 >> 33) % limit
    }
}

/// Waits until the child is over, `file` is longer than `len`, or so much time has passed.
fn wait_for_growth(child: &mut Child, file: &Path, len: u64, most: Duration) {
    let begun = Instant::now();
    while begun.elapsed() < most && child.try_wait().unwrap().is_none() {
        if std::fs::metadata(file).is_ok_and(|file| file.len() > len) {
            return;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

/// Trains `steps` steps, killing the process so many times, and compares with peace.
fn kill(kills: u32, steps: u64) {
    let folder = folder();
    let path = folder.path();
    train_in_peace(path, steps, "peace");
    let model = path.join("killed");
    let mut chance = Chance(7);
    let (mut killed, mut sittings_that_learnt, mut last_saved) = (0, 0, String::new());
    loop {
        let states = files(&model, "run-");
        let again = if states.is_empty() { "--force" } else { "--resume" };
        let saved = states.last().map_or(String::new(), |path| path.display().to_string());
        sittings_that_learnt += u32::from(saved != last_saved);
        last_saved = saved;
        let mut asked = arguments(steps, "killed");
        asked.extend([again, "--threads", ["1", "2"][killed as usize % 2]].map(str::to_owned));
        let mut command = cantilena(path, &asked);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        if killed == kills {
            assert!(child.wait().unwrap().success());
            break;
        }
        // One in five at any moment from the start on, the others while it learns and saves.
        if chance.below(5) > 0 {
            let log = model.join("training.jsonl");
            let len = std::fs::metadata(&log).map_or(0, |log| log.len());
            wait_for_growth(&mut child, &log, len, Duration::from_secs(20));
        }
        std::thread::sleep(Duration::from_millis(chance.below(200)));
        match child.try_wait().unwrap() {
            Some(status) => {
                assert!(status.success());
                break;
            }
            None => child.kill().unwrap(),
        }
        child.wait().unwrap();
        killed += 1;
    }
    assert_same(path, "killed", "peace");
    println!("{killed} kills, {sittings_that_learnt} sittings that went further");
    assert!(killed * 2 > kills && sittings_that_learnt * 2 > killed, "it was hardly disturbed");
}

#[test]
fn a_training_killed_eight_times_ends_with_the_same_bits() {
    kill(8, 1200);
}

#[test]
#[ignore = "takes minutes: 100 kills"]
fn a_training_killed_a_hundred_times_ends_with_the_same_bits() {
    kill(100, 15_000);
}

/// Stops a training of `steps` steps amid them, so that there is something to go on with.
fn interrupt(folder: &Path, steps: u64, out: &str) {
    let mut command = cantilena(folder, &arguments(steps, out));
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    let log = folder.join(out).join("training.jsonl");
    let is_long = || std::fs::metadata(&log).is_ok_and(|log| log.len() > 2048);
    while files(&folder.join(out), "run-").len() < 2 || !is_long() {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it saved twice");
        assert!(begun.elapsed() < Duration::from_secs(60), "it does not save");
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
}

fn resume(steps: u64, out: &str) -> Vec<String> {
    let mut asked = arguments(steps, out);
    asked.push("--resume".to_owned());
    asked
}

/// A small network of one of the systems, with values dropped and more epochs than points of its
/// history.
const SYSTEM: &str = "\
system = \"melody\"
protocol = \"by-piece\"
[data]
window = 8
validation = 0.2
[network]
units = [24]
dropout = 0.2
[training]
targets = \"every\"
batch = 8
epochs = 60
learning_rate = 0.01
";

/// What the history of a system's model says, but for the clock's part.
fn history(model: &Path) -> Vec<serde_json::Value> {
    let json = std::fs::read_to_string(model.join("model.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let points = json["provenance"]["history"].as_array().unwrap().iter();
    points
        .map(|point| serde_json::json!([point["step"], point["train"], point["validation"]]))
        .collect()
}

#[test]
fn a_system_killed_after_it_saved_ends_with_the_same_bits() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::write(path.join("system.toml"), SYSTEM).unwrap();
    let train = |more: &[&str]| {
        let given = ["train", "--songbook", "--recipe", "system.toml"];
        let given = given.iter().chain(more).map(|it| (*it).to_owned());
        cantilena(path, &given.collect::<Vec<String>>())
    };
    let (code, said) = run(train(&["--out", "peace"]));
    assert_eq!(code, Some(0), "{said}");
    let model = path.join("killed");
    // Each sitting is killed when it has saved so often; the last state of the third is damaged.
    for (sitting, again) in ["--force", "--resume", "--resume"].iter().enumerate() {
        let before = files(&model, "run-").pop();
        let every = ["--out", "killed", "--save-every", "0.02", again];
        let mut child = train(&every).stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
        let begun = Instant::now();
        while files(&model, "run-").len() < 2 || files(&model, "run-").pop() == before {
            assert!(child.try_wait().unwrap().is_none(), "sitting {sitting} ended before it saved");
            assert!(begun.elapsed() < Duration::from_secs(60), "it does not save");
            std::thread::sleep(Duration::from_millis(1));
        }
        child.kill().unwrap();
        child.wait().unwrap();
    }
    let last = files(&model, "run-").pop().unwrap();
    std::fs::write(&last, b"cut").unwrap();
    let (code, said) = run(train(&["--out", "killed", "--resume"]));
    assert_eq!(code, Some(0), "{said}");
    let name = last.file_name().unwrap().to_string_lossy().into_owned();
    assert!(said.contains(&name) && said.contains("is damaged"), "{said}");
    assert!(said.contains("Going on after step"), "{said}");
    assert_eq!(weights(&model), weights(&path.join("peace")), "the weights differ");
    assert_eq!(history(&model), history(&path.join("peace")), "the histories differ");
    assert!(files(&model, "run-").is_empty(), "a run that is over is forgotten");
}

#[test]
fn a_damaged_state_is_refused_and_the_one_before_it_used() {
    let folder = folder();
    let path = folder.path();
    train_in_peace(path, 600, "peace");
    for damage in ["flipped", "cut"] {
        interrupt(path, 600, damage);
        let last = files(&path.join(damage), "run-").pop().unwrap();
        let mut bytes = std::fs::read(&last).unwrap();
        match damage {
            "cut" => bytes.truncate(bytes.len() / 2),
            _ => bytes[4321] ^= 4,
        }
        std::fs::write(&last, bytes).unwrap();
        let (code, said) = run(cantilena(path, &resume(600, damage)));
        assert_eq!(code, Some(0), "{said}");
        let name = last.file_name().unwrap().to_string_lossy().into_owned();
        assert!(said.contains(&name) && said.contains("is damaged"), "{said}");
        assert_same(path, damage, "peace");
    }
}

#[test]
fn where_both_states_are_damaged_the_training_says_so_and_touches_nothing() {
    let folder = folder();
    let path = folder.path();
    interrupt(path, 600, "model");
    let states = files(&path.join("model"), "run-");
    states.iter().for_each(|state| std::fs::write(state, b"nothing").unwrap());
    let (code, said) = run(cantilena(path, &resume(600, "model")));
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("are damaged") && said.contains("--force"), "{said}");
    assert_eq!(files(&path.join("model"), "run-"), states);
}

/// The command under a limit of so many bytes for each file it writes. The signal that says so is
/// ignored, so that writing fails as on a full disk.
fn starved(folder: &Path, bytes: u64, arguments: &[String]) -> Command {
    let mut command = Command::new("sh");
    // The unit is 512 bytes in POSIX.
    let script = format!("trap '' XFSZ; ulimit -f {}; exec \"$@\"", bytes / 512);
    command.args(["-c", &script, "sh", env!("CARGO_BIN_EXE_cantilena")]).args(arguments);
    command.current_dir(folder).env("NO_COLOR", "1");
    command
}

#[test]
fn where_nothing_more_can_be_written_nothing_is_lost() {
    let folder = folder();
    let path = folder.path();
    train_in_peace(path, 600, "peace");
    interrupt(path, 600, "full");
    let model = path.join("full");
    let state = files(&model, "run-").pop().unwrap();
    let size = std::fs::metadata(&state).unwrap().len();
    // First the log cannot grow, then a state cannot be written.
    for (limit, file) in [(1024, "training.jsonl"), (size / 2, "run-")] {
        let before = files(&model, "run-");
        let (code, said) = run(starved(path, limit, &resume(600, "full")));
        assert_eq!(code, Some(1), "{said}");
        assert!(said.contains("the training stopped") && said.contains("--resume"), "{said}");
        assert!(said.contains(file) && said.contains("too large"), "{said}");
        assert_eq!(files(&model, "run-"), before, "what was saved stands");
        assert!(files(&model, ".cantilena").is_empty(), "no scraps");
    }
    let (code, said) = run(cantilena(path, &resume(600, "full")));
    assert_eq!(code, Some(0), "{said}");
    assert_same(path, "full", "peace");
}

#[test]
fn a_place_that_cannot_be_written_is_refused_before_anything_is_learnt() {
    let folder = folder();
    std::fs::write(folder.path().join("file"), b"mine").unwrap();
    let begun = Instant::now();
    let mut asked = arguments(1_000_000, "file/model");
    asked.extend(["--minutes".to_owned(), "1".to_owned()]);
    let (code, said) = run(cantilena(folder.path(), &asked));
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("cannot write file/model"), "{said}");
    assert!(!said.contains("Learning"), "{said}");
    assert!(begun.elapsed() < Duration::from_secs(30), "it was noticed too late");
    assert_eq!(std::fs::read(folder.path().join("file")).unwrap(), b"mine");
}

#[test]
fn two_trainings_at_once_do_not_share_a_folder() {
    let folder = folder();
    let path = folder.path();
    let mut first = cantilena(path, &arguments(1_000_000, "model"));
    let mut first = first.stderr(Stdio::null()).spawn().unwrap();
    let begun = Instant::now();
    while files(&path.join("model"), "run-").is_empty() {
        assert!(begun.elapsed() < Duration::from_secs(120), "nothing was saved");
        std::thread::sleep(Duration::from_millis(5));
    }
    let mut arguments = arguments(1, "model");
    arguments.push("--force".to_owned());
    let (code, said) = run(cantilena(path, &arguments));
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("another training is at work in model"), "{said}");
    first.kill().unwrap();
    first.wait().unwrap();
    // What the killed one left does not hold the next one up.
    let (code, said) = run(cantilena(path, &arguments));
    assert_eq!(code, Some(0), "{said}");
    assert!(!path.join("model/training.lock").exists());
}
