//! Melodies by genre.

use crate::server::{Server, cantilena};

#[test]
fn melodies_are_answered_by_genre_and_two_callers_never_share_one() {
    let server = Server::start(&[]);
    let without = server.get("/generate_music?genre=jazz");
    assert_eq!(without.status, 500);
    assert!(without.head.contains("content-type: application/problem+json"), "{}", without.head);
    assert!(without.json()["error"].as_str().unwrap().contains("--recipe melody"));
    assert_eq!(without.json()["error"], without.json()["detail"]);

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
    let unknown = server.get("/generate_music?genre=../../etc");
    assert_eq!((unknown.status, unknown.json()["field"].as_str()), (422, Some("genre")));
    assert_eq!(server.get("/generate_music?path=x").status, 422);

    // The page composes with it too, and gets what the terminal gets.
    let models = server.get("/v1/models").json()["models"].clone();
    let names: Vec<_> = models.as_array().unwrap().iter().map(|model| &model["name"]).collect();
    assert_eq!(names, ["tiny", "tunes"], "whoever names no model gets one of notes");
    assert_eq!(models[1]["genres"].as_array().unwrap().len(), 9);
    let asked = r#"{"model": "tunes", "genre": "jazz", "notes": 24, "seed": 5}"#;
    let made = server.compose(&[], asked);
    assert_eq!(made.status, 201, "{}", String::from_utf8_lossy(&made.body));
    let id = made.json()["pieces"][0]["id"].as_str().unwrap().to_owned();
    let asked = ["compose", &out, "--genre", "jazz", "--notes", "24", "--seed", "5", "-o", "t.mid"];
    assert!(cantilena(server.folder.path(), &asked).output().unwrap().status.success());
    let terminal = std::fs::read(server.folder.path().join("t.mid")).unwrap();
    assert_eq!(server.get(&format!("/v1/pieces/{id}.mid")).body, terminal);
    assert!(server.get("/v1/models/tunes").json()["layers"].as_array().unwrap().len() > 3);
    assert_eq!(server.get(&format!("/v1/pieces/{id}/report")).status, 200);
    for (asked, field) in [
        (r#"{"model": "tunes", "genre": "polka"}"#.to_owned(), "genre"),
        (r#"{"model": "tiny", "genre": "jazz"}"#.to_owned(), "genre"),
        (r#"{"model": "tunes", "key": "C"}"#.to_owned(), "key"),
        (r#"{"model": "tunes", "density": 1}"#.to_owned(), "density"),
        (format!(r#"{{"model": "tunes", "from": {{"piece": "{id}"}}}}"#), "from"),
    ] {
        let refused = server.compose(&[], &asked);
        assert_eq!((refused.status, refused.json()["field"].as_str()), (422, Some(field)));
    }
}
