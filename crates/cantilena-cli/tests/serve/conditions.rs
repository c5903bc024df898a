//! Pieces asked for by what a model was told of the music it learnt from.

use crate::server::{Server, TINY, cantilena};

#[test]
fn what_a_model_was_told_of_its_music_can_be_asked_for() {
    let server = Server::start(&[]);
    let out = server.folder.path().join("studio/models/told").display().to_string();
    let recipe = server.folder.path().join("told.toml");
    std::fs::write(&recipe, format!("{TINY}[conditions]\nuse = [\"mode\", \"density\"]\n"))
        .unwrap();
    let recipe = recipe.display().to_string();
    let asked = ["train", "--songbook", "--recipe", &recipe, "--steps", "30", "--out", &out];
    assert!(cantilena(server.folder.path(), &asked).output().unwrap().status.success());

    let card = server.get("/v1/models/told").json()["model"].clone();
    assert_eq!(card["genres"], serde_json::json!([]));
    assert_eq!(card["conditions"]["mode"], serde_json::json!(["major", "minor"]));
    assert_eq!(card["conditions"]["density"], serde_json::json!(["sparse", "medium", "dense"]));

    // The page and the terminal get the same.
    let conditions = r#""conditions": {"mode": "minor", "density": "dense"}"#;
    let asked = format!(r#"{{"model": "told", "bars": 2, "seed": 5, {conditions}}}"#);
    let made = server.compose(&[], &asked);
    assert_eq!(made.status, 201, "{}", String::from_utf8_lossy(&made.body));
    let piece = made.json()["pieces"][0].clone();
    assert_eq!(piece["asked"]["conditions"]["mode"], "minor");
    let told = ["--condition", "mode=minor", "--condition", "density=dense"];
    let asked = ["compose", &out, "--bars", "2", "--seed", "5", "-o", "t.mid"];
    let terminal = cantilena(server.folder.path(), &[&asked[..], &told].concat()).output().unwrap();
    assert!(terminal.status.success(), "{}", String::from_utf8_lossy(&terminal.stderr));
    let terminal = std::fs::read(server.folder.path().join("t.mid")).unwrap();
    let id = piece["id"].as_str().unwrap();
    assert_eq!(server.get(&format!("/v1/pieces/{id}.mid")).body, terminal);

    for (asked, words) in [
        (r#"{"model": "told", "conditions": {"mode": "dorian"}}"#, "major, minor"),
        (r#"{"model": "told", "conditions": {"mood": "calm"}}"#, "density (sparse"),
        (r#"{"model": "tiny", "conditions": {"mode": "minor"}}"#, "nothing but the music"),
    ] {
        let refused = server.compose(&[], asked);
        let problem = refused.json();
        assert_eq!((refused.status, problem["field"].as_str()), (422, Some("conditions")));
        assert!(problem["detail"].as_str().unwrap().contains(words), "{problem}");
    }
}
