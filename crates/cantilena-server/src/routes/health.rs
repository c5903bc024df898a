//! Whether it lives, whether it is ready, and how it does.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::problem::Problem;
use crate::server::House;

/// It lives.
#[utoipa::path(get, path = "/healthz", tag = "server",
    responses((status = 200, description = "The server lives", body = String, content_type = "text/plain")))]
pub(crate) async fn healthz() -> &'static str {
    "ok\n"
}

/// It can compose: its models are loaded.
#[utoipa::path(get, path = "/readyz", tag = "server",
    responses(
        (status = 200, description = "A model is loaded", body = String, content_type = "text/plain"),
        (status = 503, description = "No model is loaded yet", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn readyz(State(house): State<House>) -> Result<&'static str, Problem> {
    match house.is_ready() {
        true => Ok("ready\n"),
        false => Err(Problem::not_ready("no model is loaded yet")),
    }
}

/// All figures, in Prometheus' text format.
#[utoipa::path(get, path = "/metrics", tag = "server",
    responses((status = 200, description = "Figures in Prometheus' text format", body = String, content_type = "text/plain")))]
pub(crate) async fn metrics(State(house): State<House>) -> Response {
    let text = house.metrics.text(&house.studio);
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}
