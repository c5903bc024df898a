//! The page: plain files, carried in the binary.

use axum::body::Body;
use axum::extract::Path;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use crate::problem::Problem;

macro_rules! file {
    ($name:literal, $kind:literal) => {
        PageFile { name: $name, kind: $kind, bytes: include_bytes!(concat!("../page/", $name)) }
    };
}

/// A file of the page.
struct PageFile {
    name: &'static str,
    kind: &'static str,
    bytes: &'static [u8],
}

/// All files of the page. A missing one does not compile; one too many fails a test.
const FILES: &[PageFile] = &[
    file!("index.html", "text/html; charset=utf-8"),
    file!("page.css", "text/css; charset=utf-8"),
    file!("icon.svg", "image/svg+xml"),
    file!("api.js", "text/javascript; charset=utf-8"),
    file!("charts.js", "text/javascript; charset=utf-8"),
    file!("commission.js", "text/javascript; charset=utf-8"),
    file!("history.js", "text/javascript; charset=utf-8"),
    file!("instruments.js", "text/javascript; charset=utf-8"),
    file!("keyboard.js", "text/javascript; charset=utf-8"),
    file!("keys.js", "text/javascript; charset=utf-8"),
    file!("main.js", "text/javascript; charset=utf-8"),
    file!("piano_roll.js", "text/javascript; charset=utf-8"),
    file!("place.js", "text/javascript; charset=utf-8"),
    file!("player.js", "text/javascript; charset=utf-8"),
    file!("say.js", "text/javascript; charset=utf-8"),
    file!("score.js", "text/javascript; charset=utf-8"),
    file!("see.js", "text/javascript; charset=utf-8"),
    file!("synth.js", "text/javascript; charset=utf-8"),
    file!("training.js", "text/javascript; charset=utf-8"),
    file!("types.js", "text/javascript; charset=utf-8"),
];

/// The page itself.
pub(crate) async fn index(headers: HeaderMap) -> Response {
    answer("index.html", &headers)
}

/// One of its files.
pub(crate) async fn file(Path(name): Path<String>, headers: HeaderMap) -> Response {
    answer(&name, &headers)
}

fn answer(name: &str, headers: &HeaderMap) -> Response {
    let Some(file) = FILES.iter().find(|file| file.name == name) else {
        return Problem::not_found("the page has no such file").into_response();
    };
    let tag = format!("\"{}\"", &blake3::hash(file.bytes).to_hex()[..16]);
    let same =
        headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes());
    let mut response = match same {
        true => StatusCode::NOT_MODIFIED.into_response(),
        false => Body::from(file.bytes).into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(file.kind));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_the_page_is_carried_as_it_is() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("page");
        let mut names: Vec<String> = std::fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        let mut carried: Vec<&str> = FILES.iter().map(|file| file.name).collect();
        names.sort_unstable();
        carried.sort_unstable();
        assert_eq!(carried, names);
        for file in FILES {
            assert_eq!(file.bytes, std::fs::read(folder.join(file.name)).unwrap(), "{}", file.name);
        }
    }
}
