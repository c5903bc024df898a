//! A piece while it is being composed, as many may listen to it.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::time::Duration;

use cantilena_score::{Note, Score};

use crate::pieces::{Failed, PieceId};

/// A note as it is told: which track plays it, on the clock of [`Heard::beginning`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PlayedNote {
    /// The track of the beginning that plays it.
    pub track: u16,
    /// The note.
    pub note: Note,
}

/// How a performance stands.
#[derive(Clone, Debug, PartialEq)]
pub enum Stage {
    /// It has not begun; so many wait before it.
    Waiting,
    /// Notes are being drawn.
    Playing,
    /// The piece is kept under this id. It is not the id asked for where the work was stopped
    /// early, for then the content is another.
    Done(PieceId),
    /// There is no piece.
    Failed(Failed),
}

/// A piece while it is being composed.
///
/// Whoever composes writes, everybody else reads from the place they have come to; all see the
/// same notes in the same order.
pub struct Performance {
    /// What the whole piece is called.
    pub id: PieceId,
    /// Who asked for it.
    pub(crate) owner: String,
    state: Mutex<State>,
    changed: Condvar,
    stop: AtomicBool,
    listeners: AtomicUsize,
}

struct State {
    stage: Stage,
    beginning: Option<Arc<Score>>,
    notes: Vec<PlayedNote>,
    /// Called at every change; for those who cannot wait on a condition.
    callbacks: Vec<(usize, Box<dyn Fn() + Send>)>,
    next_callback: usize,
}

/// What a performance has come to.
#[derive(Clone, Debug)]
pub struct Heard {
    /// How it stands.
    pub stage: Stage,
    /// The piece without the notes to come, once it has begun.
    pub beginning: Option<Arc<Score>>,
    /// The notes behind those that were heard already.
    pub notes: Vec<PlayedNote>,
}

impl Performance {
    pub(crate) fn new(id: PieceId, owner: &str) -> Performance {
        let state = State {
            stage: Stage::Waiting,
            beginning: None,
            notes: Vec::new(),
            callbacks: Vec::new(),
            next_callback: 0,
        };
        Performance {
            id,
            owner: owner.to_owned(),
            state: Mutex::new(state),
            changed: Condvar::new(),
            stop: AtomicBool::new(false),
            listeners: AtomicUsize::new(0),
        }
    }

    /// What there is behind the first `after` notes.
    pub fn heard(&self, after: usize) -> Heard {
        let state = self.state();
        let notes = state.notes.get(after..).unwrap_or_default().to_vec();
        Heard { stage: state.stage.clone(), beginning: state.beginning.clone(), notes }
    }

    /// Waits until it is over, or for so long.
    pub fn wait(&self, at_most: Duration) -> Stage {
        let over = |state: &mut State| !matches!(state.stage, Stage::Done(_) | Stage::Failed(_));
        let waited = self.changed.wait_timeout_while(self.state(), at_most, over);
        let (state, _) = waited.unwrap_or_else(std::sync::PoisonError::into_inner);
        state.stage.clone()
    }

    /// Ends it soon; what there is becomes a piece.
    pub fn stop(&self) {
        self.stop.store(true, Ordering::SeqCst);
    }

    /// Whether somebody ended it, or nobody listens any more.
    pub(crate) fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::SeqCst) || self.is_left()
    }

    /// Whether nobody listens any more.
    pub(crate) fn is_left(&self) -> bool {
        self.listeners.load(Ordering::SeqCst) == 0
    }

    /// Whether there is nothing more to come.
    pub(crate) fn is_over(&self) -> bool {
        matches!(self.state().stage, Stage::Done(_) | Stage::Failed(_))
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut Stage)) {
        let mut state = self.state();
        change(&mut state.stage);
        self.tell(&state);
    }

    pub(crate) fn begin(&self, score: Score) {
        let mut state = self.state();
        state.beginning = Some(Arc::new(score));
        state.stage = Stage::Playing;
        self.tell(&state);
    }

    pub(crate) fn push(&self, note: PlayedNote) {
        let mut state = self.state();
        state.notes.push(note);
        self.tell(&state);
    }

    fn tell(&self, state: &State) {
        self.changed.notify_all();
        state.callbacks.iter().for_each(|(_, call)| call());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Every change is complete before anything could panic.
        self.state.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Somebody who listens. When the last one leaves, the work ends.
pub struct Listener {
    /// What is listened to.
    pub performance: Arc<Performance>,
    callback: Option<usize>,
}

impl Listener {
    pub(crate) fn new(performance: &Arc<Performance>) -> Listener {
        performance.listeners.fetch_add(1, Ordering::SeqCst);
        Listener { performance: Arc::clone(performance), callback: None }
    }

    /// Has `call` called at every change, from the composing thread: it must be quick.
    pub fn on_change(&mut self, call: impl Fn() + Send + 'static) {
        let mut state = self.performance.state();
        let number = state.next_callback;
        state.next_callback += 1;
        state.callbacks.push((number, Box::new(call)));
        self.callback = Some(number);
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        if let Some(number) = self.callback {
            self.performance.state().callbacks.retain(|(other, _)| *other != number);
        }
        self.performance.listeners.fetch_sub(1, Ordering::SeqCst);
    }
}
