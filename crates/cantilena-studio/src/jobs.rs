//! Trainings of a studio: one at a time, told as they go, stopped and taken up again.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use cantilena_corpus::OutcomeKind;
use cantilena_eval::Distributions;
use cantilena_formats::midi;
use cantilena_generate::Length;
use cantilena_model::Model;
use cantilena_score::Score;
use cantilena_train::Recipe;
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize};

use crate::clock::{now, unix_seconds};
use crate::commission::{Commission, perform_with};
use crate::error::{StudioError, explained};
use crate::output::Overwrite;
use crate::pieces::{Piece, PieceId, Pieces, Verb};
use crate::priority::StandBack;
use crate::store;
use crate::train::{Budget, Music, SAVE_EVERY, Training, TrainingEnd, TrainingNews, train};

/// What is to be learnt, and how long.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JobRequest {
    /// What the model is to be called: letters, digits, `-` and `_`.
    pub name: String,
    /// Minutes of learning.
    pub minutes: Option<f64>,
    /// Updates, instead of minutes.
    pub steps: Option<u64>,
    /// Whether the built-in songbook is learnt from, and not files.
    pub songbook: bool,
    /// A recipe in TOML; the default one if left out.
    pub recipe: Option<String>,
    /// Minutes from one sample of what it can do to the next; 1 if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sample_minutes: Option<f64>,
}

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
    fn name(self) -> &'static str {
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

/// What is told of a training, in a form that can be kept.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "news", rename_all = "kebab-case")]
pub enum JobNews {
    /// All files were looked at.
    Gathered {
        /// Files read without a fault.
        read: usize,
        /// Files with faults that could be put right: name and faults.
        repaired: Vec<(String, Vec<String>)>,
        /// Files that are no music: name and why.
        refused: Vec<(String, String)>,
    },
    /// A saved state of the training is damaged; the one before it is used.
    Damaged {
        /// What is wrong with it.
        why: String,
    },
    /// Learning begins, or goes on.
    Begun {
        /// Pieces learnt from and held back.
        pieces: (usize, usize),
        /// Pieces that are the same music as another.
        duplicates: usize,
        /// Notes learnt from and held back.
        notes: (usize, usize),
        /// Weights of the network.
        weights: usize,
    },
    /// How much of the pieces held back stands among those that are learnt from.
    Leakage {
        /// For windows of 8, 16 and 32 notes, as people read it.
        words: String,
    },
    /// What counting achieves on the pieces held back.
    Baseline {
        /// Nats a note of a Markov model of order 3.
        nats: f64,
        /// How often its likeliest pitch is right, 0 to 1.
        pitch_accuracy: f64,
    },
    /// An update.
    Step {
        /// Updates so far.
        step: u64,
        /// Mean nats a note, lately.
        nats: f64,
        /// The learning rate.
        learning_rate: f32,
        /// How much is over, 0 to 1.
        progress: f64,
        /// Notes learnt from a second.
        notes_per_second: f64,
        /// Seconds to go.
        remaining: f64,
    },
    /// The pieces held back were judged.
    Judged {
        /// Updates so far.
        step: u64,
        /// Epochs so far.
        epoch: f64,
        /// Mean nats a note on what was learnt since the last.
        training: f64,
        /// Mean nats a note on the pieces held back.
        validation: f64,
        /// How often the likeliest pitch was right there, 0 to 1.
        pitch_accuracy: f64,
        /// Whether it is the best so far.
        best: bool,
    },
    /// A few bars of what it can do by now.
    Sampled {
        /// Updates so far.
        step: u64,
        /// The piece.
        piece: String,
    },
    /// It is over, or stopped.
    Ended {
        /// How.
        stage: JobStage,
        /// Why, in words; empty where it went as asked.
        why: String,
    },
}

/// A training.
pub struct Job {
    /// Its name.
    pub id: String,
    /// What was asked for.
    pub request: JobRequest,
    owner: String,
    number: i64,
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

/// Bars of a sample: long enough to hear what it is about, and composed in a moment.
const SAMPLE_BARS: u32 = 8;

/// Where the chance of every sample begins.
const SAMPLE_SEED: u64 = 1;

/// How often a step is told: as often as people can see it.
const STEP_EVERY: Duration = Duration::from_millis(200);

impl Job {
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

