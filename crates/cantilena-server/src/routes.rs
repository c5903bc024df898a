//! Every address that answers, one file each.

pub(crate) mod files;
pub(crate) mod health;
pub(crate) mod jobs;
pub(crate) mod melody;
pub(crate) mod models;
pub(crate) mod pieces;
pub(crate) mod see;

use std::any::Any;

use axum::Router;
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use tower_http::catch_panic::CatchPanicLayer;

use crate::guard::guard;
use crate::problem::Problem;
use crate::server::House;

/// The door with all its routes.
pub(crate) fn router(house: House) -> Router {
    Router::new()
        .route("/", get(crate::page::index))
        .route("/page/{file}", get(crate::page::file))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(health::metrics))
        .route("/openapi.json", get(crate::openapi::description))
        .route("/generate_music", get(melody::generate))
        .route("/v1/models", get(models::list))
        .route("/v1/models/{name}", get(models::one))
        .route("/v1/uploads", post(files::open))
        .route("/v1/pieces", get(pieces::list).post(pieces::compose))
        .route("/v1/pieces/{id}", get(files::piece).delete(pieces::remove))
        .route("/v1/pieces/{id}/events", get(pieces::events))
        .route("/v1/pieces/{id}/stop", post(pieces::stop))
        .route("/v1/pieces/{id}/feedback", post(pieces::feedback))
        .route("/v1/pieces/{id}/report", get(see::report))
        .route("/v1/jobs", get(jobs::list).post(jobs::begin))
        .route("/v1/jobs/{id}", get(jobs::one))
        .route("/v1/jobs/{id}/events", get(jobs::events))
        .route("/v1/jobs/{id}/stop", post(jobs::stop))
        .route("/v1/jobs/{id}/resume", post(jobs::resume))
        .fallback(async || Problem::not_found("GET /openapi.json lists what is here"))
        .method_not_allowed_fallback(async |request: Request| Problem::method(request.method()))
        // Every route that takes a body has a limit of its own, and says which.
        .layer(DefaultBodyLimit::disable())
        .layer(from_fn_with_state(house.clone(), count))
        .layer(from_fn_with_state(house.clone(), guard))
        .layer(CatchPanicLayer::custom(broken))
        .with_state(house)
}

/// What a request is answered in which something of ours broke. The server lives on, and what was
/// said of the fault stays between it and whoever runs it.
fn broken(_fault: Box<dyn Any + Send>) -> Response {
    Problem::internal().into_response()
}

/// Counts every request by its route.
async fn count(State(house): State<House>, request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().map(|path| path.as_str().to_owned());
    let method = request.method().to_string();
    let response = next.run(request).await;
    let method = if method.len() < 8 { &*method } else { "OTHER" };
    house.metrics.request(method, route.as_deref().unwrap_or("other"), response.status().as_u16());
    response
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[test]
    fn what_breaks_breaks_one_request_and_says_nothing_of_the_fault() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let fault = async || -> Response { panic!("the secret of the house") };
            let routes =
                Router::new().route("/fault", get(fault)).route("/", get(async || "lives"));
            let routes = routes.layer(CatchPanicLayer::custom(broken));
            let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            tokio::spawn(async { axum::serve(listener, routes).await });
            let ask = async |path: &str| {
                let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
                let head = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
                stream.write_all(head.as_bytes()).await.unwrap();
                let mut answer = String::new();
                stream.read_to_string(&mut answer).await.unwrap();
                answer
            };
            for _ in 0..3 {
                let answer = ask("/fault").await;
                assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
                assert!(answer.contains("content-type: application/problem+json"), "{answer}");
                assert!(
                    answer.contains("\"status\":500") && !answer.contains("secret"),
                    "{answer}"
                );
                assert!(ask("/").await.ends_with("lives"));
            }
        });
    }
}
