//! Where tasks are told and results handed over.

use std::hint::spin_loop;
use std::sync::atomic::Ordering::SeqCst;
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex};
use std::thread::{JoinHandle, park, yield_now};

use super::task::{BLOCKS, Task};
use crate::product::Affine;

/// How many times a helper looks for a new task, with a pause of some 40 ns after each, before it
/// lets others go first: about 100 µs. Fewer, and it would lose its core between two tokens.
const LOOKS: usize = 2500;

/// How many times it then looks, letting others go first each time, before it goes to sleep: as
/// long again on a core of its own. Where the scheduler puts it on the core of whoever composes, it
/// is so kept from being woken by every task, only to be in the way.
const YIELDS: usize = 250;

/// The round after the last.
const CLOSED: u64 = u64::MAX;

/// Where tasks are told and results handed over.
///
/// Whoever composes locks nothing here that it would have to wait for.
#[derive(Debug, Default)]
pub(super) struct Board {
    /// Of the last task that was told.
    round: AtomicU64,
    task: Mutex<Task>,
    shares: Vec<Share>,        // (threads,), that of whoever composes first
    results: Vec<Mutex<Sums>>, // (BLOCKS,)
    /// Who has to be woken.
    is_asleep: Vec<AtomicBool>, // (helpers,)
}

/// The blocks that a thread takes before others': how many are taken, below the round in the upper
/// 48 bits. A line of the cache for each, for all threads write there.
#[derive(Debug, Default)]
#[repr(align(64))]
struct Share(AtomicU64);

/// The sums of a block, and of which round.
#[derive(Debug, Default)]
struct Sums {
    round: u64,
    values: Vec<f32>,
}

impl Board {
    pub(super) fn new(helpers: usize) -> Board {
        Board {
            shares: (0..=helpers).map(|_| Share::default()).collect(),
            results: (0..BLOCKS).map(|_| Mutex::default()).collect(),
            is_asleep: (0..helpers).map(|_| AtomicBool::new(false)).collect(),
            ..Board::default()
        }
    }

    /// Tells the helpers a new task; `None` if one of them is just reading the last.
    pub(super) fn publish(
        &self,
        parts: &[(&Arc<Affine>, &[f32])],
        helpers: &[JoinHandle<()>],
    ) -> Option<Task> {
        let mut last = self.task.try_lock().ok()?;
        let task = Task::new(last.round + 1, parts);
        last.clone_from(&task);
        drop(last);
        self.shares.iter().for_each(|share| share.0.store(task.round << 16, SeqCst));
        self.tell(task.round, helpers);
        Some(task)
    }

    /// Sends the helpers home.
    pub(super) fn close(&self, helpers: &[JoinHandle<()>]) {
        self.tell(CLOSED, helpers);
    }

    /// Of this order and that in [`Board::wait`], either the helper sees the round or is seen
    /// asleep here.
    fn tell(&self, round: u64, helpers: &[JoinHandle<()>]) {
        self.round.store(round, SeqCst);
        for (helper, is_asleep) in helpers.iter().zip(&self.is_asleep) {
            if is_asleep.load(SeqCst) {
                helper.thread().unpark();
            }
        }
    }

    /// Waits for another task than that of round `seen`; false if there will be none.
    pub(super) fn wait(&self, helper: usize, seen: u64) -> bool {
        let mut looks = 0;
        loop {
            let round = self.round.load(SeqCst);
            if round != seen {
                return round != CLOSED;
            }
            looks += 1;
            if looks <= LOOKS {
                spin_loop();
            } else if looks <= LOOKS + YIELDS {
                yield_now();
            } else {
                self.is_asleep[helper].store(true, SeqCst);
                if self.round.load(SeqCst) == seen {
                    park();
                }
                self.is_asleep[helper].store(false, SeqCst);
            }
        }
    }

    /// The last task that was told.
    pub(super) fn task(&self) -> Task {
        self.task.lock().expect("nothing panics under the lock").clone()
    }

