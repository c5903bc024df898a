//! Trainings of a studio: one at a time, told as they go, stopped and taken up again.

mod job;
mod news;
mod record;
mod request;
mod turns;
mod worker;

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::clock::{now, unix_seconds};
use crate::error::StudioError;
use crate::new_folder::NewFolder;
use crate::pieces::{PieceId, Pieces};
use crate::train::Training;
use turns::Turns;
use worker::Worker;

pub use job::{Job, JobHeard, JobListener, JobStage};
pub use news::JobNews;
pub use request::JobRequest;

/// All trainings of a studio.
pub(crate) struct Jobs {
    pieces: Arc<Pieces>,
    folder: PathBuf,
    models: PathBuf,
    threads: usize,
    turns: Arc<Turns>,
    /// Held while a job is begun or taken up, so that no two of them get one number, and none is
    /// taken up twice.
    admission: Mutex<()>,
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

/// How long a studio that closes waits for its jobs to save themselves.
const CLOSING_MAX: Duration = Duration::from_secs(8);

impl Jobs {
    pub(crate) fn new(
        pieces: Arc<Pieces>,
        folder: PathBuf,
        models: PathBuf,
        threads: usize,
    ) -> Jobs {
        let (turns, admission, live) = <_>::default();
        Jobs { pieces, folder, models, threads, turns, admission, live }
    }

    /// Begins a training on files: what each is called, and its bytes.
    pub(crate) fn begin(
        &self,
        owner: &str,
        request: &JobRequest,
        files: &[(String, Vec<u8>)],
    ) -> Result<Arc<Job>, StudioError> {
        let training = self.training(request, "", false)?;
        training.recipe.check()?;
        if !request.songbook && files.is_empty() {
            let why = "there are no files to learn from".to_owned();
            return Err(StudioError::Unsuited { field: "file", why });
        }
        let _admission = self.admit()?;
        // A job that was stopped may go on, and has a right to its name until then.
        if training.out.exists() || record::is_taken(&self.pieces, &request.name)? {
            let name = &request.name;
            let why = format!("a model called {name:?} is there already; another name will do");
            return Err(StudioError::Unsuited { field: "name", why });
        }
        let number = record::next_number(&self.pieces)?;
        let id = PieceId::of(format!("job {number} {owner} {}", unix_seconds()).as_bytes());
        let id = id.to_string();
        if !files.is_empty() {
            let folder = NewFolder::new(&self.folder.join(&id))?;
            let music = PathBuf::from(called(files));
            for (index, (name, bytes)) in files.iter().enumerate() {
                folder.write(&music.join(safe(index, name)), bytes)?;
            }
            folder.keep()?;
        }
        let (request, owner) = (request.clone(), owner.to_owned());
        let job = Arc::new(Job::new(id, request, owner, number, unix_seconds()));
        record::keep(&self.pieces, &job)?;
        self.start(&job, false)?;
        Ok(job)
    }

    /// Takes up a job that was stopped, or interrupted by whatever.
    pub(crate) fn resume(&self, owner: &str, id: &str) -> Result<Arc<Job>, StudioError> {
        let _admission = self.admit()?;
        let job = self.job(owner, id)?;
        let stage = job.heard(0).stage;
        if stage != JobStage::Stopped {
            return Err(StudioError::Request(format!(
                "a job that is {} cannot be resumed",
                stage.name()
            )));
        }
        job.wait();
        self.start(&job, true)?;
        Ok(job)
    }

    /// A job of this owner.
    pub(crate) fn job(&self, owner: &str, id: &str) -> Result<Arc<Job>, StudioError> {
        let live = self.live().jobs.iter().find(|job| job.id == id && job.owner == owner).cloned();
        if let Some(job) = live {
            return Ok(job);
        }
        let found = record::one(&self.pieces, owner, id)?;
        found
            .map(Arc::new)
            .ok_or_else(|| StudioError::NoSuchJob { id: id.chars().take(64).collect() })
    }

