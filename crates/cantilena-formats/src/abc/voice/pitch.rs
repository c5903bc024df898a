//! What is struck: notes, chords, and the accidentals that hold.

use cantilena_score::Pitch;

use super::{Accidentals, Voice};
use crate::abc::UNITS_PER_QUARTER;
use crate::abc::bar::BarNote;
use crate::abc::notes::{Scanner, WrittenPitch};
use crate::fault::Fault;
use crate::repair::Repairs;

impl Voice {
    /// One or more pitches together.
    pub(super) fn strike(
        &mut self,
        pitches: &[(WrittenPitch, bool)],
        written: u64,
        place: Option<usize>,
        repairs: &mut Repairs,
    ) {
        let duration = self.lasting(written);
        let onset = self.position;
        if duration > 0 {
            for &(pitch, ties) in pitches {
                match self.sounding(pitch) {
                    Some(pitch) => {
                        if self.bar().notes.last().is_none_or(|last| last.onset != onset) {
                            let at = (self.bars.len() - 1, self.bar().notes.len());
                            self.line.push(at);
                        }
                        let lyrics = Vec::new();
                        self.bar().notes.push(BarNote { onset, duration, pitch, ties, lyrics });
                    }
                    None => repairs.add(Fault::PitchRange, place, None),
                }
            }
        }
        self.advance(duration);
    }

    /// The pitch that a written one sounds; its accidental may hold to the end of the bar.
    pub(super) fn sounding(&mut self, written: WrittenPitch) -> Option<Pitch> {
        let step = usize::from(written.step);
        let place = match self.setting.accidentals {
            Accidentals::Octave => (written.step, written.octave),
            Accidentals::Not | Accidentals::Pitch => (written.step, 0),
        };
        if let Some(alter) = written.alter
            && self.setting.accidentals != Accidentals::Not
        {
            self.altered.insert(place, alter);
        }
        let signature = &self.setting.signature;
        let held = self.altered.get(&place).copied();
        let alter = written.alter.or(held).unwrap_or(signature.alters[step]);
        let semitones = [0, 2, 4, 5, 7, 9, 11][step];
        let number = 12 * (i32::from(written.octave) + 1) + semitones + i32::from(alter);
        Pitch::MIDDLE_C.transposed(number + signature.transpose - 60)
    }

    /// `[ceg]2`, or `+ceg+2` in old books, each note of which may have a length of its own; the
    /// first one's counts.
    pub(super) fn chord(
        &mut self,
        scanner: &mut Scanner<'_>,
        place: Option<usize>,
        repairs: &mut Repairs,
    ) {
        let end = if scanner.next() == Some('+') { '+' } else { ']' };
        let mut pitches = Vec::new();
        let mut first = None;
        loop {
            if let Some(pitch) = scanner.pitch() {
                let length = scanner.length();
                first = first.or(Some(length));
                pitches.push((pitch, scanner.eat("-")));
                continue;
            }
            match scanner.next() {
                Some(sign) if sign == end => break,
                // A decoration or an annotation on a note of the chord.
                Some(mark @ ('!' | '"' | '+')) => {
                    scanner.take_until(mark);
                }
                Some('|') | None => {
                    repairs.add(Fault::Stray, place, None);
                    break;
                }
                Some(_) => {}
            }
        }
        let (numerator, denominator) = first.unwrap_or((1, 1));
        let inner = self.setting.length * u64::from(numerator) / u64::from(denominator);
        let (numerator, denominator) = scanner.length();
        let outer = u128::from(inner) * u128::from(numerator) / u128::from(denominator);
        let length = outer.min(u128::from(4000 * UNITS_PER_QUARTER)) as u64;
        if scanner.eat("-") {
            pitches.iter_mut().for_each(|pitch| pitch.1 = true);
        }
        if !pitches.is_empty() {
            self.strike(&pitches, length, place, repairs);
        }
    }
}
