//! The clock, and how fast a run goes by it.

use std::time::{Duration, Instant};

/// The time; nothing that is learnt depends on it but the length of a run in minutes.
#[expect(clippy::disallowed_methods, reason = "the studio holds the clock")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// How fast a run goes, in notes a second, smoothed so that people can read it.
pub(crate) struct Pace {
    begun: Instant,
    last: Instant,
    notes_per_second: f64,
}

impl Pace {
    pub(crate) fn new() -> Pace {
        Pace { begun: now(), last: now(), notes_per_second: 0.0 }
    }

    /// The pace after so many more notes: a moving mean over about twenty steps.
    pub(crate) fn after(&mut self, notes: u64) -> f64 {
        let seconds = self.last.elapsed().as_secs_f64().max(1e-9);
        self.last = now();
        let rate = notes as f64 / seconds;
        self.notes_per_second = match self.notes_per_second {
            0.0 => rate,
            smoothed => smoothed + 0.05 * (rate - smoothed),
        };
        self.notes_per_second
    }

    /// Time to go, `progress` (0 to 1) having taken the time since the beginning.
    pub(crate) fn remaining(&self, progress: f64) -> Duration {
        remaining(self.begun.elapsed(), progress)
    }
}

/// Time to go when `progress`, 0 to 1, took `elapsed`.
pub(crate) fn remaining(elapsed: Duration, progress: f64) -> Duration {
    let seconds = elapsed.as_secs_f64() * (1.0 / progress.max(1e-6) - 1.0);
    Duration::try_from_secs_f64(seconds.clamp(0.0, 1e9)).unwrap_or_default()
}
