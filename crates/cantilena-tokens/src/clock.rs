//! Clock time as a grid: steps of ten milliseconds.
//!
//! A performance has no beat to count by. Its representations count hundredths of a second,
//! written as a clock of 50 ticks to the quarter at 120 quarters a minute, so that one tick is
//! one step and a bar of common time is two seconds.

use std::num::NonZero;

use cantilena_score::{MeterMap, Score, TempoMap, Ticks, TicksPerQuarter};

use crate::setting::{Part, Setting};

/// Ticks in a quarter note of half a second: one tick is ten milliseconds.
pub(crate) const CLOCK: TicksPerQuarter = NonZero::new(50).expect("fifty is not zero");

/// Steps in a second.
const STEPS_PER_SECOND: f64 = 100.0;

/// The last step that is written: a day. What begins later is left out, so that a file which
/// names a far tick does not become millions of shifts.
pub(crate) const STEP_LAST: u32 = 24 * 60 * 60 * 100;

/// The steps at which the ticks of a score sound.
///
/// Seconds are summed and rounded in double precision, in the order of operations by which the
/// published corpora were made (pretty_midi's ticks to seconds, then Magenta's
/// `quantize_to_step`): a tick just between two steps goes where it went there. At 384 ticks a
/// quarter and 120 quarters a minute, as in MAESTRO, one of 192 is such.
#[derive(Debug)]
pub(crate) struct Steps {
    /// Tempi in order, each with its first tick and when that sounds.
    runs: Vec<Run>,
    /// The run that was asked for last; questions come nearly in order.
    last: usize,
}

#[derive(Clone, Copy, Debug)]
struct Run {
    onset: u32,
    /// When the run begins.
    seconds: f64,
    seconds_per_tick: f64,
}

impl Steps {
    /// The steps of a tempo map.
    pub(crate) fn new(tempo: &TempoMap) -> Steps {
        let ticks_per_quarter = f64::from(tempo.ticks_per_quarter().get());
        let mut runs: Vec<Run> = Vec::with_capacity(tempo.changes().len());
        for change in tempo.changes() {
            let onset = change.onset.0;
            let seconds = runs.last().map_or(0.0, |run| run.at(onset));
            let seconds_per_tick = 60.0 / (change.bpm() * ticks_per_quarter);
            runs.push(Run { onset, seconds, seconds_per_tick });
        }
        Steps { runs, last: 0 }
    }

    /// The nearest step to a tick, halves rounded up; the last one is [`STEP_LAST`].
    pub(crate) fn at(&mut self, tick: Ticks) -> u32 {
        let holds = |run: &Run| run.onset <= tick.0;
        let next = self.runs.get(self.last + 1);
        if !holds(&self.runs[self.last]) || next.is_some_and(holds) {
            self.last = self.runs.partition_point(holds).max(1) - 1;
        }
        let seconds = self.runs[self.last].at(tick.0);
        ((seconds * STEPS_PER_SECOND + 0.5) as u32).min(STEP_LAST)
    }
}

impl Run {
    fn at(&self, tick: u32) -> f64 {
        self.seconds + self.seconds_per_tick * f64::from(tick.saturating_sub(self.onset))
    }
}

/// The setting of a score in clock time: one part that plays all but the drums, a steady 120
/// quarters a minute in common time, no key.
pub(crate) fn clock_setting(score: &Score) -> Setting {
    let mut player = score.tracks.iter().filter(|track| !track.is_drums && !track.notes.is_empty());
    Setting {
        title: score.title.clone(),
        parts: vec![player.next().map_or_else(Part::default, Part::from)],
        meters: MeterMap::default(),
        tempo: TempoMap::new(CLOCK),
        keys: Vec::new(),
        bars: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_the_hundredths_of_a_second_that_the_tempo_map_says() {
        let mut tempo = TempoMap::new(NonZero::new(384).unwrap());
        tempo.insert_bpm(Ticks(1000), 71.3);
        tempo.insert_bpm(Ticks(1777), 240.0);
        let mut steps = Steps::new(&tempo);
        // Forwards, then back: the walk must not depend on the order of the questions.
        for tick in (0..4000).chain((0..4000).rev()) {
            let hundredths = tempo.seconds_at(Ticks(tick)).0 * 100.0;
            let step = f64::from(steps.at(Ticks(tick)));
            assert!((step - hundredths).abs() <= 0.5 + 1e-6, "tick {tick}: {step}, {hundredths}");
        }
    }

    #[test]
    fn the_clock_counts_ten_milliseconds() {
        let mut steps = Steps::new(&TempoMap::new(CLOCK));
        assert_eq!([0, 1, 99, 12_345].map(|tick| steps.at(Ticks(tick))), [0, 1, 99, 12_345]);
        assert_eq!(steps.at(Ticks(u32::MAX)), STEP_LAST);
    }
}
