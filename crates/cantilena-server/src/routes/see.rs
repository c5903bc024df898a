//! What there is to see of a piece: histograms, and a model's expectations.

use axum::extract::{Path, State};
use axum::{Extension, Json};
use cantilena_studio::Asked;
use serde::Deserialize;

use crate::api::ReportBody;
use crate::guard::Owner;
use crate::problem::Problem;
use crate::query::Parameters;
use crate::server::{House, blocking};

/// Notes whose expectation is told: two or three lines of music.
const FORESEEN_NOTES: usize = 64;

/// Which model is asked.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ReportQuery {
    /// The model; the one that composed the piece, or the newest, if left out.
    model: Option<String>,
}

/// What a piece is made of beside what a model has learnt from, and what the model expected.
#[utoipa::path(get, path = "/v1/pieces/{id}/report", operation_id = "piece_report", tag = "pieces",
    params(("id" = String, Path, description = "The piece"), ReportQuery),
    responses(
        (status = 200, description = "Histograms and expectations", body = ReportBody),
        (status = 404, description = "No such piece", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A field cannot be used", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn report(
    State(house): State<House>,
    Extension(Owner(owner)): Extension<Owner>,
    Path(id): Path<String>,
    Parameters(ReportQuery { model }): Parameters<ReportQuery>,
) -> Result<Json<ReportBody>, Problem> {
    let studio = house.studio.clone();
    let report = blocking(move || {
        let take = studio.take(&owner, &id)?;
        let known: Vec<String> = studio.models().into_iter().map(|(name, _)| name).collect();
        let composed_by =
            serde_json::from_str::<Asked>(&take.request).ok().map(|asked| asked.model);
        let composed_by = composed_by.filter(|name| known.contains(name));
        let model = model.or(composed_by).or_else(|| known.first().cloned());
        let (corpus, foreseen) = match &model {
            None => (None, Vec::new()),
            Some(name) => (
                studio.learnt_from(name)?.and_then(|json| serde_json::from_str(&json).ok()),
                studio.foresee(&owner, &id, name, FORESEEN_NOTES)?,
            ),
        };
        Ok::<_, Problem>(ReportBody {
            piece: studio.distributions(&owner, &id)?,
            corpus,
            foreseen,
            model,
            fidelity: studio.fidelity(&owner, &id)?,
        })
    })
    .await??;
    Ok(Json(report))
}
