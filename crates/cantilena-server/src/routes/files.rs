//! Files: pieces in every form, and those that people bring.

use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use cantilena_score::Grid;
use cantilena_studio::{Format, StudioError};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::api::{FileBytes, OpenedFile, PieceBody, ScoreBody};
use crate::body;
use crate::guard::Owner;
use crate::problem::Problem;
use crate::query::Parameters;
use crate::range::ranged;
use crate::server::{House, blocking};

/// The forms a piece can be had in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Midi,
    Wav,
    Svg,
    Json,
    MusicXml,
    Abc,
}

impl Form {
    fn of(extension: &str) -> Option<Form> {
        match extension {
            "mid" => Some(Form::Midi),
            "wav" => Some(Form::Wav),
            "svg" => Some(Form::Svg),
            "json" => Some(Form::Json),
            "musicxml" => Some(Form::MusicXml),
            "abc" => Some(Form::Abc),
            _ => None,
        }
    }
}

/// What a piece is given as.
enum Given {
    /// Its notes.
    Notes(Box<PieceBody>),
    /// The bytes of a file, and what it is.
    File(&'static str, Vec<u8>),
}

/// What of a piece is wanted.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Wanted {
    /// Only these tracks: numbers from 0, with commas.
    tracks: Option<String>,
    /// The grid that its notes are moved to.
    quantize: Option<String>,
    /// Whether it is to be saved and not shown.
    download: Option<String>,
}

