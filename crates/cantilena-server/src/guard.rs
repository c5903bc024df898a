//! Who may come in: checks on every request before any route sees it.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::problem::Problem;
use crate::server::House;

/// What the door is told about who may come in.
#[derive(Clone, Debug)]
pub(crate) struct Guard {
    /// Names by which the server may be called, in lower case, without port. Another name means
    /// that a stranger's page reached us through a DNS entry of its own.
    hosts: Vec<String>,
    /// Whether any host's name will do: those behind a token are known by it.
    any_host: bool,
    /// One for each person; none where whoever sits at the machine may come in.
    tokens: Vec<String>,
}

/// The name under which somebody's pieces are kept.
#[derive(Clone, Debug)]
pub(crate) struct Owner(pub(crate) String);

/// Where nobody needs a token: those who watch over the server have none, and learn nothing here.
pub(crate) const OPEN: [&str; 2] = ["/healthz", "/readyz"];

/// Of cookies, the one that holds a token.
pub(crate) const COOKIE: &str = "cantilena_token";

impl Guard {
    pub(crate) fn new(address: SocketAddr, tokens: Vec<String>) -> Guard {
        let mut hosts = vec!["localhost".to_owned(), "127.0.0.1".to_owned(), "[::1]".to_owned()];
        match address.ip() {
            IpAddr::V4(ip) => hosts.push(ip.to_string()),
            IpAddr::V6(ip) => hosts.push(format!("[{ip}]")),
        }
        Guard { hosts, any_host: !tokens.is_empty() && !address.ip().is_loopback(), tokens }
    }

    /// Whether whoever comes is asked for a token.
    pub(crate) fn asks_for_tokens(&self) -> bool {
        !self.tokens.is_empty()
    }

    /// Who asks, or why they may not.
    fn owner(&self, method: &Method, headers: &HeaderMap) -> Result<Owner, Problem> {
        let host = text(headers, header::HOST);
        let name = without_port(host).to_ascii_lowercase();
        if !self.any_host && !self.hosts.contains(&name) {
            return Err(Problem::forbidden(format!(
                "this server is not called {name:?}; localhost will do"
            )));
        }
        let changes = !matches!(*method, Method::GET | Method::HEAD | Method::OPTIONS);
        if changes && headers.contains_key(header::ORIGIN) {
            let origin = text(headers, header::ORIGIN);
            let own = origin.strip_prefix("http://").or_else(|| origin.strip_prefix("https://"));
            if own.is_none_or(|own| !own.eq_ignore_ascii_case(host)) {
                return Err(Problem::forbidden(format!(
                    "a page of {origin:?} may not do this here"
                )));
            }
        }
        if self.tokens.is_empty() {
            return Ok(Owner(String::new()));
        }
        let given = text(headers, header::AUTHORIZATION).strip_prefix("Bearer ").or_else(|| {
            let cookies = text(headers, header::COOKIE).split(';');
            cookies
                .filter_map(|cookie| cookie.trim().split_once('='))
                .find(|(n, _)| *n == COOKIE)
                .map(|(_, v)| v)
        });
        self.known(given.unwrap_or_default()).ok_or_else(Problem::no_token)
    }

    /// Whose token this is.
    fn known(&self, given: &str) -> Option<Owner> {
        // Checksums are compared, so the time it takes says nothing about the tokens.
        let given = blake3::hash(given.as_bytes());
        let known = self.tokens.iter().find(|token| blake3::hash(token.as_bytes()) == given)?;
        Some(Owner(blake3::hash(known.as_bytes()).to_hex()[..16].to_owned()))
    }
}

