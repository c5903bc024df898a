//! The clock. Below the studio, time is an argument.

use std::time::{Instant, SystemTime};

/// This moment, for measuring from.
#[expect(clippy::disallowed_methods, reason = "the studio holds the clock")]
pub(crate) fn now() -> Instant {
    Instant::now()
}

/// Seconds since 1970; 0 before it.
#[expect(clippy::disallowed_methods, reason = "the studio holds the clock")]
pub(crate) fn unix_seconds() -> i64 {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}
