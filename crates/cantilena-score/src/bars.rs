//! The bars of a score, ready to be asked often.

use crate::meter::{BarPosition, Meter, MeterMap};
use crate::time::{Ticks, TicksPerQuarter};

/// All bars of a [`MeterMap`] on one clock.
///
/// It answers as the map does, in the logarithm of the number of changes: files exist that say
/// their meter in every bar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bars {
    /// In order, the first at tick 0.
    runs: Vec<Run>,
}

/// Bars of one meter in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    onset: Ticks,
    meter: Meter,
    /// The length of a bar; at least 1.
    bar: Ticks,
    first_bar: u32,
}

impl Bars {
    /// The bars of a map.
    pub fn new(meters: &MeterMap, ticks_per_quarter: TicksPerQuarter) -> Bars {
        let mut runs: Vec<Run> = Vec::with_capacity(meters.changes().len());
        for change in meters.changes() {
            let first_bar = runs.last().map_or(0, |run| {
                run.first_bar + change.onset.since(run.onset).0.div_ceil(run.bar.0)
            });
            let (onset, meter) = (change.onset, change.meter);
            runs.push(Run { onset, meter, bar: meter.bar(ticks_per_quarter), first_bar });
        }
        Bars { runs }
    }

    /// The bar that holds `tick`, and the place in it; as [`MeterMap::position`].
    pub fn position(&self, tick: Ticks) -> BarPosition {
        let run = self.runs[self.runs.partition_point(|run| run.onset <= tick).max(1) - 1];
        let since = tick.since(run.onset).0;
        let position = Ticks(since % run.bar.0);
        BarPosition {
            bar: run.first_bar + since / run.bar.0,
            bar_onset: tick - position,
            position,
            meter: run.meter,
        }
    }

    /// The tick at which bar `bar`, counted from 0, begins; as [`MeterMap::bar_onset`].
    pub fn onset(&self, bar: u32) -> Ticks {
        let run = self.runs[self.runs.partition_point(|run| run.first_bar <= bar).max(1) - 1];
        run.onset + Ticks((bar - run.first_bar).saturating_mul(run.bar.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::num::NonZero;

    #[test]
    fn bars_answer_as_their_map_does() {
        let clock = NonZero::new(24).unwrap();
        let mut map = MeterMap::default();
        for (onset, numerator, denominator) in [(100, 3, 4), (172, 6, 8), (173, 5, 8), (500, 2, 2)]
        {
            map.insert(Ticks(onset), Meter::new(numerator, denominator).unwrap());
        }
        let bars = Bars::new(&map, clock);
        for tick in 0..1500 {
            assert_eq!(bars.position(Ticks(tick)), map.position(Ticks(tick), clock), "{tick}");
        }
        for bar in 0..30 {
            assert_eq!(bars.onset(bar), map.bar_onset(bar, clock), "bar {bar}");
        }
    }
}
