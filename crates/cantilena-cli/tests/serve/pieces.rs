//! The studio over HTTP, through the real binary: bytes to and from its socket.

#![expect(clippy::unwrap_used, reason = "a test may")]
#![expect(clippy::disallowed_methods, reason = "a test waits, but not for ever")]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use serde_json::Value;

const TINY: &str = "\
[model]
units = 32
layers = 1
embedding = 32
head = 32
[training]
streams = 8
window = 16
shards = 2
learning_rate = 0.02
";

/// A tiny model of the songbook, trained once for all tests.
fn model() -> &'static Path {
    static MODEL: OnceLock<(tempfile::TempDir, PathBuf)> = OnceLock::new();
    let (_, model) = MODEL.get_or_init(|| {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("tiny.toml"), TINY).unwrap();
        let asked =
            ["train", "--songbook", "--recipe", "tiny.toml", "--steps", "30", "--out", "tiny"];
        assert!(cantilena(folder.path(), &asked).output().unwrap().status.success());
        let model = folder.path().join("tiny");
        (folder, model)
    });
    model
}

fn cantilena(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cantilena"));
    command.args(arguments).current_dir(folder).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// A server with a studio of its own, ended with the test.
struct Server {
    child: Child,
    address: String,
    folder: tempfile::TempDir,
}

struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }
}

impl Server {
    fn start(more: &[&str]) -> Server {
        let folder = tempfile::tempdir().unwrap();
        let model = model().display().to_string();
        let asked = ["serve", "--port", "0", "--dir", "studio", "--model", &model];
        let mut child = cantilena(folder.path(), &[&asked[..], more].concat()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().trim_start_matches("http://").trim_end_matches('/').to_owned();
        let server = Server { child, address, folder };
        while server.get("/readyz").status != 200 {
            std::thread::sleep(Duration::from_millis(5));
        }
        server
    }

    fn connect(&self, method: &str, path: &str, headers: &[&str], body: &[u8]) -> TcpStream {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        let host = format!("Host: {}", self.address);
        let own_host = headers.iter().all(|header| !header.starts_with("Host:"));
        let mut head = format!("{method} {path} HTTP/1.1\r\n");
        if headers.iter().all(|header| !header.starts_with("Connection:")) {
            head.push_str("Connection: close\r\n");
        }
        headers.iter().for_each(|header| head.push_str(&format!("{header}\r\n")));
        if own_host {
            head.push_str(&format!("{host}\r\n"));
        }
        head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
        stream.write_all(head.as_bytes()).unwrap();
        // A body that is refused for its size may find the door closed.
        let _ = stream.write_all(body);
        stream
    }

    fn ask(&self, method: &str, path: &str, headers: &[&str], body: &[u8]) -> Answer {
        let mut bytes = Vec::new();
        let _ = self.connect(method, path, headers, body).read_to_end(&mut bytes);
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(bytes[..end].to_vec()).unwrap().to_lowercase();
        let mut body = bytes[end + 4..].to_vec();
        if head.contains("transfer-encoding: chunked") {
            body = unchunked(&body);
        }
        Answer { status: head[9..12].parse().unwrap(), head, body }
    }

    fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &[], b"")
    }

    fn compose(&self, headers: &[&str], json: &str) -> Answer {
        let headers = [&["Content-Type: application/json"], headers].concat();
        self.ask("POST", "/v1/pieces", &headers, json.as_bytes())
    }

    /// A figure of `/metrics`.
    fn figure(&self, name: &str) -> f64 {
        let text = String::from_utf8(self.get("/metrics").body).unwrap();
        let line = text.lines().find(|line| line.starts_with(&format!("{name} "))).unwrap();
        line.rsplit(' ').next().unwrap().parse().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn unchunked(mut bytes: &[u8]) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(end) = bytes.windows(2).position(|two| two == b"\r\n") {
        let size = std::str::from_utf8(&bytes[..end]).unwrap();
        let size = usize::from_str_radix(size, 16).unwrap();
        if size == 0 {
            break;
        }
        whole.extend(&bytes[end + 2..end + 2 + size]);
        bytes = &bytes[end + 4 + size..];
    }
    whole
}

