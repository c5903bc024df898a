//! Work of many threads, handed over in order and in bounded memory.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::mpsc::channel;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Results that may wait for each worker until their turn comes: enough that a worker with small
/// files need not wait for one with a large file, few enough to hold.
const AHEAD: usize = 16;

/// Who may take what: a worker that is far ahead of the taking waits.
#[derive(Default)]
struct Progress {
    /// The next place to be worked on.
    next: usize,
    /// Results handed over.
    given: usize,
    stopped: bool,
}

/// Does `work` for each place below `count` on `threads` threads, and gives the results to `take`
/// on the calling thread in the order of the places. `take` may stop it.
///
/// At most sixteen results a thread are held at a time, whatever `count` is. What is
/// given, and in which order, does not depend on the number of threads.
pub(crate) fn in_order<T: Send>(
    count: usize,
    threads: usize,
    work: &(dyn Fn(usize) -> T + Sync),
    take: &mut dyn FnMut(usize, T) -> ControlFlow<()>,
) {
    let threads = threads.max(1);
    let progress = Mutex::new(Progress::default());
    let moved = Condvar::new();
    let (sender, receiver) = channel();
    std::thread::scope(|scope| {
        for _ in 0..threads {
            let sender = sender.clone();
            let (progress, moved) = (&progress, &moved);
            scope.spawn(move || {
                let _free = Free { progress, moved };
                while let Some(place) = next_place(progress, moved, count, threads * AHEAD) {
                    if sender.send((place, work(place))).is_err() {
                        break;
                    }
                }
            });
        }
        drop(sender);
        let mut waiting = BTreeMap::new();
        let mut given = 0;
        for (place, result) in receiver {
            waiting.insert(place, result);
            while let Some(result) = waiting.remove(&given) {
                let flow = take(given, result);
                given += 1;
                let mut progress = lock(&progress);
                progress.given = given;
                progress.stopped |= flow.is_break();
                moved.notify_all();
                if progress.stopped {
                    return;
                }
            }
        }
    });
}

/// Lets the other workers go when one of them panics: the scope passes the panic on.
struct Free<'a> {
    progress: &'a Mutex<Progress>,
    moved: &'a Condvar,
}

impl Drop for Free<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            lock(self.progress).stopped = true;
            self.moved.notify_all();
        }
    }
}

/// The next place to be worked on, as soon as it is not too far ahead; `None` when all are taken.
fn next_place(
    progress: &Mutex<Progress>,
    moved: &Condvar,
    count: usize,
    ahead: usize,
) -> Option<usize> {
    let mut now = lock(progress);
    while !now.stopped && now.next < count && now.next >= now.given + ahead {
        now = moved.wait(now).unwrap_or_else(PoisonError::into_inner);
    }
    (!now.stopped && now.next < count).then(|| {
        now.next += 1;
        now.next - 1
    })
}

/// A worker that panicked holds no half-made progress: each change is one assignment.
fn lock(progress: &Mutex<Progress>) -> MutexGuard<'_, Progress> {
    progress.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn results_come_in_order_and_few_wait() {
        for threads in [1, 2, 5] {
            let begun = AtomicUsize::new(0);
            let (mut taken, mut most) = (Vec::new(), 0);
            let work = |place: usize| {
                begun.fetch_add(1, Ordering::SeqCst);
                // The first is the slowest: all others must wait for it.
                if place == 0 {
                    std::thread::sleep(std::time::Duration::from_millis(20));
                }
                place * place
            };
            in_order(500, threads, &work, &mut |place, square| {
                most = most.max(begun.load(Ordering::SeqCst) - place);
                taken.push(square);
                ControlFlow::Continue(())
            });
            assert_eq!(taken, (0..500).map(|place| place * place).collect::<Vec<_>>());
            assert!(most <= threads * AHEAD + 1, "{most} at once on {threads} threads");
        }
    }

    #[test]
    fn taking_may_stop_it() {
        let mut taken = 0;
        in_order(1_000_000, 3, &|place| place, &mut |_, _| {
            taken += 1;
            if taken == 10 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        });
        assert_eq!(taken, 10);
    }

    #[test]
    #[should_panic(expected = "scoped thread panicked")]
    fn a_panic_in_the_work_is_passed_on() {
        in_order(10, 2, &|place| assert_ne!(place, 5), &mut |_, ()| ControlFlow::Continue(()));
    }
}
