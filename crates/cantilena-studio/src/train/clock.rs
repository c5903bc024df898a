//! The clock, and how fast a run goes by it.

use std::time::Instant;

/// The time; nothing that is learnt depends on it but the length of a run in minutes.
#[expect(clippy::disallowed_methods, reason = "the studio holds the clock")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Notes a second, smoothed so that people can read it.
pub(crate) struct Rate {
    last: Instant,
    notes_per_second: f64,
}

impl Rate {
    pub(crate) fn new() -> Rate {
        Rate { last: now(), notes_per_second: 0.0 }
    }

    /// The rate after so many more notes: a moving mean over about twenty steps.
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
}
