//! The five systems through the real binary, each by one command as a stranger runs it.

#![expect(clippy::unwrap_used, reason = "a test may")]

use std::path::Path;
use std::process::{Command, Output};

use cantilena_formats::Limits;
use cantilena_score::Score;

fn cantilena(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cantilena"));
    command.args(arguments).current_dir(folder).env("NO_COLOR", "1").output().unwrap()
}

/// Runs it and expects it to do what was asked; gives stdout.
#[track_caller]
fn done(folder: &Path, arguments: &[&str]) -> String {
    let output = cantilena(folder, arguments);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{arguments:?}\n{stderr}");
    String::from_utf8(output.stdout).unwrap()
}

/// Runs it and expects this exit code; gives stderr.
#[track_caller]
fn refused(folder: &Path, arguments: &[&str], code: i32) -> String {
    let output = cantilena(folder, arguments);
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{arguments:?}\n{stderr}");
    stderr
}

fn score(file: &Path) -> Score {
    let bytes = std::fs::read(file).unwrap();
    cantilena_formats::read(&bytes, &Limits::default()).unwrap().score
}

/// A system trained for a moment, in `name/`.
fn trained(folder: &Path, name: &str, protocol: &str) -> serde_json::Value {
    let json = done(
        folder,
        &[
            "train",
            "--songbook",
            "--recipe",
            name,
            "--protocol",
            protocol,
            "--minutes",
            "0.02",
            "--out",
            name,
            "--json",
        ],
    );
    serde_json::from_str(&json).unwrap()
}

#[test]
fn every_system_of_notes_trains_composes_and_reports_under_both_protocols() {
    for (name, weights) in [
        ("melody", None),
        ("pitch-step-duration", Some(84_354)),
        ("notes-chords", None),
        ("many-genres", None),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path();
        for protocol in ["legacy", "by-piece"] {
            let trained = trained(path, name, protocol);
            assert_eq!(
                (&trained["system"], &trained["protocol"]),
                (&name.into(), &protocol.into())
            );
            // Perplexity is e to the nats of the symbols, nothing else.
            let measure = &trained["provenance"]["evaluation"]["measures"][0];
            let nats = measure["sum"].as_f64().unwrap() / measure["counted"].as_f64().unwrap();
            assert!((trained["perplexity"].as_f64().unwrap().ln() - nats).abs() < 1e-9);

            done(
                path,
                &["compose", name, "--notes", "24", "--seed", "5", "-o", "piece.mid", "--force"],
            );
            done(
                path,
                &["compose", name, "--notes", "24", "--seed", "5", "-o", "again.mid", "--force"],
            );
            let piece = score(&path.join("piece.mid"));
            assert_eq!(piece, score(&path.join("again.mid")));
            if name != "notes-chords" {
                assert_eq!(piece.note_count(), 24, "{name}: as many notes as asked for");
            }
            let page = done(path, &["report", name, "-o", "report.html", "--force"]);
            assert_eq!(page.trim(), "report.html");
            let html = std::fs::read_to_string(path.join("report.html")).unwrap();
            for part in ["How it learnt", "True and predicted", "What it composes", "Its layers"] {
                assert!(html.contains(part), "{name}: {part}");
            }
            assert!(
                !html.contains("<script") && !html.contains("src=") && !html.contains("@import")
            );
            let model = path.join(name);
            std::fs::remove_dir_all(model).unwrap();
        }
        if let Some(weights) = weights {
            trained(path, name, "by-piece");
            let summary = done(path, &["summary", name]);
            assert!(summary.contains("84,354 weights"), "{weights}: {summary}");
        }
    }
}

#[test]
fn a_melody_is_served_by_genre_each_with_its_own_band() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    trained(path, "melody", "legacy");
    let mut programs = Vec::new();
    for genre in
        ["melody", "fastbeat", "jazz", "rock", "classical", "blues", "pop", "electronic", "reggae"]
    {
        let file = format!("{genre}.mid");
        done(
            path,
            &["compose", "melody", "--genre", genre, "--notes", "16", "--seed", "3", "-o", &file],
        );
        let piece = score(&path.join(&file));
        programs.push(piece.tracks[0].program.number());
        assert_eq!(piece.bars(), 5, "{genre}: four bars and one to end on");
    }
    assert_eq!(programs, [0, 25, 32, 30, 48, 34, 5, 81, 19]);
    let error = refused(path, &["compose", "melody", "--genre", "polka", "-o", "polka.mid"], 1);
    assert!(error.contains("no genre is called polka; melody, fastbeat"), "{error}");
}

#[test]
fn recipes_are_listed_printed_and_followed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let list = done(path, &["recipes"]);
    for name in ["melody", "spectrogram", "pitch-step-duration", "notes-chords", "many-genres"] {
        assert!(list.contains(name));
        assert!(done(path, &["recipes", name]).contains(&format!("system = \"{name}\"")));
    }
    let mut own = done(path, &["recipes", "melody"]).replace("units = [256, 256]", "units = [16]");
    own.push_str("patience = 1\n");
    std::fs::write(path.join("own.toml"), own).unwrap();
    done(
        path,
        &["train", "--songbook", "--recipe", "own.toml", "--minutes", "0.02", "--out", "own"],
    );
    assert!(done(path, &["summary", "own"]).contains("(16)"));
    let error = refused(path, &["train", "--songbook", "--recipe", "melodies", "--out", "x"], 2);
    assert!(error.contains("nor is it a system"), "{error}");
}
