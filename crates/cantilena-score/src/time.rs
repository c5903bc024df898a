//! Musical time and clock time, as two types that only a tempo map joins.

use std::num::NonZero;
use std::ops::{Add, AddAssign, Sub};

/// Ticks in one quarter note. Standard MIDI Files 1.0 give it 15 bits: 1 to 32,767.
pub type TicksPerQuarter = NonZero<u16>;

/// Musical time: a whole number of ticks, counted from the start of a score.
///
/// How long a tick is, in quarters, is the score's
/// [`ticks_per_quarter`](crate::TempoMap::ticks_per_quarter).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ticks(pub u32);

impl Ticks {
    /// The start of every score.
    pub const ZERO: Ticks = Ticks(0);

    /// The time from `earlier` to here; zero where `earlier` is later.
    pub fn since(self, earlier: Ticks) -> Ticks {
        Ticks(self.0.saturating_sub(earlier.0))
    }

    /// The nearest time on another clock, halves rounded up.
    ///
    /// ```
    /// # use cantilena_score::Ticks;
    /// # use std::num::NonZero;
    /// let (from, to) = (NonZero::new(480).unwrap(), NonZero::new(24).unwrap());
    /// assert_eq!(Ticks(250).rescaled(from, to), Ticks(13));
    /// ```
    pub fn rescaled(self, from: TicksPerQuarter, to: TicksPerQuarter) -> Ticks {
        let (from, to) = (u64::from(from.get()), u64::from(to.get()));
        let rounded = (u64::from(self.0) * to * 2 + from) / (2 * from);
        Ticks(u32::try_from(rounded).unwrap_or(u32::MAX))
    }
}

impl Add for Ticks {
    type Output = Ticks;

    /// Saturates: the last tick is 2³² − 1, at 480 ticks a quarter and 120 bpm about 52 days.
    fn add(self, other: Ticks) -> Ticks {
        Ticks(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Ticks {
    fn add_assign(&mut self, other: Ticks) {
        *self = *self + other;
    }
}

impl Sub for Ticks {
    type Output = Ticks;

    /// Saturates at zero, as [`Ticks::since`] does.
    fn sub(self, other: Ticks) -> Ticks {
        self.since(other)
    }
}

/// Clock time in seconds.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub struct Seconds(pub f64);
