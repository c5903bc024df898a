//! The threads of a step.

use std::sync::Mutex;

/// Runs `work` once for each shard, on at most `threads` threads, and returns when all are done.
///
/// Which thread takes a shard is left to chance; as a shard touches nothing but itself, no sum
/// depends on it. A thread that panics makes this function panic.
pub fn for_each_shard<S: Send>(
    threads: usize,
    shards: &mut [S],
    work: impl Fn(usize, &mut S) + Sync,
) {
    let threads = threads.min(shards.len());
    if threads <= 1 {
        shards.iter_mut().enumerate().for_each(|(index, shard)| work(index, shard));
        return;
    }
    let queue = Mutex::new(shards.iter_mut().enumerate());
    let take = || queue.lock().expect("no shard is worked on under the lock").next();
    let drain = || {
        while let Some((index, shard)) = take() {
            work(index, shard);
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(drain);
        }
        drain();
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shard_is_worked_on_once_whatever_the_threads() {
        for threads in [0, 1, 2, 3, 8] {
            let mut shards = vec![0; 5];
            for_each_shard(threads, &mut shards, |index, shard| *shard += 10 + index);
            assert_eq!(shards, [10, 11, 12, 13, 14], "{threads} threads");
        }
        for_each_shard(2, &mut [] as &mut [u8], |_, _| unreachable!("there is no shard"));
    }

    #[test]
    #[should_panic(expected = "a scoped thread panicked")]
    fn a_panic_of_a_shard_is_not_lost() {
        let caller = std::thread::current().id();
        // Both shards wait for each other, so that one of them is on the other thread.
        let barrier = std::sync::Barrier::new(2);
        for_each_shard(2, &mut [(), ()], |_, ()| {
            barrier.wait();
            assert_eq!(std::thread::current().id(), caller, "the other thread gives up");
        });
    }
}
