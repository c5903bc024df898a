//! Series over common axes, as learning curves are shown.

use crate::element::{Anchor, Look, Segment, Style};
use crate::number::number;
use crate::paper::Paper;
use crate::picture::Picture;
use crate::scale::{Scale, Spread};
use crate::theme::Paint;
use crate::typeface::Weight;

/// What an axis measures.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// What is measured, with its unit.
    pub name: String,
    /// Whether equal ratios take equal room; otherwise equal differences do.
    pub is_logarithmic: bool,
}

impl Axis {
    /// An axis on which equal differences take equal room.
    pub fn new(name: &str) -> Axis {
        Axis { name: name.to_owned(), is_logarithmic: false }
    }

    /// An axis on which equal ratios take equal room; it has no place for zero and below.
    pub fn logarithmic(name: &str) -> Axis {
        Axis { name: name.to_owned(), is_logarithmic: true }
    }

    fn spread(&self) -> Spread {
        if self.is_logarithmic { Spread::Logarithmic } else { Spread::Linear }
    }
}

/// A series of points.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// What it shows; written at its end.
    pub name: String,
    /// x and y, by rising x. Where y is no finite number the line is broken.
    pub points: Vec<(f64, f64)>,
    /// Which of its points is marked, if any.
    pub best: Option<Best>,
}

/// Which point of a curve is the best.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Best {
    /// The lowest, as of a loss.
    Lowest,
    /// The highest, as of an accuracy.
    Highest,
}

impl Curve {
    /// A series of this name, no point of it marked.
    pub fn new(name: &str, points: Vec<(f64, f64)>) -> Curve {
        Curve { name: name.to_owned(), points, best: None }
    }

    /// The same with its best point ringed and named.
    pub fn marking(self, best: Best) -> Curve {
        Curve { best: Some(best), ..self }
    }

    fn best_point(&self) -> Option<(f64, f64)> {
        let finite = self.points.iter().copied().filter(|(x, y)| x.is_finite() && y.is_finite());
        match self.best? {
            Best::Lowest => finite.reduce(|best, next| if next.1 < best.1 { next } else { best }),
            Best::Highest => finite.reduce(|best, next| if next.1 > best.1 { next } else { best }),
        }
    }
}

impl Best {
    fn name(self) -> &'static str {
        match self {
            Best::Lowest => "lowest",
            Best::Highest => "highest",
        }
    }
}

/// How each curve is dashed, so that it can be told without its colour.
const DASHES: [&[f64]; 4] = [&[], &[7.0, 4.0], &[2.0, 3.5], &[10.0, 3.5, 2.0, 3.5]];

/// Room around everything, in points.
const MARGIN: f64 = 24.0;

/// The height of a line of labels.
const LINE: f64 = 15.0;

/// Draws curves on a page; see [`curves_on`].
pub fn curves(title: &str, x: &Axis, y: &Axis, curves: &[Curve]) -> Picture {
    curves_on(Paper::PAGE, title, x, y, curves)
}

/// Draws curves over common axes, each named at its end with its last value.
pub fn curves_on(paper: Paper, title: &str, x: &Axis, y: &Axis, curves: &[Curve]) -> Picture {
    let width = paper.width();
    let names = Names::of(curves, width);
    let mut picture = Picture::new(width, 0.0, title, description(y, curves));
    let top = picture.heading(MARGIN) + 46.0;
    picture.height = top + (width * 0.4).clamp(220.0, 380.0) + names.below();
    let points = || curves.iter().flat_map(|curve| &curve.points);
    let frame = Frame {
        across: Scale::around(points().map(|point| point.0), x.spread(), 0.0),
        up: Scale::around(points().map(|point| point.1), y.spread(), 0.06),
        left: MARGIN + 34.0,
        right: width - MARGIN - names.width,
        top,
        bottom: picture.height - 54.0 - names.below(),
    };
    let frame = frame.laid();
    frame.draw_axes(&mut picture, x, y);
    for (index, curve) in curves.iter().enumerate() {
        let look = Look::stroked(Paint::Hue(index), 2.0).round().dashed(DASHES[index % 4]);
        picture.path(frame.line(&curve.points), look);
    }
    for (index, curve) in curves.iter().enumerate() {
        if let Some((x, y)) = curve.best_point().and_then(|point| frame.place(point)) {
            let ring = Look { fill: Some(Paint::Paper), ..Look::stroked(Paint::Hue(index), 2.0) };
            picture.dot(x, y, 5.0, ring);
        }
    }
    names.draw(&mut picture, &frame, curves);
    picture
}

/// What the curves say, in a sentence each.
fn description(y: &Axis, curves: &[Curve]) -> String {
    let sentence = |curve: &Curve| -> Option<String> {
        let last = curve.points.iter().rev().find(|point| point.1.is_finite())?;
        let mut words = format!("{} ends at {}", curve.name, number(last.1));
        if let (Some(best), Some(point)) = (curve.best, curve.best_point()) {
            words += &format!(", {} {} at {}", best.name(), number(point.1), number(point.0));
        }
        Some(words)
    };
    let sentences: Vec<String> = curves.iter().filter_map(sentence).collect();
    if sentences.is_empty() {
        return "Nothing has been measured yet.".to_owned();
    }
    format!("{}: {}.", y.name, sentences.join("; "))
}

