//! Trainings: begun, followed, stopped, taken up again.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::{Arc, PoisonError};
use std::time::Duration;

use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::{Extension, Json};
use cantilena_studio::{Job, JobListener, JobNews, JobRequest, JobStage};
use futures_util::stream::unfold;
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use utoipa::ToSchema;

use crate::api::StreamEvent;
use crate::body;
use crate::guard::Owner;
use crate::json::Whole;
use crate::metrics::StreamCount;
use crate::problem::Problem;
use crate::server::{House, blocking};
use crate::stream::event;

/// Bytes of all files of a training.
const FILES_BYTES_MAX: usize = 256 << 20;
/// Files of a training.
const FILES_MAX: usize = 20_000;
/// Minutes of a training: a day.
const MINUTES_MAX: f64 = 1440.0;
/// Updates of a training.
const STEPS_MAX: u64 = 10_000_000;

/// What is to be learnt, and how long.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrainRequest {
    /// What the model is to be called: letters and digits of any script, - and _, with single
    /// spaces between them.
    #[schema(min_length = 1, max_length = 64)]
    name: String,
    /// Minutes of learning; 5 if neither minutes nor steps are given.
    #[schema(exclusive_minimum = 0, maximum = 1440)]
    minutes: Option<f64>,
    /// Updates of the weights, instead of minutes.
    #[schema(value_type = Option<u64>, minimum = 1, maximum = 10000000)]
    steps: Option<Whole>,
    /// Learn from the built-in songbook; no files are needed then.
    #[serde(default)]
    songbook: bool,
    /// A recipe in TOML.
    recipe: Option<String>,
    /// Minutes from one sample of what it can do to the next; 1 if left out.
    #[schema(minimum = 0.01, maximum = 1440)]
    sample_minutes: Option<f64>,
}

/// A training on files: scores, and archives (.zip) of them, 256 MB together.
#[derive(ToSchema)]
#[expect(dead_code, reason = "the form is read by hand, file after file")]
pub(crate) struct TrainForm {
    request: TrainRequest,
    /// Each under the name `file`.
    #[schema(value_type = Vec<String>, format = Binary)]
    file: Vec<Vec<u8>>,
}

impl TrainRequest {
    fn checked(self) -> Result<JobRequest, Problem> {
        let TrainRequest { name, minutes, steps, songbook, recipe, sample_minutes } = self;
        match (minutes, steps) {
            (Some(_), Some(_)) => {
                return Err(Problem::field("steps", "minutes or steps can be asked for, not both"));
            }
            (Some(minutes), _) if !(minutes > 0.0 && minutes <= MINUTES_MAX) => {
                return Err(Problem::out_of_range("minutes", minutes, "above 0, to 1440"));
            }
            _ => {}
        }
        let steps = steps.map(|steps| steps.within("steps", 1..=STEPS_MAX)).transpose()?;
        if let Some(found) = sample_minutes.filter(|m| !(0.01..=MINUTES_MAX).contains(m)) {
            return Err(Problem::out_of_range("sample_minutes", found, "0.01 to 1440"));
        }
        Ok(JobRequest { name, minutes, steps, songbook, recipe, sample_minutes })
    }
}

/// A training.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct JobCard {
    /// Its id.
    id: String,
    /// What its model is called.
    name: String,
    /// waiting, running, done, stopped, or failed.
    stage: &'static str,
    /// Why it failed; empty else.
    why: String,
    /// Whether it learns from the songbook.
    songbook: bool,
    /// When it was asked for, in seconds since 1970.
    made_at: i64,
    /// How its learning went so far: what the stream of events would tell, less most steps.
    #[schema(value_type = Vec<Object>)]
    news: Vec<JobNews>,
}

impl From<&Arc<Job>> for JobCard {
    fn from(job: &Arc<Job>) -> JobCard {
        let heard = job.heard(0);
        let mut news: Vec<JobNews> = heard.news.into_iter().map(|(_, news)| news).collect();
        let last = news.len().saturating_sub(1);
        let mut place = 0;
        news.retain(|news| {
            place += 1;
            place > last || !matches!(news, JobNews::Step { .. })
        });
        JobCard {
            id: job.id.clone(),
            name: job.request.name.clone(),
            stage: name(heard.stage),
            why: heard.why,
            songbook: job.request.songbook,
            made_at: job.made_at(),
            news,
        }
    }
}

