//! The whole journey through the real binary, as a person makes it.

#![expect(clippy::unwrap_used, reason = "a test may")]

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output};

/// Runs `cantilena` in a folder, without colours and without a terminal.
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

/// A small network that learns a little in a second or two.
const TINY: &str = include_str!("tiny.toml");

/// A folder with a tiny model of the songbook in `model/`.
fn folder_with_model() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("tiny.toml"), TINY).unwrap();
    done(
        folder.path(),
        &["train", "--songbook", "--recipe", "tiny.toml", "--steps", "30", "--out", "model"],
    );
    folder
}

#[test]
fn from_midi_files_to_a_piece_that_is_the_same_twice() {
    let folder = folder_with_model();
    let path = folder.path();

    // Pieces of its own, imported as a person's files would be.
    for seed in ["1", "2", "3", "4"] {
        let file = format!("midi/{seed}.mid");
        done(path, &["compose", "model", "--seed", seed, "--bars", "12", "-o", &file]);
    }
    let learnt = done(
        path,
        &["train", "midi", "--recipe", "tiny.toml", "--steps", "30", "--out", "mine", "--json"],
    );
    let learnt: serde_json::Value = serde_json::from_str(&learnt).unwrap();
    assert_eq!(learnt["steps"], 30);
    let nats = |moment: &serde_json::Value| -> f64 {
        let validation = &moment["validation"];
        let fields = validation["fields"].as_array().unwrap();
        let sum: f64 = fields.iter().map(|field| field["nats"].as_f64().unwrap()).sum();
        sum / validation["notes"].as_f64().unwrap()
    };
    let moments = learnt["history"]["moments"].as_array().unwrap();
    let (first, last) = (nats(&moments[0]), nats(moments.last().unwrap()));
    assert!(last < 0.9 * first, "30 steps took {first} nats a note to {last} only");

    let compose = |name: &str| {
        let (mid, wav, svg) = (format!("{name}.mid"), format!("{name}.wav"), format!("{name}.svg"));
        let outputs = ["-o", &mid, "-o", &wav, "-o", &svg];
        let asked = ["compose", "mine", "--bars", "8", "--seed", "1"];
        done(path, &[&asked[..], &outputs[..]].concat());
        [mid, wav, svg].map(|file| std::fs::read(path.join(file)).unwrap())
    };
    let (once, twice) = (compose("once"), compose("twice"));
    assert_eq!(once, twice, "the same model, request and seed give the same bytes");

    let [midi, wav, svg] = once;
    let reading = cantilena_formats::read(&midi, &cantilena_formats::Limits::default()).unwrap();
    assert!(reading.repairs.is_empty(), "{:?}", reading.repairs);
    assert_eq!(reading.score.bars(), 8);
    assert!(reading.score.note_count() >= 8);
    assert!(audible(&wav), "the sound is silence");
    assert!(svg.starts_with(b"<svg"));
}

/// Whether 16-bit samples behind the 44-byte header reach a tenth of full scale, and none clips.
fn audible(wav: &[u8]) -> bool {
    let samples =
        wav[44..].chunks_exact(2).map(|b| i32::from(i16::from_le_bytes([b[0], b[1]])).abs());
    let peak = samples.max().unwrap();
    assert!(wav.starts_with(b"RIFF") && peak < 32_767, "peak {peak}");
    peak > 3_276
}

#[test]
fn a_length_asked_for_is_the_length_that_comes() {
    let folder = folder_with_model();
    for (bars, seed) in [(1, 1), (3, 2), (17, 3)] {
        let (bars, seed) = (bars.to_string(), seed.to_string());
        let asked = [
            "compose", "model", "--bars", &bars, "--seed", &seed, "-o", "p.mid", "--force",
            "--json",
        ];
        let json: serde_json::Value = serde_json::from_str(&done(folder.path(), &asked)).unwrap();
        assert_eq!(json["bars"].to_string(), bars);
    }
    let asked = ["compose", "model", "--notes", "37", "--seed", "4", "-o", "n.mid", "--json"];
    let json: serde_json::Value = serde_json::from_str(&done(folder.path(), &asked)).unwrap();
    assert_eq!((json["drawn"].as_u64(), json["notes"].as_u64()), (Some(37), Some(37)));
}

