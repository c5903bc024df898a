//! Reading what a client sends, within limits, and saying which field is wrong.

use axum::body::{Body, to_bytes};
use axum::extract::{FromRequest, Multipart, Request};
use axum::http::header;
use percent_encoding::percent_decode;
use serde::de::DeserializeOwned;

use crate::json::parse;
use crate::problem::Problem;

/// Bytes of a request in JSON.
pub(crate) const JSON_BYTES_MAX: usize = 64 << 10;
/// Bytes of a music file: several times the largest that people exchange.
pub(crate) const FILE_BYTES_MAX: usize = 4 << 20;

/// Bytes of a recording: three minutes of two channels at 48 kHz and 16 bits, uncompressed.
pub(crate) const RECORDING_BYTES_MAX: usize = 36 << 20;

/// A file that a client sent.
pub(crate) struct SentFile {
    /// What the client calls it; never used as a path.
    pub(crate) name: String,
    /// Its bytes.
    pub(crate) bytes: Vec<u8>,
}

/// A request and the files that came with it.
pub(crate) struct Sent<T> {
    /// The request.
    pub(crate) request: T,
    /// The files.
    pub(crate) files: Vec<SentFile>,
    /// A checksum of all of it.
    pub(crate) digest: String,
}

/// What kind of body a request has.
fn media_type(request: &Request) -> &str {
    let value = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    value.unwrap_or_default().split(';').next().unwrap_or_default().trim()
}

/// A body in JSON.
pub(crate) async fn json<T: DeserializeOwned>(request: Request) -> Result<T, Problem> {
    if media_type(&request) != "application/json" {
        return Err(Problem::media_type("application/json"));
    }
    parse(&read(request.into_body(), JSON_BYTES_MAX).await?)
}

/// A request in JSON, or `multipart/form-data` with JSON in `request` and files in `file`, which
/// have no more than `bytes_max` together.
pub(crate) async fn sent<T: DeserializeOwned>(
    request: Request,
    files_max: usize,
    bytes_max: usize,
) -> Result<Sent<T>, Problem> {
    match media_type(&request) {
        "application/json" => {
            let bytes = read(request.into_body(), JSON_BYTES_MAX).await?;
            let digest = blake3::hash(&bytes).to_hex().to_string();
            Ok(Sent { request: parse(&bytes)?, files: Vec::new(), digest })
        }
        "multipart/form-data" => multipart(request, files_max, bytes_max).await,
        _ => Err(Problem::media_type("application/json or multipart/form-data")),
    }
}

/// One file: the body itself, its name in `X-File-Name`; or the `file` of a form.
pub(crate) async fn file(request: Request) -> Result<SentFile, Problem> {
    if media_type(&request) == "multipart/form-data" {
        let sent: Sent<Nothing> = multipart(request, 1, RECORDING_BYTES_MAX).await?;
        let missing = || Problem::field("file", "the form holds no file");
        return sent.files.into_iter().next().ok_or_else(missing);
    }
    let name = request.headers().get("x-file-name").map(|name| unescaped(name.as_bytes()));
    let name = shown(name.as_deref().unwrap_or("a file"));
    Ok(SentFile { name, bytes: read(request.into_body(), RECORDING_BYTES_MAX).await? })
}

/// A request that asks for nothing beside its file.
#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

async fn multipart<T: DeserializeOwned>(
    request: Request,
    files_max: usize,
    bytes_max: usize,
) -> Result<Sent<T>, Problem> {
    let unreadable = |error: axum::extract::multipart::MultipartError| {
        Problem::malformed(format!("the form cannot be read: {}", error.body_text()))
    };
    let mut form = Multipart::from_request(request, &())
        .await
        .map_err(|error| Problem::malformed(error.body_text()))?;
    let (mut json, mut files, mut total) = (b"{}".to_vec(), Vec::new(), 0);
    let mut digest = blake3::Hasher::new();
    while let Some(mut field) = form.next_field().await.map_err(unreadable)? {
        let name = field.name().unwrap_or_default().to_owned();
        let limit = match &*name {
            "request" => JSON_BYTES_MAX,
            "file" => bytes_max - total,
            _ => return Err(Problem::field(&name, "a form has `request` and `file`")),
        };
        let file_name = shown(field.file_name().unwrap_or("a file"));
        let mut bytes = Vec::new();
        while let Some(chunk) = field.chunk().await.map_err(unreadable)? {
            if bytes.len() + chunk.len() > limit {
                return Err(match &*name {
                    "request" => Problem::too_large("`request`", limit),
                    _ => Problem::too_large("all files together", bytes_max),
                });
            }
            bytes.extend_from_slice(&chunk);
        }
        digest.update(name.as_bytes()).update(file_name.as_bytes()).update(&bytes);
        match &*name {
            "request" => json = bytes,
            _ if files.len() == files_max => {
                return Err(Problem::field(
                    "file",
                    format!(
                        "there are too many; {} will do",
                        if files_max == 1 {
                            "one".to_owned()
                        } else {
                            format!("up to {files_max}")
                        }
                    ),
                ));
            }
            _ => {
                total += bytes.len();
                files.push(SentFile { name: file_name, bytes });
            }
        }
    }
    Ok(Sent { request: parse(&json)?, files, digest: digest.finalize().to_hex().to_string() })
}

async fn read(body: Body, limit: usize) -> Result<Vec<u8>, Problem> {
    match to_bytes(body, limit).await {
        Ok(bytes) => Ok(bytes.into()),
        Err(_) => Err(Problem::too_large("the body", limit)),
    }
}

/// A header's text: UTF-8, in which `%C3%BC` is a byte each, as in URLs (RFC 3986 § 2.1). What is
/// neither stays as it is, as far as it can be read.
fn unescaped(text: &[u8]) -> String {
    let whole = percent_decode(text).decode_utf8();
    whole.unwrap_or_else(|_| String::from_utf8_lossy(text)).into_owned()
}

/// A file's name as people may be shown it: the part behind the last slash, of bounded length.
fn shown(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last.chars().filter(|c| !c.is_control()).take(120).collect();
    if plain.is_empty() { "a file".to_owned() } else { plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_in_a_header_may_be_of_any_script() {
        for (header, name) in [
            ("tune.mid", "tune.mid"),
            ("Грусть.mid", "Грусть.mid"),
            ("%D0%93%D1%80%D1%83%D1%81%D1%82%D1%8C.mid", "Грусть.mid"),
            ("a%20b+c.mid", "a b+c.mid"),
            ("100%.mid", "100%.mid"),
            ("50%2", "50%2"),
            ("%ff.mid", "%ff.mid"),
            ("..%2f..%2fx.mid", "x.mid"),
        ] {
            assert_eq!(shown(&unescaped(header.as_bytes())), name, "{header}");
        }
        assert_eq!(unescaped(b"caf\xe9.mid"), "caf\u{fffd}.mid");
    }

    #[test]
    fn a_name_that_is_shown_leads_nowhere() {
        for (name, told) in
            [("../../x.mid", "x.mid"), ("C:\\x.mid", "x.mid"), ("a\0b", "ab"), ("/", "a file")]
        {
            assert_eq!(shown(name), told);
        }
    }
}
