//! Where a bar needs tuplets.

use cantilena_score::Meter;

/// So many notes in the time of so many others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Ratio {
    /// Notes that are played.
    pub(crate) actual: u32,
    /// Notes of the same value whose time they take.
    pub(crate) normal: u32,
}

/// The tuplets that are written: triplets, quintuplets and septuplets.
const RATIOS: [Ratio; 3] = [
    Ratio { actual: 3, normal: 2 },
    Ratio { actual: 5, normal: 4 },
    Ratio { actual: 7, normal: 4 },
];

/// A stretch of a bar under one tuplet. Times are ticks since the bar began.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tuplet {
    pub(crate) start: u32,
    pub(crate) end: u32,
    pub(crate) ratio: Ratio,
}

/// A bar as tuplets see it. Times are ticks since it began.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BarShape {
    /// A multiple of `shortest`.
    pub(crate) length: u32,
    pub(crate) meter: Meter,
    pub(crate) ticks_per_quarter: u32,
    /// The shortest plain value.
    pub(crate) shortest: u32,
}

impl BarShape {
    /// Whether three notes of the meter's value make a beat: 6/8, 9/8, 12/8 and their like.
    pub(crate) fn is_compound(&self) -> bool {
        self.meter.denominator() >= 8 && self.meter.numerator().is_multiple_of(3)
    }

    /// The length of the meter's note value.
    pub(crate) fn unit(&self) -> u32 {
        (4 * self.ticks_per_quarter / u32::from(self.meter.denominator())).max(self.shortest)
    }

    /// The spans inside which a grid is chosen: quarters, in compound meters the meter's own
    /// value; what is left at the end of an odd bar is filled with halves of that.
    pub(crate) fn span(&self, position: u32) -> (u32, u32) {
        self.span_of(position, self.base())
    }

    fn base(&self) -> u32 {
        if self.is_compound() { self.unit() } else { self.ticks_per_quarter }
    }

    fn span_of(&self, position: u32, base: u32) -> (u32, u32) {
        let start = position / base * base;
        if start + base <= self.length {
            return (start, base);
        }
        let (mut start, mut part) = (start, base / 2);
        loop {
            if start + part <= self.length {
                if position < start + part || part <= self.shortest {
                    return (start, part);
                }
                start += part;
            } else if part <= self.shortest {
                return (start, self.length - start);
            }
            part = (part / 2).max(self.shortest);
        }
    }

    /// The tuplets that a voice needs which begins or ends something at `points`, in order.
    ///
    /// Every point must stand on a grid that [`super::grid`] chose for its span.
    pub(crate) fn tuplets(&self, points: &[u32]) -> Vec<Tuplet> {
        let mut tuplets = Vec::new();
        let largest = if self.is_compound() { self.unit() } else { 4 * self.ticks_per_quarter };
        let mut start = 0;
        while start < self.length {
            let (_, length) = self.span_of(start, largest);
            self.search(start, length, points, &mut tuplets);
            start += length;
        }
        tuplets
    }

    fn search(&self, start: u32, length: u32, points: &[u32], tuplets: &mut Vec<Tuplet>) {
        let end = start + length;
        let first = points.partition_point(|&point| point <= start);
        let inside = &points[first..points.partition_point(|&point| point < end)];
        let is_plain = |point: &&u32| point.is_multiple_of(self.shortest);
        if inside.iter().all(|point| is_plain(&point)) {
            return;
        }
        let whole = |parts: u32| {
            length.is_multiple_of(parts)
                && inside.iter().all(|point| (point - start).is_multiple_of(length / parts))
        };
        let mut add = |ratio| tuplets.push(Tuplet { start, end, ratio });
        if let Some(&ratio) = RATIOS.iter().find(|ratio| whole(ratio.actual)) {
            return add(ratio);
        }
        let half = length / 2;
        let can_halve = length.is_multiple_of(2) && half.is_multiple_of(self.shortest);
        let is_odd = |point: &&u32| !is_plain(point);
        let odd_before = inside.iter().filter(is_odd).any(|&point| point < start + half);
        let odd_after = inside.iter().filter(is_odd).any(|&point| point > start + half);
        let parts_at_half = inside.contains(&(start + half)) || !(odd_before && odd_after);
        if length <= self.base() && !(can_halve && parts_at_half) {
            // The finest grid of a span, halved as often as it may have been.
            let finer = (1..6).flat_map(|halvings| RATIOS.map(|ratio| (ratio, halvings)));
            if let Some((ratio, _)) =
                { finer }.find(|(ratio, halvings)| whole(ratio.actual << halvings))
            {
                return add(ratio);
            }
        }
        if can_halve {
            self.search(start, half, points, tuplets);
            self.search(start + half, half, points, tuplets);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tuplets of a bar of 4/4 at 24 ticks a quarter as (start, end, notes).
    #[track_caller]
    fn check(numerator: u8, denominator: u16, points: &[u32], expected: &[(u32, u32, u32)]) {
        let meter = Meter::new(numerator, denominator).unwrap();
        let length = 96 * u32::from(numerator) / u32::from(denominator);
        let shape = BarShape { length, meter, ticks_per_quarter: 24, shortest: 3 };
        let found: Vec<_> =
            shape.tuplets(points).iter().map(|t| (t.start, t.end, t.ratio.actual)).collect();
        assert_eq!(found, expected);
    }

    #[test]
    fn a_triplet_spans_the_value_it_divides() {
        check(4, 4, &[0, 12, 24, 36], &[]);
        check(4, 4, &[0, 8, 16, 24], &[(0, 24, 3)]);
        check(4, 4, &[0, 16, 32, 48], &[(0, 48, 3)]);
        check(4, 4, &[0, 32, 64], &[(0, 96, 3)]);
        check(4, 4, &[24, 36, 40, 44, 48], &[(36, 48, 3)]);
        check(3, 4, &[24, 32, 48], &[(24, 48, 3)]);
    }

    #[test]
    fn beats_of_three_need_no_triplet_for_their_thirds() {
        check(6, 8, &[0, 12, 24, 36, 54], &[]);
        check(6, 8, &[0, 4, 8, 12], &[(0, 12, 3)]);
    }

    #[test]
    fn an_odd_bar_ends_in_smaller_spans() {
        let meter = Meter::new(7, 16).unwrap();
        let shape = BarShape { length: 42, meter, ticks_per_quarter: 24, shortest: 3 };
        let spans: Vec<_> = [0, 24, 36, 41].map(|position| shape.span(position)).to_vec();
        assert_eq!(spans, [(0, 24), (24, 12), (36, 6), (36, 6)]);
    }
}