#[test]
fn a_file_that_is_continued_stays_as_it_was() {
    let folder = folder_with_model();
    let path = folder.path();
    done(path, &["compose", "model", "--bars", "4", "--seed", "5", "-o", "first.mid"]);
    let more =
        ["compose", "model", "--from", "first.mid", "--bars", "4", "--seed", "6", "-o", "more.mid"];
    done(path, &more);
    let read = |name: &str| {
        let bytes = std::fs::read(path.join(name)).unwrap();
        cantilena_formats::read(&bytes, &cantilena_formats::Limits::default()).unwrap().score
    };
    let (first, more) = (read("first.mid"), read("more.mid"));
    assert_eq!((first.bars(), more.bars()), (4, 8));
    let four_bars = more.meters.bar_onset(4, more.ticks_per_quarter());
    let begun = more.slice(cantilena_score::Ticks::ZERO..four_bars);
    for (before, after) in first.tracks.iter().zip(&begun.tracks) {
        assert_eq!(before.notes, after.notes);
        assert_eq!(before.program, after.program);
    }
}

#[test]
fn a_song_that_goes_on_keeps_its_words_and_names_who_plays() {
    use cantilena_score::{Lyric, Program, Score, Ticks, Track};

    let folder = folder_with_model();
    let path = folder.path();
    let mut song: Score = "c4/4 d4/4 e4/4 f4/4 | g4/4 f4/4 e4/4 d4/4 |".parse().unwrap();
    song.tracks[0].program = Program::new(73).unwrap();
    let lyrics = vec![Lyric { onset: Ticks::ZERO, text: "Sing".to_owned() }];
    song.tracks.push(Track { name: "Words".to_owned(), lyrics, ..Track::default() });
    let bytes = cantilena_formats::midi::write(&song).unwrap().bytes;
    std::fs::write(path.join("song.mid"), bytes).unwrap();
    let asked = ["compose", "model", "--from", "song.mid", "--bars", "2", "--seed", "1"];
    let words = done(path, &[&asked[..], &["-o", "more.mid", "-o", "more.json"]].concat());
    assert!(words.contains("(Flute)"), "{words}");
    let read = |name: &str| std::fs::read(path.join(name)).unwrap();
    let report: serde_json::Value = serde_json::from_slice(&read("more.json")).unwrap();
    assert_eq!(report["piece"]["parts"], serde_json::json!(["Flute"]));
    let limits = cantilena_formats::Limits::default();
    let more = cantilena_formats::read(&read("more.mid"), &limits).unwrap().score;
    assert!(more.tracks.iter().any(|track| track.lyrics == song.tracks[1].lyrics));
}

#[test]
fn who_learns_from_free_performances_is_told_what_suits_them() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::write(path.join("tiny.toml"), TINY).unwrap();
    // Every 263 ticks of 480 to a beat: in time with no beat for long.
    for (piece, offset) in [("one", 0), ("two", 5), ("three", 9)] {
        let notes: Vec<(u32, u8)> =
            (0..120).map(|n| (n * 263, 40 + ((n * n + offset) % 23) as u8)).collect();
        let score = cantilena_formats::read(&drums(&notes), &Default::default()).unwrap().score;
        let bytes = cantilena_formats::midi::write(&score).unwrap().bytes;
        std::fs::write(path.join(piece).with_extension("mid"), bytes).unwrap();
    }
    let learn = |out: &str, representation: &str| {
        let how = ["--recipe", "tiny.toml", "--steps", "1", "--representation", representation];
        let asked = ["train", "one.mid", "two.mid", "three.mid", "--out", out];
        let output = cantilena(path, &[&asked[..], &how[..]].concat());
        assert_eq!(output.status.code(), Some(0));
        String::from_utf8(output.stderr).unwrap()
    };
    assert!(learn("by-beats", "notes").contains("--representation notes-clock"));
    assert!(!learn("by-the-clock", "notes-clock").contains("--representation"));
}

