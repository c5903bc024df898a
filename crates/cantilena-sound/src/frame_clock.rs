//! From musical time to frames of sound.

use cantilena_audio::SampleRate;
use cantilena_score::{TempoMap, Ticks};

/// Tells at which frame each tick sounds, for ticks that never fall.
///
/// It says what [`TempoMap::seconds_at`] says, but walks through the map once: a recorded
/// performance may change its tempo thousands of times, and has many more notes.
pub(crate) struct FrameClock<'t> {
    tempo: &'t TempoMap,
    sample_rate: SampleRate,
    /// The change that holds.
    index: usize,
    /// The time before it, in microseconds × ticks per quarter.
    before: u128,
}

impl<'t> FrameClock<'t> {
    /// A clock at the start of a score.
    pub(crate) fn new(tempo: &'t TempoMap, sample_rate: SampleRate) -> FrameClock<'t> {
        FrameClock { tempo, sample_rate, index: 0, before: 0 }
    }

    /// The frame at which `tick` sounds, rounded down.
    pub(crate) fn frame_at(&mut self, tick: Ticks) -> u64 {
        let changes = self.tempo.changes();
        let span = |index: usize, end: Ticks| {
            let ticks = end.since(changes[index].onset).0;
            u128::from(ticks) * u128::from(changes[index].micros_per_quarter.get())
        };
        while let Some(next) = changes.get(self.index + 1).filter(|next| next.onset <= tick) {
            self.before += span(self.index, next.onset);
            self.index += 1;
        }
        let elapsed = self.before + span(self.index, tick);
        let second = u128::from(self.tempo.ticks_per_quarter().get()) * 1_000_000;
        // 2³² ticks of 2³² µs at 2¹⁹ Hz are 2⁸³, and a second is 2²⁰ at least: 2⁶³ frames.
        (elapsed * u128::from(self.sample_rate.hertz()) / second) as u64
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZero;

    use super::*;

    #[test]
    fn it_says_what_the_tempo_map_says() {
        let mut tempo = TempoMap::new(NonZero::new(96).unwrap());
        for (onset, micros) in [(0, 500_000), (37, 333_333), (200, 1_234_567), (201, 9), (500, 1)] {
            tempo.insert(Ticks(onset), NonZero::new(micros).unwrap());
        }
        let mut clock = FrameClock::new(&tempo, SampleRate::CD);
        for tick in (0..700).map(Ticks) {
            let exact = tempo.seconds_at(tick).0 * 44_100.0;
            assert!((clock.frame_at(tick) as f64 - exact).abs() < 1.0 + 1e-6, "{tick:?}");
        }
    }
}
