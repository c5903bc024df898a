//! One training: what was asked for, how it stands, and who follows it.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde::{Deserialize, Serialize};

use super::news::JobNews;
use super::request::JobRequest;

/// How a job stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum JobStage {
    /// Another one is at work.
    Waiting,
    /// It learns.
    Running,
    /// The model is there.
    Done,
    /// It was stopped; the model so far is there, and it can go on.
    Stopped,
    /// It could not be done.
    Failed,
}

impl JobStage {
    pub(super) fn name(self) -> &'static str {
        match self {
            JobStage::Waiting => "waiting",
            JobStage::Running => "running",
            JobStage::Done => "done",
            JobStage::Stopped => "stopped",
            JobStage::Failed => "failed",
        }
    }

    /// The stage of a job that nobody works at, as it was written down.
    fn rested(name: &str) -> JobStage {
        match name {
            "done" => JobStage::Done,
            "failed" => JobStage::Failed,
            // Also one that was at work when the process was killed.
            _ => JobStage::Stopped,
        }
    }

    /// Whether nothing more is to come.
    pub fn is_over(self) -> bool {
        !matches!(self, JobStage::Waiting | JobStage::Running)
    }
}

/// A training.
pub struct Job {
    /// Its name.
    pub id: String,
    /// What was asked for.
    pub request: JobRequest,
    pub(super) owner: String,
    /// Its place in the order in which trainings were asked for.
    pub(super) number: i64,
    made_at: i64,
    state: Mutex<State>,
    stop: AtomicBool,
}

struct State {
    stage: JobStage,
    why: String,
    /// News by number, which rises by one with each; old steps are thinned out.
    log: Vec<(u64, JobNews)>,
    next: u64,
    callbacks: BTreeMap<u64, Box<dyn Fn() + Send>>,
}

/// How a job stands, and the news behind those heard before.
#[derive(Clone, Debug)]
pub struct JobHeard {
    /// How it stands.
    pub stage: JobStage,
    /// Why, in words; empty where it went as asked.
    pub why: String,
    /// Number and news.
    pub news: Vec<(u64, JobNews)>,
}

/// News kept of a job; beyond, every other step goes.
const LOG_MAX: usize = 1_000;

impl Job {
    /// A training that nobody works at yet.
    pub(super) fn new(
        id: String,
        request: JobRequest,
        owner: String,
        number: i64,
        made_at: i64,
    ) -> Job {
        let state = State {
            stage: JobStage::Waiting,
            why: String::new(),
            log: Vec::new(),
            next: 0,
            callbacks: BTreeMap::new(),
        };
        let stop = AtomicBool::new(false);
        Job { id, request, owner, number, made_at, state: Mutex::new(state), stop }
    }

    /// The same training as it was left: the stage's name, why, and its news.
    pub(super) fn left(mut self, stage: &str, why: String, log: Vec<(u64, JobNews)>) -> Job {
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        state.next = log.last().map_or(0, |(number, _)| *number);
        (state.stage, state.why, state.log) = (JobStage::rested(stage), why, log);
        self
    }

    /// How it stands, and the news numbered above `after`.
    pub fn heard(&self, after: u64) -> JobHeard {
        let state = self.state();
        let news = state.log.iter().filter(|(number, _)| *number > after).cloned().collect();
        JobHeard { stage: state.stage, why: state.why.clone(), news }
    }

    /// When it was asked for, in seconds since 1970.
    pub fn made_at(&self) -> i64 {
        self.made_at
    }

    /// Has `call` called at every change, until what is given back is dropped.
    pub fn on_change(self: &Arc<Job>, call: impl Fn() + Send + 'static) -> JobListener {
        let mut state = self.state();
        let number = state.callbacks.keys().next_back().map_or(0, |last| last + 1);
        state.callbacks.insert(number, Box::new(call));
        JobListener { job: Arc::clone(self), number }
    }

    /// Ends it soon; what it has learnt is kept.
    pub(crate) fn stop(&self) {
        self.stop.store(true, Ordering::SeqCst);
    }

    /// Whether it is to end.
    pub(super) fn is_to_stop(&self) -> bool {
        self.stop.load(Ordering::SeqCst)
    }

    /// Lets it wait for its turn again.
    pub(super) fn wait(&self) {
        self.state().stage = JobStage::Waiting;
        self.stop.store(false, Ordering::SeqCst);
    }

    /// Its turn has come.
    pub(super) fn begin(&self) {
        self.state().stage = JobStage::Running;
    }

    /// Keeps the news, and calls whoever follows.
    pub(super) fn tell(&self, news: JobNews) {
        let mut state = self.state();
        if state.log.len() >= LOG_MAX {
            let mut odd = false;
            state.log.retain(|(_, news)| {
                odd = !odd;
                odd || !matches!(news, JobNews::Step { .. })
            });
        }
        state.next += 1;
        let number = state.next;
        if let JobNews::Ended { stage, why } = &news {
            (state.stage, state.why) = (*stage, why.clone());
        }
        state.log.push((number, news));
        state.callbacks.values().for_each(|call| call());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody who follows a job. The job does not depend on it.
pub struct JobListener {
    /// What is followed.
    pub job: Arc<Job>,
    number: u64,
}

impl Drop for JobListener {
    fn drop(&mut self) {
        self.job.state().callbacks.remove(&self.number);
    }
}