#[test]
fn nothing_is_overwritten_unless_it_may_be() {
    let folder = folder_with_model();
    let path = folder.path();
    std::fs::write(path.join("dear.mid"), b"my only copy").unwrap();
    let asked = ["compose", "model", "--seed", "1", "-o", "dear.mid"];
    let said = refused(path, &asked, 1);
    assert!(said.contains("dear.mid exists") && said.contains("--force"), "{said}");
    assert_eq!(std::fs::read(path.join("dear.mid")).unwrap(), b"my only copy");
    let said = refused(path, &["train", "--songbook", "--steps", "1", "--out", "model"], 1);
    assert!(said.contains("model exists"), "{said}");
    done(path, &[&asked[..], &["--force"]].concat());
}

#[test]
fn what_is_printed_can_be_pasted_and_what_cannot_be_printed_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::write(path.join("tiny.toml"), TINY).unwrap();
    let learn = ["train", "--songbook", "--recipe", "tiny.toml", "--steps", "30", "--out"];
    let said = done(path, &[&learn[..], &["my model"]].concat());
    assert!(said.contains("cantilena compose 'my model' --bars"), "{said}");
    let beyond = refused(path, &["compose", "my model", "--temperature", "-1"], 2);
    assert!(beyond.contains("temperature") && !beyond.contains("-- -1"), "{beyond}");

    #[cfg(target_os = "linux")]
    {
        let full = std::fs::File::options().write(true).open("/dev/full").unwrap();
        let mut recipes = Command::new(env!("CARGO_BIN_EXE_cantilena"));
        let output = recipes.arg("recipes").stdout(full).output().unwrap();
        assert_eq!(output.status.code(), Some(1));
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.starts_with("error: cannot write to the output"), "{said}");
        let _listener = std::os::unix::net::UnixListener::bind(path.join("no-file")).unwrap();
        let report = ["report", "my model", "-o", "no-file", "--force"];
        let said = refused(path, &report, 2);
        assert!(said.contains("no-file is a device or a pipe"), "{said}");
    }
}

/// A score of drums as JSON: its notes as (onset, pitch), each a beat long.
fn drums(notes: &[(u32, u8)]) -> Vec<u8> {
    let mut track = cantilena_score::Track::drums();
    for &(onset, pitch) in notes {
        track.notes.push(cantilena_score::Note {
            onset: cantilena_score::Ticks(onset),
            duration: cantilena_score::Ticks(480),
            pitch: cantilena_score::Pitch::new(pitch).unwrap(),
            velocity: cantilena_score::Velocity::DEFAULT,
        });
    }
    let mut score = cantilena_score::Score::new(480.try_into().unwrap());
    score.tracks.push(track);
    cantilena_formats::write(&score, cantilena_formats::Format::Json).unwrap().bytes
}

#[test]
fn what_a_format_cannot_say_is_said_when_it_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    // One drum struck twice at a time is one strike in MIDI.
    let twice: Vec<(u32, u8)> = (0..8).flat_map(|beat| [(beat * 480, 36); 2]).collect();
    for (name, notes, held) in [
        ("twice", &twice[..], "holds 8 notes"),
        ("far", &[(u32::MAX, 36)][..], "holds 0 notes"),
        ("sound", &[(0, 36), (480, 38)][..], ""),
    ] {
        let (json, midi) = (format!("{name}.json"), format!("{name}.mid"));
        std::fs::write(path.join(&json), drums(notes)).unwrap();
        let said = refused(path, &["render", &json, "-o", &midi], 0);
        assert!(said.contains(held), "{name}: {said}");
        assert_eq!(said.is_empty(), held.is_empty(), "{name}: {said}");
    }
}

