//! Where the names of curves stand.

use super::frame::Frame;
use super::label::{LINE, Label};
use super::{Curve, MARGIN, look};
use crate::element::Look;
use crate::picture::Picture;
use crate::theme::Paint;

/// The names of curves: at their ends where there is room beside the frame, else below it.
pub(super) struct Names {
    is_beside: bool,
    /// How much is taken from the right of the frame.
    pub(super) width: f64,
    /// Of each curve: its name, its last value, and its best point.
    labels: Vec<Label>,
}

impl Names {
    pub(super) fn of(curves: &[Curve], width: f64) -> Names {
        let labels: Vec<Label> = curves.iter().map(Label::of).collect();
        let widest = labels.iter().map(Label::width).fold(0.0, f64::max);
        let beside = (widest + 12.0).min(width / 3.0);
        let is_beside = width >= 600.0;
        Names { is_beside, width: if is_beside { beside } else { 0.0 }, labels }
    }

    /// How much is taken from the foot of the frame.
    pub(super) fn below(&self) -> f64 {
        let heights = self.labels.iter().map(Label::height).sum::<f64>();
        if self.is_beside { 0.0 } else { heights + 14.0 }
    }

    pub(super) fn draw(&self, picture: &mut Picture, frame: &Frame, curves: &[Curve]) {
        let end = |curve: &Curve| curve.points.iter().rev().find_map(|point| frame.place(*point));
        let ends: Vec<Option<(f64, f64)>> = curves.iter().map(end).collect();
        for (index, (x, y)) in ends.iter().enumerate().filter_map(|(i, end)| Some((i, (*end)?))) {
            let hue = Paint::Hue(curves[index].look_at(index));
            picture.dot(x, y, 3.0, Look::filled(hue));
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
                let look = look(curves[index].look_at(index));
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
}
