//! Parts of a file, as RFC 9110 § 14 has it: players seek by asking for a range of bytes.

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// A body of these bytes, or the part of it that the request asks for.
///
/// One range of bytes is answered with 206; several, and units we do not know, with the whole,
/// as the RFC allows; a range that begins behind the end with 416.
pub(crate) fn ranged(
    headers: &HeaderMap,
    kind: &'static str,
    bytes: Vec<u8>,
    tag: &str,
) -> Response {
    let tag =
        HeaderValue::from_str(&format!("\"{tag}\"")).unwrap_or(HeaderValue::from_static("\"\""));
    let length = bytes.len();
    let same = |name: header::HeaderName| headers.get(name).is_some_and(|value| *value == tag);
    // If-Range with another tag: the client has a part of something else.
    let wants_part = !headers.contains_key(header::IF_RANGE) || same(header::IF_RANGE);
    let asked = headers.get(header::RANGE).and_then(|range| range.to_str().ok());
    let mut response = match asked.filter(|_| wants_part).map(|asked| range(asked, length)) {
        _ if same(header::IF_NONE_MATCH) => StatusCode::NOT_MODIFIED.into_response(),
        Some(Range::Part(first, last)) => {
            let part = bytes[first..=last].to_vec();
            let mut response = (StatusCode::PARTIAL_CONTENT, Body::from(part)).into_response();
            insert(&mut response, header::CONTENT_RANGE, &format!("bytes {first}-{last}/{length}"));
            response
        }
        Some(Range::Outside) => {
            let mut response = StatusCode::RANGE_NOT_SATISFIABLE.into_response();
            insert(&mut response, header::CONTENT_RANGE, &format!("bytes */{length}"));
            response
        }
        Some(Range::Whole) | None => Body::from(bytes).into_response(),
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::ETAG, tag);
    // A piece never changes, but who may see it can.
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("private, no-cache"));
    response
}

fn insert(response: &mut Response, name: header::HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

#[derive(Debug, PartialEq)]
enum Range {
    Whole,
    /// First and last byte, both counted.
    Part(usize, usize),
    Outside,
}

/// What `bytes=…` asks for, of so many bytes.
fn range(text: &str, length: usize) -> Range {
    let Some((first, last)) = text.strip_prefix("bytes=").and_then(|range| range.split_once('-'))
    else {
        return Range::Whole;
    };
    let number = |text: &str| text.trim().parse::<usize>().ok();
    match (first.trim(), last.trim()) {
        ("", suffix) => match number(suffix) {
            Some(0) => Range::Outside,
            Some(_) if length == 0 => Range::Outside,
            Some(suffix) => Range::Part(length.saturating_sub(suffix), length - 1),
            None => Range::Whole,
        },
        (first, last) => match (number(first), number(last)) {
            (Some(first), _) if first >= length => Range::Outside,
            (Some(first), None) if last.is_empty() => Range::Part(first, length - 1),
            (Some(first), Some(last)) if last >= first => Range::Part(first, last.min(length - 1)),
            _ => Range::Whole,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_read_as_the_standard_has_them() {
        for (text, expected) in [
            ("bytes=0-99", Range::Part(0, 99)),
            ("bytes=0-", Range::Part(0, 999)),
            ("bytes=500-5000", Range::Part(500, 999)),
            ("bytes=-1", Range::Part(999, 999)),
            ("bytes=-5000", Range::Part(0, 999)),
            ("bytes=1000-", Range::Outside),
            ("bytes=-0", Range::Outside),
            ("bytes=5-4", Range::Whole),
            ("bytes=0-1,5-6", Range::Whole),
            ("bars=1-2", Range::Whole),
            ("bytes=x-y", Range::Whole),
        ] {
            assert_eq!(range(text, 1000), expected, "{text}");
        }
        assert_eq!(range("bytes=-5", 0), Range::Outside);
    }
}
