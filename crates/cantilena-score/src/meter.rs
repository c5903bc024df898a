//! How ticks gather into bars.

use std::fmt;

use crate::error::ScoreError;
use crate::time::{Ticks, TicksPerQuarter};

/// A time signature: so many beats of such a note value in a bar.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Meter {
    /// At least 1.
    numerator: u8,
    /// The note value of a beat as a power of two: 2 is a quarter, 3 an eighth; at most 7.
    denominator_log2: u8,
}

impl Meter {
    /// Four quarters, which a score has that names no meter (Standard MIDI Files 1.0, FF 58).
    pub const COMMON: Meter = Meter { numerator: 4, denominator_log2: 2 };

    /// `numerator` beats of one `denominator`-th of a whole note each.
    pub fn new(numerator: u8, denominator: u16) -> Result<Meter, ScoreError> {
        if numerator == 0 || !denominator.is_power_of_two() || denominator > 128 {
            return Err(ScoreError::Meter { numerator, denominator });
        }
        Ok(Meter { numerator, denominator_log2: denominator.trailing_zeros() as u8 })
    }

    /// Beats in a bar.
    pub fn numerator(self) -> u8 {
        self.numerator
    }

    /// The note value of a beat: 4 for a quarter, 8 for an eighth.
    pub fn denominator(self) -> u16 {
        1 << self.denominator_log2
    }

    /// The length of a bar; at least one tick, rounded down where the clock is too coarse.
    pub fn bar(self, ticks_per_quarter: TicksPerQuarter) -> Ticks {
        Ticks(self.beat_times(self.numerator, ticks_per_quarter).max(1))
    }

    /// The length of a beat; at least one tick, rounded down where the clock is too coarse.
    pub fn beat(self, ticks_per_quarter: TicksPerQuarter) -> Ticks {
        Ticks(self.beat_times(1, ticks_per_quarter).max(1))
    }

    fn beat_times(self, beats: u8, ticks_per_quarter: TicksPerQuarter) -> u32 {
        (u32::from(beats) * 4 * u32::from(ticks_per_quarter.get())) >> self.denominator_log2
    }
}

impl fmt::Display for Meter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.numerator, self.denominator())
    }
}

/// A meter and the tick from which it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct MeterChange {
    /// When it begins; a bar always begins here, even if the last one is then short.
    pub onset: Ticks,
    /// The meter from here on.
    pub meter: Meter,
}

/// The meters of a score from its first tick to its last.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MeterMap {
    /// Never empty; the first change stands at tick 0; onsets strictly rise.
    changes: Vec<MeterChange>,
}

/// Where a tick stands among the bars.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BarPosition {
    /// The bar, counted from 0.
    pub bar: u32,
    /// The tick at which that bar begins.
    pub bar_onset: Ticks,
    /// Ticks since the bar began.
    pub position: Ticks,
    /// The meter of that bar.
    pub meter: Meter,
}

impl MeterMap {
    /// One meter throughout.
    pub fn new(meter: Meter) -> MeterMap {
        MeterMap { changes: vec![MeterChange { onset: Ticks::ZERO, meter }] }
    }

    /// The changes in order; the first stands at tick 0.
    pub fn changes(&self) -> &[MeterChange] {
        &self.changes
    }

    /// Lets a meter hold from `onset`; a change already there is replaced.
    pub fn insert(&mut self, onset: Ticks, meter: Meter) {
        let change = MeterChange { onset, meter };
        match self.changes.binary_search_by_key(&onset, |c| c.onset) {
            Ok(at) => self.changes[at] = change,
            Err(at) => self.changes.insert(at, change),
        }
    }

    /// The bar that holds `tick`, and the place in it.
    pub fn position(&self, tick: Ticks, ticks_per_quarter: TicksPerQuarter) -> BarPosition {
        let mut first_bar = 0;
        for (index, change) in self.changes.iter().enumerate() {
            let bar = change.meter.bar(ticks_per_quarter);
            if let Some(next) = self.changes.get(index + 1)
                && next.onset <= tick
            {
                first_bar += next.onset.since(change.onset).0.div_ceil(bar.0);
                continue;
            }
            let since = tick.since(change.onset).0;
            let position = Ticks(since % bar.0);
            return BarPosition {
                bar: first_bar + since / bar.0,
                bar_onset: tick - position,
                position,
                meter: change.meter,
            };
        }
        unreachable!("the last meter has no end")
    }

    /// The tick at which bar `bar`, counted from 0, begins.
    pub fn bar_onset(&self, bar: u32, ticks_per_quarter: TicksPerQuarter) -> Ticks {
        let mut first_bar = 0;
        for (index, change) in self.changes.iter().enumerate() {
            let length = change.meter.bar(ticks_per_quarter);
            if let Some(next) = self.changes.get(index + 1) {
                let bars = next.onset.since(change.onset).0.div_ceil(length.0);
                if first_bar + bars <= bar {
                    first_bar += bars;
                    continue;
                }
            }
            return change.onset + Ticks((bar - first_bar).saturating_mul(length.0));
        }
        unreachable!("the last meter has no end")
    }

    /// The same meters on another clock; changes that fall on one tick keep the latest.
    pub(crate) fn rescaled(&self, from: TicksPerQuarter, to: TicksPerQuarter) -> MeterMap {
        let mut map = MeterMap::new(self.changes[0].meter);
        for change in &self.changes {
            map.insert(change.onset.rescaled(from, to), change.meter);
        }
        map
    }
}

impl Default for MeterMap {
    /// Common time throughout.
    fn default() -> MeterMap {
        MeterMap::new(Meter::COMMON)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::num::NonZero;

    fn quarter() -> TicksPerQuarter {
        NonZero::new(24).unwrap()
    }

    #[test]
    fn a_bar_of_six_eighths_is_three_quarters_long() {
        assert_eq!(Meter::new(6, 8).unwrap().bar(quarter()), Ticks(72));
    }

    #[test]
    fn a_change_of_meter_begins_a_bar_even_inside_one() {
        let mut map = MeterMap::new(Meter::COMMON);
        map.insert(Ticks(120), Meter::new(3, 4).unwrap());
        let at = |tick| {
            let p = map.position(Ticks(tick), quarter());
            (p.bar, p.position.0)
        };
        assert_eq!(at(95), (0, 95));
        assert_eq!(at(119), (1, 23));
        assert_eq!(at(120), (2, 0));
        assert_eq!(at(120 + 72), (3, 0));
    }

    #[test]
    fn the_onset_of_a_bar_lies_in_that_bar() {
        let mut map = MeterMap::new(Meter::new(5, 8).unwrap());
        map.insert(Ticks(61), Meter::new(3, 4).unwrap());
        for bar in 0..9 {
            let onset = map.bar_onset(bar, quarter());
            assert_eq!(map.position(onset, quarter()).bar, bar);
            assert_eq!(map.position(onset, quarter()).position, Ticks::ZERO);
        }
    }

    #[test]
    fn a_meter_of_no_beats_or_of_thirds_is_refused() {
        assert!(Meter::new(0, 4).is_err());
        assert!(Meter::new(4, 3).is_err());
        assert!(Meter::new(4, 256).is_err());
    }
}
