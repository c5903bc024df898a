//! What a tick is, as the header says it.

use std::num::NonZero;

use cantilena_score::TicksPerQuarter;

use crate::fault::Fault;

/// The clock of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Clock {
    /// Ticks in a quarter; where the file counts seconds, ticks in a second.
    pub(super) ticks_per_quarter: TicksPerQuarter,
    /// Where the file counts seconds, how long the quarter is that stands for one, in
    /// microseconds; tempi then have no force.
    pub(super) fixed_micros: Option<NonZero<u32>>,
}

const SECOND: NonZero<u32> = NonZero::new(1_000_000).expect("a million is not zero");

/// Drop-frame time code counts 30 frames in 1.001 seconds (SMPTE ST 12-1).
const DROP_FRAME_SECOND: NonZero<u32> = NonZero::new(1_001_000).expect("it is not zero");

impl Clock {
    /// The clock that a header's division names (Standard MIDI Files 1.0, header chunk), and what
    /// had to be assumed.
    pub(super) fn from_division(division: u16) -> (Clock, Option<Fault>) {
        let [high, low] = division.to_be_bytes();
        if high < 0x80 {
            let (ticks, fault) = match NonZero::new(division) {
                Some(ticks) => (ticks, None),
                None => {
                    (NonZero::new(480).expect("it is not zero"), Some(Fault::NoTicksPerQuarter))
                }
            };
            return (Clock { ticks_per_quarter: ticks, fixed_micros: None }, fault);
        }
        // No frame rate of SMPTE, so it is a clock too fine for 15 bits, as some programs write.
        if ![24, 25, 29, 30].contains(&high.wrapping_neg()) {
            let ticks = NonZero::new(division).expect("its highest bit is set");
            let fault = Some(Fault::FineClock(division));
            return (Clock { ticks_per_quarter: ticks, fixed_micros: None }, fault);
        }
        // The high byte is the frame rate, negative in two's complement.
        let rate = high.wrapping_neg();
        let (frames, micros) = if rate == 29 { (30, DROP_FRAME_SECOND) } else { (rate, SECOND) };
        let (ticks_per_frame, fault) = match low {
            0 => (40, Some(Fault::NoTicksPerFrame)),
            _ => (low, None),
        };
        let ticks = NonZero::new(u16::from(frames) * u16::from(ticks_per_frame))
            .expect("neither the rate nor the ticks of a frame are zero");
        (Clock { ticks_per_quarter: ticks, fixed_micros: Some(micros) }, fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(division: u16, ticks: u16, micros: Option<u32>, fault: Option<Fault>) {
        let (clock, found) = Clock::from_division(division);
        assert_eq!(clock.ticks_per_quarter.get(), ticks);
        assert_eq!(clock.fixed_micros.map(NonZero::get), micros);
        assert_eq!(found, fault);
    }

    #[test]
    fn a_positive_division_counts_ticks_a_quarter() {
        check(480, 480, None, None);
        check(32_767, 32_767, None, None);
        check(0, 480, None, Some(Fault::NoTicksPerQuarter));
    }

    #[test]
    fn a_negative_division_counts_ticks_a_second() {
        check(0xE728, 1000, Some(1_000_000), None);
        check(0xE864, 2400, Some(1_000_000), None);
        check(0xE250, 2400, Some(1_000_000), None);
    }

    #[test]
    fn thirty_drop_frames_last_a_thousandth_longer_than_a_second() {
        check(0xE350, 2400, Some(1_001_000), None);
    }

    #[test]
    fn a_frame_without_ticks_is_taken_for_milliseconds_at_25_frames() {
        check(0xE700, 1000, Some(1_000_000), Some(Fault::NoTicksPerFrame));
    }

    #[test]
    fn a_clock_too_fine_for_its_bits_is_taken_at_its_word() {
        check(0xD890, 55_440, None, Some(Fault::FineClock(55_440)));
        check(0xFFFF, 65_535, None, Some(Fault::FineClock(65_535)));
    }
}
