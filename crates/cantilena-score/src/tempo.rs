//! Where musical time meets clock time.
//!
//! Everything else in this crate counts in [`Ticks`]. Seconds appear only when a score is about
//! to be heard, and only through [`TempoMap`].

use std::num::NonZero;

use crate::time::{Seconds, Ticks, TicksPerQuarter};

/// How fast a score runs, from its first tick to its last.
///
/// A tempo holds from its onset until the next one. A score that names no tempo runs at 120
/// quarters a minute, as Standard MIDI Files 1.0 has it (FF 51 03).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TempoMap {
    ticks_per_quarter: TicksPerQuarter,
    /// Never empty; the first change stands at tick 0; onsets strictly rise.
    changes: Vec<TempoChange>,
}

/// A tempo and the tick from which it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TempoChange {
    /// When it begins.
    pub onset: Ticks,
    /// How long a quarter note lasts, in microseconds.
    pub micros_per_quarter: NonZero<u32>,
}

impl TempoChange {
    /// Quarters a minute, the number people call bpm.
    pub fn bpm(&self) -> f64 {
        60e6 / f64::from(self.micros_per_quarter.get())
    }

    /// Quarters a minute in words: with the fewest decimals that [`TempoMap::insert_bpm`] takes for
    /// this tempo, and no more than `most`.
    ///
    /// 104 quarters a minute are 576,923 microseconds each, which are 104.00001386…; that is `104`.
    pub fn bpm_in_words(&self, most: i32) -> String {
        let rounded = |decimals: i32| {
            let scale = 10f64.powi(decimals);
            (self.bpm() * scale).round() / scale
        };
        let micros = f64::from(self.micros_per_quarter.get());
        let is_this = |bpm: &f64| (60e6 / bpm).round() == micros;
        (0..most).map(rounded).find(is_this).unwrap_or_else(|| rounded(most)).to_string()
    }
}

/// 120 quarters a minute.
const DEFAULT_MICROS: NonZero<u32> = NonZero::new(500_000).expect("half a million is not zero");

impl TempoMap {
    /// A steady 120 quarters a minute.
    pub fn new(ticks_per_quarter: TicksPerQuarter) -> TempoMap {
        let first = TempoChange { onset: Ticks::ZERO, micros_per_quarter: DEFAULT_MICROS };
        TempoMap { ticks_per_quarter, changes: vec![first] }
    }

    /// Ticks in a quarter note, the clock of the whole score.
    pub fn ticks_per_quarter(&self) -> TicksPerQuarter {
        self.ticks_per_quarter
    }

    /// The changes in order; the first stands at tick 0.
    pub fn changes(&self) -> &[TempoChange] {
        &self.changes
    }

    /// Lets a tempo hold from `onset`; a change already there is replaced.
    pub fn insert(&mut self, onset: Ticks, micros_per_quarter: NonZero<u32>) {
        let change = TempoChange { onset, micros_per_quarter };
        match self.changes.binary_search_by_key(&onset, |c| c.onset) {
            Ok(at) => self.changes[at] = change,
            Err(at) => self.changes.insert(at, change),
        }
    }

    /// Lets a tempo in quarters a minute hold from `onset`, rounded to whole microseconds.
    ///
    /// Tempi outside 3.58 to 60,000,000 bpm, which MIDI cannot write, become the nearest it can.
    pub fn insert_bpm(&mut self, onset: Ticks, bpm: f64) {
        let micros = (60e6 / bpm).round().clamp(1.0, 16_777_215.0) as u32;
        self.insert(onset, NonZero::new(micros).unwrap_or(DEFAULT_MICROS));
    }

    /// The tempo that holds at `tick`.
    pub fn at(&self, tick: Ticks) -> TempoChange {
        let after = self.changes.partition_point(|c| c.onset <= tick);
        self.changes[after.max(1) - 1]
    }

