//! Trainings over HTTP.

use std::io::{BufRead, BufReader};

use serde_json::Value;

use crate::server::{Server, TINY, cantilena, events};

#[test]
fn a_training_is_told_and_its_model_composes() {
    let server = Server::start(&[]);
    let recipe = TINY.replace('\n', "\\n");
    let asked =
        format!(r#"{{"name": "../x", "songbook": true, "steps": 10, "recipe": "{recipe}"}}"#);
    let begin = |asked: &str| {
        server.ask("POST", "/v1/jobs", &["Content-Type: application/json"], asked.as_bytes())
    };
    let refused = begin(&asked);
    assert_eq!((refused.status, refused.json()["field"].as_str()), (422, Some("name")));
    let job = begin(&asked.replace("../x", "mine"));
    assert_eq!(job.status, 202, "{}", String::from_utf8_lossy(&job.body));
    let id = job.json()["id"].as_str().unwrap().to_owned();
    let told = events(&server.get(&format!("/v1/jobs/{id}/events")).body);
    let judged = told.iter().filter(|(_, _, data)| data["news"] == "judged").count();
    assert!(judged >= 2, "before learning, and after");
    let (name, _, last) = told.last().unwrap();
    assert_eq!((&**name, last["stage"].as_str()), ("done", Some("done")));
    assert_eq!(server.compose(&[], r#"{"model": "mine", "bars": 2}"#).status, 201);
    let model = server.get("/v1/models/mine").json();
    assert!(model["corpus"]["pitch"]["counts"].is_array() && model["history"].is_object());
}

/// A form of a request and files, in `multipart/form-data` (RFC 7578).
fn form(request: &str, files: &[(&str, Vec<u8>)]) -> Vec<u8> {
    let mut form =
        format!("--edge\r\nContent-Disposition: form-data; name=\"request\"\r\n\r\n{request}\r\n")
            .into_bytes();
    for (name, bytes) in files {
        let head = format!(
            "--edge\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n"
        );
        form.extend([head.as_bytes(), bytes, b"\r\n"].concat());
    }
    form.extend(b"--edge--\r\n");
    form
}

/// A MIDI file of a tune, after a text of so many bytes.
fn tune(seed: usize, text: usize) -> Vec<u8> {
    let length = [text >> 21, text >> 14, text >> 7].map(|bits| (bits & 0x7f) as u8 | 0x80);
    let mut track = [&[0, 0xff, 1][..], &length, &[(text & 0x7f) as u8]].concat();
    track.resize(track.len() + text, b'x');
    for place in 0..48 {
        let pitch = 60 + (place * place * seed + place / 7 * seed) as u8 % 17;
        track.extend([0, 0x90, pitch, 80, 96, 0x80, pitch, 0]);
    }
    track.extend([0, 0xff, 0x2f, 0]);
    let size = (track.len() as u32).to_be_bytes();
    [b"MThd\0\0\0\x06\0\0\0\x01\0\x60MTrk".as_slice(), &size, &track].concat()
}

#[test]
fn files_of_a_form_are_learnt_from_and_may_be_as_large_as_collections_are() {
    let server = Server::start(&[]);
    let asked = serde_json::json!({ "name": "tunes", "steps": 3, "recipe": TINY }).to_string();
    // The first is larger than any single score that may be continued.
    let files = [("a.mid", tune(1, 5 << 20)), ("b.mid", tune(2, 0)), ("c.mid", tune(3, 9))];
    let header = ["Content-Type: multipart/form-data; boundary=edge"];
    let job = server.ask("POST", "/v1/jobs", &header, &form(&asked, &files));
    assert_eq!(job.status, 202, "{}", String::from_utf8_lossy(&job.body));
    let id = job.json()["id"].as_str().unwrap().to_owned();
    assert_eq!(over(&server, &id), "done");
    let model = server.get("/v1/models/tunes").json();
    assert_eq!(model["model"]["pieces"], serde_json::json!([2, 1]));
    assert_eq!(model["model"]["corpus"], "a.mid, b.mid, c.mid");

    let form = String::from_utf8(form(&asked, &[("a.mid", b"MThd".to_vec())])).unwrap();
    let unknown = form.replace("\"file\"", "\"midi\"");
    let refused = server.ask("POST", "/v1/jobs", &header, unknown.as_bytes());
    assert_eq!((refused.status, refused.json()["field"].as_str()), (422, Some("midi")));
}

#[test]
fn a_model_trained_in_the_terminal_knows_what_it_has_learnt_from() {
    let server = Server::start(&[]);
    let folder = server.folder.path();
    std::fs::create_dir(folder.join("music")).unwrap();
    for seed in 1..4 {
        std::fs::write(folder.join(format!("music/{seed}.mid")), tune(seed, 0)).unwrap();
    }
    std::fs::write(folder.join("tiny.toml"), TINY).unwrap();
    let out = folder.join("studio/models/terminal").display().to_string();
    let asked = ["train", "music", "--recipe", "tiny.toml", "--steps", "3", "--out", &out];
    assert!(cantilena(folder, &asked).output().unwrap().status.success());
    let model = server.get("/v1/models/terminal").json();
    assert!(model["corpus"]["pitch"]["counts"].is_array() && model["history"].is_object());
    let made = server.compose(&[], r#"{"model": "terminal", "bars": 2}"#).json();
    let id = made["pieces"][0]["id"].as_str().unwrap();
    let report = server.get(&format!("/v1/pieces/{id}/report")).json();
    assert_eq!(report["corpus"], model["corpus"]);

    // The report of the terminal measures a piece beside it, too; what it shares with the pieces
    // themselves is told where they are at hand.
    let report = |model: &str| -> Value {
        let asked = ["compose", model, "--bars", "2", "--seed", "1", "-o", "r.json", "--force"];
        assert!(cantilena(folder, &asked).output().unwrap().status.success());
        serde_json::from_slice(&std::fs::read(folder.join("r.json")).unwrap()).unwrap()
    };
    let songbook = crate::server::model().display().to_string();
    for (model, is_at_hand) in [(&out, false), (&songbook, true)] {
        let report = report(model);
        let overlap = report["comparisons"]["pitch"]["overlap"].as_f64().unwrap();
        assert!((0.0..=1.0).contains(&overlap), "{overlap}");
        assert!(report["structure"].is_object() && report["consistency"].is_object());
        assert_eq!(report["originality"]["longest_run"].is_u64(), is_at_hand, "{report}");
    }
    // Figures of another build are none.
    std::fs::write(folder.join("studio/models/terminal/corpus.json"), "{}").unwrap();
    assert!(report(&out)["comparisons"].is_null());
}

/// Begins a training that would go on for hours, and follows it until it has told of a sample.
fn until_sampled(server: &Server) -> (String, String) {
    let recipe = TINY.replace('\n', "\\n");
    let asked = format!(
        r#"{{"name": "long", "songbook": true, "steps": 9000000, "recipe": "{recipe}",
            "sample_minutes": 0.01}}"#
    );
    let json = ["Content-Type: application/json"];
    let job = server.ask("POST", "/v1/jobs", &json, asked.as_bytes());
    assert_eq!(job.status, 202, "{}", String::from_utf8_lossy(&job.body));
    let id = job.json()["id"].as_str().unwrap().to_owned();
    let piece = next_sample(server, &id);
    (id, piece)
}

/// Follows a training until it tells of a sample.
fn next_sample(server: &Server, id: &str) -> String {
    let events = server.connect("GET", &format!("/v1/jobs/{id}/events"), &[], b"");
    let sampled = BufReader::new(events).lines().map_while(Result::ok).find_map(|line| {
        let news: Value = serde_json::from_str(line.strip_prefix("data: ")?).ok()?;
        (news["news"] == "sampled").then(|| news["piece"].as_str().unwrap().to_owned())
    });
    sampled.expect("a sample, before the stream ends")
}

/// The stage of a job when it is over.
fn over(server: &Server, id: &str) -> String {
    let told = events(&server.get(&format!("/v1/jobs/{id}/events")).body);
    told.last().unwrap().2["stage"].as_str().unwrap().to_owned()
}

#[test]
fn what_is_learnt_can_be_heard_on_the_way() {
    let server = Server::start(&[]);
    let (id, piece) = until_sampled(&server);
    let midi = server.get(&format!("/v1/pieces/{piece}.mid"));
    assert_eq!(midi.status, 200);
    let score = cantilena_formats::read(&midi.body, &Default::default()).unwrap().score;
    assert_eq!(score.bars(), 8);
    let history = || server.get("/v1/pieces").json()["pieces"].as_array().unwrap().len();
    assert_eq!(history(), 0, "nobody asked to keep it");
    let path = format!("/v1/pieces/{piece}/feedback");
    let json = ["Content-Type: application/json"];
    assert_eq!(server.ask("POST", &path, &json, br#"{"removed": false}"#).status, 200);
    assert_eq!(history(), 1);
    assert_eq!(server.ask("POST", &format!("/v1/jobs/{id}/stop"), &[], b"").status, 202);
    assert_eq!(over(&server, &id), "stopped");
    assert_eq!(server.compose(&[], r#"{"model": "long", "bars": 1}"#).status, 201);
}

/// The number of the last news of a training that is over, and the last update it tells of.
fn left(server: &Server, id: &str) -> (u64, u64) {
    let told = events(&server.get(&format!("/v1/jobs/{id}/events")).body);
    let step = told.iter().rev().find_map(|(_, _, data)| data["step"].as_u64());
    let last = told.iter().filter_map(|(_, id, _)| id.parse().ok()).max();
    (last.unwrap(), step.unwrap())
}

/// The first update that is told of behind a piece of news.
fn first_step(server: &Server, id: &str, after: u64) -> u64 {
    let header = format!("Last-Event-ID: {after}");
    let events = server.connect("GET", &format!("/v1/jobs/{id}/events"), &[&header], b"");
    let step = BufReader::new(events).lines().map_while(Result::ok).find_map(|line| {
        let news: Value = serde_json::from_str(line.strip_prefix("data: ")?).ok()?;
        (news["news"] == "step").then(|| news["step"].as_u64().unwrap())
    });
    step.expect("an update, before the stream ends")
}

#[test]
fn a_training_goes_on_where_it_was_after_a_stop_and_after_a_kill() {
    let mut server = Server::start(&[]);
    let (id, _) = until_sampled(&server);
    let stop = || server.ask("POST", &format!("/v1/jobs/{id}/stop"), &[], b"").status;
    assert_eq!(stop(), 202);
    assert_eq!(over(&server, &id), "stopped");
    // Its name is kept for it.
    let asked = br#"{"name": "long", "songbook": true, "steps": 1}"#;
    let again = server.ask("POST", "/v1/jobs", &["Content-Type: application/json"], asked);
    assert_eq!((again.status, again.json()["field"].as_str()), (422, Some("name")));

    let resume = |server: &Server| {
        let resumed = server.ask("POST", &format!("/v1/jobs/{id}/resume"), &[], b"");
        assert_eq!(resumed.status, 202, "{}", String::from_utf8_lossy(&resumed.body));
    };
    let (last, before) = left(&server, &id);
    assert!(before > 0);
    resume(&server);
    assert!(first_step(&server, &id, last) > before, "it went on, and did not begin anew");
    server.kill_and_reopen();
    assert_eq!(server.get(&format!("/v1/jobs/{id}")).json()["stage"], "stopped");
    let (last, _) = left(&server, &id);
    resume(&server);
    // At most what was learnt since the last state was saved is lost.
    assert!(first_step(&server, &id, last) > before);
    assert_eq!(server.ask("POST", &format!("/v1/jobs/{id}/stop"), &[], b"").status, 202);
    assert_eq!(over(&server, &id), "stopped");
    assert_eq!(server.compose(&[], r#"{"model": "long", "bars": 1}"#).status, 201);
}

#[test]
fn one_that_waits_can_be_stopped_while_another_learns() {
    let server = Server::start(&[]);
    let (first, _) = until_sampled(&server);
    let asked = br#"{"name": "second", "songbook": true, "steps": 1}"#;
    let second = server.ask("POST", "/v1/jobs", &["Content-Type: application/json"], asked).json();
    let second = second["id"].as_str().unwrap().to_owned();
    assert_eq!(server.ask("POST", &format!("/v1/jobs/{second}/stop"), &[], b"").status, 202);
    assert_eq!(over(&server, &second), "stopped");
    assert_eq!(server.get(&format!("/v1/jobs/{first}")).json()["stage"], "running");
    assert_eq!(server.ask("POST", &format!("/v1/jobs/{first}/stop"), &[], b"").status, 202);
    assert_eq!(over(&server, &first), "stopped");
}

#[test]
fn a_recipe_that_the_machine_could_not_hold_or_that_names_a_file_is_refused() {
    let server = Server::without_models(&[]);
    let json = ["Content-Type: application/json"];
    for recipe in ["[model]\\nunits = 8192\\nlayers = 8\\n", "tokenizer = '/etc/passwd'\\n"] {
        let asked = format!(r#"{{"name": "huge", "songbook": true, "recipe": "{recipe}"}}"#);
        let refused = server.ask("POST", "/v1/jobs", &json, asked.as_bytes());
        assert_eq!((refused.status, refused.json()["field"].as_str()), (422, Some("recipe")));
        assert!(!String::from_utf8_lossy(&refused.body).contains("root:"));
    }
    let none = br#"{"name": "none"}"#;
    let refused = server.ask("POST", "/v1/jobs", &json, none);
    assert_eq!((refused.status, refused.json()["field"].as_str()), (422, Some("file")));
}

#[cfg(unix)]
#[test]
fn a_training_saves_itself_when_the_server_is_asked_to_end() {
    let mut server = Server::start(&[]);
    let (id, _) = until_sampled(&server);
    server.ask_to_end();
    assert!(server.child.wait().unwrap().success());
    server.reopen();
    assert_eq!(server.get(&format!("/v1/jobs/{id}")).json()["stage"], "stopped");
    let made = server.compose(&[], r#"{"model": "long", "bars": 1}"#);
    assert_eq!(made.status, 201, "the model so far is there");
}
