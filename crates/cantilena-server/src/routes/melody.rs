//! A melody by genre, as an earlier service had it.

use axum::extract::State;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use cantilena_studio::StudioError;
use serde::Deserialize;

use crate::api::{FileBytes, SEED_MAX};
use crate::problem::Problem;
use crate::query::{Parameters, number};
use crate::server::{House, blocking, drawn_seed};

/// What is asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Genre {
    /// One of the nine genres.
    #[serde(default = "melody")]
    genre: String,
    /// Left out, every call has one of its own.
    seed: Option<String>,
}

fn melody() -> String {
    "melody".to_owned()
}

/// A melody with the chords, bass and drums of a genre, as a MIDI file of the caller's own.
///
/// Where no model of melodies is here, the problem says so once more as its `error`, where callers
/// of the earlier service look for it.
#[utoipa::path(get, path = "/generate_music", operation_id = "generate_music", tag = "pieces",
    params(
        ("genre" = Option<String>, Query, description = "melody, fastbeat, jazz, rock, classical, blues, pop, electronic or reggae"),
        ("seed" = Option<u64>, Query, maximum = 9007199254740991_u64, description = "Where all chance begins"),
    ),
    responses(
        (status = 200, description = "A Standard MIDI File", content((inline(FileBytes) = "audio/midi"))),
        (status = 422, description = "A field cannot be used", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "No model of melodies is here", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn generate(
    State(house): State<House>,
    Parameters(Genre { genre, seed }): Parameters<Genre>,
) -> Result<Response, Problem> {
    let seed = number("seed", seed.as_deref(), 0..=SEED_MAX)?;
    let _turn = house.rendering.acquire().await.map_err(|_| Problem::internal())?;
    let (studio, seed) = (house.studio.clone(), seed.unwrap_or_else(drawn_seed));
    let name = genre.clone();
    Ok(match blocking(move || studio.melody(&genre, seed)).await? {
        Ok(bytes) => {
            // The name is one of nine: nothing of the query reaches the header unchecked.
            let file = format!("attachment; filename=\"{name}_unique_music.mid\"");
            let mut response = bytes.into_response();
            let headers = response.headers_mut();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("audio/midi"));
            headers.extend(
                HeaderValue::from_str(&file).map(|file| (header::CONTENT_DISPOSITION, file)),
            );
            response
        }
        // No model: it may come while the server runs.
        Err(StudioError::Request(why)) => return Err(Problem::no_melody(why)),
        Err(error) => return Err(error.into()),
    })
}