/// A piece: `{id}` or `{id}.json` with its notes, `{id}.mid`, `{id}.musicxml`, `{id}.abc`,
/// `{id}.wav`, `{id}.svg`.
///
/// Ranges are answered. `?tracks=0,2` has only those tracks, in every form; `?quantize=1/16` moves
/// its notes to a grid, in every form but sound; `?download` names a file to save it as.
#[utoipa::path(get, path = "/v1/pieces/{id}", operation_id = "piece", tag = "pieces",
    params(
        ("id" = String, Path, description = "The piece, with .json, .mid, .musicxml, .abc, .wav or .svg"),
        ("tracks" = Option<String>, Query, description = "Only these tracks, counted from 0: 0,2"),
        ("quantize" = Option<String>, Query, description = "The grid that its notes are moved to, for a page that can be read: 1/4, 1/8, 1/16, 1/32, of triplets 1/8t, 1/16t, 1/32t"),
        ("download" = Option<String>, Query, description = "To be saved and not shown"),
    ),
    responses(
        (status = 200, description = "The piece", content(
            (PieceBody = "application/json"), (inline(FileBytes) = "audio/midi"), (inline(FileBytes) = "audio/wav"),
            (String = "image/svg+xml"), (String = "application/vnd.recordare.musicxml+xml"), (String = "text/vnd.abc"))),
        (status = 206, description = "A part of it", content((inline(FileBytes) = "audio/midi"), (inline(FileBytes) = "audio/wav"))),
        (status = 404, description = "No such piece", body = Problem, content_type = "application/problem+json"),
        (status = 416, description = "Not that many bytes"),
        (status = 422, description = "A field cannot be used", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn piece(
    State(house): State<House>,
    Extension(Owner(owner)): Extension<Owner>,
    Path(name): Path<String>,
    Parameters(wanted): Parameters<Wanted>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (id, extension) = name.split_once('.').unwrap_or((&name, "json"));
    let Some(form) = Form::of(extension) else {
        return Err(Problem::not_found(format!(
            "a piece is to be had as .mid, .musicxml, .abc, .wav, .svg and .json, not as {extension:?}"
        )));
    };
    let tracks = wanted.tracks.as_deref().map(tracks).transpose()?;
    let grid = wanted.quantize.as_deref().map(str::parse::<Grid>).transpose();
    let grid = grid.map_err(|error| Problem::field("quantize", error.to_string()))?;
    if grid.is_some() && form == Form::Wav {
        let why = "sound is played as it was composed; leave quantize out";
        return Err(Problem::field("quantize", why));
    }
    // Rendering takes the processor for seconds: only so many at once.
    let _turn = match form {
        Form::Wav => Some(house.rendering.acquire().await.map_err(|_| Problem::internal())?),
        _ => None,
    };
    let (studio, id) = (house.studio.clone(), id.to_owned());
    let on_grid = grid.map_or_else(String::new, |grid| format!("-{grid}").replace('/', "-"));
    let tag = format!("{id}{}{on_grid}", wanted.tracks.unwrap_or_default().replace(',', "-"));
    let file = format!("cantilena-{}.{extension}", id.get(..8).unwrap_or(&id));
    let given = blocking(move || {
        let mut excerpt = studio.excerpt(&owner, &id, tracks)?;
        if let Some(grid) = grid {
            excerpt = excerpt.on_grid(grid);
        }
        Ok::<_, StudioError>(match form {
            Form::Json => {
                let score = ScoreBody::from(&excerpt.score()?);
                Given::Notes(Box::new(PieceBody { piece: excerpt.take().clone().into(), score }))
            }
            Form::Midi => Given::File("audio/midi", excerpt.midi()?),
            Form::MusicXml => Given::File(
                "application/vnd.recordare.musicxml+xml",
                excerpt.written(Format::MusicXml)?,
            ),
            Form::Abc => Given::File("text/vnd.abc", excerpt.written(Format::Abc)?),
            Form::Svg => Given::File("image/svg+xml", excerpt.picture()?.into_bytes()),
            Form::Wav => {
                let path = excerpt.sound()?;
                let bytes = std::fs::read(&path);
                let bytes = bytes.map_err(|source| StudioError::Read { path, source })?;
                Given::File("audio/wav", bytes)
            }
        })
    })
    .await??;
    let mut response = match given {
        Given::Notes(body) => Json(body).into_response(),
        Given::File(kind, bytes) => ranged(&headers, kind, bytes, &tag),
    };
    if let Some(disposition) = wanted
        .download
        .and_then(|_| HeaderValue::from_str(&format!("attachment; filename=\"{file}\"")).ok())
    {
        response.headers_mut().insert(header::CONTENT_DISPOSITION, disposition);
    }
    Ok(response)
}

/// Numbers of tracks, rising, each once: every way of asking for the same sound is one. None of
/// them is silence.
fn tracks(text: &str) -> Result<Vec<usize>, Problem> {
    if text.is_empty() {
        return Ok(Vec::new());
    }
    let numbers: Option<Vec<usize>> = text.split(',').map(|n| n.trim().parse().ok()).collect();
    let mut numbers = numbers
        .filter(|numbers| numbers.len() <= 64)
        .ok_or_else(|| Problem::field("tracks", "numbers of tracks with commas, such as 0,2"))?;
    numbers.sort_unstable();
    numbers.dedup();
    Ok(numbers)
}

/// A file that is brought as a form.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the form is read by hand")]
pub(crate) struct UploadForm {
    /// A score, or a recording of one voice.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
}

/// Opens a file that somebody brings: the body itself, or the `file` of a form. A recording of one
/// voice is written down as notes.
#[utoipa::path(post, path = "/v1/uploads", operation_id = "upload", tag = "pieces",
    request_body(content((inline(FileBytes) = "application/octet-stream"), (UploadForm = "multipart/form-data"))),
    params(("X-File-Name" = Option<String>, Header, description = "What it is called, in UTF-8; percent-encoded, as URLs are, where a client sends ASCII alone")),
    responses(
        (status = 201, description = "The piece it became", body = OpenedFile),
        (status = 400, description = "A form that cannot be read", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "No music", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn open(
    State(house): State<House>,
    Extension(Owner(owner)): Extension<Owner>,
    request: Request,
) -> Result<(StatusCode, Json<OpenedFile>), Problem> {
    let file = body::file(request).await?;
    let studio = house.studio.clone();
    let opened = blocking(move || studio.open_file(&owner, &file.name, file.bytes)).await??;
    let piece = opened.take.into();
    Ok((StatusCode::CREATED, Json(OpenedFile { piece, repairs: opened.repairs })))
}
