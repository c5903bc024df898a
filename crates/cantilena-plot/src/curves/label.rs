//! What is written about a curve: its name, its last value and its best point.

use super::Curve;
use crate::element::Style;
use crate::number::{measured, number};
use crate::picture::Picture;
use crate::typeface::Weight;

/// The height of a line, in points.
pub(super) const LINE: f64 = 15.0;

const NAME: Style = Style { size: 12.0, ..Style::BODY };
const LAST: Style = Style { weight: Weight::SemiBold, ..NAME };

/// Between a name and its value, in points.
const SPACE: f64 = 6.0;

/// What is written about a curve.
pub(super) struct Label {
    name: String,
    last: String,
    best: Option<String>,
}

impl Label {
    pub(super) fn of(curve: &Curve) -> Label {
        let best = curve.best.zip(curve.best_point());
        Label {
            name: curve.name.clone(),
            last: curve.told().unwrap_or_default(),
            best: best
                .map(|(best, (x, y))| format!("{} {} at {}", best.name(), measured(y), number(x))),
        }
    }

    /// In points.
    pub(super) fn width(&self) -> f64 {
        let first = NAME.width(&self.name) + SPACE + LAST.width(&self.last);
        first.max(self.best.as_ref().map_or(0.0, |best| Style::LABEL.width(best)))
    }

    /// In points.
    pub(super) fn height(&self) -> f64 {
        if self.best.is_some() { 2.0 * LINE } else { LINE }
    }

    /// Writes it with its upper left corner at (x, y).
    pub(super) fn write(&self, picture: &mut Picture, x: f64, y: f64) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::curves::Best;

    #[test]
    fn a_label_tells_the_last_value_and_the_best() {
        let points = vec![(0.0, 3.0), (2.0, 1.5), (4.0, 2.0), (5.0, f64::NAN)];
        let label = Label::of(&Curve::new("validation", points).marking(Best::Lowest));
        assert_eq!(
            (label.last.as_str(), label.best.as_deref()),
            ("2.00", Some("lowest 1.50 at 2"))
        );
    }
}