#[test]
fn all_files_are_written_or_none() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::write(path.join("two.json"), drums(&[(0, 36), (240, 38)])).unwrap();
    std::fs::create_dir(path.join("taken.mid")).unwrap();
    let cases: [(&[&str], i32, &str); 3] = [
        (&["new/a.mid", "new/a.musicxml", "new/a.abc"], 1, "new/a.abc: drums"),
        (&["dup.mid", "./dup.mid"], 2, "asked for twice"),
        (&["a.svg", "taken.mid"], 2, "is a folder"),
    ];
    for (files, code, expected) in cases {
        let outputs = files.iter().flat_map(|file| ["-o", file]);
        let asked: Vec<&str> =
            ["render", "two.json", "--force"].into_iter().chain(outputs).collect();
        let said = refused(path, &asked, code);
        assert!(said.contains(expected), "{files:?} said: {said}");
        let names = |folder: &str| std::fs::read_dir(path.join(folder)).map_or(0, Iterator::count);
        assert_eq!((names(""), names("new")), (2 + usize::from(path.join("new").exists()), 0));
    }
}

#[cfg(unix)]
#[test]
fn a_name_of_two_lines_is_said_in_one() {
    let folder = tempfile::tempdir().unwrap();
    let music = folder.path().join("music");
    std::fs::create_dir(&music).unwrap();
    std::fs::write(music.join("one\nREFUSED.mid"), b"no music").unwrap();
    let tune: cantilena_score::Score = "c4/4 d4/4 e4/4 f4/4 |".parse().unwrap();
    let bytes = cantilena_formats::midi::write(&tune).unwrap().bytes;
    for name in ["first\nTWIN.mid", "second\nTWIN.mid"] {
        std::fs::write(music.join(name), &bytes).unwrap();
    }
    let said = done(folder.path(), &["doctor", "music"]);
    for (line, word) in [("as in", "REFUSED"), (" = ", "TWIN")] {
        let found = said.lines().find(|text| text.contains(word));
        assert!(
            found.is_some_and(|text| text.contains(line) && text.contains("\\u000a")),
            "{said}"
        );
    }
}

#[cfg(unix)]
#[test]
fn names_that_are_no_unicode_are_names_all_the_same() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let folder = folder_with_model();
    let path = folder.path();
    std::fs::rename(path.join("model"), path.join(OsStr::from_bytes(b"mod\xffel"))).unwrap();
    let cases: [&[&[u8]]; 3] = [
        &[b"compose", b"mod\xffel", b"-o", b"music/a\xff.mid", b"-o", b"b\xff.json", b"--json"],
        &[b"prepare", b"music", b"-o", b"c\xff.corpus", b"--json"],
        &[b"doctor", b"music", b"--fix", b"clean\xff", b"--json"],
    ];
    for arguments in cases {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cantilena"));
        command.args(arguments.iter().map(|argument| OsStr::from_bytes(argument)));
        let output = command.current_dir(path).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{arguments:?}\n{stderr}");
        let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(json.to_string().contains('\u{fffd}'), "{json}");
    }
    let report = std::fs::read(path.join(OsStr::from_bytes(b"b\xff.json"))).unwrap();
    let report: serde_json::Value = serde_json::from_slice(&report).unwrap();
    assert_eq!(report["model"]["folder"], "mod\u{fffd}el");
}

#[test]
fn what_makes_no_sense_is_said_plainly() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::write(path.join("page.mid"), "<!DOCTYPE html><html>404</html>").unwrap();
    std::fs::write(path.join("bad.toml"), "[model]\nunit = 3\n").unwrap();
    std::fs::create_dir(path.join("empty")).unwrap();
    let cases: [(&[&str], i32, &str); 8] = [
        (&["compose", "nowhere"], 1, "no model"),
        (&["inspect", "nowhere.mid"], 1, "cannot read nowhere.mid"),
        (&["inspect", "page.mid"], 1, "cannot open page.mid"),
        (
            &["train", "empty", "--out", "m"],
            1,
            "none of them MIDI (.mid, .midi, .kar, .rmi, .smf), MusicXML",
        ),
        (&["train", "page.mid", "--out", "m"], 1, "none of 1 music files"),
        (&["train", "--songbook", "--recipe", "bad.toml", "--out", "m"], 2, "unit"),
        (&["train", "--songbook", "--minutes=-3", "--out", "m"], 2, "above 0"),
        (&["render", "page.mid", "-o", "page.doc"], 1, "page.mid"),
    ];
    for (arguments, code, expected) in cases {
        let said = refused(path, arguments, code);
        assert!(said.contains(expected), "{arguments:?} said: {said}");
    }
    assert!(!path.join("m").exists(), "a request that failed leaves nothing");
}

