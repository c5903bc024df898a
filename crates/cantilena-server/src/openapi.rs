//! The description of the API, made from the routes themselves.

use axum::Json;
use utoipa::OpenApi;

use crate::routes;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Cantilena",
        description = "Compose with models, on your own computer. Every error is application/problem+json."
    ),
    paths(
        routes::health::healthz,
        routes::health::readyz,
        routes::health::metrics,
        routes::melody::generate,
        routes::models::list,
        routes::models::one,
        routes::files::open,
        routes::files::piece,
        routes::pieces::list,
        routes::pieces::compose,
        routes::pieces::events,
        routes::pieces::stop,
        routes::pieces::feedback,
        routes::pieces::remove,
        routes::see::report,
        routes::jobs::list,
        routes::jobs::begin,
        routes::jobs::one,
        routes::jobs::events,
        routes::jobs::stop,
        routes::jobs::resume,
    )
)]
struct Description;

/// The description, as OpenAPI has it.
pub(crate) async fn description() -> Json<utoipa::openapi::OpenApi> {
    Json(Description::openapi())
}
