//! Counts and times of a studio at work, for whoever watches over it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// A count that only rises.
#[derive(Debug, Default)]
pub struct Count(AtomicU64);

impl Count {
    /// Adds to it.
    pub fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    /// What it has come to.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// How long something took, as counts of times up to each bound.
#[derive(Debug, Default)]
pub struct Times {
    /// One for each bound, and one for what took longer.
    counts: [Count; Times::BOUNDS.len() + 1],
    micros: Count,
}

impl Times {
    /// The upper bounds of the counts, in seconds: finest about the half second within which a
    /// first note is promised.
    pub const BOUNDS: [f64; 11] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0, 60.0];

    /// Counts a time.
    pub fn add(&self, time: Duration) {
        let place = Times::BOUNDS.iter().position(|bound| time.as_secs_f64() <= *bound);
        self.counts[place.unwrap_or(Times::BOUNDS.len())].add(1);
        self.micros.add(u64::try_from(time.as_micros()).unwrap_or(u64::MAX));
    }

    /// How many took at most each of [`Times::BOUNDS`], and how many there are in all.
    pub fn cumulative(&self) -> [u64; Times::BOUNDS.len() + 1] {
        let mut sum = 0;
        std::array::from_fn(|place| {
            sum += self.counts[place].get();
            sum
        })
    }

    /// All times together, in seconds.
    pub fn seconds(&self) -> f64 {
        self.micros.get() as f64 / 1e6
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_counted_at_its_bound_and_all_above() {
        let times = Times::default();
        [0.005, 0.3, 100.0].iter().for_each(|seconds| times.add(Duration::from_secs_f64(*seconds)));
        let counts = times.cumulative();
        assert_eq!((counts[0], counts[5], counts[6], counts[10], counts[11]), (1, 1, 2, 2, 3));
        assert!((times.seconds() - 100.305).abs() < 1e-9);
    }
}