/// Where the curves lie.
struct Frame {
    across: Scale,
    up: Scale,
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Frame {
    fn laid(self) -> Frame {
        let across = self.across.laid(self.left, self.right);
        let up = self.up.laid(self.bottom, self.top);
        Frame { across, up, ..self }
    }

    fn place(&self, (x, y): (f64, f64)) -> Option<(f64, f64)> {
        Some((self.across.place(x)?, self.up.place(y)?))
    }

    fn draw_axes(&self, picture: &mut Picture, x: &Axis, y: &Axis) {
        let (left, right, top, bottom) = (self.left, self.right, self.top, self.bottom);
        let rows = self.up.ticks((((bottom - top) / 48.0) as usize).max(3));
        let level = |value: &f64| self.up.place(*value);
        let rules = rows.iter().filter_map(level).map(|place| [left, place, right, place]);
        picture.lines(rules, Look::stroked(Paint::Rule, 1.0));
        for value in &rows {
            if let Some(place) = level(value) {
                let style = Style::LABEL.anchored(Anchor::End);
                picture.words(left - 8.0, place + 4.0, style, number(*value));
            }
        }
        picture.lines([[left, bottom, right, bottom]], Look::stroked(Paint::Axis, 1.0));
        for value in self.across.ticks((((right - left) / 80.0) as usize).max(2)) {
            if let Some(place) = self.across.place(value) {
                let tick = [place, bottom, place, bottom + 4.0];
                picture.lines([tick], Look::stroked(Paint::Axis, 1.0));
                let style = Style::LABEL.anchored(Anchor::Middle);
                picture.words(place, bottom + 18.0, style, number(value));
            }
        }
        let name = Style::LABEL.painted(Paint::Ink);
        picture.words(MARGIN, top - 18.0, name, &*y.name);
        picture.words(right, bottom + 36.0, name.anchored(Anchor::End), &*x.name);
    }

    /// A curve as a path: of the points in one column of half a point, the first, the lowest,
    /// the highest and the last are kept, for more could not be seen.
    fn line(&self, points: &[(f64, f64)]) -> Vec<Segment> {
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

/// The names of curves: at their ends where there is room beside the frame, else below it.
struct Names {
    is_beside: bool,
    /// How much is taken from the right of the frame.
    width: f64,
    /// Of each curve: its name, its last value, and its best point.
    labels: Vec<Label>,
}

/// What is written about a curve.
struct Label {
    name: String,
    last: String,
    best: Option<String>,
}

impl Label {
    fn of(curve: &Curve) -> Label {
        let last = curve.points.iter().rev().find(|point| point.1.is_finite());
        let best = curve.best.zip(curve.best_point());
        Label {
            name: curve.name.clone(),
            last: last.map(|last| number(last.1)).unwrap_or_default(),
            best: best
                .map(|(best, (x, y))| format!("{} {} at {}", best.name(), number(y), number(x))),
        }
    }

    /// In points.
    fn width(&self) -> f64 {
        let first = NAME.width(&self.name) + SPACE + LAST.width(&self.last);
        first.max(self.best.as_ref().map_or(0.0, |best| Style::LABEL.width(best)))
    }

    /// In points.
    fn height(&self) -> f64 {
        if self.best.is_some() { 2.0 * LINE } else { LINE }
    }

    /// Writes it with its upper left corner at (x, y).
    fn write(&self, picture: &mut Picture, x: f64, y: f64) {
        let room = picture.size().0 - x - 8.0 - SPACE - LAST.width(&self.last);
        let name = NAME.shortened(&self.name, room);
        let base = y + 0.8 * LINE;
        picture.words(x + NAME.width(&name) + SPACE, base, LAST, &*self.last);
        picture.words(x, base, NAME, name);
        if let Some(best) = &self.best {
            picture.words(x, base + LINE, Style::LABEL, &**best);
        }
    }
}

const NAME: Style = Style { size: 12.0, ..Style::BODY };
const LAST: Style = Style { weight: Weight::SemiBold, ..NAME };
/// Between a name and its value.
const SPACE: f64 = 6.0;

impl Names {
    fn of(curves: &[Curve], width: f64) -> Names {
        let labels: Vec<Label> = curves.iter().map(Label::of).collect();
        let widest = labels.iter().map(Label::width).fold(0.0, f64::max);
        let beside = (widest + 12.0).min(width / 3.0);
        let is_beside = width >= 600.0;
        Names { is_beside, width: if is_beside { beside } else { 0.0 }, labels }
    }

    /// How much is taken from the foot of the frame.
    fn below(&self) -> f64 {
        let heights = self.labels.iter().map(Label::height).sum::<f64>();
        if self.is_beside { 0.0 } else { heights + 14.0 }
    }

    fn draw(&self, picture: &mut Picture, frame: &Frame, curves: &[Curve]) {
        let end = |curve: &Curve| curve.points.iter().rev().find_map(|point| frame.place(*point));
        let ends: Vec<Option<(f64, f64)>> = curves.iter().map(end).collect();
        for (index, (x, y)) in ends.iter().enumerate().filter_map(|(i, end)| Some((i, (*end)?))) {
            picture.dot(x, y, 3.0, Look::filled(Paint::Hue(index)));
        }
        if self.is_beside {
            let height = |end: &Option<(f64, f64)>| end.map_or(frame.bottom, |end| end.1);
            let blocks = ends.iter().zip(&self.labels);
            let blocks: Vec<_> = blocks.map(|(end, label)| (height(end), label.height())).collect();
            let tops = spaced(&blocks, frame.top - LINE, frame.bottom);
            for ((label, top), end) in self.labels.iter().zip(tops).zip(&ends) {
                if let Some((end_x, end_y)) = end {
                    // A name that had to move keeps a thread to its curve.
                    let thread = [end_x + 5.0, *end_y, frame.right + 8.0, top + LINE / 2.0];
                    picture.lines([thread], Look::stroked(Paint::Axis, 0.8));
                }
                label.write(picture, frame.right + 12.0, top);
            }
        } else {
            let mut top = frame.bottom + 46.0;
            for (index, label) in self.labels.iter().enumerate() {
                let middle = top + LINE / 2.0;
                let look = Look::stroked(Paint::Hue(index), 2.0).round().dashed(DASHES[index % 4]);
                picture.lines([[MARGIN, middle, MARGIN + 28.0, middle]], look);
                label.write(picture, MARGIN + 38.0, top);
                top += label.height();
            }
        }
    }
}

/// Tops of blocks with these middles and heights, moved apart so that none lies on another, and
/// kept between `top` and `bottom` as far as there is room.
fn spaced(blocks: &[(f64, f64)], top: f64, bottom: f64) -> Vec<f64> {
    let mut order: Vec<usize> = (0..blocks.len()).collect();
    order.sort_by(|&a, &b| blocks[a].0.total_cmp(&blocks[b].0));
    let mut tops: Vec<f64> = blocks.iter().map(|_| top).collect();
    let mut free = top;
    for &block in &order {
        let (middle, height) = blocks[block];
        tops[block] = (middle - LINE / 2.0).max(free);
        free = tops[block] + height;
    }
    let mut end = bottom.max(top + blocks.iter().map(|block| block.1).sum::<f64>());
    for &block in order.iter().rev() {
        tops[block] = tops[block].min(end - blocks[block].1);
        end = tops[block];
    }
    tops
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_moved_apart_and_stay_in_the_frame() {
        let heights = [(50.0, 15.0), (52.0, 30.0), (10.0, 15.0), (99.0, 15.0)];
        let tops = spaced(&heights, 0.0, 100.0);
        assert_eq!(tops, [40.0, 55.0, 2.5, 85.0]);
        let order = [2, 0, 1, 3];
        for pair in order.windows(2) {
            assert!(tops[pair[0]] + heights[pair[0]].1 <= tops[pair[1]]);
        }
    }

    #[test]
    fn the_best_point_is_the_first_of_the_lowest_and_never_a_gap() {
        let points = vec![(0.0, 3.0), (1.0, f64::NAN), (2.0, 1.5), (3.0, 1.5), (4.0, 2.0)];
        let curve = Curve::new("validation", points).marking(Best::Lowest);
        assert_eq!(curve.best_point(), Some((2.0, 1.5)));
        assert_eq!(curve.clone().marking(Best::Highest).best_point(), Some((0.0, 3.0)));
        let label = Label::of(&curve);
        assert_eq!((label.last.as_str(), label.best.as_deref()), ("2", Some("lowest 1.5 at 2")));
    }

    #[test]
    fn a_gap_breaks_the_line_and_crowded_points_keep_their_peaks() {
        let crowd = (0..10_000).map(|i| (f64::from(i) / 1e4, if i == 5000 { 9.0 } else { 1.0 }));
        let points: Vec<(f64, f64)> =
            crowd.chain([(2.0, f64::NAN), (3.0, 1.0), (4.0, 1.0)]).collect();
        let frame = Frame {
            across: Scale::around([0.0, 4.0].into_iter(), Spread::Linear, 0.0),
            up: Scale::around([1.0, 9.0].into_iter(), Spread::Linear, 0.0),
            left: 0.0,
            right: 400.0,
            top: 0.0,
            bottom: 100.0,
        };
        let line = frame.laid().line(&points);
        assert!(line.len() < 1000, "{}", line.len());
        assert_eq!(line.iter().filter(|s| matches!(s, Segment::Move(..))).count(), 2);
        assert!(line.contains(&Segment::Line(50.0, 0.0)), "the one high point");
    }
}