    /// The clock time at which `tick` sounds, counted from the start of the score.
    pub fn seconds_at(&self, tick: Ticks) -> Seconds {
        // Sum whole ticks × microseconds and divide once: an hour of tempo changes then carries
        // no drift. 2³² ticks of 2³² µs fit u128 whatever the number of changes.
        let ends = self.changes.iter().skip(1).map(|next| next.onset).chain([tick]);
        let elapsed: u128 = self
            .changes
            .iter()
            .zip(ends)
            .map(|(change, end)| {
                let ticks = end.min(tick).since(change.onset).0;
                u128::from(ticks) * u128::from(change.micros_per_quarter.get())
            })
            .sum();
        Seconds(elapsed as f64 / (f64::from(self.ticks_per_quarter.get()) * 1e6))
    }

    /// The last tick that has sounded by `seconds`; before the start, tick 0.
    pub fn tick_at(&self, seconds: Seconds) -> Ticks {
        let quarter = f64::from(self.ticks_per_quarter.get()) * 1e6;
        let mut start = 0.0;
        for (index, change) in self.changes.iter().enumerate() {
            let seconds_per_tick = f64::from(change.micros_per_quarter.get()) / quarter;
            let end = self.changes.get(index + 1).map(|next| next.onset);
            let length = end.map(|end| f64::from(end.since(change.onset).0) * seconds_per_tick);
            if length.is_none_or(|length| seconds.0 < start + length) {
                // A tick computed back from its own time must not fall one short by rounding.
                let ticks = ((seconds.0 - start) / seconds_per_tick + 1e-6).floor().max(0.0);
                return change.onset + Ticks(ticks as u32);
            }
            start += length.unwrap_or(0.0);
        }
        unreachable!("the last tempo has no end")
    }

    /// The same tempi on another clock; changes that fall on one tick keep the latest.
    pub(crate) fn rescaled(&self, ticks_per_quarter: TicksPerQuarter) -> TempoMap {
        let mut map = TempoMap::new(ticks_per_quarter);
        for change in &self.changes {
            let onset = change.onset.rescaled(self.ticks_per_quarter, ticks_per_quarter);
            map.insert(onset, change.micros_per_quarter);
        }
        map
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(changes: &[(u32, u32)]) -> TempoMap {
        let mut map = TempoMap::new(NonZero::new(100).unwrap());
        for &(onset, micros) in changes {
            map.insert(Ticks(onset), NonZero::new(micros).unwrap());
        }
        map
    }

    #[test]
    fn a_tempo_is_written_with_no_more_decimals_than_it_needs() {
        let words = |micros: u32, most: i32| {
            let micros_per_quarter = NonZero::new(micros).unwrap();
            TempoChange { onset: Ticks::ZERO, micros_per_quarter }.bpm_in_words(most)
        };
        assert_eq!(
            [500_000, 576_923, 666_667, 582_524].map(|m| words(m, 12)),
            ["120", "104", "90", "103"]
        );
        assert_eq!(words(579_710, 12), "103.5");
        assert_eq!((words(500_001, 3), words(500_001, 12)), ("120".into(), "119.9998".into()));
        assert_eq!((words(500_001, 0), words(60_000_000, 3)), ("120".into(), "1".into()));
    }

    #[test]
    fn a_note_held_over_a_change_of_tempo_lasts_the_sum_of_both() {
        let map = map(&[(0, 500_000), (50, 1_000_000)]);
        assert_eq!(map.seconds_at(Ticks(100)), Seconds(0.75));
    }

    #[test]
    fn seconds_and_ticks_agree_there_and_back() {
        let map = map(&[(0, 500_000), (37, 333_333), (200, 1_234_567)]);
        for tick in 0..400 {
            assert_eq!(map.tick_at(map.seconds_at(Ticks(tick))), Ticks(tick));
        }
    }

    #[test]
    fn a_score_that_names_no_tempo_runs_at_120() {
        assert_eq!(map(&[]).at(Ticks(1_000_000)).bpm(), 120.0);
    }
}
