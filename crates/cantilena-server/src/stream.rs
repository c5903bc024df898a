//! Pieces as they are composed, as server-sent events.
//!
//! A `note` event's id says how many notes of each take were told, `12-9` after twelve of the
//! first and nine of the second: a client that comes back with it hears what is missing, no more
//! and no less, whether the pieces are still being composed or have to be composed again.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use cantilena_studio::{Listener, Stage};
use futures_util::stream::unfold;
use tokio::sync::{Notify, watch};

use crate::api::{NoteEvent, ScoreBody, TakeCard};
use crate::metrics::StreamCount;
use crate::problem::Problem;
use crate::server::House;

/// How often a silent stream says that it is there.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// How long what was told is left alone: about as long as a screen shows a picture. Notes come much
/// faster than that, and to wake somebody for each costs as much as to compose it.
const BREATH: Duration = Duration::from_millis(15);

/// Several takes, listened to at once.
pub(crate) struct Concert {
    house: House,
    owner: String,
    takes: Vec<HeardTake>,
    changed: Arc<Notify>,
    closing: watch::Receiver<bool>,
    pending: VecDeque<Event>,
    is_over: bool,
    /// Whether any note was told: nobody is to wait for the first.
    has_told: bool,
    _count: StreamCount,
}

/// What was told of a take.
struct HeardTake {
    listener: Listener,
    notes: usize,
    stage: Option<&'static str>,
    is_over: bool,
}

impl Concert {
    pub(crate) fn new(
        house: &House,
        owner: &str,
        listeners: Vec<Listener>,
        headers: &HeaderMap,
    ) -> Result<Concert, Problem> {
        let changed = Arc::new(Notify::new());
        let told = told(headers, listeners.len())?;
        let takes = listeners.into_iter().zip(told).map(|(mut listener, notes)| {
            let changed = Arc::clone(&changed);
            listener.on_change(move || changed.notify_one());
            HeardTake { listener, notes, stage: None, is_over: false }
        });
        Ok(Concert {
            takes: takes.collect(),
            changed,
            closing: house.closing.clone(),
            pending: VecDeque::new(),
            is_over: false,
            has_told: false,
            _count: house.metrics.stream(),
            house: house.clone(),
            owner: owner.to_owned(),
        })
    }

    /// The takes when all are over: their cards in order, or the first problem.
    pub(crate) async fn whole(mut self) -> Result<Vec<TakeCard>, Problem> {
        loop {
            let stages =
                || self.takes.iter().map(|take| take.listener.performance.heard(usize::MAX).stage);
            let over = stages().all(|stage| matches!(stage, Stage::Done(_) | Stage::Failed(_)));
            if over {
                let stages: Vec<Stage> = stages().collect();
                return stages.into_iter().map(|stage| self.card(stage)).collect();
            }
            tokio::select! {
                () = changed(&self.changed, true) => {}
                _ = self.closing.wait_for(|closing| *closing) => return Err(Problem::closing()),
            }
        }
    }

    pub(crate) fn into_response(self) -> Response {
        let events = unfold(self, async |mut concert| {
            concert.next().await.map(|event| (Ok::<Event, Infallible>(event), concert))
        });
        let keep_alive = KeepAlive::new().interval(KEEP_ALIVE);
        Sse::new(events).keep_alive(keep_alive).into_response()
    }

    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.pending.pop_front() {
                return Some(event);
            }
            if self.is_over {
                return None;
            }
            self.gather();
            if !self.pending.is_empty() || self.is_over {
                continue;
            }
            let has_told = self.has_told;
            tokio::select! {
                () = changed(&self.changed, has_told) => {}
                _ = self.closing.wait_for(|closing| *closing) => {
                    self.pending.push_back(event("error", &Problem::closing()));
                    self.is_over = true;
                }
            }
        }
    }

    /// Puts into words all that has happened since.
    fn gather(&mut self) {
        for index in 0..self.takes.len() {
            let take = &self.takes[index];
            if take.is_over {
                continue;
            }
            let heard = take.listener.performance.heard(take.notes);
            let stage = match &heard.stage {
                Stage::Waiting => "waiting",
                _ => "playing",
            };
            if take.stage != Some(stage) {
                self.takes[index].stage = Some(stage);
                let score = heard.beginning.as_deref().map(ScoreBody::from);
                let id = self.takes[index].listener.performance.id.to_string();
                let data = serde_json::json!({
                    "take": index, "takes": self.takes.len(), "stage": stage, "id": id, "score": score,
                });
                self.pending.push_back(event("progress", &data));
            }
            for played in heard.notes {
                self.has_told = true;
                self.takes[index].notes += 1;
                let counts: Vec<String> =
                    self.takes.iter().map(|take| take.notes.to_string()).collect();
                let note = event("note", &NoteEvent::new(index, played)).id(counts.join("-"));
                self.pending.push_back(note);
            }
            if matches!(heard.stage, Stage::Done(_) | Stage::Failed(_)) {
                self.takes[index].is_over = true;
                let last = match self.card(heard.stage) {
                    Ok(card) => event("done", &serde_json::json!({ "take": index, "piece": card })),
                    Err(problem) => event("error", &problem.of_take(index)),
                };
                self.pending.push_back(last);
            }
        }
        self.is_over = self.takes.iter().all(|take| take.is_over);
    }

    fn card(&self, stage: Stage) -> Result<TakeCard, Problem> {
        match stage {
            Stage::Done(id) => Ok(self.house.studio.take(&self.owner, &id.to_string())?.into()),
            Stage::Failed(failed) => Err(failed.into()),
            Stage::Waiting | Stage::Playing => Err(Problem::internal()),
        }
    }
}

/// Waits for a change, after a breath where that does not matter.
async fn changed(notify: &Notify, after_a_breath: bool) {
    if after_a_breath {
        tokio::time::sleep(BREATH).await;
    }
    notify.notified().await;
}

/// An event with data in JSON.
pub(crate) fn event(name: &str, data: &impl serde::Serialize) -> Event {
    let data = serde_json::to_string(data).unwrap_or_else(|_| "null".to_owned());
    Event::default().event(name).data(data)
}

/// How many notes of each take were told before, as `Last-Event-ID` says.
fn told(headers: &HeaderMap, takes: usize) -> Result<Vec<usize>, Problem> {
    let Some(id) = headers.get("last-event-id") else { return Ok(vec![0; takes]) };
    let counts: Option<Vec<usize>> =
        id.to_str().ok().and_then(|id| id.split('-').map(|count| count.parse().ok()).collect());
    counts.filter(|counts| counts.len() == takes).ok_or_else(|| {
        Problem::field(
            "Last-Event-ID",
            match takes {
                1 => "the id of an event of this stream is a number".to_owned(),
                _ => {
                    format!("the id of an event of this stream is {takes} numbers, with - between")
                }
            },
        )
    })
}
