//! The models there are.

use axum::Json;
use axum::extract::{Path, State};
use cantilena_studio::StudioError;

use crate::api::{CommissionLimits, ModelBody, ModelCard, Models};
use crate::problem::Problem;
use crate::server::{House, blocking};

/// All models, the newest first.
#[utoipa::path(get, path = "/v1/models", operation_id = "models", tag = "models",
    responses((status = 200, description = "All models, the newest first", body = Models)))]
pub(crate) async fn list(State(house): State<House>) -> Result<Json<Models>, Problem> {
    let studio = house.studio.clone();
    let models = blocking(move || {
        let names = studio.models().into_iter();
        // A folder that is being written, or is damaged, is no model to compose with.
        names.filter_map(|(name, _)| Some(ModelCard::from(&*studio.model(&name).ok()?))).collect()
    })
    .await?;
    Ok(Json(Models { models, limits: CommissionLimits::OURS }))
}

/// A model in full.
#[utoipa::path(get, path = "/v1/models/{name}", operation_id = "model", tag = "models",
    params(("name" = String, Path, description = "The model's name")),
    responses(
        (status = 200, description = "The model", body = ModelBody),
        (status = 404, description = "No such model", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn one(
    State(house): State<House>,
    Path(name): Path<String>,
) -> Result<Json<ModelBody>, Problem> {
    let studio = house.studio.clone();
    let model = blocking(move || {
        let json = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
        let mut body = ModelBody::from(&*studio.model(&name)?);
        body.history = json(studio.history(&name)?);
        body.corpus = json(studio.learnt_from(&name)?);
        Ok(body)
    });
    match model.await? {
        Ok(body) => Ok(Json(body)),
        Err(error @ StudioError::NoSuchModel { .. }) => Err(Problem::not_found(error.to_string())),
        Err(error) => Err(error.into()),
    }
}
