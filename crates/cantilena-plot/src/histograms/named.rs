//! Bars of things with names: each between its name and its share.

use super::{Panel, bars, outline};
use crate::element::{Anchor, Look, Style};
use crate::number::percent;
use crate::picture::Picture;
use crate::theme::Paint;

/// From one bar to the next, in points.
const ROW: f64 = 16.0;

/// The height of a bar.
const BAR: f64 = 11.0;

/// The most of a panel's width that names take; longer ones are cut.
const NAMES_MAX: f64 = 0.45;

/// Between a name, its bar and its share.
const GAP: f64 = 8.0;

/// The height of the drawing.
pub(super) fn height(panel: &Panel) -> f64 {
    ROW * panel.labels.len().max(1) as f64
}

/// Draws bars below each other, from `top` down; the longest fills the room between the names and
/// its share.
pub(super) fn draw(picture: &mut Picture, panel: &Panel, [x, top, width]: [f64; 3]) {
    if panel.labels.is_empty() {
        picture.words(x, top + BAR, Style::LABEL, "nothing to count");
        return;
    }
    let names = panel.labels.iter().map(|label| Style::LABEL.width(label));
    let names = names.fold(0.0, f64::max).min(NAMES_MAX * width);
    let share = |bin: usize| panel.series.first().map_or(0.0, |series| series.share(bin));
    let words = |bin: usize| percent(share(bin));
    let bins = 0..panel.labels.len();
    let shares = bins.clone().map(|bin| Style::LABEL.width(&words(bin))).fold(0.0, f64::max);
    let (left, room) = (x + names + GAP, width - names - shares - 2.0 * GAP);
    let all = bins.clone().flat_map(|bin| panel.series.iter().map(move |series| series.share(bin)));
    let scale = room / all.fold(1e-6, f64::max);
    for (bin, label) in panel.labels.iter().enumerate() {
        let y = top + ROW * bin as f64;
        let name = Style::LABEL.anchored(Anchor::End);
        picture.words(left - GAP, y + BAR - 2.0, name, name.shortened(label, names));
        let longest = panel.series.iter().map(|series| series.share(bin)).fold(0.0, f64::max);
        picture.words(left + longest * scale + GAP, y + BAR - 2.0, Style::LABEL, words(bin));
    }
    for (index, series) in panel.series.iter().enumerate() {
        let bar = |bin| [left, top + ROW * bin as f64, series.share(bin) * scale, BAR];
        let drawn = bins.clone().filter(|bin| series.share(*bin) > 0.0).map(bar);
        picture.rectangles(drawn, if index == 0 { bars() } else { outline(index) });
    }
    let bottom = top + height(panel);
    picture.lines([[left, top - 2.0, left, bottom]], Look::stroked(Paint::Axis, 1.0));
    let axis = Style::LABEL.anchored(Anchor::End);
    picture.words(x + width, bottom + 12.0, axis, &*panel.axis);
}
