//! Who may come in, and who may see what.

use crate::server::{Server, cantilena};

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
            // What she thinks of it stays hers.
            let note = br#"{"note": "private", "star": true, "thumb": 1}"#;
            assert_eq!(server.ask("POST", &path, &[json, &as_who(ann)], note).status, 200);
            let path = format!("/v1/pieces/{id}");
            let seen = |who| server.ask("GET", &path, &[&as_who(who)], b"").json()["piece"].clone();
            assert_eq!((&seen(ann)["note"], &seen(ann)["star"]), (&"private".into(), &true.into()));
            let of_ben = seen(ben);
            assert_eq!((&of_ben["note"], &of_ben["star"]), (&"".into(), &false.into()));
            assert_eq!(of_ben["thumb"], 0);
        }
    }
    let list = server.ask("GET", "/v1/pieces", &[&as_who(ben)], b"").json();
    assert!(list["pieces"].as_array().unwrap().is_empty());
}

#[test]
fn a_file_that_two_people_bring_has_for_each_the_name_it_came_by() {
    let (ann, ben) = ("a-token-of-ann-0123", "a-token-of-ben-0123");
    let server = Server::start(&["--token", ann, "--token", ben]);
    let tune = b"X:1\nK:C\nCDEF|\n";
    for (who, name) in [(ann, "diary of ann.abc"), (ben, "ben.abc")] {
        let headers = [format!("Authorization: Bearer {who}"), format!("X-File-Name: {name}")];
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        let opened = server.ask("POST", "/v1/uploads", &headers, tune);
        assert_eq!(opened.status, 201, "{}", String::from_utf8_lossy(&opened.body));
        let piece = opened.json()["piece"].clone();
        assert_eq!((&piece["title"], &piece["asked"]["file"]), (&name.into(), &name.into()));
    }
    // Of any script, as it is or as URLs have it.
    for header in ["Грусть.abc", "%D0%93%D1%80%D1%83%D1%81%D1%82%D1%8C.abc"] {
        let headers = [format!("Authorization: Bearer {ben}"), format!("X-File-Name: {header}")];
        let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
        let opened = server.ask("POST", "/v1/uploads", &headers, tune).json();
        assert_eq!(opened["piece"]["title"], "Грусть.abc");
    }
    let description =
        server.ask("GET", "/openapi.json", &[&format!("Authorization: Bearer {ben}")], b"");
    let description = description.json();
    assert_eq!(description["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
    assert!(description["paths"]["/v1/models"]["get"]["responses"]["401"].is_object());
}

#[test]
fn an_address_that_others_reach_asks_for_a_token_first() {
    let token = "a-token-of-ann-0123";
    let mut server = Server::start(&["--listen", "0.0.0.0", "--token", token]);
    server.address = server.address.replace("0.0.0.0", "127.0.0.1");
    assert_eq!(server.get("/v1/models").status, 401);
    assert_eq!(server.get("/").status, 401);
    let bearer = [&*format!("Authorization: Bearer {token}")];
    assert_eq!(server.ask("GET", "/v1/models", &bearer, b"").status, 200);
    let signed_in = server.get(&format!("/?token={token}"));
    assert_eq!(signed_in.status, 303);
    let cookie = "set-cookie: cantilena_token=a-token-of-ann-0123; httponly; samesite=strict";
    assert!(signed_in.head.contains(cookie), "{}", signed_in.head);
    assert_eq!(server.get("/?token=a-token-of-eve-0123").status, 401);
}

#[test]
fn a_hundred_pairs_at_once_never_get_each_others_takes() {
    let (ann, ben) = ("a-token-of-ann-0123", "a-token-of-ben-0123");
    let server = Server::start(&["--token", ann, "--token", ben, "--queue", "500"]);
    let as_who = |who: &str| format!("Authorization: Bearer {who}");
    let ask = |who: &str, seed: u32| {
        let asked = format!(r#"{{"notes": 8, "seed": {seed}}}"#);
        let made = server.compose(&[&as_who(who)], &asked);
        assert_eq!(made.status, 201, "{}", String::from_utf8_lossy(&made.body));
        made.json()["pieces"][0]["id"].as_str().unwrap().to_owned()
    };
    std::thread::scope(|scope| {
        for who in [ann, ben] {
            for quarter in 0..4 {
                let (ask, own) = (&ask, if who == ann { 0 } else { 1_000 });
                scope.spawn(move || {
                    for seed in quarter * 25..quarter * 25 + 25 {
                        ask(who, own + seed);
                    }
                });
            }
        }
    });
    for (who, other) in [(ann, ben), (ben, ann)] {
        let list = server.ask("GET", "/v1/pieces?limit=500", &[&as_who(who)], b"").json();
        let takes = list["pieces"].as_array().unwrap();
        assert_eq!(takes.len(), 100);
        for take in takes {
            let path = format!("/v1/pieces/{}.mid", take["id"].as_str().unwrap());
            assert_eq!(server.ask("GET", &path, &[&as_who(other)], b"").status, 404);
        }
    }
}
