//! Pieces asked for, streamed, refused and asked for again.

use std::io::Read;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::server::{STREAM, Server, cantilena, events, model};

#[test]
fn a_piece_is_the_same_by_the_server_and_by_the_terminal() {
    let server = Server::start(&[]);
    let asked = r#"{"bars": 6, "seed": 11, "key": "G", "density": 0.25, "tempo": 90}"#;
    let answer = server.compose(&[], asked);
    assert_eq!(answer.status, 201, "{}", String::from_utf8_lossy(&answer.body));
    let id = answer.json()["pieces"][0]["id"].as_str().unwrap().to_owned();
    assert!(answer.head.contains(&format!("location: /v1/pieces/{id}")));
    let served = server.get(&format!("/v1/pieces/{id}.mid"));
    let model = model().display().to_string();
    let asked = [
        "compose",
        &model,
        "--bars",
        "6",
        "--seed",
        "11",
        "--key",
        "G",
        "--density",
        "0.25",
        "--tempo",
        "90",
        "-o",
        "t.mid",
    ];
    assert!(cantilena(server.folder.path(), &asked).output().unwrap().status.success());
    assert_eq!(served.body, std::fs::read(server.folder.path().join("t.mid")).unwrap());

    let whole = server.get(&format!("/v1/pieces/{id}.wav")).body;
    let part = server.ask("GET", &format!("/v1/pieces/{id}.wav"), &["Range: bytes=100-199"], b"");
    assert_eq!((part.status, &*part.body), (206, &whole[100..200]));
    assert!(server.get(&format!("/v1/pieces/{id}.svg")).body.starts_with(b"<svg"));
    assert_eq!(server.get(&format!("/v1/pieces/{id}.json")).json()["score"]["bars"], 6);
}

#[test]
fn a_stream_that_broke_off_goes_on_without_gap_or_double() {
    let server = Server::start(&[]);
    let asked = r#"{"notes": 40, "seed": 5, "takes": 2}"#;
    let all = events(&server.compose(&[STREAM], asked).body);
    let notes = |events: &[(String, String, Value)], take: u64| -> Vec<Value> {
        let of_take =
            events.iter().filter(|(name, _, data)| name == "note" && data["take"] == take);
        of_take.map(|(_, _, data)| data.clone()).collect()
    };
    assert_eq!((notes(&all, 0).len(), notes(&all, 1).len()), (40, 40));
    assert_eq!(all.iter().filter(|(name, ..)| name == "done").count(), 2);
    let heard: Vec<_> = all.iter().filter(|(name, ..)| name == "note").take(23).cloned().collect();
    let last = format!("Last-Event-ID: {}", heard[22].1);
    let rest = events(&server.compose(&[STREAM, &last], asked).body);
    for take in [0, 1] {
        let joined = [notes(&heard, take), notes(&rest, take)].concat();
        assert_eq!(joined, notes(&all, take));
    }
}

