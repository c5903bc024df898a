//! A line in which trainings wait for their turn: the first that came learns, and whoever no
//! longer wants to leaves it.

use std::collections::VecDeque;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// How often one that waits asks itself whether it still wants to.
const PATIENCE: Duration = Duration::from_millis(50);

/// The line.
#[derive(Debug, Default)]
pub(super) struct Turns {
    line: Mutex<Line>,
    moved: Condvar,
}

#[derive(Debug, Default)]
struct Line {
    next: u64,
    waiting: VecDeque<u64>,
}

/// A turn, which ends when it is dropped.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    turns: &'a Turns,
    place: u64,
}

impl Turns {
    /// Takes the last place, which [`Turns::wait`] must be called with.
    pub(super) fn join(&self) -> u64 {
        let mut line = self.line();
        let place = line.next;
        line.next += 1;
        line.waiting.push_back(place);
        place
    }

    /// Waits until this place is the first, or `is_over` says that it need not be.
    pub(super) fn wait(&self, place: u64, is_over: impl Fn() -> bool) -> Turn<'_> {
        let mut line = self.line();
        while line.waiting.front() != Some(&place) && !is_over() {
            let waited = self.moved.wait_timeout(line, PATIENCE);
            line = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
        Turn { turns: self, place }
    }

    fn line(&self) -> MutexGuard<'_, Line> {
        self.line.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        self.turns.line().waiting.retain(|place| *place != self.place);
        self.turns.moved.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicBool, Ordering};

    use super::*;

    #[test]
    fn the_first_that_came_goes_first_and_who_leaves_holds_nobody_up() {
        let turns = Turns::default();
        let [first, second, third] = [turns.join(), turns.join(), turns.join()];
        let at_work = turns.wait(first, || false);
        let has_left = AtomicBool::new(false);
        std::thread::scope(|scope| {
            let leaves = scope.spawn(|| drop(turns.wait(second, || true)));
            leaves.join().unwrap();
            let waits = scope.spawn(|| {
                let _turn = turns.wait(third, || false);
                assert!(has_left.load(Ordering::SeqCst), "not before the first is done");
            });
            has_left.store(true, Ordering::SeqCst);
            drop(at_work);
            waits.join().unwrap();
        });
    }
}
