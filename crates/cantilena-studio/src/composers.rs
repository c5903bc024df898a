//! Those who compose: a few threads, and a queue that is never too long.

use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::panic::AssertUnwindSafe;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use cantilena_formats::midi;
use cantilena_score::Score;

use crate::asked::Asked;
use crate::clock::{now, unix_seconds};
use crate::commission::PieceNews;
use crate::error::{StudioError, explained};
use crate::performance::{Listener, Performance, PlayedNote, Stage};
use crate::pieces::{Failed, Piece, PieceId, Pieces, Verb};
use crate::priority::StandBack;
use crate::shelf::Shelved;
use crate::tally::{Count, Times};

/// How much is done at once, and how much may wait.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Threads that compose.
    pub composers: usize,
    /// Commissions that wait; one more is refused.
    pub waiting: usize,
    /// How long one piece may take.
    pub time: Duration,
}

/// A commission on its way.
struct Work {
    performance: Arc<Performance>,
    asked: Asked,
    model: Arc<Shelved>,
    prompt: Option<(PieceId, Score)>,
    since: Instant,
}

/// Threads that compose, one commission after the other.
pub(crate) struct Composers {
    shared: Arc<Shared>,
    threads: Vec<JoinHandle<()>>,
}

struct Shared {
    queue: Mutex<Queue>,
    arrived: Condvar,
    pieces: Arc<Pieces>,
    limits: Limits,
    figures: Arc<Figures>,
}

#[derive(Default)]
struct Queue {
    waiting: VecDeque<Work>,
    /// Everything that waits or is being composed.
    live: Vec<Arc<Performance>>,
    closed: bool,
    /// Mean time of a piece, lately.
    seconds: f64,
}

/// What composing has come to since the studio was opened.
#[derive(Debug, Default)]
pub struct Figures {
    /// Notes drawn.
    pub notes: Count,
    /// Pieces finished, the stopped ones among them.
    pub pieces: Count,
    /// Pieces that nobody waited for any more.
    pub left: Count,
    /// Pieces that failed.
    pub failed: Count,
    /// Commissions refused because too many waited.
    pub refused: Count,
    /// From asking to the first note.
    pub first_note: Times,
    /// From beginning to end.
    pub piece: Times,
}

impl Composers {
    pub(crate) fn new(pieces: Arc<Pieces>, limits: Limits, figures: Arc<Figures>) -> Composers {
        let queue = Mutex::new(Queue::default());
        let shared = Shared { queue, arrived: Condvar::new(), pieces, limits, figures };
        let shared = Arc::new(shared);
        let thread = |_| {
            let shared = Arc::clone(&shared);
            std::thread::spawn(move || {
                StandBack::Composing.here();
                shared.work();
            })
        };
        Composers { threads: (0..limits.composers.max(1)).map(thread).collect(), shared }
    }

    /// Takes a commission in, or joins the listeners of the same one under way.
    pub(crate) fn ask(
        &self,
        owner: &str,
        asked: &Asked,
        model: Arc<Shelved>,
        prompt: Option<(PieceId, Score)>,
    ) -> Result<Listener, StudioError> {
        let id = asked.id(&model.fingerprint);
        let mut queue = self.shared.queue();
        let same = |live: &&Arc<Performance>| {
            live.id == id && live.owner == owner && !live.is_stopped() && !live.is_over()
        };
        if let Some(live) = queue.live.iter().find(same) {
            return Ok(Listener::new(live));
        }
        // Those whose listeners left make room at once.
        let before = queue.waiting.len();
        queue.waiting.retain(|work| !work.performance.is_left());
        let waiting = queue.waiting.len();
        self.shared.figures.left.add((before - waiting) as u64);
        // One that is being composed takes itself out, and is stopping already.
        queue.live.retain(|live| !live.is_left());
        if waiting >= self.shared.limits.waiting || queue.closed {
            self.shared.figures.refused.add(1);
            let seconds = queue.seconds * waiting as f64 / self.threads.len() as f64;
            return Err(StudioError::Busy {
                waiting,
                retry_seconds: seconds.ceil().clamp(1.0, 60.0) as u64,
            });
        }
        let performance = Arc::new(Performance::new(id, owner));
        let listener = Listener::new(&performance);
        queue.live.push(Arc::clone(&performance));
        queue.waiting.push_back(Work {
            performance,
            asked: asked.clone(),
            model,
            prompt,
            since: now(),
        });
        drop(queue);
        self.shared.arrived.notify_one();
        Ok(listener)
    }

    /// Ends a piece under way that this owner asked for; whether there was one.
    pub(crate) fn stop(&self, owner: &str, id: PieceId) -> bool {
        let queue = self.shared.queue();
        let found = queue.live.iter().find(|live| live.id == id && live.owner == owner);
        found.inspect(|live| live.stop()).is_some()
    }

