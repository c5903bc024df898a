//! How a server ends: asked to, and killed.

use std::io::Read;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::server::{STREAM, Server};

#[cfg(unix)]
#[test]
fn asked_to_end_it_tells_every_stream_and_is_gone() {
    let mut server = Server::start(&["--threads", "1"]);
    let headers = ["Content-Type: application/json", STREAM];
    let mut streams: Vec<TcpStream> = (0..50)
        .map(|seed| {
            let asked = format!(r#"{{"notes": 20000, "seed": {seed}}}"#);
            let mut stream = server.connect("POST", "/v1/pieces", &headers, asked.as_bytes());
            assert!(stream.read(&mut [0; 64]).unwrap() > 0);
            stream
        })
        .collect();
    let begun = Instant::now();
    server.ask_to_end();
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
fn what_was_kept_is_there_after_a_kill() {
    let mut server = Server::start(&[]);
    let id = server.compose(&[], r#"{"bars": 2, "seed": 1}"#).json()["pieces"][0]["id"].clone();
    let json = ["Content-Type: application/json"];
    let path = format!("/v1/pieces/{}/feedback", id.as_str().unwrap());
    assert_eq!(server.ask("POST", &path, &json, br#"{"star": true}"#).status, 200);
    server.kill_and_reopen();
    let pieces = server.get("/v1/pieces").json();
    assert_eq!(
        (&pieces["pieces"][0]["id"], &pieces["pieces"][0]["star"]),
        (&id, &Value::Bool(true))
    );
}