/// The events of a stream: name, id and data.
fn events(body: &[u8]) -> Vec<(String, String, Value)> {
    let text = String::from_utf8(body.to_vec()).unwrap();
    let value = |block: &str, name: &str| {
        let line = block.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        line.unwrap_or_default().to_owned()
    };
    text.split("\n\n")
        .filter(|block| block.contains("data: "))
        .map(|block| {
            let data = serde_json::from_str(&value(block, "data")).unwrap();
            (value(block, "event"), value(block, "id"), data)
        })
        .collect()
}

const STREAM: &str = "Accept: text/event-stream";

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
        (r#"{"key": "H"}"#, 422, "key"),
        (r#"{"model": "../../etc"}"#, 422, "model"),
        (r#"{"from": {"piece": "nowhere"}}"#, 404, ""),
        ("no json", 400, ""),
        ("", 400, ""),
    ] {
        let answer = server.compose(&[], asked);
        let problem = answer.json();
        assert_eq!(answer.status, status, "{asked}: {problem}");
        assert!(answer.head.contains("content-type: application/problem+json"), "{asked}");
        assert_eq!(problem["status"], status);
        assert_eq!(problem["field"].as_str().unwrap_or_default(), field, "{asked}: {problem}");
        assert!(problem["type"].is_string() && problem["title"].is_string());
        assert!(problem["detail"].is_string());
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
fn strangers_are_kept_out() {
    let server = Server::start(&[]);
    let asked = |headers: &[&str]| {
        let headers = [&["Content-Type: application/json"], headers].concat();
        server.ask("POST", "/v1/pieces", &headers, br#"{"bars": 1}"#).status
    };
    assert_eq!(asked(&["Host: evil.example"]), 403);
    assert_eq!(asked(&["Origin: http://evil.example"]), 403);
    assert_eq!(asked(&["Origin: null"]), 403);
    assert_eq!(asked(&[&format!("Origin: http://{}", server.address)]), 201);
    assert!(server.get("/").head.contains("content-security-policy: default-src 'none'"));

    let folder = tempfile::tempdir().unwrap();
    for more in [&[][..], &["--token", "short"]] {
        let asked = ["serve", "--listen", "0.0.0.0", "--port", "0"];
        let output = cantilena(folder.path(), &[&asked[..], more].concat()).output().unwrap();
        assert_eq!(output.status.code(), Some(2));
    }
}

#[test]
fn two_people_do_not_see_each_others_pieces_unless_shared() {
    let (ann, ben) = ("a-token-of-ann-0123", "a-token-of-ben-0123");
    let server = Server::start(&["--token", ann, "--token", ben]);
    let as_who = |who: &str| format!("Authorization: Bearer {who}");
    assert_eq!(server.get("/v1/pieces").status, 401);
    for seed in 0..20 {
        let asked = format!(r#"{{"bars": 1, "seed": {seed}}}"#);
        let made = server.compose(&[&as_who(ann)], &asked);
        let id = made.json()["pieces"][0]["id"].as_str().unwrap().to_owned();
        for path in [format!("/v1/pieces/{id}"), format!("/v1/pieces/{id}.mid")] {
            assert_eq!(server.ask("GET", &path, &[&as_who(ann)], b"").status, 200);
            assert_eq!(server.ask("GET", &path, &[&as_who(ben)], b"").status, 404);
        }
        if seed == 0 {
            let path = format!("/v1/pieces/{id}/feedback");
            let json = "Content-Type: application/json";
            let share =
                |who| server.ask("POST", &path, &[json, &as_who(who)], br#"{"shared": true}"#);
            assert_eq!((share(ben).status, share(ann).status), (404, 200));
            let path = format!("/v1/pieces/{id}");
            assert_eq!(server.ask("GET", &path, &[&as_who(ben)], b"").status, 200);
        }
    }
    let list = server.ask("GET", "/v1/pieces", &[&as_who(ben)], b"").json();
    assert!(list["pieces"].as_array().unwrap().is_empty());
}

#[cfg(unix)]
#[test]
fn asked_to_end_it_tells_every_stream_and_is_gone() {
    let mut server = Server::start(&["--threads", "1"]);
    let headers = ["Content-Type: application/json", STREAM];
    let mut streams: Vec<TcpStream> = (0..20)
        .map(|seed| {
            let asked = format!(r#"{{"notes": 20000, "seed": {seed}}}"#);
            let mut stream = server.connect("POST", "/v1/pieces", &headers, asked.as_bytes());
            assert!(stream.read(&mut [0; 64]).unwrap() > 0);
            stream
        })
        .collect();
    let begun = Instant::now();
    Command::new("kill").arg(server.child.id().to_string()).status().unwrap();
    assert!(server.child.wait().unwrap().success());
    // A second is promised; a machine that does other things may take longer to say so.
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    for stream in &mut streams {
        let mut rest = String::new();
        stream.read_to_string(&mut rest).unwrap();
        assert!(rest.contains("event: done") || rest.contains("event: error"), "{rest}");
    }
}

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

#[test]
fn what_was_kept_is_there_after_a_kill() {
    let mut server = Server::start(&[]);
    let id = server.compose(&[], r#"{"bars": 2, "seed": 1}"#).json()["pieces"][0]["id"].clone();
    let json = ["Content-Type: application/json"];
    let path = format!("/v1/pieces/{}/feedback", id.as_str().unwrap());
    assert_eq!(server.ask("POST", &path, &json, br#"{"star": true}"#).status, 200);
    server.child.kill().unwrap();
    server.child.wait().unwrap();
    let asked = ["serve", "--port", "0", "--dir", "studio"];
    server.child = cantilena(server.folder.path(), &asked).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(server.child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    server.address = line.trim().trim_start_matches("http://").trim_end_matches('/').to_owned();
    let pieces = server.get("/v1/pieces").json();
    assert_eq!(
        (&pieces["pieces"][0]["id"], &pieces["pieces"][0]["star"]),
        (&id, &Value::Bool(true))
    );
}

#[test]
fn melodies_are_answered_by_genre_and_two_callers_never_share_one() {
    let server = Server::start(&[]);
    let without = server.get("/generate_music?genre=jazz");
    assert_eq!(without.status, 500);
    assert!(without.json()["error"].as_str().unwrap().contains("--recipe melody"));

    let out = server.folder.path().join("studio/models/tunes").display().to_string();
    let recipe = server.folder.path().join("small.toml");
    let small = cantilena_systems::System::Melody.recipe().replace("[256, 256]", "[16]");
    std::fs::write(&recipe, small).unwrap();
    let recipe = recipe.display().to_string();
    let asked = ["train", "--songbook", "--recipe", &recipe, "--minutes", "0.01", "--out", &out];
    assert!(cantilena(server.folder.path(), &asked).output().unwrap().status.success());
    for (genre, program) in [
        ("melody", 0),
        ("fastbeat", 25),
        ("jazz", 32),
        ("rock", 30),
        ("classical", 48),
        ("blues", 34),
        ("pop", 5),
        ("electronic", 81),
        ("reggae", 19),
    ] {
        let path = format!("/generate_music?genre={genre}");
        let (one, two) = (server.get(&path), server.get(&path));
        assert_eq!(one.status, 200, "{genre}");
        assert!(one.head.contains(&format!("filename=\"{genre}_unique_music.mid\"")));
        assert_ne!(one.body, two.body, "{genre}: every caller has a piece of their own");
        let score = cantilena_formats::read(&one.body, &Default::default()).unwrap().score;
        assert_eq!(score.tracks[0].program.number(), program, "{genre}");
        assert_eq!(score.tracks[0].notes.len(), 200, "{genre}");
    }
    let seeded = || server.get("/generate_music?genre=pop&seed=4").body;
    assert_eq!(seeded(), seeded());
    assert_eq!(server.get("/generate_music?genre=../../etc").status, 500);
    assert_eq!(server.get("/generate_music?path=x").status, 422);
    // A system's model is no model for the page to compose with.
    assert_eq!(server.get("/v1/models").json()["models"].as_array().unwrap().len(), 1);
}