/// Lets in whom it may, says who it is, and puts the headers of safety on every answer.
pub(crate) async fn guard(
    State(house): State<House>,
    mut request: Request,
    next: Next,
) -> Response {
    let path = request.uri().path().to_owned();
    let is_open = OPEN.contains(&&*path);
    let mut response = match house.guard.owner(request.method(), request.headers()) {
        Err(problem) if problem_is_token(&problem) && is_open => next.run(request).await,
        Err(problem) => match signed_in(&house.guard, &request) {
            Some(response) => response,
            None => problem.into_response(),
        },
        Ok(owner) => {
            request.extensions_mut().insert(owner);
            next.run(request).await
        }
    };
    let headers = response.headers_mut();
    for (name, value) in SAFETY {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if !headers.contains_key(header::CACHE_CONTROL) {
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}

/// Headers of every answer. Nothing is fetched from elsewhere, nothing runs that we did not write.
const SAFETY: [(&str, &str); 6] = [
    (
        "content-security-policy",
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; \
         media-src 'self' blob:; connect-src 'self'; manifest-src 'self'; base-uri 'none'; form-action 'self'; \
         frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("x-frame-options", "DENY"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("cross-origin-resource-policy", "same-origin"),
];

fn problem_is_token(problem: &Problem) -> bool {
    problem.status() == StatusCode::UNAUTHORIZED
}

/// A person who opens the page with a token is given it as a cookie, and the page without it in
/// the address, where it could be seen.
fn signed_in(guard: &Guard, request: &Request) -> Option<Response> {
    let query = request.uri().query().filter(|_| request.uri().path() == "/")?;
    let token = query.split('&').find_map(|pair| pair.strip_prefix("token="))?;
    guard.known(token)?;
    let cookie = format!("{COOKIE}={token}; HttpOnly; SameSite=Strict; Path=/; Max-Age=31536000");
    let cookie = HeaderValue::from_str(&cookie).ok()?;
    let to = HeaderValue::from_static("/");
    Some(
        (StatusCode::SEE_OTHER, [(header::SET_COOKIE, cookie), (header::LOCATION, to)])
            .into_response(),
    )
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn without_port(host: &str) -> &str {
    match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(header::HeaderName, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(n, v)| (n.clone(), HeaderValue::from_static(v))).collect()
    }

    fn loopback(tokens: &[&str]) -> Guard {
        let tokens = tokens.iter().map(|token| (*token).to_owned()).collect();
        Guard::new("127.0.0.1:8000".parse().unwrap(), tokens)
    }

    #[test]
    fn a_name_that_is_not_ours_is_refused() {
        let guard = loopback(&[]);
        for (host, welcome) in [
            ("localhost:8000", true),
            ("LOCALHOST", true),
            ("127.0.0.1:8000", true),
            ("[::1]:8000", true),
            ("evil.example:8000", false),
            ("127.0.0.1.evil.example", false),
            ("", false),
        ] {
            let came = guard.owner(&Method::GET, &headers(&[(header::HOST, host)]));
            assert_eq!(came.is_ok(), welcome, "{host}");
        }
    }

    #[test]
    fn a_page_of_another_origin_may_look_at_nothing_it_could_change() {
        let guard = loopback(&[]);
        for (origin, welcome) in [
            ("http://localhost:8000", true),
            ("https://localhost:8000", true),
            ("http://evil.example", false),
            ("http://localhost:9000", false),
            ("null", false),
        ] {
            let pairs = [(header::HOST, "localhost:8000"), (header::ORIGIN, origin)];
            assert_eq!(guard.owner(&Method::POST, &headers(&pairs)).is_ok(), welcome, "{origin}");
        }
    }

    #[test]
    fn tokens_tell_people_apart() {
        let guard = loopback(&["ann", "ben"]);
        let come = |authorization| {
            let pairs = [(header::HOST, "localhost"), (header::AUTHORIZATION, authorization)];
            guard.owner(&Method::GET, &headers(&pairs)).ok().map(|owner| owner.0)
        };
        let (ann, ben) = (come("Bearer ann").unwrap(), come("Bearer ben").unwrap());
        assert_ne!(ann, ben);
        assert_eq!(come("Bearer eve"), None);
        assert_eq!(come("ann"), None);
        let cookie = [(header::HOST, "localhost"), (header::COOKIE, "a=b; cantilena_token=ann")];
        assert_eq!(guard.owner(&Method::GET, &headers(&cookie)).unwrap().0, ann);
    }
}