    /// How many wait, and how many are waited for or being composed.
    pub(crate) fn load(&self) -> (usize, usize) {
        let queue = self.shared.queue();
        (queue.waiting.len(), queue.live.len())
    }

    /// Takes nothing more in and ends what is under way, keeping what there is.
    pub(crate) fn close(&self) {
        let mut queue = self.shared.queue();
        queue.closed = true;
        queue.live.iter().for_each(|live| live.stop());
        drop(queue);
        self.shared.arrived.notify_all();
    }
}

impl Drop for Composers {
    fn drop(&mut self) {
        self.close();
        for thread in self.threads.drain(..) {
            // Work that panics is caught where it is done.
            let _ = thread.join();
        }
    }
}

impl Shared {
    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A composer's life.
    fn work(&self) {
        loop {
            let mut queue = self.queue();
            let work = loop {
                if let Some(work) = queue.waiting.pop_front() {
                    break work;
                }
                if queue.closed {
                    return;
                }
                queue = self.arrived.wait(queue).unwrap_or_else(PoisonError::into_inner);
            };
            drop(queue);
            self.compose(&work);
            self.queue().live.retain(|live| !Arc::ptr_eq(live, &work.performance));
        }
    }

    fn compose(&self, work: &Work) {
        let performance = &work.performance;
        if performance.is_left() {
            self.figures.left.add(1);
            return performance.change(|stage| {
                *stage =
                    Stage::Failed(Failed { why: "nobody waits for it".into(), is_request: true });
            });
        }
        let begun = now();
        // A fault in one piece must not take the composer from all others.
        let result = std::panic::catch_unwind(AssertUnwindSafe(|| self.perform(work, begun)));
        let stage = match result {
            Ok(Ok(Some(id))) => {
                self.figures.pieces.add(1);
                Stage::Done(id)
            }
            Ok(Ok(None)) => {
                self.figures.left.add(1);
                Stage::Failed(Failed {
                    why: "stopped before its first note".into(),
                    is_request: true,
                })
            }
            Ok(Err(error)) => {
                self.figures.failed.add(1);
                let is_request =
                    matches!(error, StudioError::Generate(_) | StudioError::Request(_));
                Stage::Failed(Failed { why: explained(&error), is_request })
            }
            Err(_) => {
                self.figures.failed.add(1);
                Stage::Failed(Failed { why: "composing failed".into(), is_request: false })
            }
        };
        let took = begun.elapsed();
        self.figures.piece.add(took);
        let mut queue = self.queue();
        queue.seconds += 0.1 * (took.as_secs_f64() - queue.seconds);
        drop(queue);
        performance.change(|now| *now = stage);
    }

    /// Composes and keeps; `None` where it was stopped before there was anything to keep.
    fn perform(&self, work: &Work, begun: Instant) -> Result<Option<PieceId>, StudioError> {
        let performance = &work.performance;
        let prompt = work.prompt.as_ref().map(|(_, score)| score.clone());
        let commission = work.asked.commission(prompt)?;
        let (mut drawn, mut was_left) = (0, false);
        let composition = work.model.perform(&commission, &mut |news| {
            match news {
                PieceNews::Begun(score) => performance.begin(score.clone()),
                PieceNews::Note(note) => {
                    if drawn == 0 {
                        self.figures.first_note.add(work.since.elapsed());
                    }
                    drawn += 1;
                    self.figures.notes.add(1);
                    if let Some((track, note)) = note {
                        performance.push(PlayedNote { track: track as u16, note });
                    }
                }
            }
            // Somebody may join just as the last one leaves; what broke off then is no whole piece.
            was_left |= performance.is_left();
            let enough = work.asked.stopped_after.is_some_and(|after| drawn >= after);
            match enough || performance.is_stopped() || begun.elapsed() > self.limits.time {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        })?;
        if was_left || performance.is_left() || composition.drawn == 0 {
            // It would be made again, the same, for whoever asks again.
            return Ok(None);
        }
        let mut asked = work.asked.clone();
        if composition.stopped {
            asked.stopped_after = Some(composition.drawn);
        }
        let score = &composition.score;
        let piece = Piece {
            id: asked.id(&work.model.fingerprint),
            verb: if asked.from.is_some() { Verb::Continued } else { Verb::Composed },
            request: asked.to_json(),
            title: score.title.clone(),
            bars: score.bars(),
            notes: score.note_count(),
            seconds: score.seconds().0,
            bytes: midi::write(score)?.bytes,
        };
        let parent = work.prompt.as_ref().map(|(id, _)| *id);
        self.pieces.keep(&piece, &performance.owner, parent, unix_seconds())?;
        Ok(Some(piece.id))
    }
}