    /// A block of a task that nobody took yet, the thread's own first; none if its round is over.
    pub(super) fn claim(&self, thread: usize, task: &Task) -> Option<usize> {
        let threads = self.shares.len();
        (thread..threads).chain(0..thread).find_map(|share| {
            let first = task.blocks() * share / threads;
            let len = task.blocks() * (share + 1) / threads - first;
            let take = |taken: u64| {
                (taken >> 16 == task.round && taken & 0xffff < len as u64).then_some(taken + 1)
            };
            let taken = self.shares[share].0.fetch_update(SeqCst, SeqCst, take).ok()?;
            Some(first + (taken & 0xffff) as usize)
        })
    }

    /// Hands over the sums of a block, and takes old ones in exchange.
    pub(super) fn deliver(&self, task: &Task, block: usize, sums: &mut Vec<f32>) {
        let mut result = self.results[block].lock().expect("nothing panics under the lock");
        // A helper that is late has nothing to say to a later round.
        if result.round < task.round {
            result.round = task.round;
            std::mem::swap(&mut result.values, sums);
        }
    }

    /// Whether all helpers sleep.
    #[cfg(test)]
    pub(super) fn is_resting(&self) -> bool {
        self.is_asleep.iter().all(|is_asleep| is_asleep.load(SeqCst))
    }

    /// Copies the sums of a block, if they are there.
    pub(super) fn collect(&self, task: &Task, block: usize, onto: &mut [f32]) -> bool {
        match self.results[block].try_lock() {
            Ok(result) if result.round == task.round => {
                onto.copy_from_slice(&result.values);
                true
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::isa::Isa;
    use crate::precision::Weights;
    use crate::product::{Panels, View};

    fn matrix(columns: usize) -> Arc<Affine> {
        let mut affine = Affine::new(Panels::compact(Isa::Portable, Weights::F32));
        affine.pack(1, columns, View::of(&vec![1.0; columns], columns), &[]);
        Arc::new(affine)
    }

    #[test]
    fn every_block_is_claimed_once_whoever_asks() {
        let (board, matrix) = (Board::new(2), matrix(1000));
        let task = board.publish(&[(&matrix, &[1.0])], &[]).unwrap();
        assert_eq!(task.blocks(), 8);
        // The first thread takes its two, and then the others' in turn.
        let mut claimed: Vec<_> = [0, 0, 0, 2, 1, 1, 2, 0].map(|t| board.claim(t, &task)).to_vec();
        assert_eq!(claimed[..4], [Some(0), Some(1), Some(2), Some(5)]);
        claimed.sort();
        assert_eq!(claimed, (0..8).map(Some).collect::<Vec<_>>());
        assert!((0..3).all(|thread| board.claim(thread, &task).is_none()));
    }

    #[test]
    fn who_is_late_neither_takes_a_block_of_a_later_round_nor_overwrites_its_sums() {
        let (board, matrix) = (Board::new(1), matrix(300));
        let late = board.publish(&[(&matrix, &[1.0])], &[]).unwrap();
        let task = board.publish(&[(&matrix, &[2.0])], &[]).unwrap();
        assert_eq!(board.claim(1, &late), None);

        let mut onto = [0.0; 128];
        board.deliver(&late, 0, &mut vec![1.0; 128]);
        assert!(!board.collect(&task, 0, &mut onto), "sums of another round");
        board.deliver(&task, 0, &mut vec![2.0; 128]);
        board.deliver(&late, 0, &mut vec![1.0; 128]);
        assert!(board.collect(&task, 0, &mut onto));
        assert_eq!(onto, [2.0; 128]);
    }

    #[test]
    fn a_board_that_is_being_read_takes_no_task() {
        let (board, matrix) = (Board::new(1), matrix(10));
        let reading = board.task.lock().unwrap();
        assert!(board.publish(&[(&matrix, &[1.0])], &[]).is_none());
        drop(reading);
        assert!(board.publish(&[(&matrix, &[1.0])], &[]).is_some());
    }
}
