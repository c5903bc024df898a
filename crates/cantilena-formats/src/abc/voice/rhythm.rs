//! How long things last: lengths, tuplets, broken rhythm, ties.

use super::Voice;
use crate::abc::UNITS_PER_QUARTER;
use crate::abc::notes::Scanner;

impl Voice {
    /// A length as written, in units.
    pub(super) fn length(&self, scanner: &mut Scanner<'_>) -> u64 {
        let (numerator, denominator) = scanner.length();
        // A thousand whole notes are more than any tune holds.
        let most = 4000 * UNITS_PER_QUARTER;
        (self.setting.length * u64::from(numerator) / u64::from(denominator)).min(most)
    }

    /// What a length as written lasts, after tuplets and broken rhythm.
    pub(super) fn lasting(&mut self, written: u64) -> u64 {
        let mut units = written;
        if let Some((numerator, denominator)) = self.broken.take() {
            units = units * numerator / denominator;
        }
        if self.tuplet.0 > 0 {
            self.tuplet.0 -= 1;
            units = units * u64::from(self.tuplet.1) / u64::from(self.tuplet.2);
        }
        units
    }

    pub(super) fn advance(&mut self, units: u64) {
        self.last = Some((self.bars.len() - 1, self.position, units));
        self.position += units;
        let position = self.position;
        let bar = self.bar();
        bar.length = bar.length.max(position);
    }

    pub(super) fn rest(&mut self, written: u64) {
        let units = self.lasting(written);
        self.advance(units);
    }

    /// `(3`, `(3:2:3`: so many notes in the time of so many others.
    pub(super) fn begin_tuplet(&mut self, scanner: &mut Scanner<'_>) {
        let played = scanner.number().unwrap_or(3).clamp(1, 64);
        let mut others = [None; 2];
        for other in &mut others {
            if scanner.eat(":") {
                *other = scanner.number();
            }
        }
        let is_compound = self
            .setting
            .meter
            .is_some_and(|meter| meter.denominator() == 8 && meter.numerator().is_multiple_of(3));
        let time = match played {
            2 | 4 | 8 => 3,
            3 | 6 => 2,
            _ if is_compound => 3,
            _ => 2,
        };
        let time = others[0].unwrap_or(time).clamp(1, 64);
        let notes = others[1].unwrap_or(played).min(256);
        self.tuplet = (notes, time, played);
    }

    /// `a>b`: the one note takes half of the other.
    pub(super) fn break_rhythm(&mut self, first_is_longer: bool, arrows: u32) {
        let Some((bar, onset, units)) = self.last else { return };
        let parts = 1 << arrows;
        let (long, short) = ((2 * parts - 1, parts), (1, parts));
        let (own, next) = if first_is_longer { (long, short) } else { (short, long) };
        let new_units = units * own.0 / own.1;
        for note in &mut self.bars[bar].notes {
            if note.onset == onset {
                note.duration = new_units;
            }
        }
        if bar == self.bars.len() - 1 && onset + units == self.position {
            self.position = onset + new_units;
            let position = self.position;
            let bar = self.bar();
            if bar.length == onset + units {
                bar.length = position;
            }
            self.last = Some((self.bars.len() - 1, onset, new_units));
            self.broken = Some(next);
        }
    }

    /// Ties the notes struck last.
    pub(super) fn tie(&mut self) {
        let Some((bar, onset, _)) = self.last else { return };
        for note in &mut self.bars[bar].notes {
            if note.onset == onset {
                note.ties = true;
            }
        }
    }
}