#[test]
fn what_no_composer_can_do_is_refused_with_what_would_do() {
    let folder = folder_with_model();
    let path = folder.path();
    let asked = ["compose", "model", "--bars", "2", "--seed", "1", "-o", "piece.mid"];
    for (option, value, range) in [
        ("--temperature", "nan", "0 to 10"),
        ("--top-p", "2", "above 0, to 1"),
        ("--min-p", "1", "0 to below 1"),
        ("--density", "1e9", "-4 to 4"),
        ("--tempo", "0", "--tempo: a tempo of 0 quarters a minute; 4 to 1000"),
        ("--genre", "jazz", "its style from its corpus"),
    ] {
        let said = refused(path, &[&asked[..], &[option, value]].concat(), 2);
        assert!(said.contains(range), "{option}: {said}");
    }
    // A note that rings on for sixteen bars, longer than the model can wait for the next.
    let mut ringing: cantilena_score::Score = "r/4 c4/4 r/2 |".parse().unwrap();
    let quarter = u32::from(ringing.ticks_per_quarter().get());
    ringing.tracks[0].notes[0].duration = cantilena_score::Ticks(64 * quarter);
    let bytes = cantilena_formats::midi::write(&ringing).unwrap().bytes;
    std::fs::write(path.join("ringing.mid"), bytes).unwrap();
    let more = [&asked[..], &["--from", "ringing.mid"]].concat();
    let said = refused(path, &more, 2);
    assert!(said.contains("--at-bar 2 will do"), "{said}");
    done(path, &[&more[..], &["--at-bar", "2"]].concat());
}

#[test]
fn a_file_is_described_in_words_and_in_json() {
    let folder = folder_with_model();
    let path = folder.path();
    done(path, &["compose", "model", "--bars", "4", "--seed", "5", "-o", "piece.mid"]);
    let words = done(path, &["inspect", "piece.mid"]);
    assert!(words.contains("4 bars") && words.contains("nothing had to be repaired"), "{words}");
    let json: serde_json::Value =
        serde_json::from_str(&done(path, &["inspect", "piece.mid", "--json"])).unwrap();
    assert_eq!(json["bars"], 4);
}

