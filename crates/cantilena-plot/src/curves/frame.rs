//! Where curves lie between their axes.

use super::{Axis, MARGIN};
use crate::element::{Anchor, Look, Segment, Style};
use crate::number::numbers;
use crate::picture::Picture;
use crate::scale::Scale;
use crate::theme::Paint;

/// Where the curves lie.
pub(super) struct Frame {
    pub(super) across: Scale,
    pub(super) up: Scale,
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) top: f64,
    pub(super) bottom: f64,
}

/// Between a number and its rule, in points.
const NUMBER_GAP: f64 = 8.0;

/// About how many rules a frame has.
fn rows(top: f64, bottom: f64) -> usize {
    (((bottom - top) / 48.0) as usize).max(3)
}

impl Frame {
    /// Lays two scales between left and right and between top and bottom, the numbers of the
    /// upright one inside.
    pub(super) fn new(
        across: Scale,
        up: Scale,
        [left, right]: [f64; 2],
        [top, bottom]: [f64; 2],
    ) -> Frame {
        let up = up.laid(bottom, top);
        let numbers = numbers(&up.ticks(rows(top, bottom)));
        let widest = numbers.iter().map(|number| Style::LABEL.width(number)).fold(0.0, f64::max);
        let left = left + widest + NUMBER_GAP;
        Frame { across: across.laid(left, right), up, left, right, top, bottom }
    }

    /// Where a point stands; `None` for what has no place on the scales.
    pub(super) fn place(&self, (x, y): (f64, f64)) -> Option<(f64, f64)> {
        Some((self.across.place(x)?, self.up.place(y)?))
    }

    /// Draws rules with their numbers, the lower axis, and what is measured.
    pub(super) fn draw_axes(&self, picture: &mut Picture, x: &Axis, y: &Axis) {
        let (left, right, top, bottom) = (self.left, self.right, self.top, self.bottom);
        let rows = self.up.ticks(rows(top, bottom));
        let level = |value: &f64| self.up.place(*value);
        let rules = rows.iter().filter_map(level).map(|place| [left, place, right, place]);
        picture.lines(rules, Look::stroked(Paint::Rule, 1.0));
        for (value, words) in rows.iter().zip(numbers(&rows)) {
            if let Some(place) = level(value) {
                let style = Style::LABEL.anchored(Anchor::End);
                picture.words(left - NUMBER_GAP, place + 4.0, style, words);
            }
        }
        picture.lines([[left, bottom, right, bottom]], Look::stroked(Paint::Axis, 1.0));
        let columns = self.across.ticks((((right - left) / 80.0) as usize).max(2));
        for (value, words) in columns.iter().zip(numbers(&columns)) {
            if let Some(place) = self.across.place(*value) {
                let tick = [place, bottom, place, bottom + 4.0];
                picture.lines([tick], Look::stroked(Paint::Axis, 1.0));
                let style = Style::LABEL.anchored(Anchor::Middle);
                picture.words(place, bottom + 18.0, style, words);
            }
        }
        let name = Style::LABEL.painted(Paint::Ink);
        picture.words(MARGIN, top - 18.0, name, &*y.name);
        picture.words(right, bottom + 36.0, name.anchored(Anchor::End), &*x.name);
    }

    /// A curve as a path: of the points in one column of half a point, the first, the lowest,
    /// the highest and the last are kept, for more could not be seen.
    pub(super) fn line(&self, points: &[(f64, f64)]) -> Vec<Segment> {
        let mut segments = Vec::new();
        let placed = points.iter().map(|point| self.place(*point));
        let placed: Vec<Option<(f64, f64)>> = placed.collect();
        for stretch in placed.split(Option::is_none) {
            let stretch: Vec<(f64, f64)> = stretch.iter().copied().flatten().collect();
            let columns = stretch.chunk_by(|a, b| (a.0 * 2.0).floor() == (b.0 * 2.0).floor());
            let mut begun = false;
            for (x, y) in columns.flat_map(kept) {
                segments.push(if begun { Segment::Line(x, y) } else { Segment::Move(x, y) });
                begun = true;
            }
        }
        segments
    }
}

/// The points of a column that can be seen, in their order.
fn kept(column: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let by_height = |a: &usize, b: &usize| column[*a].1.total_cmp(&column[*b].1);
    let highest = (0..column.len()).min_by(by_height).unwrap_or(0);
    let lowest = (0..column.len()).max_by(by_height).unwrap_or(0);
    let mut places = [0, highest, lowest, column.len() - 1];
    places.sort_unstable();
    let mut kept: Vec<(f64, f64)> = places.iter().map(|&place| column[place]).collect();
    kept.dedup();
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scale::Spread;

    #[test]
    fn a_gap_breaks_the_line_and_crowded_points_keep_their_peaks() {
        let crowd = (0..10_000).map(|i| (f64::from(i) / 1e4, if i == 5000 { 9.0 } else { 1.0 }));
        let points: Vec<(f64, f64)> =
            crowd.chain([(2.0, f64::NAN), (3.0, 1.0), (4.0, 1.0)]).collect();
        let across = Scale::around([0.0, 4.0].into_iter(), Spread::Linear, 0.0);
        let up = Scale::around([1.0, 9.0].into_iter(), Spread::Linear, 0.0);
        let frame = Frame::new(across, up, [0.0, 400.0], [0.0, 100.0]);
        let peak = frame.place((0.5, 9.0)).unwrap();
        let line = frame.line(&points);
        assert!(line.len() < 1000, "{}", line.len());
        assert_eq!(line.iter().filter(|s| matches!(s, Segment::Move(..))).count(), 2);
        assert!(line.contains(&Segment::Line(peak.0, peak.1)), "the one high point");
    }
}
