//! Histograms side by side: a piece against a corpus, or what a corpus is made of.

mod named;

use std::ops::RangeInclusive;

use crate::element::{Anchor, Look, Segment, Style};
use crate::number::number;
use crate::paper::Paper;
use crate::picture::Picture;
use crate::theme::Paint;

/// One histogram with its series.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// What is counted.
    pub name: String,
    /// A short remark beside the name, such as how alike the series are; may be empty.
    pub remark: String,
    /// What the bins measure, with a unit or what its signs mean; may be empty.
    pub axis: String,
    /// What the bins stand for, and so how they are laid.
    pub bins: Bins,
    /// What each bin is called. Of ordered bins, an empty name is not written, and of names that
    /// would touch, some are left out.
    pub labels: Vec<String>,
    /// The first is drawn as bars, others as outlines over them.
    pub series: Vec<Series>,
}

/// What the bins of a panel stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bins {
    /// Neighbouring values of something that can be measured: upright bars side by side.
    Ordered,
    /// Things with names: lying bars below each other, each between its name and its share.
    Named,
}

/// A series of shares.
#[derive(Clone, Debug, PartialEq)]
pub struct Series {
    /// Whose shares they are.
    pub name: String,
    /// One for each bin, 0 to 1; what is missing or no number counts as 0.
    pub shares: Vec<f64>,
}

impl Series {
    fn share(&self, bin: usize) -> f64 {
        self.shares
            .get(bin)
            .copied()
            .filter(|share| share.is_finite())
            .unwrap_or(0.0)
            .clamp(0.0, 1.0)
    }
}

/// How outlines are dashed, from the second series on.
const DASHES: [&[f64]; 3] = [&[], &[5.0, 3.0], &[2.0, 2.5]];

/// Room around everything and between panels, in points.
const MARGIN: f64 = 24.0;

/// Bins at both ends are left out where every series has less than this share.
const SHARE_MIN: f64 = 0.001;

/// The height of the drawing of ordered bins.
const HEIGHT: f64 = 130.0;

/// The heading of a panel, its labels and the room below them.
const AROUND: f64 = 98.0;

/// Draws panels on a page; see [`histograms_on`].
pub fn histograms(title: &str, panels: &[Panel]) -> Picture {
    histograms_on(Paper::PAGE, title, panels)
}

/// Draws panels, two in a row where there is room. Bins at both ends in which no
/// series has a thousandth are left out.
pub fn histograms_on(paper: Paper, title: &str, panels: &[Panel]) -> Picture {
    let columns = if paper.width() >= 600.0 { 2 } else { 1 };
    let width = (paper.width() - MARGIN * (columns as f64 + 1.0)) / columns as f64;
    let sentences: Vec<String> = panels.iter().map(sentence).collect();
    let mut picture = Picture::new(paper.width(), 0.0, title, sentences.join(" "));
    let key = picture.heading(MARGIN) + 22.0;
    let mut y = key + 22.0;
    let mut x = MARGIN;
    for (index, series) in panels.first().into_iter().flat_map(|panel| &panel.series).enumerate() {
        draw_key(&mut picture, index, x, key);
        picture.words(x + 26.0, key + 4.0, Style::BODY, &*series.name);
        x += 26.0 + Style::BODY.width(&series.name) + 20.0;
    }
    for row in panels.chunks(columns) {
        for (column, panel) in row.iter().enumerate() {
            let x = MARGIN + column as f64 * (width + MARGIN);
            draw(&mut picture, panel, [x, y, width]);
        }
        y += row.iter().map(height).fold(0.0, f64::max) + AROUND;
    }
    picture.height = y + 8.0;
    picture
}

/// The height of a panel's drawing.
fn height(panel: &Panel) -> f64 {
    match panel.bins {
        Bins::Ordered => HEIGHT,
        Bins::Named => named::height(panel),
    }
}

