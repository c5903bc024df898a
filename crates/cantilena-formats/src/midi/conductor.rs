//! What holds for all tracks of a file: tempi, meters, keys, system exclusive messages.

use std::num::NonZero;

use cantilena_score::{
    Key, KeyChange, Meter, MeterMap, Mode, Score, SystemExclusive, TempoMap, Ticks,
};

use crate::fault::Fault;
use crate::midi::clock::Clock;

/// Collects from every track what belongs to none.
#[derive(Debug)]
pub(super) struct Conductor {
    clock: Clock,
    tempi: Vec<(Ticks, NonZero<u32>)>,
    meters: Vec<(Ticks, Meter)>,
    keys: Vec<KeyChange>,
    system_exclusive: Vec<SystemExclusive>,
}

impl Conductor {
    pub(super) fn new(clock: Clock) -> Conductor {
        Conductor {
            clock,
            tempi: Vec::new(),
            meters: Vec::new(),
            keys: Vec::new(),
            system_exclusive: Vec::new(),
        }
    }

    /// Lets a piece of its own begin: with no tempo and meter named, the usual ones hold.
    pub(super) fn begin_pattern(&mut self, onset: Ticks) {
        self.tempi.push((
            onset,
            TempoMap::new(self.clock.ticks_per_quarter).at(Ticks::ZERO).micros_per_quarter,
        ));
        self.meters.push((onset, Meter::COMMON));
    }

    /// The first bar that begins at `tick` or later, for a piece whose first bar begins at
    /// `start`.
    pub(super) fn next_bar(&self, start: Ticks, tick: Ticks) -> Ticks {
        let (since, meter) = self.meters.last().copied().unwrap_or((start, Meter::COMMON));
        let bar = meter.bar(self.clock.ticks_per_quarter).0;
        let bars = tick.since(since).0.div_ceil(bar);
        since + Ticks(bars.saturating_mul(bar))
    }

    /// FF 51: three bytes of microseconds a quarter.
    pub(super) fn tempo(&mut self, onset: Ticks, data: &[u8]) -> Result<(), Fault> {
        let [a, b, c, ..] = *data else { return Err(Fault::MetaLength) };
        let micros = NonZero::new(u32::from_be_bytes([0, a, b, c])).ok_or(Fault::ZeroTempo)?;
        if self.clock.fixed_micros.is_some() {
            return Err(Fault::TempoUnderSmpte);
        }
        self.tempi.push((onset, micros));
        exactly(data, 3)
    }

    /// FF 58: beats, their note value as a power of two, clocks a click, 32nds a quarter.
    pub(super) fn meter(&mut self, onset: Ticks, data: &[u8]) -> Result<(), Fault> {
        let [numerator, power, ..] = *data else { return Err(Fault::MetaLength) };
        let denominator = 1u16.checked_shl(u32::from(power)).ok_or(Fault::Meter)?;
        let meter = Meter::new(numerator, denominator).map_err(|_| Fault::Meter)?;
        self.meters.push((onset, meter));
        match data.get(3) {
            Some(&thirty_seconds) if thirty_seconds != 8 => Err(Fault::ThirtySeconds),
            _ => exactly(data, 4),
        }
    }

    /// FF 59: sharps, or flats as a negative number; 0 for major, 1 for minor.
    pub(super) fn key(&mut self, onset: Ticks, data: &[u8]) -> Result<(), Fault> {
        let [fifths, mode, ..] = *data else { return Err(Fault::MetaLength) };
        let mode = match mode {
            0 => Mode::Major,
            1 => Mode::Minor,
            _ => return Err(Fault::Key),
        };
        let key = Key::new(fifths as i8, mode).map_err(|_| Fault::Key)?;
        self.keys.push(KeyChange { onset, key });
        exactly(data, 2)
    }

    /// A whole system exclusive message, without F0 and F7.
    pub(super) fn system_exclusive(&mut self, onset: Ticks, data: Vec<u8>) {
        self.system_exclusive.push(SystemExclusive { onset, data });
    }

    /// An empty score over all this.
    pub(super) fn into_score(mut self) -> Score {
        let mut score = Score::new(self.clock.ticks_per_quarter);
        if let Some(micros) = self.clock.fixed_micros {
            score.tempo.insert(Ticks::ZERO, micros);
        }
        // In order, so that each goes to the end of its map; of several on one tick, the last in
        // the file holds.
        self.tempi.sort_by_key(|&(onset, _)| onset);
        for (onset, micros) in self.tempi {
            score.tempo.insert(onset, micros);
        }
        self.meters.sort_by_key(|&(onset, _)| onset);
        score.meters = MeterMap::default();
        for (onset, meter) in self.meters {
            score.meters.insert(onset, meter);
        }
        // Notation programs name the key in every track.
        self.keys.sort_by_key(|change| change.onset);
        for change in self.keys {
            let on_this_tick = score.keys.iter().rev().take_while(|k| k.onset == change.onset);
            if !on_this_tick.into_iter().any(|known| *known == change) {
                score.keys.push(change);
            }
        }
        self.system_exclusive.sort_by_key(|message| message.onset);
        score.system_exclusive = self.system_exclusive;
        score
    }
}

/// A complaint where a meta event that was read has another length than its kind.
fn exactly(data: &[u8], length: usize) -> Result<(), Fault> {
    if data.len() == length { Ok(()) } else { Err(Fault::MetaLength) }
}
