//! Pieces: asked for, listened to, stopped, judged, put away.

use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use cantilena_studio::{Asked, Feedback, Listener, StudioError};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::{ComposeRequest, FeedbackRequest, FromPiece, StreamEvent, TakeCard, Takes};
use crate::body;
use crate::guard::Owner;
use crate::problem::Problem;
use crate::query::{Parameters, number};
use crate::server::{House, blocking, drawn_seed};
use crate::stream::Concert;

/// What is asked for, with a file that the piece begins with.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the form is read by hand")]
pub(crate) struct ComposeForm {
    request: ComposeRequest,
    /// A score, of 4 MB at most.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Composes.
///
/// With `Accept: text/event-stream` the answer is a stream of `progress`, `note`, `done` and
/// `error` events; else it is the takes, when all are finished. A client that goes away stops its
/// work. The same request with the same `Last-Event-ID` goes on where a stream broke off.
#[utoipa::path(post, path = "/v1/pieces", operation_id = "compose", tag = "pieces",
    request_body(content((ComposeRequest = "application/json"), (ComposeForm = "multipart/form-data"))),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and request: the same pieces, for a day")),
    responses(
        (status = 201, description = "The takes", content((Takes = "application/json"), (StreamEvent = "text/event-stream"))),
        (status = 200, description = "The takes as they are composed", body = StreamEvent, content_type = "text/event-stream"),
        (status = 400, description = "No JSON", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The key stands for another request", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "A body of another kind", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A field cannot be used", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Too many wait", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn compose(
    State(house): State<House>,
    Extension(owner): Extension<Owner>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    let body::Sent { mut request, files, digest } =
        body::sent::<ComposeRequest>(request, 1, body::FILE_BYTES_MAX).await?;
    let (studio, Owner(owner)) = (house.studio.clone(), owner);
    let key = key(&headers, "pieces")?;
    let asking = owner.clone();
    let (asked, listeners) = blocking(move || {
        if let Some(file) = files.into_iter().next() {
            let opened = studio.open_file(&asking, &file.name, file.bytes)?;
            let bar = request.from.and_then(|from| from.bar);
            request.from = Some(FromPiece { piece: Some(opened.take.id.to_string()), bar });
        }
        let newest = studio.models().into_iter().next().map(|(name, _)| name);
        let mut asked = request.takes(newest.as_deref(), drawn_seed())?;
        if let Some(key) = key {
            asked = first_answer(&studio, &asking, &key, &digest, asked)?;
        }
        let listeners: Result<Vec<Listener>, StudioError> =
            asked.iter().map(|asked| studio.compose(&asking, asked)).collect();
        Ok::<_, Problem>((asked, listeners?))
    })
    .await??;
    let concert = Concert::new(&house, &owner, listeners, &headers)?;
    if wants_stream(&headers) {
        return Ok(concert.into_response());
    }
    let pieces = concert.whole().await?;
    let location = match (&*asked, &*pieces) {
        ([_], [piece]) => HeaderValue::from_str(&format!("/v1/pieces/{}", piece.id)).ok(),
        _ => None,
    };
    let mut response = (StatusCode::CREATED, Json(Takes { pieces })).into_response();
    if let Some(location) = location {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// What was asked under this key the first time: now, or before.
fn first_answer(
    studio: &cantilena_studio::Studio,
    owner: &str,
    key: &str,
    digest: &str,
    asked: Vec<Asked>,
) -> Result<Vec<Asked>, Problem> {
    let json = serde_json::to_string(&asked).map_err(|_| Problem::internal())?;
    if studio.answer(owner, key, digest, &json)? {
        return Ok(asked);
    }
    match studio.answered(owner, key)? {
        Some((first, answer)) if first == digest => {
            serde_json::from_str(&answer).map_err(|_| Problem::internal())
        }
        _ => Err(Problem::another_request()),
    }
}

/// The client's own name for its request to make one of these `things`.
pub(crate) fn key(headers: &HeaderMap, things: &str) -> Result<Option<String>, Problem> {
    let Some(key) = headers.get("idempotency-key") else { return Ok(None) };
    let key = key.to_str().ok().filter(|key| (1..=255).contains(&key.len()));
    match key {
        Some(key) => Ok(Some(format!("{things} {key}"))),
        None => Err(Problem::field("Idempotency-Key", "1 to 255 letters of ASCII will do")),
    }
}

fn wants_stream(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/event-stream"))
}

/// A piece composed once more, note for note, as events.
#[utoipa::path(get, path = "/v1/pieces/{id}/events", operation_id = "piece_events", tag = "pieces",
    params(
        ("id" = String, Path, description = "The piece"),
        ("Last-Event-ID" = Option<String>, Header, description = "The last event that was heard"),
    ),
    responses(
        (status = 200, description = "The piece as it is composed", body = StreamEvent, content_type = "text/event-stream"),
        (status = 404, description = "No such piece", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "It cannot be composed again", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Too many wait", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn events(
    State(house): State<House>,
    Extension(Owner(owner)): Extension<Owner>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (studio, asking) = (house.studio.clone(), owner.clone());
    let listener = blocking(move || studio.again(&asking, &id)).await?;
    let listener = listener.map_err(|error| Problem::from(error).about("id"))?;
    Ok(Concert::new(&house, &owner, vec![listener], &headers)?.into_response())
}

/// Ends a piece under way; what there is becomes a piece of its own.
#[utoipa::path(post, path = "/v1/pieces/{id}/stop", operation_id = "stop_piece", tag = "pieces",
    params(("id" = String, Path, description = "The piece, as its progress event named it")),
    responses(
        (status = 202, description = "It will end, and its stream with it"),
        (status = 404, description = "No such piece is being composed", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn stop(
    State(house): State<House>,
    Extension(Owner(owner)): Extension<Owner>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    match house.studio.stop(&owner, &id) {
        true => Ok(StatusCode::ACCEPTED),
        false => Err(Problem::not_found("no such piece is being composed now")),
    }
}

/// Which part of a history.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Page {
    /// Takes numbered below this; the newest if left out.
    #[param(value_type = Option<i64>)]
    before: Option<String>,
    /// How many, at most; 200 if left out.
    #[param(value_type = Option<u32>, minimum = 1, maximum = 500)]
    limit: Option<String>,
}

/// The history, the newest first.
#[utoipa::path(get, path = "/v1/pieces", operation_id = "pieces", tag = "pieces", params(Page),
    responses(
        (status = 200, description = "Takes, the newest first", body = Takes),
        (status = 422, description = "A field cannot be used", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn list(
    State(house): State<House>,
    Extension(Owner(owner)): Extension<Owner>,
    Parameters(Page { before, limit }): Parameters<Page>,
) -> Result<Json<Takes>, Problem> {
    let before = number("before", before.as_deref(), i64::MIN..=i64::MAX)?.unwrap_or(i64::MAX);
    let limit = number("limit", limit.as_deref(), 1..=500)?.unwrap_or(200);
    let studio = house.studio.clone();
    let takes = blocking(move || studio.takes(&owner, before, limit)).await??;
    Ok(Json(Takes { pieces: takes.into_iter().map(TakeCard::from).collect() }))
}

/// Writes down what its owner thinks of a take, shares it, or brings it back.
#[utoipa::path(post, path = "/v1/pieces/{id}/feedback", operation_id = "judge_piece", tag = "pieces",
    params(("id" = String, Path, description = "The piece")),
    request_body = FeedbackRequest,
    responses(
        (status = 200, description = "The take", body = TakeCard),
        (status = 400, description = "No JSON", body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such piece", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "A body of another kind", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A field cannot be used", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn feedback(
    State(house): State<House>,
    Extension(Owner(owner)): Extension<Owner>,
    Path(id): Path<String>,
    request: Request,
) -> Result<Json<TakeCard>, Problem> {
    let asked: FeedbackRequest = body::json(request).await?;
    let thumb = asked.thumb.map(|thumb| thumb.within("thumb", -1..=1)).transpose()?;
    if let Some(note) = asked.note.as_ref().filter(|note| note.chars().count() > 1000) {
        let letters = format!("{} letters long", note.chars().count());
        return Err(Problem::out_of_range("note", letters, "0 to 1000"));
    }
    let studio = house.studio.clone();
    let take = blocking(move || {
        let before = studio.take(&owner, &id)?.feedback;
        let feedback = Feedback {
            star: asked.star.unwrap_or(before.star),
            thumb: thumb.unwrap_or(before.thumb),
            note: asked.note.unwrap_or(before.note),
        };
        studio.judge(&owner, &id, &feedback)?;
        if let Some(shared) = asked.shared {
            studio.share(&owner, &id, shared)?;
        }
        if let Some(removed) = asked.removed {
            studio.remove(&owner, &id, removed)?;
        }
        studio.take(&owner, &id)
    })
    .await??;
    Ok(Json(take.into()))
}

/// Puts a take away. It stays in the store, and feedback brings it back.
#[utoipa::path(delete, path = "/v1/pieces/{id}", operation_id = "remove_piece", tag = "pieces",
    params(("id" = String, Path, description = "The piece")),
    responses(
        (status = 204, description = "It is put away"),
        (status = 404, description = "No such piece", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn remove(
    State(house): State<House>,
    Extension(Owner(owner)): Extension<Owner>,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    let studio = house.studio.clone();
    blocking(move || studio.remove(&owner, &id, true)).await??;
    Ok(StatusCode::NO_CONTENT)
}
