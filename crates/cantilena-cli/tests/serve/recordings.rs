//! Recordings that somebody brings.

use crate::server::{Server, cantilena};

#[test]
fn a_recording_of_one_voice_becomes_a_prompt_and_others_are_told_what_would_do() {
    let server = Server::start(&[]);
    let folder = server.folder.path();
    let mut tune: cantilena_score::Score =
        "c5/4 d5/4 e5/4 g5/4 | f5/4 e5/4 d5/4 c5/4 |".parse().unwrap();
    tune.tracks[0].program = cantilena_score::Program::new(73).unwrap();
    let midi = cantilena_formats::write(&tune, cantilena_formats::Format::Midi).unwrap().bytes;
    std::fs::write(folder.join("tune.mid"), midi).unwrap();
    let asked = ["render", "tune.mid", "-o", "tune.wav"];
    assert!(cantilena(folder, &asked).output().unwrap().status.success());
    let wav = std::fs::read(folder.join("tune.wav")).unwrap();

    let heard = server.ask("POST", "/v1/uploads", &["X-File-Name: tune.wav"], &wav);
    assert_eq!(heard.status, 201, "{}", String::from_utf8_lossy(&heard.body));
    let piece = heard.json()["piece"].clone();
    let id = piece["id"].as_str().unwrap();
    let notes =
        server.get(&format!("/v1/pieces/{id}")).json()["score"]["tracks"][0]["notes"].clone();
    let pitches: Vec<u64> =
        notes.as_array().unwrap().iter().map(|note| note[2].as_u64().unwrap()).collect();
    assert_eq!(pitches, [72, 74, 76, 79, 77, 76, 74, 72]);
    let asked = format!(r#"{{"bars": 2, "seed": 1, "from": {{"piece": "{id}", "bar": 3}}}}"#);
    assert_eq!(server.compose(&[], &asked).status, 201);

    // Silence, a header that promises four gigabytes, and one that lies about everything.
    let mut silence = wav[..44].to_vec();
    silence.resize(wav.len(), 0);
    let mut promises = wav[..1044].to_vec();
    promises[40..44].copy_from_slice(&u32::MAX.to_le_bytes());
    for bytes in [&silence[..], &promises, b"RIFF\xff\xff\xff\xffWAVEfmt \xff\xff\xff\xff"] {
        let refused = server.ask("POST", "/v1/uploads", &["X-File-Name: hum.wav"], bytes);
        assert_eq!((refused.status, refused.json()["field"].as_str()), (422, Some("file")));
        let detail = refused.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains("hum.wav") && detail.contains("one voice at a time"), "{detail}");
    }
}