/// What a panel says: where each series has most.
fn sentence(panel: &Panel) -> String {
    let most = |series: &Series| -> Option<String> {
        let bins = 0..panel.labels.len();
        let bin = bins.max_by(|a, b| series.share(*a).total_cmp(&series.share(*b)))?;
        let (percent, label) = (number(series.share(bin) * 100.0), &panel.labels[bin]);
        let place = if label.is_empty() { String::new() } else { format!(" at {label}") };
        Some(format!("{} has most{place}, {percent} %", series.name))
    };
    let series: Vec<String> = panel.series.iter().filter_map(most).collect();
    let remark =
        if panel.remark.is_empty() { String::new() } else { format!(" ({})", panel.remark) };
    format!("{}{remark}: {}.", panel.name, series.join("; "))
}

fn draw_key(picture: &mut Picture, index: usize, x: f64, y: f64) {
    if index == 0 {
        picture.rectangles([[x, y - 6.0, 18.0, 12.0]], bars());
    } else {
        picture.lines([[x, y, x + 18.0, y]], outline(index));
    }
}

fn bars() -> Look {
    Look::filled(Paint::Hue(0)).opaque(0.55)
}

fn outline(index: usize) -> Look {
    Look::stroked(Paint::Hue(index), 1.8).dashed(DASHES[(index - 1) % DASHES.len()])
}

/// Draws a panel whose upper left corner and width are given.
fn draw(picture: &mut Picture, panel: &Panel, [x, y, width]: [f64; 3]) {
    picture.words(x, y + 22.0, Style::HEADING, &*panel.name);
    // At the far end: a reader's own font may set the name much wider than ours.
    let end = Style::LABEL.anchored(Anchor::End);
    picture.words(x + width, y + 22.0, end, &*panel.remark);
    match panel.bins {
        Bins::Ordered => draw_ordered(picture, panel, [x, y + 42.0, width]),
        Bins::Named => named::draw(picture, panel, [x, y + 42.0, width]),
    }
}

/// Draws bars side by side below `top`.
fn draw_ordered(picture: &mut Picture, panel: &Panel, [x, top, width]: [f64; 3]) {
    let bottom = top + HEIGHT;
    let is_used = |bin: &usize| panel.series.iter().any(|series| series.share(*bin) >= SHARE_MIN);
    let used: Vec<usize> = (0..panel.labels.len()).filter(is_used).collect();
    let axis = Look::stroked(Paint::Axis, 1.0);
    let (Some(&first), Some(&last)) = (used.first(), used.last()) else {
        picture.lines([[x, bottom, x + width, bottom]], axis);
        picture.words(x, bottom - 8.0, Style::LABEL, "nothing to count");
        return;
    };
    let highest = used.iter().flat_map(|&bin| panel.series.iter().map(move |s| s.share(bin)));
    let (step, lines) = rules(highest.fold(0.0, f64::max));
    let full = step * f64::from(lines);
    let share_of = |line: u32| format!("{} %", number(100.0 * step * f64::from(line)));
    // No bar stands behind a share.
    let shares = (1..=lines).map(|line| Style::LABEL.width(&share_of(line)));
    let within = width - shares.fold(0.0, f64::max) - 4.0;
    for line in 1..=lines {
        let height = bottom - HEIGHT * f64::from(line) / f64::from(lines);
        picture.lines([[x, height, x + width, height]], Look::stroked(Paint::Rule, 1.0));
        let end = Style::LABEL.anchored(Anchor::End);
        picture.words(x + width, height - 3.0, end, share_of(line));
    }
    let bin_width = within / (last - first + 1) as f64;
    let left = |bin: usize| x + (bin - first) as f64 * bin_width;
    let level = |series: &Series, bin: usize| bottom - series.share(bin) / full * (bottom - top);
    for (index, series) in panel.series.iter().enumerate() {
        if index == 0 {
            let gap = (bin_width * 0.12).min(3.0);
            let heights = (first..=last).filter(|&bin| series.share(bin) > 0.0).map(|bin| {
                let high = level(series, bin);
                [left(bin) + gap / 2.0, high, bin_width - gap, bottom - high]
            });
            picture.rectangles(heights, bars());
        } else {
            let mut segments = vec![Segment::Move(x, bottom)];
            for bin in first..=last {
                let high = level(series, bin);
                segments.push(Segment::Line(left(bin), high));
                segments.push(Segment::Line(left(bin) + bin_width, high));
            }
            segments.push(Segment::Line(x + within, bottom));
            picture.path(segments, outline(index));
        }
    }
    picture.lines([[x, bottom, x + width, bottom]], axis);
    draw_labels(picture, panel, first..=last, [x, bottom, bin_width]);
    let axis = Style::LABEL.anchored(Anchor::End);
    picture.words(x + width, bottom + 32.0, axis, &*panel.axis);
}