    /// An owner's jobs, the newest first.
    pub(crate) fn list(&self, owner: &str) -> Result<Vec<Arc<Job>>, StudioError> {
        let live: Vec<Arc<Job>> = self.live().jobs.clone();
        let jobs = record::list(&self.pieces, owner)?.into_iter().map(|job| {
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

    /// What is to be trained from the files that belong to a job.
    fn training(
        &self,
        request: &JobRequest,
        id: &str,
        resume: bool,
    ) -> Result<Training, StudioError> {
        request.training(music_of(&self.folder.join(id)), &self.models, resume, self.threads)
    }

    /// The right to begin one more job, if there is room for it.
    fn admit(&self) -> Result<MutexGuard<'_, ()>, StudioError> {
        let admission = self.admission.lock().unwrap_or_else(PoisonError::into_inner);
        let mut live = self.live();
        live.threads.retain(|thread| !thread.is_finished());
        let waiting = live.threads.len();
        match waiting > WAITING_MAX || live.closed {
            true => Err(StudioError::Busy { waiting, retry_seconds: 60 }),
            false => Ok(admission),
        }
    }

    fn start(&self, job: &Arc<Job>, resume: bool) -> Result<(), StudioError> {
        let training = self.training(&job.request, &job.id, resume)?;
        let mut live = self.live();
        live.jobs.retain(|known| known.id != job.id);
        live.jobs.push(Arc::clone(job));
        if live.closed {
            // The studio closed while the files were written.
            job.stop();
        }
        let worker = Worker {
            job: Arc::clone(job),
            pieces: Arc::clone(&self.pieces),
            turns: Arc::clone(&self.turns),
            place: self.turns.join(),
            files: music_of(&self.folder.join(&job.id)),
        };
        live.threads.push(std::thread::spawn(move || worker.work(&training)));
        Ok(())
    }
}

impl Drop for Jobs {
    fn drop(&mut self) {
        self.close();
        let threads = std::mem::take(&mut self.live().threads);
        let begun = now();
        while begun.elapsed() < CLOSING_MAX && !threads.iter().all(JoinHandle::is_finished) {
            std::thread::sleep(Duration::from_millis(5));
        }
        // One that reads or judges a great many pieces asks too seldom whether it is to stop. It
        // ends with the process, as by a kill: what was saved last is whole.
        for thread in threads.into_iter().filter(JoinHandle::is_finished) {
            // Work that panics is caught where it is done.
            let _ = thread.join();
        }
    }
}

/// Files that are named one by one where music is called by them.
const NAMED: usize = 3;

/// Letters of what music is called; of any script they are a folder's name.
const CALLED_LETTERS_MAX: usize = 60;

/// What the files of a job are called together: the name of the folder they lie in, by which the
/// model names its corpus.
fn called(files: &[(String, Vec<u8>)]) -> String {
    let mut names: Vec<&str> = files.iter().take(NAMED).map(|(name, _)| &**name).collect();
    let more = format!("{} more", files.len() - names.len());
    if files.len() > NAMED {
        names.push(&more);
    }
    let plain = |c: char| if c.is_alphanumeric() || "-_., ".contains(c) { c } else { '_' };
    let name: String = names.join(", ").chars().take(CALLED_LETTERS_MAX).map(plain).collect();
    // Neither hidden, nor the folder itself, nor the one above; and no end that Windows drops.
    match name.trim().trim_start_matches('.').trim_end_matches(['.', ' ']) {
        "" => "files".to_owned(),
        name => name.to_owned(),
    }
}

/// Where the files of a job lie: in the one folder in its own; jobs of earlier builds have them in
/// their own.
fn music_of(job: &Path) -> PathBuf {
    let entries = std::fs::read_dir(job).into_iter().flatten().flatten();
    let paths: Vec<PathBuf> = entries.map(|entry| entry.path()).take(2).collect();
    match &*paths {
        [only] if only.is_dir() => only.clone(),
        _ => job.to_owned(),
    }
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
    fn music_is_called_by_its_files() {
        let called = |names: &[&str]| {
            called(&names.iter().map(|name| ((*name).to_owned(), Vec::new())).collect::<Vec<_>>())
        };
        assert_eq!(called(&["midi.zip"]), "midi.zip");
        assert_eq!(called(&["Грусть.mid", "b.abc"]), "Грусть.mid, b.abc");
        assert_eq!(called(&["a", "b", "c", "d", "e"]), "a, b, c, 2 more");
        for name in ["..", "../../x", ".", "", "\0", "C:\\x", &"я".repeat(500)] {
            let called = called(&[name]);
            assert!(!called.is_empty() && called.len() <= 255, "{called}");
            assert!(
                !called.contains(['/', '\\', '\0', ':']) && !called.starts_with('.'),
                "{called}"
            );
        }
    }

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
