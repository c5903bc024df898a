//! Errors as RFC 9457 has them: `application/problem+json`.

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use cantilena_generate::GenerateError;
use cantilena_studio::{Failed, StudioError};
use serde::Serialize;
use utoipa::ToSchema;

/// Why a request was not done.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Problem {
    /// What kind of problem it is; the same for all of a kind.
    #[serde(rename = "type")]
    #[schema(example = "/problems/out-of-range")]
    kind: String,
    /// The kind in words.
    #[schema(example = "A field is out of range")]
    title: &'static str,
    /// The HTTP status.
    #[schema(example = 422)]
    status: u16,
    /// What was found, and what would do.
    #[schema(example = "bars is 0, and 1 to 256 will do")]
    detail: String,
    /// The field that is at fault, where one is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "bars", value_type = Option<String>)]
    field: Option<Box<str>>,
    /// The detail again, for callers of an earlier service: of `/generate_music` without a model.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    error: Option<Box<str>>,
    /// When to ask again, in seconds.
    #[serde(skip)]
    retry_seconds: Option<u64>,
}

impl Problem {
    fn new(status: StatusCode, kind: &str, title: &'static str, detail: String) -> Problem {
        let status = status.as_u16();
        let kind = format!("/problems/{kind}");
        Problem { kind, title, status, detail, field: None, error: None, retry_seconds: None }
    }

    /// The HTTP status.
    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The problem, as one of this field where it is one of a field.
    pub(crate) fn about(mut self, field: &str) -> Problem {
        if self.field.is_some() {
            self.field = Some(field.into());
        }
        self
    }

    /// The problem as the data of an event of one of several takes.
    pub(crate) fn of_take(&self, take: usize) -> serde_json::Value {
        let mut data = serde_json::json!(self);
        data["take"] = take.into();
        data
    }

    /// A field that says what cannot be.
    pub(crate) fn field(field: &str, detail: impl Into<String>) -> Problem {
        let title = "A field cannot be used";
        let problem = Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "field", title, detail.into());
        Problem { field: Some(field.into()), ..problem }
    }

    /// A number outside its range.
    pub(crate) fn out_of_range(field: &str, found: impl std::fmt::Display, range: &str) -> Problem {
        let problem = Problem::field(field, format!("{field} is {found}, and {range} will do"));
        Problem {
            kind: "/problems/out-of-range".to_owned(),
            title: "A field is out of range",
            ..problem
        }
    }

    /// A request that cannot be read.
    pub(crate) fn malformed(detail: impl Into<String>) -> Problem {
        let title = "The request cannot be read";
        Problem::new(StatusCode::BAD_REQUEST, "malformed", title, detail.into())
    }

    /// More than is taken, of what.
    pub(crate) fn too_large(what: &str, limit: usize) -> Problem {
        let limit = match limit >> 20 {
            0 => format!("{} kB", limit >> 10),
            megabytes => format!("{megabytes} MB"),
        };
        let detail = format!("more than {limit} in {what}, and that is the limit");
        Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", "Too large", detail)
    }

    /// A body of another kind than the route takes.
    pub(crate) fn media_type(taken: &str) -> Problem {
        let detail = format!("this route takes {taken}; say so in Content-Type");
        let title = "A body of another kind";
        Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "media-type", title, detail)
    }

    /// Nothing there.
    pub(crate) fn not_found(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::NOT_FOUND, "not-found", "Not found", detail.into())
    }

    /// A method that a route does not know.
    pub(crate) fn method(method: &axum::http::Method) -> Problem {
        let detail = format!("nothing here answers to {method}; GET /openapi.json lists what does");
        Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method", "No such method here", detail)
    }

    /// Nobody may do this.
    pub(crate) fn forbidden(detail: impl Into<String>) -> Problem {
        Problem::new(StatusCode::FORBIDDEN, "forbidden", "Refused", detail.into())
    }

    /// Nobody may do this without a token.
    pub(crate) fn no_token() -> Problem {
        let detail = "send Authorization: Bearer TOKEN, or open the page with ?token=TOKEN once";
        let title = "A token is needed";
        Problem::new(StatusCode::UNAUTHORIZED, "token", title, detail.to_owned())
    }

    /// A key that stands for another request already.
    pub(crate) fn another_request() -> Problem {
        let detail = "this Idempotency-Key came with another request before".to_owned();
        Problem::new(StatusCode::CONFLICT, "conflict", "Another request has this key", detail)
    }

    /// The server ends, and the stream with it.
    pub(crate) fn closing() -> Problem {
        Problem::not_ready("the server is closing; ask again when it is back")
    }

    /// Not ready yet.
    pub(crate) fn not_ready(detail: impl Into<String>) -> Problem {
        let problem =
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not-ready", "Not ready", detail.into());
        Problem { retry_seconds: Some(1), ..problem }
    }

    /// No model of melodies: with the status that callers of the earlier service know, and the
    /// words under `error`, where they look for them.
    pub(crate) fn no_melody(detail: String) -> Problem {
        let status = StatusCode::INTERNAL_SERVER_ERROR;
        let error = Some(detail.as_str().into());
        Problem { error, ..Problem::new(status, "not-ready", "Not ready", detail) }
    }

    /// Our fault. What it was is said on stderr, not to strangers.
    pub(crate) fn internal() -> Problem {
        let detail = "something here is broken; the server's own messages say more".to_owned();
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Our fault", detail)
    }
}

impl From<StudioError> for Problem {
    fn from(error: StudioError) -> Problem {
        let words = explained(&error);
        match error {
            StudioError::NoSuchPiece { .. } | StudioError::NoSuchJob { .. } => {
                Problem::not_found(words)
            }
            StudioError::NoSuchModel { .. } => Problem::field("model", words),
            StudioError::Unsuited { field, .. } => Problem::field(&field.replace('-', "_"), words),
            StudioError::Busy { retry_seconds, .. } => {
                let status = StatusCode::SERVICE_UNAVAILABLE;
                let problem = Problem::new(status, "busy", "Too many wait", words);
                Problem { retry_seconds: Some(retry_seconds), ..problem }
            }
            StudioError::Music { .. } | StudioError::Recording { .. } => {
                Problem::field("file", words)
            }
            StudioError::Generate(GenerateError::Sampling { name, .. }) => {
                Problem::field(&name.replace('-', "_"), words)
            }
            StudioError::Generate(_) | StudioError::Request(_) => Problem::field("from", words),
            StudioError::Recipe(_) => Problem::field("recipe", words),
            StudioError::Corpus(_) | StudioError::NothingToResume { .. } => {
                Problem::field("file", words)
            }
            StudioError::Exists { .. } => Problem::field("name", words),
            // Such as two voices at once, where one can be written.
            StudioError::WriteScore(_) => Problem::field("id", words),
            _ => {
                crate::server::say(&format!("error: {words}"));
                Problem::internal()
            }
        }
    }
}

impl From<Failed> for Problem {
    fn from(failed: Failed) -> Problem {
        match failed.is_request {
            true => Problem::field("from", failed.why),
            false => {
                crate::server::say(&format!("error: {}", failed.why));
                Problem::internal()
            }
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, axum::Json(&self)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = self.retry_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}

/// An error and all that caused it, outermost first.
fn explained(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let words = cause.to_string();
        if !text.ends_with(&words) {
            text = format!("{text}: {words}");
        }
        source = cause.source();
    }
    text
}