/// How far rules lie apart, a round share, and how many up to four hold the highest.
fn rules(highest: f64) -> (f64, u32) {
    let rough = highest.max(1e-6) / 4.0;
    let power = 10f64.powi(rough.log10().floor() as i32);
    let steps = [1.0, 2.0, 2.5, 5.0, 10.0].map(|step| step * power);
    // A share that is a whole number of steps is so in spite of rounding.
    let step = steps.into_iter().find(|step| *step * 1.000_001 >= rough).unwrap_or(10.0 * power);
    (step, (highest / step * 0.999_999).ceil().max(1.0) as u32)
}

/// Names of bins, every so many of those that have one, so that none touch; of the ways to choose
/// them, the one that names the highest bins.
fn draw_labels(
    picture: &mut Picture,
    panel: &Panel,
    bins: RangeInclusive<usize>,
    [x, bottom, bin_width]: [f64; 3],
) {
    let style = Style::LABEL.anchored(Anchor::Middle);
    let first = *bins.start();
    let named: Vec<usize> = bins.filter(|&bin| !panel.labels[bin].is_empty()).collect();
    let place = |bin: usize| x + ((bin - first) as f64 + 0.5) * bin_width;
    let kept = |every: usize, skipped: usize| -> Vec<usize> {
        named.iter().copied().skip(skipped).step_by(every).collect()
    };
    let fits = |bins: &[usize]| {
        bins.windows(2).all(|pair| {
            let widths = pair.iter().map(|&bin| style.width(&panel.labels[bin])).sum::<f64>();
            widths / 2.0 + 3.0 <= place(pair[1]) - place(pair[0])
        })
    };
    let height = |bins: &Vec<usize>| -> f64 {
        bins.iter().flat_map(|&bin| panel.series.iter().map(move |series| series.share(bin))).sum()
    };
    let fitting = (1..=named.len()).find_map(|every| {
        let choices = (0..every).map(|skipped| kept(every, skipped)).filter(|bins| fits(bins));
        choices.max_by(|one, other| height(one).total_cmp(&height(other)))
    });
    for bin in fitting.unwrap_or_default() {
        picture.words(place(bin), bottom + 16.0, style, &*panel.labels[bin]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_are_round_and_hold_the_highest() {
        let cases =
            [(0.3, 0.1, 3), (1.0, 0.25, 4), (0.7, 0.2, 4), (0.21, 0.1, 3), (0.02, 0.005, 4)];
        for (highest, step, lines) in cases {
            let found = rules(highest);
            assert!((found.0 - step).abs() < 1e-9 && found.1 == lines, "{highest}: {found:?}");
        }
    }

    #[test]
    fn a_panel_says_where_each_series_has_most() {
        let series =
            |name: &str, shares: &[f64]| Series { name: name.into(), shares: shares.into() };
        let panel = Panel {
            name: "Velocity".into(),
            remark: "overlap 0.5".into(),
            axis: "dynamic".into(),
            bins: Bins::Ordered,
            labels: vec!["p".into(), "f".into()],
            series: vec![series("piece", &[0.25, 0.75]), series("corpus", &[1.0, f64::NAN])],
        };
        let words =
            "Velocity (overlap 0.5): piece has most at f, 75 %; corpus has most at p, 100 %.";
        assert_eq!(sentence(&panel), words);
    }
}
