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
            // What judging before the first step costs is not taken from the time to learn.
            assert_eq!(trained["provenance"]["history"][0]["seconds"], 0.0);
            assert!(trained["provenance"]["steps"].as_u64().unwrap() > 0, "{name}");
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
            let bars = ["compose", name, "--bars", "3", "--seed", "5", "-o", "bars.mid", "--force"];
            done(path, &bars);
            assert_eq!(score(&path.join("bars.mid")).bars(), 3, "{name}: and as many bars");
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

// The loss of the saved model once stood beside the curve's as if one of them were wrong.
#[test]
fn that_fewer_windows_judge_while_it_learns_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let recipe = done(path, &["recipes", "melody"]).replace("256, 256", "8");
    let recipe = recipe.replace("window = 50", "window = 8");
    std::fs::write(path.join("small.toml"), recipe).unwrap();
    let train = ["train", "--songbook", "--recipe", "small.toml", "--epochs", "1", "--force"];
    let output = cantilena(path, &[&train[..], &["--out", "model"]].concat());
    let said = String::from_utf8(output.stderr).unwrap();
    let given = String::from_utf8(output.stdout).unwrap();
    let json = std::fs::read_to_string(path.join("model/model.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    let provenance = &json["provenance"];
    let counted = |evaluation: &serde_json::Value| evaluation["measures"][0]["counted"].clone();
    // What is said is what was done.
    assert_eq!(counted(&provenance["history"][0]["validation"]), 2048);
    let all = provenance["windows"][1].as_u64().unwrap();
    assert!(all > 2048 && counted(&provenance["evaluation"]) == all, "{all}");
    assert!(said.contains("2,048 of the windows that judge, evenly spread, judge while"), "{said}");
    let last = said.lines().rfind(|line| line.ends_with("best")).unwrap();
    let loss = last.split("validation loss ").nth(1).unwrap().split(' ').next().unwrap();
    assert!(given.contains(&format!("gave these weights loss {loss}")), "{given}\n{last}");
    done(path, &["report", "model", "-o", "report.html"]);
    let html = std::fs::read_to_string(path.join("report.html")).unwrap();
    let all = cantilena_studio::count(all);
    assert!(html.contains(&format!("{all} judged the model that is saved")));
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
    // By rules, without a model: the same bands.
    let rules = ["compose", "--rules", "--notes", "16", "--seed", "3", "-o", "rules.mid"];
    done(path, &[&rules[..], &["--genre", "reggae"]].concat());
    let piece = score(&path.join("rules.mid"));
    assert_eq!((piece.tracks[0].program.number(), piece.bars()), (19, 5));
    assert_eq!(piece.tracks[0].notes.len(), 16);
    refused(path, &rules, 2);
    // What is asked for in bars or seconds is the whole piece, its end and all.
    let asked =
        ["compose", "melody", "--genre", "jazz", "--seed", "3", "-o", "bars.mid", "--force"];
    for (length, bars) in [(["--bars", "6"], 6), (["--bars", "2"], 2), (["--seconds", "11"], 6)] {
        done(path, &[&asked[..], &length].concat());
        assert_eq!(score(&path.join("bars.mid")).bars(), bars, "{length:?}: 132 quarters a minute");
    }
    let slower = ["--seconds", "12", "--tempo", "60"];
    done(path, &[&asked[..], &slower].concat());
    assert_eq!(score(&path.join("bars.mid")).bars(), 3, "three bars of four seconds");
    let error = refused(path, &[&asked[..], &["--bars", "1"]].concat(), 2);
    assert!(error.contains("two bars at least"), "{error}");
    done(path, &["compose", "melody", "--genre", "Jazz", "--notes", "8", "-o", "capital.mid"]);
    let error = refused(path, &["compose", "melody", "--seconds", "7.5", "-o", "half.mid"], 2);
    assert!(error.contains("whole seconds, 1 to 86400, will do"), "{error}");
    let error = refused(path, &["compose", "melody", "--genre", "polka", "-o", "polka.mid"], 2);
    assert!(error.contains("--genre: no genre is called \"polka\"; melody, fastbeat"), "{error}");
}

#[test]
fn nothing_that_is_asked_of_a_system_is_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    trained(path, "melody", "legacy");
    let asked = ["compose", "melody", "--notes", "16", "--seed", "3", "-o", "tune.mid"];
    done(path, &asked);
    let again = ["compose", "melody", "--notes", "16", "--seed", "3", "-o", "other.mid"];
    for (option, value) in [
        ("--from", "tune.mid"),
        ("--key", "F#m"),
        ("--density", "3"),
        ("--condition", "mode=minor"),
        ("--tempo", "nan"),
    ] {
        let error = refused(path, &[&again[..], &[option, value]].concat(), 2);
        assert!(error.contains(&format!("{option}: ")), "{option}: {error}");
        assert!(!path.join("other.mid").exists(), "{option}");
    }
    for (option, value) in [("--mood", "sad"), ("--composer", "bach")] {
        let error = refused(path, &[&again[..], &[option, value]].concat(), 2);
        assert!(error.contains("told of nothing but the music"), "{option}: {error}");
    }
    // Rules take tempo and instrument, and refuse the rest.
    let rules = ["compose", "--rules", "--genre", "jazz", "--bars", "4", "--seed", "3"];
    let dressed = ["--tempo", "60", "--instrument", "flute", "-o", "rules.mid"];
    done(path, &[&rules[..], &dressed].concat());
    let piece = score(&path.join("rules.mid"));
    assert_eq!((piece.tracks[0].program.number(), piece.bars()), (73, 4));
    assert!((piece.tempo.changes()[0].bpm() - 60.0).abs() < 1e-3);
    done(path, &[&rules[..], &["-o", "rules.json"]].concat());
    let report: serde_json::Value =
        serde_json::from_slice(&std::fs::read(path.join("rules.json")).unwrap()).unwrap();
    assert_eq!((&report["model"]["rules"], &report["piece"]["bars"]), (&"jazz".into(), &4.into()));
    for (option, value) in [
        ("--temperature", "0.1"),
        ("--top-k", "3"),
        ("--top-p", "0.5"),
        ("--min-p", "0.5"),
        ("--density", "2"),
        ("--condition", "mode=minor"),
    ] {
        let error = refused(path, &[&rules[..], &[option, value, "-o", "r.mid"]].concat(), 2);
        assert!(error.contains(&format!("{option}: rules take")), "{option}: {error}");
    }
}