#[test]
fn every_mistake_is_a_problem_that_names_its_field() {
    let server = Server::start(&[]);
    for (asked, status, field) in [
        (r#"{"bars": 0}"#, 422, "bars"),
        (r#"{"bars": -1}"#, 422, "bars"),
        (r#"{"bars": 1e9}"#, 422, "bars"),
        (r#"{"temperature": NaN}"#, 422, "temperature"),
        (r#"{"temperature": 1e300}"#, 422, "temperature"),
        (r#"{"tune": 1}"#, 422, "tune"),
        (r#"{"bars": 1, "notes": 1}"#, 422, "notes"),
        (r#"{"takes": 9}"#, 422, "takes"),
        (r#"{"bars": 1.5}"#, 422, "bars"),
        (r#"{"instrument": "kazoo"}"#, 422, "instrument"),
        (r#"{"instrument": 128}"#, 422, "instrument"),
        (r#"{"instrument": true}"#, 422, "instrument"),
        (r#"{"top_p": 0}"#, 422, "top_p"),
        (r#"{"min_p": 1}"#, 422, "min_p"),
        (r#"{"key": "H"}"#, 422, "key"),
        (r#"{"model": "../../etc"}"#, 422, "model"),
        (r#"{"from": {"piece": "nowhere"}}"#, 404, ""),
        ("no json", 400, ""),
        ("{bars: 1}", 400, ""),
        ("{\"bars\": 1", 400, ""),
        ("", 400, ""),
    ] {
        let answer = server.compose(&[], asked);
        let problem = answer.json();
        assert_eq!(answer.status, status, "{asked}: {problem}");
        assert!(answer.head.contains("content-type: application/problem+json"), "{asked}");
        assert_eq!(problem["status"], status);
        assert_eq!(problem["field"].as_str().unwrap_or_default(), field, "{asked}: {problem}");
        assert!(problem["type"].is_string() && problem["title"].is_string());
        let detail = problem["detail"].as_str().unwrap();
        for word in ["u8", "u32", "f64", "struct", "ident", "0000000000000"] {
            assert!(!detail.contains(word), "{asked}: {detail}");
        }
        // Where JSON breaks off is a place; where a field is wrong is its name.
        assert!(field.is_empty() || !detail.contains("line 1"), "{asked}: {detail}");
    }
    for (path, field) in [
        ("/v1/pieces?limit=abc", "limit"),
        ("/v1/pieces?limit=501", "limit"),
        ("/v1/pieces?before=x", "before"),
        ("/v1/pieces?limits=5", "limits"),
        ("/v1/pieces?limit=5&limit=6", "limit"),
        ("/generate_music?seed=-1", "seed"),
    ] {
        let answer = server.get(path);
        let problem = answer.json();
        assert_eq!((answer.status, problem["field"].as_str()), (422, Some(field)), "{problem}");
    }
    let large = vec![b' '; 100_000];
    let json = ["Content-Type: application/json"];
    assert_eq!(server.ask("POST", "/v1/pieces", &json, &large).status, 413);
    assert_eq!(server.ask("POST", "/v1/pieces", &[], b"{}").status, 415);
    assert_eq!(server.ask("PUT", "/v1/pieces", &[], b"{}").status, 405);
    for path in
        ["/nowhere", "/page/../Cargo.toml", "/page/..%2f..%2fetc%2fpasswd", "/v1/pieces/x.exe"]
    {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
    for bytes in [&b""[..], b"hello", b"<!DOCTYPE html>", &[0; 1000]] {
        let answer = server.ask("POST", "/v1/uploads", &["X-File-Name: ../../a.mid"], bytes);
        assert_eq!((answer.status, answer.json()["field"].as_str()), (422, Some("file")));
        assert!(answer.json()["detail"].as_str().unwrap().contains("a.mid"));
    }
    assert_eq!(server.get("/healthz").status, 200, "it lives");
}

#[test]
fn whole_numbers_may_have_a_point_and_instruments_a_name() {
    let server = Server::start(&[]);
    let asked = r#"{"bars": 2.0, "seed": 3.0, "takes": 1.0, "instrument": "flute"}"#;
    let made = server.compose(&[], asked);
    assert_eq!(made.status, 201, "{}", String::from_utf8_lossy(&made.body));
    let by_name = made.json()["pieces"][0].clone();
    assert_eq!(by_name["asked"]["program"], 73);
    let by_number = server.compose(&[], r#"{"bars": 2, "seed": 3, "instrument": 73}"#).json();
    assert_eq!(by_name["id"], by_number["pieces"][0]["id"]);
}

#[test]
fn the_same_key_asks_once() {
    let server = Server::start(&[]);
    let asked = |key: &str, json: &str| {
        let answer = server.compose(&[&format!("Idempotency-Key: {key}")], json);
        (answer.status, answer.json()["pieces"][0]["id"].clone())
    };
    let (first, again) = (asked("one", r#"{"bars": 2}"#), asked("one", r#"{"bars": 2}"#));
    assert_eq!((first.0, &first.1), (201, &again.1), "the drawn seed is the same");
    assert_eq!(asked("one", r#"{"bars": 3}"#).0, 409);
    assert_eq!(server.get("/v1/pieces").json()["pieces"].as_array().unwrap().len(), 1);
}

#[test]
fn who_leaves_stops_the_work() {
    let server = Server::start(&[]);
    for seed in 0..20 {
        let asked = format!(r#"{{"notes": 20000, "seed": {seed}}}"#);
        // As browsers do; who says that nothing more will come is not listened to any more, and
        // is missed only at the next write.
        let headers = ["Content-Type: application/json", STREAM, "Connection: keep-alive"];
        let mut stream = server.connect("POST", "/v1/pieces", &headers, asked.as_bytes());
        let mut some = [0; 512];
        assert!(stream.read(&mut some).unwrap() > 0);
    }
    let begun = Instant::now();
    while server.figure("cantilena_active_streams") > 0.0
        || server.figure("cantilena_pieces_live") > 0.0
    {
        // The longest piece takes many times as long on a machine that does other things.
        assert!(begun.elapsed() < Duration::from_secs(20), "somebody still works for nobody");
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(server.figure("cantilena_pieces_total"), 0.0);
}

#[test]
fn too_many_are_refused_and_told_when_to_come_back() {
    let server = Server::start(&["--threads", "1", "--queue", "1"]);
    let headers = ["Content-Type: application/json", STREAM];
    let long = |seed: u32| {
        let asked = format!(r#"{{"notes": 20000, "seed": {seed}}}"#);
        let mut stream = server.connect("POST", "/v1/pieces", &headers, asked.as_bytes());
        let mut some = [0; 64];
        assert!(stream.read(&mut some).unwrap() > 0);
        stream
    };
    let _working = long(1);
    let begun = Instant::now();
    while server.figure("cantilena_queue_depth") > 0.0 {
        assert!(begun.elapsed() < Duration::from_secs(5));
    }
    let _waiting = long(2);
    let refused = server.compose(&[], r#"{"bars": 1}"#);
    assert_eq!(refused.status, 503);
    assert!(refused.head.contains("retry-after: "), "{}", refused.head);
    assert_eq!(server.figure("cantilena_queue_rejected_total"), 1.0);
}

#[test]
fn a_key_asks_once_however_many_ask_at_once() {
    let server = Server::start(&[]);
    let ids: Vec<Value> = std::thread::scope(|scope| {
        let ask = || {
            let made = server.compose(&["Idempotency-Key: k"], r#"{"bars": 2}"#);
            assert_eq!(made.status, 201, "{}", String::from_utf8_lossy(&made.body));
            made.json()["pieces"][0]["id"].clone()
        };
        let threads: Vec<_> = (0..8).map(|_| scope.spawn(ask)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(server.get("/v1/pieces").json()["pieces"].as_array().unwrap().len(), 1);
}

#[test]
fn it_is_ready_when_a_model_is_and_counts_what_was_asked() {
    let server = Server::without_models(&[]);
    let waiting = server.get("/readyz");
    assert_eq!((waiting.status, waiting.json()["status"].as_u64()), (503, Some(503)));
    assert!(waiting.head.contains("retry-after: "));
    assert_eq!(server.get("/healthz").status, 200);
    let refused = server.compose(&[], "{}");
    assert_eq!((refused.status, refused.json()["field"].as_str()), (422, Some("model")));
    for _ in 0..7 {
        server.get("/v1/models");
    }
    let text = String::from_utf8(server.get("/metrics").body).unwrap();
    let counted = "cantilena_requests_total{method=\"GET\",route=\"/v1/models\",status=\"200\"} 7";
    assert!(text.lines().any(|line| line == counted), "{text}");
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let (name, value) = line.rsplit_once(' ').unwrap();
        assert!(name.starts_with("cantilena_") && value.parse::<f64>().is_ok(), "{line}");
    }
}

#[test]
fn a_piece_can_be_had_in_every_form_or_the_form_says_why_not() {
    let server = Server::start(&[]);
    let made = server.compose(&[], r#"{"bars": 4, "seed": 2}"#).json();
    let id = made["pieces"][0]["id"].as_str().unwrap();
    for (form, begins) in [
        ("mid", &b"MThd"[..]),
        ("musicxml", b"<?xml"),
        ("wav", b"RIFF"),
        ("svg", b"<svg"),
        ("json", b"{"),
    ] {
        let whole = server.get(&format!("/v1/pieces/{id}.{form}?download"));
        assert_eq!((whole.status, &whole.body[..begins.len()]), (200, begins), "{form}");
        let named = format!("filename=\"cantilena-{}.{form}\"", &id[..8]);
        assert!(whole.head.contains(&named), "{}", whole.head);
        if form == "json" {
            continue;
        }
        let path = format!("/v1/pieces/{id}.{form}");
        let end = whole.body.len();
        for (range, status, bytes) in [
            ("bytes=0-9", 206, &whole.body[..10]),
            ("bytes=-10", 206, &whole.body[end - 10..]),
            (&*format!("bytes={}-", end - 3), 206, &whole.body[end - 3..]),
            (&*format!("bytes={end}-"), 416, &[][..]),
        ] {
            let part = server.ask("GET", &path, &[&format!("Range: {range}")], b"");
            assert_eq!(part.status, status, "{form} {range}");
            assert!(status == 416 || part.body == bytes, "{form} {range}");
        }
    }
    // Some of its tracks, and none, in every form; there are no others.
    for form in ["mid", "musicxml", "svg", "json"] {
        let part = |tracks: &str| server.get(&format!("/v1/pieces/{id}.{form}?tracks={tracks}"));
        assert_eq!((part("0").status, part("99").status), (200, 422), "{form}");
        assert_ne!(part("").body, server.get(&format!("/v1/pieces/{id}.{form}")).body, "{form}");
    }
    // On a grid, in every form that is written.
    let on_grid =
        |form: &str, grid: &str| server.get(&format!("/v1/pieces/{id}.{form}?quantize={grid}"));
    let score = on_grid("json", "1/4").json()["score"].clone();
    let quarter = score["ticks_per_quarter"].as_u64().unwrap();
    let tracks = score["tracks"].as_array().unwrap().iter();
    let notes: Vec<_> = tracks.flat_map(|track| track["notes"].as_array().unwrap()).collect();
    assert!(notes.len() > 3 && notes.iter().all(|note| note[0].as_u64().unwrap() % quarter == 0));
    for (form, grid, status) in
        [("musicxml", "1/16", 200), ("mid", "1/8t", 200), ("mid", "1/5", 422), ("wav", "1/8", 422)]
    {
        let answer = on_grid(form, grid);
        assert_eq!(answer.status, status, "{form} {grid}");
        assert!(status == 200 || answer.json()["field"] == "quantize");
    }
    let sound = |tracks: &str| server.get(&format!("/v1/pieces/{id}.wav?tracks={tracks}"));
    assert_eq!((sound("0").status, sound("").status), (200, 200));
    let many: Vec<String> = (10_000..10_064).map(|track| track.to_string()).collect();
    for tracks in ["99", &many.join(","), "one"] {
        let refused = sound(tracks);
        assert_eq!((refused.status, refused.json()["field"].as_str()), (422, Some("tracks")));
    }
    // Two voices at once cannot be written as ABC.
    let answer = server.get(&format!("/v1/pieces/{id}.abc"));
    assert!(matches!(answer.status, 200 | 422), "{}", String::from_utf8_lossy(&answer.body));
}
