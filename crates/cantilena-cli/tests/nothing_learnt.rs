//! Trainings that end before they learnt anything, through the real binary: they must say so.

#![expect(clippy::unwrap_used, reason = "a test may")]

use std::path::Path;
use std::process::Command;

/// Trains on the songbook into a new folder; gives what it said on stderr and on stdout.
fn train(folder: &Path, more: &[&str]) -> (String, String) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cantilena"));
    command.args(["train", "--songbook", "--force", "--out", "model"]).args(more);
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