#[test]
fn recipes_are_listed_printed_and_followed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let list = done(path, &["recipes"]);
    for name in ["notes", "notes-clock", "remi", "songbook"] {
        assert!(list.contains(&format!("\n  {name} ")), "{name} in {list}");
    }
    assert!(done(path, &["recipes", "notes"]).contains("weight_drop = 0.5"));
    let named = ["train", "--songbook", "--recipe", "pitches", "--steps", "1", "--out", "named"];
    done(path, &named);
    let model = std::fs::read_to_string(path.join("named/model.json")).unwrap();
    assert!(model.contains(r#"representation = \"pitches\""#), "{model}");
    // A file of one's own goes before what comes with the program, whatever it is called.
    std::fs::write(path.join("melody"), done(path, &["recipes", "pitches"])).unwrap();
    let own = ["train", "--songbook", "--recipe", "melody", "--steps", "1", "--out", "file"];
    done(path, &own);
    let model = std::fs::read_to_string(path.join("file/model.json")).unwrap();
    assert!(model.contains(r#"representation = \"pitches\""#), "{model}");
    std::fs::remove_file(path.join("melody")).unwrap();
    for name in ["melody", "spectrogram", "pitch-step-duration", "notes-chords", "many-genres"] {
        assert!(list.contains(name));
        assert!(done(path, &["recipes", name]).contains(&format!("system = \"{name}\"")));
    }
    let mut own = done(path, &["recipes", "melody"]).replace("units = [256, 256]", "units = [16]");
    let still = own.replace("learning_rate = 1e-3", "learning_rate = 1e-30");
    assert_ne!(still, own);
    std::fs::write(path.join("still.toml"), still).unwrap();
    own.push_str("patience = 1\n");
    std::fs::write(path.join("own.toml"), own).unwrap();
    done(
        path,
        &["train", "--songbook", "--recipe", "own.toml", "--minutes", "0.02", "--out", "own"],
    );
    assert!(done(path, &["summary", "own"]).contains("(16)"));
    // What a system has no use for is refused, and what it has is heeded.
    let asked = ["train", "--songbook", "--recipe", "melody", "--find-learning-rate", "--out", "x"];
    assert!(refused(path, &asked, 2).contains("--find-learning-rate is for models of notes"));
    for recipe in ["melody", "own.toml"] {
        let error = refused(path, &["tune", "--songbook", "--recipe", recipe, "--out", "x"], 2);
        assert!(error.contains("that of a system, and one for models of notes will do"), "{error}");
    }
    let asked = ["train", "--songbook", "--recipe", "still.toml", "--patience", "2", "--out", "y"];
    let given = done(path, &asked);
    assert!(given.contains("steps, until it no longer improved"), "{given}");
    let error = refused(path, &["train", "--songbook", "--recipe", "melodies", "--out", "x"], 2);
    assert!(error.contains("nor is it a recipe that `cantilena recipes` lists"), "{error}");
}

/// A mono WAV file of 16 bits: a tone that changes four times a second.
fn recording(pitches: &[f64]) -> Vec<u8> {
    let (rate, mut samples) = (22_050u32, Vec::<u8>::new());
    for (index, hertz) in pitches.iter().enumerate() {
        for sample in 0..rate / 4 {
            let seconds = f64::from(index as u32 * (rate / 4) + sample) / f64::from(rate);
            let value = 0.4 * (std::f64::consts::TAU * hertz * seconds).sin();
            samples.extend(((value * 32_767.0) as i16).to_le_bytes());
        }
    }
    let mut wav = Vec::new();
    wav.extend(b"RIFF");
    wav.extend((36 + samples.len() as u32).to_le_bytes());
    wav.extend(b"WAVEfmt ");
    wav.extend(16u32.to_le_bytes());
    for short in [1u16, 1] {
        wav.extend(short.to_le_bytes());
    }
    wav.extend(rate.to_le_bytes());
    wav.extend((rate * 2).to_le_bytes());
    for short in [2u16, 16] {
        wav.extend(short.to_le_bytes());
    }
    wav.extend(b"data");
    wav.extend((samples.len() as u32).to_le_bytes());
    wav.extend(samples);
    wav
}

/// So many recordings in the folder `takes`, and a file that is none.
fn record_takes(folder: &Path, count: usize) {
    let takes = folder.join("takes");
    std::fs::create_dir(&takes).unwrap();
    for (name, pitches) in [
        ("one.wav", [262.0, 330.0, 392.0, 523.0, 392.0, 330.0, 262.0, 294.0]),
        ("two.wav", [294.0, 349.0, 440.0, 587.0, 440.0, 349.0, 294.0, 262.0]),
        ("three.wav", [330.0, 392.0, 494.0, 659.0, 494.0, 392.0, 330.0, 294.0]),
    ]
    .into_iter()
    .take(count)
    {
        std::fs::write(takes.join(name), recording(&pitches)).unwrap();
    }
    std::fs::write(takes.join("notes.txt"), "not sound").unwrap();
}

#[test]
fn recordings_are_heard_as_notes_and_become_a_new_melody_in_sound() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    record_takes(path, 3);
    std::fs::write(path.join("takes/silent.wav"), recording(&[0.0; 8])).unwrap();
    let train = ["train", "takes", "--listen", "--steps", "20", "--out", "heard"];
    let output = cantilena(path, &train);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    assert!(said.contains("no note of one voice can be heard in it"), "{said}");
    let compose = ["compose", "heard", "--seconds", "4", "--seed", "1", "-o", "new.mid"];
    done(path, &[&compose[..], &["-o", "new.wav"]].concat());
    let piece = score(&path.join("new.mid"));
    assert!(piece.note_count() > 0);
    let sound = std::fs::read(path.join("new.wav")).unwrap();
    assert!(sound[44..].chunks_exact(2).any(|s| i16::from_le_bytes([s[0], s[1]]).abs() > 1000));
    done(path, &["report", "heard", "-o", "heard.html"]);
    let html = std::fs::read_to_string(path.join("heard.html")).unwrap();
    let parts =
        ["How good it is", "Markov, order 3", "How it learnt", "Accuracy", "Perplexity", "Step"];
    for part in parts {
        assert!(html.contains(part), "{part}");
    }
    assert!(!html.contains("<script") && !html.contains("src="));
    // What was heard can be learnt from by a system of notes too, and not by one of sound.
    let recipe = done(path, &["recipes", "melody"]).replace("window = 50", "window = 3");
    std::fs::write(path.join("short.toml"), recipe).unwrap();
    let system = ["train", "takes", "--listen", "--minutes", "0.01", "--recipe"];
    let pitches =
        done(path, &[&system[..], &["short.toml", "--out", "pitches", "--json"]].concat());
    let pitches: serde_json::Value = serde_json::from_str(&pitches).unwrap();
    assert_eq!(pitches["provenance"]["pieces"], serde_json::json!([3, 3]));
    let error = refused(path, &[&system[..], &["spectrogram", "--out", "x"]].concat(), 2);
    assert!(error.contains("learns from recordings as they are"), "{error}");
}

#[test]
fn recordings_become_a_model_and_the_model_a_recording() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    record_takes(path, 2);
    let train =
        ["train", "takes", "--recipe", "spectrogram", "--minutes", "0.02", "--out", "heard"];
    done(path, &[&train[..], &["--protocol", "by-piece"]].concat());
    assert!(done(path, &["summary", "heard"]).contains("296,192 weights"));
    done(path, &["compose", "heard", "--seconds", "2", "--seed", "1", "-o", "new.wav"]);
    done(path, &["compose", "heard", "--seconds", "2", "--seed", "1", "-o", "again.wav"]);
    let sound = std::fs::read(path.join("new.wav")).unwrap();
    assert_eq!(sound, std::fs::read(path.join("again.wav")).unwrap());
    assert_eq!(sound.len() - 44, 2 * 22_050 * 2, "two seconds of 22,050 samples of 2 bytes");
    assert!(sound[44..].chunks(2).any(|s| i16::from_le_bytes([s[0], s[1]]).abs() > 20_000));
    // A distribution of frames finds the temperature that suits it.
    let recipe = done(path, &["recipes", "spectrogram"]).replace("128, 128", "16");
    let recipe = recipe.replace("frames = \"mean\"", "frames = { mixture = 2 }");
    std::fs::write(path.join("mixture.toml"), recipe).unwrap();
    let mixture = ["train", "takes", "--recipe", "mixture.toml", "--minutes", "0.02"];
    let mixture = done(path, &[&mixture[..], &["--out", "mixture", "--json"]].concat());
    let mixture: serde_json::Value = serde_json::from_str(&mixture).unwrap();
    let temperature = mixture["provenance"]["temperature"].as_f64().unwrap();
    assert!((0.3..=1.5).contains(&temperature), "{temperature}");
    assert_eq!(mixture["provenance"]["recordings"].as_array().unwrap().len(), 2);
    // Kinds of frames are drawn, too, and a mean is not.
    let recipe = done(path, &["recipes", "spectrogram"]).replace("128, 128", "16");
    let recipe = recipe.replace("frames = \"mean\"", "frames = { palette = 12 }");
    std::fs::write(path.join("palette.toml"), recipe).unwrap();
    let palette = ["train", "takes", "--recipe", "palette.toml", "--minutes", "0.02"];
    done(path, &[&palette[..], &["--out", "palette"]].concat());
    let drawn = |temperature: &str, out: &str| {
        let compose = ["compose", "palette", "--seconds", "2", "--seed", "1", "--temperature"];
        done(path, &[&compose[..], &[temperature, "-o", out]].concat());
        std::fs::read(path.join(out)).unwrap()
    };
    assert_eq!(drawn("1", "a.wav"), drawn("1", "b.wav"));
    assert_ne!(drawn("0.1", "c.wav"), drawn("4", "d.wav"));
    for option in [["--temperature", "0.5"], ["--top-k", "3"], ["--top-p", "0.5"]] {
        let asked = [&["compose", "heard", "-o", "e.wav"], &option[..]].concat();
        let error = refused(path, &asked, 2);
        assert!(error.contains(option[0]) && error.contains("draws nothing"), "{error}");
    }
    let error = refused(path, &["compose", "heard", "-o", "new.mid"], 2);
    assert!(error.contains("this model makes sound"), "{error}");
    std::fs::write(path.join("takes/two.wav"), b"no sound at all").unwrap();
    let error = refused(path, &[&train[..], &["--force"]].concat(), 2);
    assert!(error.contains("1 of 2 recordings could be read"), "{error}");
    done(path, &["report", "heard", "-o", "heard.html"]);
    let html = std::fs::read_to_string(path.join("heard.html")).unwrap();
    for part in ["The sound in mel bands", "onsets a second", "one.wav", "two.wav"] {
        assert!(html.contains(part), "{part}");
    }
}
