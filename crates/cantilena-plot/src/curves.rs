//! Series over common axes, as learning curves are shown.

mod frame;
mod label;
mod names;

use crate::element::Look;
use crate::number::{measured, number};
use crate::paper::Paper;
use crate::picture::Picture;
use crate::scale::{Scale, Spread};
use crate::theme::Paint;
use frame::Frame;
use names::Names;

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
    /// Whose colour and dashes it has, counted as the curves of a chart are; its own place if left
    /// out.
    pub look: Option<usize>,
    /// What is written behind its name in place of its last value.
    pub told: Option<String>,
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
        Curve { name: name.to_owned(), points, best: None, look: None, told: None }
    }

    /// The same with its best point ringed and named.
    pub fn marking(self, best: Best) -> Curve {
        Curve { best: Some(best), ..self }
    }

    /// The same in the colour and dashes that the curve at this place has in other charts.
    pub fn drawn_as(self, place: usize) -> Curve {
        Curve { look: Some(place), ..self }
    }

    /// The same with these words behind its name in place of its last value, which may say nothing
    /// of an upright line.
    pub fn telling(self, words: &str) -> Curve {
        Curve { told: Some(words.to_owned()), ..self }
    }

    /// Whose colour and dashes it has where it is the curve at this place.
    fn look_at(&self, place: usize) -> usize {
        self.look.unwrap_or(place)
    }

    /// What is written behind its name; `None` where there is nothing to say.
    fn told(&self) -> Option<String> {
        self.told.clone().or_else(|| self.last_point().map(|last| measured(last.1)))
    }

    /// The last point that is one.
    fn last_point(&self) -> Option<(f64, f64)> {
        self.points.iter().copied().rfind(|(x, y)| x.is_finite() && y.is_finite())
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
    let frame = Frame::new(
        Scale::around(points().map(|point| point.0), x.spread(), 0.0),
        Scale::around(points().map(|point| point.1), y.spread(), 0.06),
        [MARGIN, width - MARGIN - names.width],
        [top, picture.height - 54.0 - names.below()],
    );
    frame.draw_axes(&mut picture, x, y);
    for (index, curve) in curves.iter().enumerate() {
        picture.path(frame.line(&curve.points), look(curve.look_at(index)));
    }
    for (index, curve) in curves.iter().enumerate() {
        if let Some((x, y)) = curve.best_point().and_then(|point| frame.place(point)) {
            let hue = Paint::Hue(curve.look_at(index));
            let ring = Look { fill: Some(Paint::Paper), ..Look::stroked(hue, 2.0) };
            picture.dot(x, y, 5.0, ring);
        }
    }
    names.draw(&mut picture, &frame, curves);
    picture
}

/// How a curve is drawn.
fn look(index: usize) -> Look {
    Look::stroked(Paint::Hue(index), 2.0).round().dashed(DASHES[index % DASHES.len()])
}

/// What the curves say, in a sentence each.
fn description(y: &Axis, curves: &[Curve]) -> String {
    let sentence = |curve: &Curve| -> Option<String> {
        let mut words = match &curve.told {
            Some(told) => format!("{} {told}", curve.name),
            None => format!("{} ends at {}", curve.name, curve.told()?),
        };
        if let (Some(best), Some(point)) = (curve.best, curve.best_point()) {
            words += &format!(", {} {} at {}", best.name(), measured(point.1), number(point.0));
        }
        Some(words)
    };
    let sentences: Vec<String> = curves.iter().filter_map(sentence).collect();
    if sentences.is_empty() {
        return "Nothing has been measured yet.".to_owned();
    }
    format!("{}: {}.", y.name, sentences.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_point_is_the_first_of_the_lowest_and_never_a_gap() {
        let points = vec![(0.0, 3.0), (1.0, f64::NAN), (2.0, 1.5), (3.0, 1.5), (4.0, 2.0)];
        let curve = Curve::new("validation", points).marking(Best::Lowest);
        assert_eq!(curve.best_point(), Some((2.0, 1.5)));
        assert_eq!(curve.clone().marking(Best::Highest).best_point(), Some((0.0, 3.0)));
    }

    #[test]
    fn an_upright_line_tells_its_place_and_not_its_height() {
        let curve = Curve::new("suggestion", vec![(0.016, 4.0), (0.016, 20.6)]).telling("0.016");
        assert_eq!(
            description(&Axis::new("nats"), std::slice::from_ref(&curve)),
            "nats: suggestion 0.016."
        );
        let axes = [Axis::logarithmic("rate"), Axis::new("nats")];
        let svg = curves("Rates", &axes[0], &axes[1], &[curve]).svg();
        assert!(svg.contains(">0.016</text>") && !svg.contains(">20.6</text>"), "{svg}");
    }

    #[test]
    fn a_curve_may_look_as_another_does_elsewhere() {
        let points = vec![(0.0, 1.0), (1.0, 2.0)];
        let drawn = |curve: Curve| curves("", &Axis::new("x"), &Axis::new("y"), &[curve]).svg();
        let [own, second] = [None, Some(1)]
            .map(|look| drawn(Curve { look, ..Curve::new("validation", points.clone()) }));
        assert!(!own.contains("stroke-dasharray") && second.contains("stroke-dasharray"));
    }
}
