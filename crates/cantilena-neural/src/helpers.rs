//! Threads that help with the products of one stream.
//!
//! Whoever composes one token after the other waits for weights: each is read once a token. Shared
//! among threads, each thread reads its part alone, and a part that fits the second-level cache of
//! its core stays there from token to token.
//!
//! A product is cut into blocks of columns. Every thread has a share of them, takes its own one
//! after the other, and then takes what is left of the others'. Whoever composes *never waits for a
//! helper for long*: a helper that took a block and does not come back in about twice the time
//! that a block takes, because something else runs on its core, has its block done again. So on a
//! busy machine helpers do not help, but nor do they harm.
//!
//! A column's sum is the same whoever makes it: any number of threads gives the same bits.

mod board;
mod task;

use std::hint::spin_loop;
use std::sync::Arc;
use std::thread::JoinHandle;

use crate::product::{Affine, Way};
use board::Board;

/// How many bytes of weights a thread reads at least while it looks for a result once.
const BYTES_A_LOOK: usize = 256;

/// Threads that help with the products of one stream, or none. They end when this is dropped.
#[derive(Debug, Default)]
pub struct Helpers {
    board: Arc<Board>,
    threads: Vec<JoinHandle<()>>,
}

impl Helpers {
    /// Nobody: all is done by whoever calls.
    pub fn none() -> Helpers {
        Helpers::default()
    }

    /// So many threads besides the one that calls; fewer, where the system has no more to give.
    pub fn new(helpers: usize) -> Helpers {
        let board = Arc::new(Board::new(helpers));
        let spawn = |helper: usize| {
            let board = Arc::clone(&board);
            let thread = std::thread::Builder::new().name(format!("helper {helper}"));
            thread.spawn(move || help(&board, helper)).ok()
        };
        let threads = (0..helpers).map_while(spawn).collect();
        Helpers { board, threads }
    }

    /// onto (rows, columns) = bias of the first + Σ left (rows, depth) · its matrix.
    ///
    /// All matrices have as many columns.
    pub(crate) fn sum(&mut self, rows: usize, parts: &[(&Arc<Affine>, &[f32])], onto: &mut [f32]) {
        if self.threads.is_empty() || rows != 1 || self.share(parts, onto).is_none() {
            for (index, (affine, left)) in parts.iter().enumerate() {
                match index {
                    0 => affine.apply(Way::Forth, rows, left, onto),
                    _ => affine.add(Way::Forth, rows, left, onto),
                }
            }
        }
    }

    /// [`Helpers::sum`] for one row, with the others; `None` if they cannot be told.
    fn share(&self, parts: &[(&Arc<Affine>, &[f32])], onto: &mut [f32]) -> Option<()> {
        let board = &*self.board;
        let task = board.publish(parts, &self.threads)?;
        let mut missing = vec![true; task.blocks()];
        while let Some(block) = board.claim(0, &task) {
            task.work(block, &mut onto[task.columns(block)]);
            missing[block] = false;
        }
        let mut looks = 2 * task.bytes() / task.blocks().max(1) / BYTES_A_LOOK;
        for block in (0..task.blocks()).filter(|&block| missing[block]) {
            let onto = &mut onto[task.columns(block)];
            while !board.collect(&task, block, onto) {
                if looks == 0 {
                    task.work(block, onto);
                    break;
                }
                looks -= 1;
                spin_loop();
            }
        }
        Some(())
    }
}

impl Drop for Helpers {
    fn drop(&mut self) {
        self.board.close(&self.threads);
        for thread in self.threads.drain(..) {
            // A helper that panicked left its blocks to whoever called, and nothing else is lost.
            let _ = thread.join();
        }
    }
}

/// What a helper does all its life.
fn help(board: &Board, helper: usize) {
    let (mut seen, mut sums) = (0, Vec::new());
    while board.wait(helper, seen) {
        let task = board.task();
        while let Some(block) = board.claim(helper + 1, &task) {
            sums.resize(task.columns(block).len(), 0.0);
            task.work(block, &mut sums);
            board.deliver(&task, block, &mut sums);
        }
        seen = task.round;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::AtomicUsize;
    use std::sync::atomic::Ordering::Relaxed;

    use super::*;
    use crate::isa::Isa;
    use crate::precision::Weights;
    use crate::product::{Panels, View};
    use crate::random::fill_uniform;

    fn noise(len: usize, key: u64) -> Vec<f32> {
        let mut values = vec![0.0; len];
        fill_uniform(&mut values, key, 1.0);
        values
    }

    /// A matrix of noise, and a row to be multiplied with it.
    fn part(isa: Isa, weights: Weights, depth: usize, columns: usize) -> (Arc<Affine>, Vec<f32>) {
        let mut affine = Affine::new(Panels::compact(isa, weights));
        let values = noise(depth * columns, depth as u64);
        affine.pack(depth, columns, View::of(&values, columns), &noise(columns, 3));
        (Arc::new(affine), noise(depth, 4))
    }

    fn sum(helpers: &mut Helpers, parts: &[(Arc<Affine>, Vec<f32>)]) -> Vec<f32> {
        let mut onto = vec![f32::NAN; parts[0].0.panels.columns()];
        let parts: Vec<_> = parts.iter().map(|(affine, left)| (affine, &left[..])).collect();
        helpers.sum(1, &parts, &mut onto);
        onto
    }

    #[test]
    fn any_number_of_helpers_makes_the_same_sums_to_the_bit() {
        let sizes: &[usize] = if cfg!(miri) { &[130] } else { &[1, 64, 130, 1000, 9000] };
        for helpers in 1..4 {
            let mut helpers = Helpers::new(helpers);
            for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
                for (weights, &columns) in Weights::ALL
                    .into_iter()
                    .flat_map(|weights| sizes.iter().map(move |c| (weights, c)))
                {
                    let parts = [part(isa, weights, 31, columns), part(isa, weights, 70, columns)];
                    for parts in [&parts[..1], &parts] {
                        let alone = sum(&mut Helpers::none(), parts);
                        assert_eq!(sum(&mut helpers, parts), alone, "{isa:?}, {weights:?}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_helper_that_does_not_come_back_has_its_block_done_by_another() {
        let (board, stolen) = (Arc::new(Board::new(1)), Arc::new(AtomicUsize::new(0)));
        let thief = {
            let (board, stolen) = (Arc::clone(&board), Arc::clone(&stolen));
            move || {
                let mut seen = 0;
                while board.wait(0, seen) {
                    let task = board.task();
                    stolen.fetch_add(usize::from(board.claim(1, &task).is_some()), Relaxed);
                    seen = task.round;
                }
            }
        };
        let mut helpers = Helpers { board, threads: vec![std::thread::spawn(thief)] };
        let parts = [part(Isa::best(), Weights::Int8, 40, 1000)];
        let alone = sum(&mut Helpers::none(), &parts);
        while stolen.load(Relaxed) < 3 {
            assert_eq!(sum(&mut helpers, &parts), alone);
        }
    }

    #[test]
    fn a_stream_that_pauses_finds_its_helpers_again() {
        let mut helpers = Helpers::new(1);
        let parts = [part(Isa::best(), Weights::F32, 10, 300)];
        let alone = sum(&mut Helpers::none(), &parts);
        for _ in 0..3 {
            assert_eq!(sum(&mut helpers, &parts), alone);
            while !helpers.board.is_resting() {
                std::thread::yield_now();
            }
        }
    }
}
