//! Lengths of time as tokens: exact up to a bar of common time, ever coarser beyond.

/// Places of the beat grid in a quarter note: divisible by 3 and by 8, so that triplets and
/// thirty-seconds both lie on it.
pub(crate) const GRID: u16 = 24;

/// The coarser steps: up to a length, in steps of so many places of the grid.
///
/// Beyond a bar of common time (96) people hear eighths, then quarters, then bars; each row
/// about doubles the step, so a vocabulary of some 120 lengths reaches sixteen bars.
const STEPS: [(u32, u32); 4] = [(96, 1), (192, 12), (384, 24), (1536, 96)];

/// Lengths on the grid, rising.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Bins {
    lengths: Vec<u32>,
    /// Up to here every length is a bin of its own.
    exact: u32,
}

impl Bins {
    /// The lengths from `shortest` on.
    pub(crate) fn from(shortest: u32) -> Bins {
        let mut lengths = vec![shortest];
        for (end, step) in STEPS {
            let mut next = lengths[lengths.len() - 1] + step;
            while next <= end {
                lengths.push(next);
                next += step;
            }
        }
        Bins { lengths, exact: STEPS[0].0 }
    }

    /// The lengths from `shortest` on in clock time, in steps of 10 ms: exact up to a second, and
    /// each about a twentieth longer than the last beyond, up to 32 seconds.
    ///
    /// A twentieth is well below what people hear of a note or a silence of over a second; half
    /// of it would add seventy lengths that are hardly ever used.
    pub(crate) fn of_clock(shortest: u32) -> Bins {
        let mut lengths: Vec<u32> = (shortest..=100).collect();
        let mut last = 100;
        while last < 3200 {
            last = (last + last / 20).min(3200);
            lengths.push(last);
        }
        Bins { lengths, exact: 100 }
    }

    /// How many lengths there are.
    pub(crate) fn len(&self) -> usize {
        self.lengths.len()
    }

    /// The bin whose length is nearest; of two as near, the shorter.
    pub(crate) fn nearest(&self, length: u32) -> u16 {
        if length <= self.exact {
            return length.saturating_sub(self.lengths[0]) as u16;
        }
        let above = self.lengths.partition_point(|&bin| bin < length);
        let bin = match (above.checked_sub(1), self.lengths.get(above)) {
            (Some(below), Some(&upper)) if length - self.lengths[below] <= upper - length => below,
            (Some(below), None) => below,
            _ => above,
        };
        bin as u16
    }

    /// The length of a bin, in places of the grid.
    pub(crate) fn length(&self, bin: u16) -> u32 {
        self.lengths[usize::from(bin)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_length_up_to_a_bar_is_exact_and_longer_ones_are_near() {
        for shortest in [0, 1] {
            let bins = Bins::from(shortest);
            for length in shortest..=1536 {
                let near = bins.length(bins.nearest(length));
                let tolerance = match length {
                    0..=96 => 0,
                    97..=192 => 6,
                    193..=384 => 12,
                    _ => 48,
                };
                assert!(near.abs_diff(length) <= tolerance, "{length} became {near}");
            }
            assert_eq!(bins.length(bins.nearest(1_000_000)), 1536);
        }
    }

    #[test]
    fn clock_lengths_are_exact_up_to_a_second_and_within_a_fortieth_beyond() {
        for shortest in [0, 1] {
            let bins = Bins::of_clock(shortest);
            for length in shortest..=3200 {
                let near = bins.length(bins.nearest(length));
                let tolerance = if length <= 100 { 0 } else { length.div_ceil(40) };
                assert!(near.abs_diff(length) <= tolerance, "{length} became {near}");
            }
        }
    }

    #[test]
    fn a_bin_is_nearest_to_its_own_length() {
        for bins in [Bins::from(1), Bins::of_clock(0)] {
            for bin in 0..bins.len() as u16 {
                assert_eq!(bins.nearest(bins.length(bin)), bin);
            }
        }
    }
}
