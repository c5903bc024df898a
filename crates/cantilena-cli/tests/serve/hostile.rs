//! Files and names that mean harm.

use crate::server::Server;

/// What the most memory was that a process ever had, in bytes.
#[cfg(target_os = "linux")]
fn peak_bytes(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() * 1024
}

/// A zip archive of one entry, stored, that says it is `size` bytes long.
fn zip(name: &str, bytes: &[u8], size: u32) -> Vec<u8> {
    let (name_len, stored) = (name.len() as u16, bytes.len() as u32);
    let common = |out: &mut Vec<u8>| {
        out.extend([20, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        out.extend(stored.to_le_bytes());
        out.extend(size.to_le_bytes());
        out.extend(name_len.to_le_bytes());
        out.extend([0, 0]);
    };
    let mut out = b"PK\x03\x04".to_vec();
    common(&mut out);
    out.extend(name.as_bytes());
    out.extend(bytes);
    let directory = out.len() as u32;
    out.extend(b"PK\x01\x02\x14\x00");
    common(&mut out);
    out.extend([0; 12]);
    out.extend([0; 2]);
    out.extend(name.as_bytes());
    let length = out.len() as u32 - directory;
    out.extend(b"PK\x05\x06\x00\x00\x00\x00\x01\x00\x01\x00");
    out.extend(length.to_le_bytes());
    out.extend(directory.to_le_bytes());
    out.extend([0, 0]);
    out
}

#[test]
fn files_that_claim_more_than_they_are_cost_little() {
    let server = Server::start(&[]);
    #[cfg(target_os = "linux")]
    let before = peak_bytes(server.child.id());
    let mut huge_track = b"MThd\0\0\0\x06\0\x01\0\x01\0\x60MTrk\xff\xff\xff\xff".to_vec();
    huge_track.extend([0; 64]);
    let laughs = (0..20).fold(
        "<?xml version=\"1.0\"?><!DOCTYPE score-partwise [<!ENTITY a0 \"ha\">".to_owned(),
        |text, n| text + &format!("<!ENTITY a{} \"&a{n};&a{n};&a{n};&a{n};\">", n + 1),
    ) + "]><score-partwise><work><work-title>&a20;</work-title></work></score-partwise>";
    let outside = "<?xml version=\"1.0\"?><!DOCTYPE score-partwise [<!ENTITY x SYSTEM \
                   \"file:///etc/passwd\">]><score-partwise><work><work-title>&x;</work-title>\
                   </work></score-partwise>";
    let pickle = b"\x80\x04\x95\x1f\0\0\0\0\0\0\0\x8c\x05posix\x94\x8c\x06system\x94\x93\x94.";
    let bomb = zip("META-INF/container.xml", &[b' '; 1000], u32::MAX);
    for (name, bytes) in [
        ("track.mid", &huge_track[..]),
        ("laughs.musicxml", laughs.as_bytes()),
        ("outside.musicxml", outside.as_bytes()),
        ("model.ckpt", pickle),
        ("bomb.mxl", &bomb),
        ("gzip.mid", b"\x1f\x8b\x08\0\0\0\0\0\0\0"),
    ] {
        let header = format!("X-File-Name: {name}");
        let answer = server.ask("POST", "/v1/uploads", &[&header], bytes);
        let body = String::from_utf8_lossy(&answer.body).into_owned();
        assert_eq!(answer.status, 422, "{name}: {body}");
        assert!(body.contains(name) && !body.contains("root:"), "{body}");
    }
    #[cfg(target_os = "linux")]
    {
        let more = peak_bytes(server.child.id()) - before;
        assert!(more < 256 << 20, "{more} bytes more");
    }
}

#[test]
fn more_than_is_taken_is_refused_before_it_is_kept() {
    let server = Server::start(&[]);
    let answer = server.ask("POST", "/v1/uploads", &[], &vec![0; 40 << 20]);
    assert_eq!(answer.status, 413);
    // A score is smaller than a recording.
    let mut midi = b"MThd\0\0\0\x06\0\x01\0\x01\0\x60".to_vec();
    midi.resize(5 << 20, 0);
    assert_eq!(server.ask("POST", "/v1/uploads", &[], &midi).status, 422);
}

#[test]
fn no_name_leads_anywhere() {
    let server = Server::start(&[]);
    let long = format!("/v1/pieces/{}", "x".repeat(10_000));
    for path in [
        "/v1/pieces/../../etc/passwd",
        "/v1/pieces/..%2f..%2fetc%2fpasswd",
        "/v1/pieces/%2fetc%2fpasswd.wav",
        "/v1/pieces/a%00b.mid",
        "/v1/models/..%2f..%2fetc",
        "/v1/jobs/..%2f..",
        "/page/%2e%2e%2fCargo.toml",
        &long,
    ] {
        assert_eq!(server.get(path).status, 404, "{path}");
    }
    for name in ["..", "../../x", "/etc/x", "C:\\\\x", ""] {
        let asked = format!(r#"{{"name": "{name}", "songbook": true, "steps": 1}}"#);
        let json = ["Content-Type: application/json"];
        let refused = server.ask("POST", "/v1/jobs", &json, asked.as_bytes());
        assert_eq!((refused.status, refused.json()["field"].as_str()), (422, Some("name")));
    }
    // No parameter anywhere takes an address to fetch.
    let mut description = server.get("/openapi.json").json();
    description.as_object_mut().unwrap().remove("servers");
    let description = description.to_string();
    for word in ["\"url\"", "\"uri\"", "\"path\":{\"type\"", "callback"] {
        assert!(!description.contains(word), "{word}");
    }
}

#[test]
fn a_title_is_words_and_nothing_else() {
    let server = Server::start(&[]);
    let mut score: cantilena_score::Score = "c4/1 |".parse().unwrap();
    score.title = "<img src=x onerror=alert(1)>".to_owned();
    let midi = cantilena_formats::write(&score, cantilena_formats::Format::Midi).unwrap().bytes;
    let opened = server.ask("POST", "/v1/uploads", &[], &midi);
    assert!(opened.head.contains("content-type: application/json"));
    assert!(opened.head.contains("x-content-type-options: nosniff"));
    let id = opened.json()["piece"]["id"].as_str().unwrap().to_owned();
    assert_eq!(opened.json()["piece"]["title"], score.title);
    let picture = server.get(&format!("/v1/pieces/{id}.svg"));
    assert!(!String::from_utf8_lossy(&picture.body).contains("<img"));
    assert!(picture.head.contains("content-security-policy: default-src 'none'"));
    assert!(!picture.head.contains("unsafe"));
}