    fn tell(&self, news: JobNews) {
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

/// All trainings of a studio.
pub(crate) struct Jobs {
    pieces: Arc<Pieces>,
    folder: PathBuf,
    models: PathBuf,
    threads: usize,
    /// Held by the one that learns.
    turn: Arc<Mutex<()>>,
    live: Mutex<Live>,
}

#[derive(Default)]
struct Live {
    jobs: Vec<Arc<Job>>,
    threads: Vec<JoinHandle<()>>,
    closed: bool,
}

/// Jobs that may wait for each other.
const WAITING_MAX: usize = 8;

impl Jobs {
    pub(crate) fn new(
        pieces: Arc<Pieces>,
        folder: PathBuf,
        models: PathBuf,
        threads: usize,
    ) -> Jobs {
        Jobs { pieces, folder, models, threads, turn: Arc::default(), live: Mutex::default() }
    }

    /// Begins a training on files: what each is called, and its bytes.
    pub(crate) fn begin(
        &self,
        owner: &str,
        request: &JobRequest,
        files: &[(String, Vec<u8>)],
    ) -> Result<Arc<Job>, StudioError> {
        let training = self.training(request, PathBuf::new(), false)?;
        training.recipe.check()?;
        if training.out.exists() {
            return Err(StudioError::Request(format!(
                "a model called {:?} is there already; another name will do",
                request.name
            )));
        }
        if !request.songbook && files.is_empty() {
            return Err(StudioError::Request("there are no files to learn from".to_owned()));
        }
        let number = self.next_number()?;
        let id = PieceId::of(format!("job {number} {owner} {}", unix_seconds()).as_bytes());
        let id = id.to_string();
        for (index, (name, bytes)) in files.iter().enumerate() {
            let path = self.folder.join(&id).join(safe(index, name));
            store::write(&path, bytes, Overwrite::Refuse)?;
        }
        let job = Arc::new(Job {
            id,
            request: request.clone(),
            owner: owner.to_owned(),
            number,
            made_at: unix_seconds(),
            state: Mutex::new(State {
                stage: JobStage::Waiting,
                why: String::new(),
                log: Vec::new(),
                next: 0,
                callbacks: BTreeMap::new(),
            }),
            stop: AtomicBool::new(false),
        });
        self.write_down(&job)?;
        self.start(&job, false)?;
        Ok(job)
    }

    /// Takes up a job that was stopped, or interrupted by whatever.
    pub(crate) fn resume(&self, owner: &str, id: &str) -> Result<Arc<Job>, StudioError> {
        let job = self.job(owner, id)?;
        let stage = job.heard(0).stage;
        if stage != JobStage::Stopped {
            return Err(StudioError::Request(format!(
                "a job that is {} cannot be resumed",
                stage.name()
            )));
        }
        job.state().stage = JobStage::Waiting;
        job.stop.store(false, Ordering::SeqCst);
        self.start(&job, true)?;
        Ok(job)
    }

    /// A job of this owner.
    pub(crate) fn job(&self, owner: &str, id: &str) -> Result<Arc<Job>, StudioError> {
        let live = self.live().jobs.iter().find(|job| job.id == id && job.owner == owner).cloned();
        if let Some(job) = live {
            return Ok(job);
        }
        let connection = self.pieces.connection();
        let mut statement = connection.prepare_cached(
            "SELECT id, number, owner, request, stage, why, log, made_at FROM job \
             WHERE owner = ?1 AND id = ?2",
        )?;
        let found = statement.query_row([owner, id], row).optional()?.flatten();
        found
            .map(Arc::new)
            .ok_or_else(|| StudioError::NoSuchJob { id: id.chars().take(64).collect() })
    }

    /// An owner's jobs, the newest first.
    pub(crate) fn list(&self, owner: &str) -> Result<Vec<Arc<Job>>, StudioError> {
        let live: Vec<Arc<Job>> = self.live().jobs.clone();
        let connection = self.pieces.connection();
        let mut statement = connection.prepare_cached(
            "SELECT id, number, owner, request, stage, why, log, made_at FROM job \
             WHERE owner = ?1 ORDER BY number DESC LIMIT 100",
        )?;
        let rows = statement.query_map([owner], row)?.collect::<Result<Vec<_>, _>>()?;
        let jobs = rows.into_iter().flatten().map(|job| {
            live.iter().find(|live| live.id == job.id).cloned().unwrap_or_else(|| Arc::new(job))
        });
        Ok(jobs.collect())
    }

    /// Stops all jobs; each saves what it needs to go on.
    pub(crate) fn close(&self) {
        let mut live = self.live();
        live.closed = true;
        live.jobs.iter().for_each(|job| job.stop());
    }

    fn live(&self) -> MutexGuard<'_, Live> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next_number(&self) -> Result<i64, StudioError> {
        let connection = self.pieces.connection();
        let sql = "SELECT coalesce(max(number), 0) + 1 FROM job";
        Ok(connection.query_row(sql, [], |row| row.get(0))?)
    }

    /// What is to be trained, from the files in a folder.
    fn training(
        &self,
        request: &JobRequest,
        files: PathBuf,
        resume: bool,
    ) -> Result<Training, StudioError> {
        let named = |c: char| c.is_ascii_alphanumeric() || "-_".contains(c);
        let length = request.name.len();
        if !(1..=64).contains(&length) || !request.name.chars().all(named) {
            return Err(StudioError::Request(format!(
                "a model cannot be called {:?}; 1 to 64 letters, digits, - and _ will do",
                request.name
            )));
        }
        Ok(Training {
            music: if request.songbook { Music::Songbook } else { Music::Paths(vec![files]) },
            recipe: match &request.recipe {
                Some(recipe) => Recipe::from_toml(recipe)?,
                None => Recipe::default(),
            },
            budgets: vec![match (request.steps, request.minutes) {
                (Some(steps), _) => Budget::Steps(steps),
                (None, minutes) => Budget::Minutes(minutes.unwrap_or(5.0)),
            }],
            out: self.models.join(&request.name),
            overwrite: Overwrite::Refuse,
            resume,
            save_every: request.sample_minutes.map_or(SAVE_EVERY, |minutes| {
                Duration::try_from_secs_f64(minutes * 60.0).unwrap_or(SAVE_EVERY)
            }),
            threads: self.threads,
        })
    }

    fn start(&self, job: &Arc<Job>, resume: bool) -> Result<(), StudioError> {
        let training = self.training(&job.request, self.folder.join(&job.id), resume)?;
        let mut live = self.live();
        live.threads.retain(|thread| !thread.is_finished());
        let waiting = live.threads.len();
        if waiting > WAITING_MAX || live.closed {
            return Err(StudioError::Busy { waiting, retry_seconds: 60 });
        }
        live.jobs.retain(|known| known.id != job.id);
        live.jobs.push(Arc::clone(job));
        let worker = Worker {
            job: Arc::clone(job),
            pieces: Arc::clone(&self.pieces),
            turn: Arc::clone(&self.turn),
            files: self.folder.join(&job.id),
        };
        live.threads.push(std::thread::spawn(move || worker.work(&training)));
        Ok(())
    }

    fn write_down(&self, job: &Job) -> Result<(), StudioError> {
        write_down(&self.pieces, job)
    }
}

impl Drop for Jobs {
    fn drop(&mut self) {
        self.close();
        let threads = std::mem::take(&mut self.live().threads);
        for thread in threads {
            // Work that panics is caught where it is done.
            let _ = thread.join();
        }
    }
}

/// The thread of one job.
struct Worker {
    job: Arc<Job>,
    pieces: Arc<Pieces>,
    turn: Arc<Mutex<()>>,
    files: PathBuf,
}

impl Worker {
    fn work(&self, training: &Training) {
        StandBack::Learning.here();
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let result = std::panic::catch_unwind(AssertUnwindSafe(|| self.train(training)));
        let (stage, why) = match result {
            Ok(Ok(stage)) => (stage, String::new()),
            Ok(Err(error)) => (JobStage::Failed, self.nameless(&explained(&error))),
            Err(_) => (JobStage::Failed, "the training broke off through a fault of ours".into()),
        };
        self.job.tell(JobNews::Ended { stage, why });
        self.write_down();
    }

