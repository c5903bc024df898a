//! Note values: a whole note halved so many times, with dots.

use cantilena_score::Ticks;

/// A note value as it is written, before any tuplet shortens it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Value {
    /// The place in [`NAMES`]: 0 a breve, 1 a whole note, 3 a quarter.
    name: u8,
    /// 0 or 1.
    pub(crate) dots: u8,
}

/// The note types of MusicXML from the breve down, each half the one before.
const NAMES: [&str; 10] =
    ["breve", "whole", "half", "quarter", "eighth", "16th", "32nd", "64th", "128th", "256th"];

impl Value {
    /// The value that lasts so many ticks of a clock, if there is one.
    pub(crate) fn of(ticks: Ticks, ticks_per_quarter: u32) -> Option<Value> {
        let plain = |ticks: u64| {
            let breve = 8 * u64::from(ticks_per_quarter);
            (0..NAMES.len() as u8).find(|&name| ticks << name == breve)
        };
        let ticks = u64::from(ticks.0);
        if let Some(name) = plain(ticks) {
            return Some(Value { name, dots: 0 });
        }
        let undotted = (ticks % 3 == 0).then_some(ticks / 3 * 2)?;
        plain(undotted).map(|name| Value { name, dots: 1 })
    }

    /// What MusicXML calls it, without its dots.
    pub(crate) fn name(self) -> &'static str {
        NAMES[usize::from(self.name)]
    }

    /// How many beams or flags it has.
    pub(crate) fn beams(self) -> u8 {
        self.name.saturating_sub(3)
    }
}

/// Sixteen times as fine as the finest value commonly printed would help nobody: 128ths.
const FINEST_PER_QUARTER: u32 = 32;

/// The shortest plain value on a clock: a 128th, or the shortest that is whole ticks long.
pub(crate) fn shortest(ticks_per_quarter: u32) -> u32 {
    let halvings = ticks_per_quarter.trailing_zeros().min(FINEST_PER_QUARTER.ilog2());
    ticks_per_quarter >> halvings
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_named_by_their_length() {
        let name = |ticks| Value::of(Ticks(ticks), 24).map(|value| (value.name(), value.dots));
        assert_eq!(name(24), Some(("quarter", 0)));
        assert_eq!(name(36), Some(("quarter", 1)));
        assert_eq!(name(3), Some(("32nd", 0)));
        assert_eq!(name(192), Some(("breve", 0)));
        assert_eq!(name(60), None);
        assert_eq!(name(8), None);
    }
}