fn name(stage: JobStage) -> &'static str {
    match stage {
        JobStage::Waiting => "waiting",
        JobStage::Running => "running",
        JobStage::Done => "done",
        JobStage::Stopped => "stopped",
        JobStage::Failed => "failed",
    }
}

/// Trainings.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct JobCards {
    /// The newest first.
    jobs: Vec<JobCard>,
}

/// All trainings, the newest first.
#[utoipa::path(get, path = "/v1/jobs", operation_id = "jobs", tag = "jobs",
    responses((status = 200, description = "All trainings, the newest first", body = JobCards)))]
pub(crate) async fn list(
    State(house): State<House>,
    Extension(Owner(owner)): Extension<Owner>,
) -> Result<Json<JobCards>, Problem> {
    let studio = house.studio.clone();
    let jobs = blocking(move || studio.jobs(&owner)).await??;
    Ok(Json(JobCards { jobs: jobs.iter().map(JobCard::from).collect() }))
}

/// Begins a training on the songbook, or on the files of a form.
#[utoipa::path(post, path = "/v1/jobs", operation_id = "train", tag = "jobs",
    request_body(content((TrainRequest = "application/json"), (TrainForm = "multipart/form-data"))),
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and request: the same job, for a day")),
    responses(
        (status = 202, description = "The training", body = JobCard),
        (status = 400, description = "No JSON", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "The key stands for another request", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 415, description = "A body of another kind", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "A field cannot be used", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Too many wait", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn begin(
    State(house): State<House>,
    Extension(Owner(owner)): Extension<Owner>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Problem> {
    let key = super::pieces::key(&headers, "jobs")?;
    let sent = body::sent::<TrainRequest>(request, FILES_MAX, FILES_BYTES_MAX).await?;
    let (request, digest) = (sent.request.checked()?, sent.digest);
    let files: Vec<(String, Vec<u8>)> =
        sent.files.into_iter().map(|file| (file.name, file.bytes)).collect();
    let (studio, beginning) = (house.studio.clone(), house.beginning.clone());
    let job = blocking(move || {
        let begin = || Ok::<_, Problem>(studio.train(&owner, &request, &files)?);
        let Some(key) = key else { return begin() };
        let _beginning = beginning.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((first, id)) = studio.answered(&owner, &key)? {
            return match first == digest {
                true => Ok(studio.job(&owner, &id)?),
                false => Err(Problem::another_request()),
            };
        }
        let job = begin()?;
        studio.answer(&owner, &key, &digest, &job.id)?;
        Ok(job)
    })
    .await??;
    let mut response = (StatusCode::ACCEPTED, Json(JobCard::from(&job))).into_response();
    if let Ok(location) = HeaderValue::from_str(&format!("/v1/jobs/{}", job.id)) {
        response.headers_mut().insert(header::LOCATION, location);
    }
    Ok(response)
}

/// A training.
#[utoipa::path(get, path = "/v1/jobs/{id}", operation_id = "job", tag = "jobs",
    params(("id" = String, Path, description = "The training")),
    responses(
        (status = 200, description = "The training", body = JobCard),
        (status = 404, description = "No such training", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn one(
    State(house): State<House>,
    Extension(Owner(owner)): Extension<Owner>,
    Path(id): Path<String>,
) -> Result<Json<JobCard>, Problem> {
    let studio = house.studio.clone();
    let job = blocking(move || studio.job(&owner, &id)).await??;
    Ok(Json(JobCard::from(&job)))
}

/// Ends a training soon. What it has learnt is there to compose with, and it can go on.
#[utoipa::path(post, path = "/v1/jobs/{id}/stop", operation_id = "stop_job", tag = "jobs",
    params(("id" = String, Path, description = "The training")),
    responses(
        (status = 202, description = "It will end", body = JobCard),
        (status = 404, description = "No such training", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn stop(
    State(house): State<House>,
    Extension(Owner(owner)): Extension<Owner>,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<JobCard>), Problem> {
    let studio = house.studio.clone();
    let job = blocking(move || {
        studio.stop_job(&owner, &id)?;
        studio.job(&owner, &id)
    })
    .await??;
    Ok((StatusCode::ACCEPTED, Json(JobCard::from(&job))))
}

/// Takes up a training that was stopped, or that ended with the server.
#[utoipa::path(post, path = "/v1/jobs/{id}/resume", operation_id = "resume_job", tag = "jobs",
    params(("id" = String, Path, description = "The training")),
    responses(
        (status = 202, description = "It goes on", body = JobCard),
        (status = 404, description = "No such training", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "It was not stopped", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Too many wait", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn resume(
    State(house): State<House>,
    Extension(Owner(owner)): Extension<Owner>,
    Path(id): Path<String>,
) -> Result<(StatusCode, Json<JobCard>), Problem> {
    let studio = house.studio.clone();
    let job = blocking(move || studio.resume_job(&owner, &id)).await?;
    let job = job.map_err(|error| Problem::from(error).about("id"))?;
    Ok((StatusCode::ACCEPTED, Json(JobCard::from(&job))))
}

/// A training as it goes: `progress` events, and `done` when it is over.
///
/// `Last-Event-ID` goes on behind that event.
#[utoipa::path(get, path = "/v1/jobs/{id}/events", operation_id = "job_events", tag = "jobs",
    params(
        ("id" = String, Path, description = "The training"),
        ("Last-Event-ID" = Option<String>, Header, description = "The last event that was heard"),
    ),
    responses(
        (status = 200, description = "The training as it goes", body = StreamEvent, content_type = "text/event-stream"),
        (status = 404, description = "No such training", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "No id of an event", body = Problem, content_type = "application/problem+json"),
    ))]
pub(crate) async fn events(
    State(house): State<House>,
    Extension(Owner(owner)): Extension<Owner>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let heard = match headers.get("last-event-id").map(|id| id.to_str().map(str::parse::<u64>)) {
        None => 0,
        Some(Ok(Ok(number))) => number,
        Some(_) => return Err(Problem::field("Last-Event-ID", "a number is expected")),
    };
    let studio = house.studio.clone();
    let job = blocking(move || studio.job(&owner, &id)).await??;
    let changed = Arc::new(Notify::new());
    let notify = Arc::clone(&changed);
    let listener = job.on_change(move || notify.notify_one());
    let follower = Follower {
        listener,
        heard,
        changed,
        pending: VecDeque::new(),
        is_over: false,
        _count: house.metrics.stream(),
        house,
    };
    let events = unfold(follower, async |mut follower| {
        follower.next().await.map(|event| (Ok::<Event, Infallible>(event), follower))
    });
    let keep_alive = KeepAlive::new().interval(Duration::from_secs(15));
    Ok(Sse::new(events).keep_alive(keep_alive).into_response())
}

/// Somebody who follows a training.
struct Follower {
    house: House,
    listener: JobListener,
    heard: u64,
    changed: Arc<Notify>,
    pending: VecDeque<Event>,
    is_over: bool,
    _count: StreamCount,
}

impl Follower {
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.pending.pop_front() {
                return Some(event);
            }
            if self.is_over {
                return None;
            }
            let heard = self.listener.job.heard(self.heard);
            for (number, news) in heard.news {
                self.heard = number;
                self.pending.push_back(event("progress", &news).id(number.to_string()));
            }
            if heard.stage.is_over() {
                let card = JobCard::from(&self.listener.job);
                self.pending.push_back(event("done", &card));
                self.is_over = true;
            }
            if !self.pending.is_empty() {
                continue;
            }
            tokio::select! {
                () = self.changed.notified() => {}
                _ = self.house.closing.wait_for(|closing| *closing) => {
                    self.pending.push_back(event("error", &Problem::closing()));
                    self.is_over = true;
                }
            }
        }
    }
}