#[test]
fn of_a_book_one_tune_is_taken_and_the_others_are_said() {
    let folder = folder_with_model();
    let path = folder.path();
    let book = "X:1\nT:One\nL:1/4\nK:C\nCDEF|\n\nX:2\nT:Two\nL:1/4\nK:C\nGABc|GABc|\n";
    std::fs::write(path.join("book.abc"), book).unwrap();
    let commands: [&[&str]; 3] = [
        &["render", "book.abc", "-o", "piece.mid", "--force"],
        &["inspect", "book.abc"],
        &["compose", "model", "--from", "book.abc", "--seed", "1", "-o", "piece.mid", "--force"],
    ];
    for asked in commands {
        let said = refused(path, asked, 0);
        assert!(said.starts_with("book.abc holds 2 tunes; this is the first (One)"), "{said}");
        let first = std::fs::read(path.join("piece.mid")).unwrap();
        assert_eq!(refused(path, &[asked, &["--tune", "1"]].concat(), 0), "", "{asked:?}");
        assert_eq!(std::fs::read(path.join("piece.mid")).unwrap(), first);
        let said = refused(path, &[asked, &["--tune", "3"]].concat(), 2);
        assert!(said.contains("--tune: book.abc holds 2 tunes"), "{said}");
        refused(path, &[asked, &["--tune", "0"]].concat(), 2);
    }
    for asked in [commands[0], commands[2]] {
        done(path, &[asked, &["--tune", "2"]].concat());
        let bytes = std::fs::read(path.join("piece.mid")).unwrap();
        let score = cantilena_formats::read(&bytes, &Default::default()).unwrap().score;
        assert_eq!(score.tracks[0].notes[0].pitch.number(), 67, "{asked:?}");
    }
    let words = done(path, &["inspect", "book.abc", "--tune", "2"]);
    assert!(words.starts_with("Two, ABC, tune 2 of 2\n  2 bars, "), "{words}");
    let json = done(path, &["inspect", "book.abc", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!(
        (&json["title"], &json["tune"], &json["tunes"]),
        (&"One".into(), &1.into(), &2.into())
    );
    let said = refused(path, &["compose", "model", "--tune", "2"], 2);
    assert!(said.contains("--from"), "{said}");
}

#[test]
fn a_band_by_rules_fits_its_file_and_one_bar_is_one() {
    let folder = folder_with_model();
    let path = folder.path();
    let asked = ["compose", "--rules", "--genre", "jazz", "--bars", "8", "--seed", "1"];
    let said = refused(path, &[&asked[..], &["-o", "rules.mid"]].concat(), 0);
    assert_eq!(said, "", "MIDI holds all that the band plays");
    let asked = ["compose", "model", "--bars", "1", "--seed", "1", "-o", "short.mid"];
    let words = done(path, &asked);
    assert!(words.starts_with("1 bar, "), "{words}");
}

#[test]
fn the_same_steps_give_the_same_weights_on_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::write(path.join("tiny.toml"), TINY).unwrap();
    let weights = ["1", "2", "4"].map(|threads| {
        let asked =
            ["train", "--songbook", "--recipe", "tiny.toml", "--steps", "8", "--out", threads];
        done(path, &[&asked[..], &["--threads", threads]].concat());
        let json = std::fs::read_to_string(path.join(threads).join("model.json")).unwrap();
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        json["weights"].as_str().unwrap().to_owned()
    });
    assert_eq!(weights[0], weights[1]);
    assert_eq!(weights[0], weights[2]);
}

#[cfg(unix)]
#[test]
fn a_training_that_is_interrupted_is_saved_and_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::write(path.join("tiny.toml"), TINY).unwrap();
    let recipe = ["train", "--songbook", "--recipe", "tiny.toml"];
    let mut child = Command::new(env!("CARGO_BIN_EXE_cantilena"))
        .args(recipe)
        .args(["--minutes", "60", "--out", "model"])
        .current_dir(path)
        .stderr(std::process::Stdio::piped())
        .stdout(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    // The first validation is told before the first step.
    let mut stderr = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !line.contains("step 0") {
        line.clear();
        stderr.read_line(&mut line).unwrap();
        assert!(!line.is_empty(), "it ended before it began");
    }
    let stopped = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(stopped.success());
    // What it still says must have somewhere to go.
    let said: Vec<String> = stderr.lines().map(Result::unwrap).collect();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(said.iter().any(|line| line.contains("--resume")), "{said:?}");

    let states = || {
        let entries = std::fs::read_dir(path.join("model")).unwrap();
        let names = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap());
        names.filter(|name| name.starts_with("run-")).count()
    };
    assert_eq!(states(), 1, "all that is needed to go on");
    done(path, &["compose", "model", "--bars", "2", "--seed", "1", "-o", "early.mid"]);
    let again = [&recipe[..], &["--steps", "40", "--out", "model"]].concat();
    let said = refused(path, &again, 2);
    assert!(said.contains("--resume"), "{said}");
    done(path, &[&again[..], &["--resume"]].concat());
    assert_eq!(states(), 0, "a run that is over is forgotten");
}

#[test]
fn a_recipe_is_tuned_and_its_rate_found_and_both_can_be_used() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::write(path.join("tiny.toml"), TINY).unwrap();
    let tuned =
        ["tune", "--songbook", "--recipe", "tiny.toml", "--minutes", "0.05", "--out", "tuned"];
    let table = done(path, &tuned);
    assert!(table.contains("nats a note") && table.contains("tuned/recipe.toml"), "{table}");
    assert!(refused(path, &tuned, 1).contains("--force"));
    let json: serde_json::Value =
        serde_json::from_slice(&std::fs::read(path.join("tuned/candidates.json")).unwrap())
            .unwrap();
    assert!(json.as_array().unwrap().len() >= 2);

    let recipe = ["train", "--songbook", "--recipe", "tuned/recipe.toml", "--out", "model"];
    let found = done(path, &[&recipe[..], &["--find-learning-rate", "--json"]].concat());
    let found: serde_json::Value = serde_json::from_str(&found).unwrap();
    assert!(found["suggestion"].as_f64().unwrap() > 0.0);
    assert!(path.join("model/learning-rate.svg").is_file());
    done(path, &[&recipe[..], &["--steps", "3"]].concat());
}

