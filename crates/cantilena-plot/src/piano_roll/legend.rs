//! Which part looks how, and how loud a shade is.

use super::MARGIN;
use super::part::Part;
use super::row::diamond;
use super::shades::Shades;
use crate::dynamic::Dynamic;
use crate::element::{Look, Style};
use crate::picture::Picture;
use crate::theme::Paint;

/// The height of a line.
const LINE: f64 = 20.0;

/// The size of a sample note.
const SAMPLE: [f64; 2] = [26.0, 7.0];

/// The most parts named; an orchestra would leave no room for its music.
const PARTS_MAX: usize = 24;

/// Draws the legend below `y`; gives where it ends. A single part needs no name, and music of
/// one loudness no shades.
pub(super) fn draw(picture: &mut Picture, shades: Shades, parts: &[Part], y: f64) -> f64 {
    let width = picture.size().0;
    let mut place = Place { x: MARGIN, y: y + LINE / 2.0, right: width - MARGIN };
    let is_empty = |place: &Place| place.x == MARGIN && place.y == y + LINE / 2.0;
    if parts.len() > 1 {
        for part in parts.iter().take(PARTS_MAX) {
            let name = Style::LABEL.painted(Paint::Ink).shortened(&part.name, 150.0);
            let (x, y) = place.take(SAMPLE[0] + 6.0 + Style::LABEL.width(&name) + 18.0);
            sample(picture, part, x, y);
            picture.words(x + SAMPLE[0] + 6.0, y + 4.0, Style::LABEL.painted(Paint::Ink), name);
        }
        if let Some(more) = parts.len().checked_sub(PARTS_MAX + 1) {
            let words = format!("and {} more", more + 1);
            let (x, y) = place.take(Style::LABEL.width(&words) + 18.0);
            picture.words(x, y + 4.0, Style::LABEL, words);
        }
    }
    let dynamics = shades.dynamics();
    if dynamics.len() > 1 {
        let width = |dynamic: Dynamic| Style::LABEL.width(dynamic.name());
        let boxes = dynamics.len() as f64 * 14.0;
        let (x, y) = place.take(width(shades.softest) + boxes + width(shades.loudest) + 30.0);
        let begin = x + width(shades.softest) + 5.0;
        picture.words(x, y + 4.0, Style::LABEL, shades.softest.name());
        for (index, dynamic) in dynamics.into_iter().enumerate() {
            let at = begin + index as f64 * 14.0;
            let look = Look::filled(Paint::Ink).opaque(shades.opacity(dynamic));
            picture.rectangles([[at, y - SAMPLE[1] / 2.0, 12.5, SAMPLE[1]]], look);
        }
        picture.words(begin + boxes + 4.0, y + 4.0, Style::LABEL, shades.loudest.name());
    }
    if is_empty(&place) { y } else { place.y + LINE / 2.0 }
}

/// A note of a part, as it looks in the roll.
fn sample(picture: &mut Picture, part: &Part, x: f64, y: f64) {
    if part.is_drums {
        picture.path(diamond(x + SAMPLE[0] / 2.0, y).to_vec(), Look::filled(part.paint()));
        return;
    }
    let [length, thickness] = SAMPLE;
    let ends = [x + thickness / 2.0, y, x + length - thickness / 2.0, y];
    picture.lines([ends], Look::stroked(part.paint(), thickness).round());
    if let Some(overlay) = part.pattern().overlay(thickness) {
        picture.lines([ends], overlay);
    }
}

/// Where the next entry stands; lines are filled from left to right.
struct Place {
    x: f64,
    y: f64,
    right: f64,
}

impl Place {
    fn take(&mut self, width: f64) -> (f64, f64) {
        if self.x > MARGIN && self.x + width > self.right + 18.0 {
            (self.x, self.y) = (MARGIN, self.y + LINE);
        }
        let taken = (self.x, self.y);
        self.x += width;
        taken
    }
}