    fn train(&self, training: &Training) -> Result<JobStage, StudioError> {
        if self.job.stop.load(Ordering::SeqCst) {
            return Ok(JobStage::Stopped);
        }
        self.job.state().stage = JobStage::Running;
        // A job that was stopped before its first step has nothing to go on from.
        let resume = training.resume && training.out.join("run.safetensors").is_file();
        let overwrite = if training.resume { Overwrite::Replace } else { training.overwrite };
        let training = Training { resume, overwrite, ..training.clone() };
        let mut told = None;
        let outcome = train(&training, &|_, _| {}, &mut |news| {
            self.tell(news, &mut told);
            match self.job.stop.load(Ordering::SeqCst) {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        })?;
        let scores: Vec<&Score> = outcome.corpus.pieces.iter().map(|piece| &piece.score).collect();
        let distributions = Distributions::of(scores.iter().copied());
        let write = |name: &str, json: String| {
            store::write(&training.out.join(name), json.as_bytes(), Overwrite::Replace)
        };
        write(CORPUS, serde_json::json!(distributions).to_string())?;
        write(HISTORY, serde_json::json!(outcome.history).to_string())?;
        Ok(match outcome.end {
            TrainingEnd::Interrupted => JobStage::Stopped,
            _ => JobStage::Done,
        })
    }

    /// Puts news into the form that is kept; of steps, not more than people can see.
    fn tell(&self, news: TrainingNews, told: &mut Option<Instant>) {
        let news = match news {
            TrainingNews::Gathered { outcomes, .. } => {
                let (mut read, mut repaired, mut refused) = (0, Vec::new(), Vec::new());
                for outcome in outcomes {
                    let name = || brought(&self.nameless(&outcome.name)).to_owned();
                    match &outcome.kind {
                        OutcomeKind::Read => read += 1,
                        OutcomeKind::Repaired(faults) => {
                            let faults = faults.iter().map(ToString::to_string).collect();
                            repaired.push((name(), faults));
                        }
                        OutcomeKind::Refused(why) => refused.push((name(), why.clone())),
                    }
                }
                JobNews::Gathered { read, repaired, refused }
            }
            TrainingNews::Damaged { why, .. } => JobNews::Damaged { why: why.to_owned() },
            TrainingNews::Begun { pieces, duplicates, notes, weights, .. } => {
                JobNews::Begun { pieces, duplicates, notes, weights }
            }
            TrainingNews::Leakage(leakage) => JobNews::Leakage { words: leakage.to_string() },
            TrainingNews::Baseline(evaluation) => JobNews::Baseline {
                nats: evaluation.nats_per_note(),
                pitch_accuracy: evaluation.pitch_accuracy(),
            },
            TrainingNews::Step { report, progress, notes_per_second, remaining } => {
                if told.is_some_and(|last: Instant| last.elapsed() < STEP_EVERY) {
                    return;
                }
                *told = Some(now());
                JobNews::Step {
                    step: report.step,
                    nats: report.nats,
                    learning_rate: report.learning_rate,
                    progress,
                    notes_per_second,
                    remaining: remaining.as_secs_f64(),
                }
            }
            TrainingNews::Saved { step, sketch } => match self.sample(step, &sketch.model()) {
                Ok(piece) => JobNews::Sampled { step, piece: piece.to_string() },
                // The training is worth more than a sample of it.
                Err(_) => return,
            },
            TrainingNews::Judged { moment, is_best } => JobNews::Judged {
                step: moment.step,
                epoch: moment.epoch,
                training: moment.train_nats,
                validation: moment.validation.nats_per_note(),
                pitch_accuracy: moment.validation.pitch_accuracy(),
                best: is_best,
            },
        };
        let keep = matches!(
            news,
            JobNews::Judged { .. } | JobNews::Gathered { .. } | JobNews::Sampled { .. }
        );
        self.job.tell(news);
        if keep {
            self.write_down();
        }
    }

    /// Has a model that is still learning compose a few bars, and keeps them out of the way: they
    /// are told of, and are no part of the history until somebody wants them there.
    fn sample(&self, step: u64, model: &Model) -> Result<PieceId, StudioError> {
        // The same seed every time, so that what is heard to change is the model.
        let commission = Commission::new(Length::Bars(SAMPLE_BARS), SAMPLE_SEED);
        let name = &self.job.request.name;
        let composition =
            perform_with(model, name, &commission, &mut |_| ControlFlow::Continue(()))?;
        let mut score = composition.score;
        score.title = format!("{name} after {step} steps");
        let bytes = midi::write(&score)?.bytes;
        let piece = Piece {
            id: PieceId::of(&[b"sampled ".as_slice(), &bytes].concat()),
            verb: Verb::Sampled,
            request: score.title.clone(),
            title: score.title.clone(),
            bars: score.bars(),
            notes: score.note_count(),
            seconds: score.seconds().0,
            bytes,
        };
        self.pieces.keep(&piece, &self.job.owner, None, unix_seconds())?;
        self.pieces.remove(&self.job.owner, piece.id, true)?;
        Ok(piece.id)
    }

    /// A text without the folder that the files lie in, which is nobody's business.
    fn nameless(&self, text: &str) -> String {
        let folder = self.files.display().to_string();
        text.replace(&format!("{folder}/"), "").replace(&folder, "the files")
    }

    fn write_down(&self) {
        // A store that cannot be written to now will say so to the next who asks; the model is
        // worth more than its log.
        let _ = write_down(&self.pieces, &self.job);
    }
}

/// The distributions of what a model has learnt from, in its folder.
pub(crate) const CORPUS: &str = "corpus.json";

/// How its learning went.
pub(crate) const HISTORY: &str = "history.json";

fn write_down(pieces: &Pieces, job: &Job) -> Result<(), StudioError> {
    let state = job.state();
    let log = serde_json::json!(state.log).to_string();
    let (stage, why) = (state.stage, state.why.clone());
    drop(state);
    let request = serde_json::json!(job.request).to_string();
    pieces.connection().execute(
        "INSERT INTO job (id, number, owner, model, request, stage, why, log, made_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) \
         ON CONFLICT (id) DO UPDATE SET stage = ?6, why = ?7, log = ?8",
        params![
            job.id,
            job.number,
            job.owner,
            job.request.name,
            request,
            stage.name(),
            why,
            log,
            job.made_at
        ],
    )?;
    Ok(())
}

/// A job as it was written down; `None` where another build wrote what is not understood here.
fn row(row: &rusqlite::Row) -> rusqlite::Result<Option<Job>> {
    let text = |index| row.get::<_, String>(index);
    let log: Vec<(u64, JobNews)> = serde_json::from_str(&text(6)?).unwrap_or_default();
    let Ok(request) = serde_json::from_str(&text(3)?) else { return Ok(None) };
    Ok(Some(Job {
        id: text(0)?,
        number: row.get(1)?,
        owner: text(2)?,
        request,
        made_at: row.get(7)?,
        state: Mutex::new(State {
            stage: JobStage::rested(&text(4)?),
            why: text(5)?,
            next: log.last().map_or(0, |(number, _)| *number),
            log,
            callbacks: BTreeMap::new(),
        }),
        stop: AtomicBool::new(false),
    }))
}

/// A file name of ours that a person can still recognize theirs in.
fn safe(index: usize, name: &str) -> String {
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, "mid"));
    let plain = |text: &str, most: usize| -> String {
        let kept =
            text.chars().map(|c| if c.is_ascii_alphanumeric() || c == '-' { c } else { '_' });
        kept.take(most).collect()
    };
    format!("{index:05}-{}.{}", plain(stem, 60), plain(extension, 8).to_ascii_lowercase())
}

/// The name behind the number that [`safe`] put before it.
fn brought(name: &str) -> &str {
    match name.split_once('-') {
        Some((number, rest)) if number.bytes().all(|b| b.is_ascii_digit()) => rest,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_name_leads_out_of_the_folder() {
        for name in ["../../etc/passwd", "..", "a/b.mid", "C:\\x.mid", "\0", "", "e\u{301}.MID"] {
            let safe = safe(3, name);
            assert!(safe.starts_with("00003-") && !safe.contains(['/', '\\', '\0']), "{safe}");
            assert!(!safe.contains(".."), "{safe}");
        }
        assert_eq!(safe(12, "My Tune.MID"), "00012-My_Tune.mid");
        assert_eq!(brought("00012-My_Tune.mid"), "My_Tune.mid");
        assert_eq!(brought("My-Tune.mid"), "My-Tune.mid");
    }
}
