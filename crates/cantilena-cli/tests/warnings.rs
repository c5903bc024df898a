//! What a training says of itself and of its music that nobody would like to hear, through the
//! real binary.

#![expect(clippy::unwrap_used, reason = "a test may")]

use std::path::Path;
use std::process::Command;

/// Trains on the songbook into a new folder; gives what it said on stderr and on stdout.
fn train(folder: &Path, more: &[&str]) -> (String, String) {
    train_on("--songbook", folder, more)
}

fn train_on(music: &str, folder: &Path, more: &[&str]) -> (String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cantilena"));
    command.args(["train", music, "--force", "--out", "model"]).args(more);
    let output = command.current_dir(folder).env("NO_COLOR", "1").output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    let (said, given) = (text(output.stderr), text(output.stdout));
    assert_eq!(output.status.code(), Some(0), "{said}");
    (said, given)
}

#[test]
fn a_training_of_no_steps_is_called_so_and_nobody_is_sent_to_compose() {
    let folder = tempfile::tempdir().unwrap();
    for recipe in [&[][..], &["--recipe", "pitch-step-duration"]] {
        let (said, given) = train(folder.path(), &[recipe, &["--minutes", "1e-9"]].concat());
        assert!(said.contains("nothing was learnt") && said.contains("first step"), "{said}");
        assert!(given.contains("(0 steps") && !given.contains("Compose with it"), "{given}");
        let json = train(folder.path(), &[recipe, &["--minutes", "1e-9", "--json"]].concat());
        assert!(json.0.contains("nothing was learnt"), "{}", json.0);
    }
}

#[test]
fn a_training_that_made_nothing_better_is_called_so() {
    let folder = tempfile::tempdir().unwrap();
    let recipe = "system = \"melody\"\nprotocol = \"by-piece\"\n[data]\nwindow = 4\n\
                  validation = 0.2\n[network]\nunits = [4]\ndropout = 0.0\n[training]\n\
                  targets = \"last\"\nbatch = 64\nepochs = 1\nlearning_rate = ";
    let trained = |rate: &str| {
        std::fs::write(folder.path().join("recipe.toml"), format!("{recipe}{rate}\n")).unwrap();
        train(folder.path(), &["--recipe", "recipe.toml"])
    };
    // Steps so small that no weight moves: after them it predicts exactly what it did before.
    let (said, given) = trained("1e-30");
    assert!(said.contains("nothing was learnt that holds"), "{said}");
    assert!(!given.contains("Compose with it"), "{given}");
    let (said, given) = trained("0.01");
    assert!(!said.contains("nothing was learnt"), "{said}");
    assert!(given.contains("Compose with it"), "{given}");
}

#[test]
fn a_network_that_foretells_less_than_counting_is_called_so() {
    let folder = tempfile::tempdir().unwrap();
    let (_, given) = train(folder.path(), &["--steps", "2"]);
    assert!(given.contains("Counting (the Markov model) still foretells more"), "{given}");
}

#[test]
fn bars_of_one_beat_and_what_is_passed_over_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let music = folder.path().join("music");
    std::fs::create_dir(&music).unwrap();
    let bars = ["C|D|E|F|", "G|E|c|G|", "A|F|D|B,|"];
    for ((name, meter), bars) in [("a", "1/4"), ("b", "1/4"), ("c", "4/4")].iter().zip(bars) {
        let tune = format!("X:1\nM:{meter}\nL:1/4\nK:C\n{}\n", bars.repeat(8));
        std::fs::write(music.join(format!("{name}.abc")), tune).unwrap();
    }
    std::fs::write(music.join("hummed.wav"), b"RIFF").unwrap();
    let (said, _) = train_on("music", folder.path(), &["--steps", "1"]);
    assert!(said.contains("\n2 pieces have bars of one beat"), "{said}");
    assert!(said.contains("passed over: 1 recording (train --listen"), "{said}");
    let steady = ["--steps", "1", "--recipe", "notes-clock"];
    let (said, _) = train_on("music", folder.path(), &steady);
    assert!(!said.contains("bars of one beat"), "clock time knows no bars: {said}");
}