#[test]
fn names_that_a_terminal_would_obey_are_shown_and_not_obeyed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    let obeyed = "\u{1b}]0;mine\u{7}\u{1b}[2J";
    let name = format!("{obeyed}.mid");
    let mut score: cantilena_score::Score = "c4/4 d4 e4 f4 |".parse().unwrap();
    (score.title, score.tracks[0].name) = (obeyed.to_owned(), obeyed.to_owned());
    let file = cantilena_formats::midi::write(&score).unwrap().bytes;
    std::fs::write(path.join(&name), file).unwrap();
    std::fs::write(path.join(format!("{obeyed}.musicxml")), "<score-partwise").unwrap();

    for arguments in [&["inspect", &name][..], &["doctor", "."], &["doctor", ".", "--json"]] {
        let said = done(path, arguments);
        assert!(said.contains("\\u001b]0;mine\\u0007"), "{arguments:?}: {said}");
        assert!(!said.contains(['\u{1b}', '\u{7}']), "{arguments:?}");
    }
    let report = done(path, &["doctor", ".", "--json"]);
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert!(report["files"][0]["file"].as_str().unwrap().contains(obeyed), "JSON means the name");
    let damaged = refused(path, &["inspect", &format!("{obeyed}.musicxml")], 1);
    assert!(damaged.contains("\\u001b") && !damaged.contains('\u{1b}'), "{damaged}");
}

#[test]
fn a_recipe_may_name_a_tokenizer_file_and_how_long_frames_are() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    std::fs::create_dir(path.join("recipes")).unwrap();
    let train = |recipe: &str, out: &str| -> serde_json::Value {
        std::fs::write(path.join("recipes/my.toml"), format!("{recipe}{TINY}")).unwrap();
        let arguments = ["train", "--songbook", "--recipe", "recipes/my.toml", "--steps", "2"];
        done(path, &[&arguments[..], &["--out", out]].concat());
        let model = std::fs::read_to_string(path.join(out).join("model.json")).unwrap();
        serde_json::from_str::<serde_json::Value>(&model).unwrap()["tokenizer"].clone()
    };
    // What a model of MidiTok's words keeps is such a file; made coarser, it is another.
    let mut words = train("representation = \"tsd\"\n", "plain")["tokenizer"].clone();
    words["config"]["num_velocities"] = 4.into();
    std::fs::write(path.join("recipes/words.json"), words.to_string()).unwrap();
    let learnt = train("tokenizer = \"words.json\"\n", "coarse");
    assert_eq!(learnt["tokenizer"]["config"]["num_velocities"], 4);
    assert_eq!(learnt["tokenizer"]["tokenization"], "TSD");
    done(path, &["compose", "coarse", "--bars", "2", "-o", "a.mid"]);

    let frames = "representation = \"frames\"\nframes_per_quarter = 8\n";
    assert_eq!(train(frames, "eighths")["per_quarter"], 8);
    let absent = "tokenizer = \"other.json\"\n";
    std::fs::write(path.join("recipes/absent.toml"), absent).unwrap();
    let arguments = ["train", "--songbook", "--recipe", "recipes/absent.toml", "--out", "none"];
    let said = refused(path, &arguments, 2);
    assert!(said.contains("absent.toml") && said.contains("other.json"), "{said}");
}

#[test]
fn help_has_examples_and_completions_and_manuals_are_there() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path();
    assert!(done(path, &[]).contains("cantilena demo"));
    for command in ["demo", "train", "tune", "compose", "inspect", "render"] {
        let help = done(path, &["help", command]);
        assert!(help.contains("Example"), "{help}");
        assert!(done(path, &["man", command]).contains(".TH"));
    }
    for shell in ["bash", "zsh", "fish", "powershell"] {
        assert!(done(path, &["completions", shell]).contains("cantilena"));
    }
}
