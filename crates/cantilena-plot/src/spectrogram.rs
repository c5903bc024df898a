//! BandLevels of bands over time, as sound is looked at.

use crate::element::{Anchor, Look, Style};
use crate::number::number;
use crate::paper::Paper;
use crate::picture::Picture;
use crate::scale::{Scale, Spread};
use crate::theme::Paint;

/// What a spectrogram shows.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct BandLevels<'a> {
    /// (frames, bands), each 0 for nothing to 1 for the loudest. What lies outside or is no number
    /// is drawn as the nearer end, or as nothing.
    pub values: &'a [f32],
    /// Where the middle of each band lies, in hertz, rising: (bands,).
    pub band_hertz: &'a [f64],
    /// From one frame to the next.
    pub seconds_per_frame: f64,
}

/// Room around everything, in points, and for the numbers at the left.
const MARGIN: f64 = 24.0;
const NUMBERS: f64 = 44.0;

/// How wide a cell is at least, in points: more could not be seen, and would make large files.
const CELL: f64 = 3.0;
/// How high all bands together are, nearly, in points.
const HEIGHT: f64 = 288.0;
/// How many shades there are above nothing.
const SHADES: usize = 12;

/// Draws levels on a page; see [`spectrogram_on`].
pub fn spectrogram(title: &str, levels: &BandLevels) -> Picture {
    spectrogram_on(Paper::PAGE, title, levels)
}

/// Draws levels over time and frequency, the more ink the louder. Frames and bands beyond what the
/// paper can show are drawn together, as loud as the loudest of them.
pub fn spectrogram_on(paper: Paper, title: &str, levels: &BandLevels) -> Picture {
    let mut picture = Picture::new(paper.width(), 0.0, title, levels.description());
    let top = picture.heading(MARGIN) + 40.0;
    let left = MARGIN + NUMBERS;
    let cells = Cells::of(levels, paper.width() - MARGIN - left);
    let (right, bottom) = (left + cells.width(), top + cells.height());
    picture.height = bottom + 54.0;
    for shade in 1..=SHADES {
        let look = Look::filled(Paint::Hue(0)).opaque(shade as f64 / SHADES as f64);
        picture.rectangles(cells.runs(shade, left, bottom), look);
    }
    picture.lines([[left, bottom, right, bottom]], Look::stroked(Paint::Axis, 1.0));
    picture.lines([[left, top, left, bottom]], Look::stroked(Paint::Axis, 1.0));

    let seconds = levels.frames() as f64 * levels.seconds_per_frame;
    let across = Scale::around([0.0, seconds].into_iter(), Spread::Linear, 0.0).laid(left, right);
    let middle = Style::LABEL.anchored(Anchor::Middle);
    for value in across.ticks(((cells.width() / 80.0) as usize).max(2)) {
        if let Some(x) = across.place(value).filter(|x| (left..=right + 0.5).contains(x)) {
            picture.lines([[x, bottom, x, bottom + 4.0]], Look::stroked(Paint::Axis, 1.0));
            picture.words(x, bottom + 18.0, middle, number(value));
        }
    }
    let mut last = f64::MAX;
    for hertz in levels.round_hertz() {
        let Some(share) = levels.share_of(hertz) else { continue };
        let y = bottom - share * cells.height();
        // Numbers that would touch are left out.
        if last - y >= 14.0 {
            picture.lines([[left - 4.0, y, left, y]], Look::stroked(Paint::Axis, 1.0));
            let words = Style::LABEL.anchored(Anchor::End);
            picture.words(left - 8.0, y + 4.0, words, number(hertz));
            last = y;
        }
    }
    let name = Style::LABEL.painted(Paint::Ink);
    picture.words(MARGIN, top - 14.0, name, "hertz");
    picture.words(right, bottom + 36.0, name.anchored(Anchor::End), "seconds");
    picture
}

impl BandLevels<'_> {
    fn bands(&self) -> usize {
        self.band_hertz.len()
    }

    fn frames(&self) -> usize {
        self.values.len().checked_div(self.bands()).unwrap_or(0)
    }

    /// 1, 2 and 5 times every power of ten that may lie among the bands.
    fn round_hertz(&self) -> impl Iterator<Item = f64> {
        let tens = (0..6).map(|power| 10f64.powi(power));
        tens.flat_map(|ten| [1.0, 2.0, 5.0].map(|step| step * ten))
    }

    /// How far up a frequency lies among the bands, 0 to 1; `None` outside.
    fn share_of(&self, hertz: f64) -> Option<f64> {
        let above = self.band_hertz.partition_point(|band| *band < hertz);
        let (below, above) = (above.checked_sub(1)?, above);
        let (low, high) = (self.band_hertz[below], *self.band_hertz.get(above)?);
        let between = if high > low { (hertz - low) / (high - low) } else { 0.0 };
        // A band's middle is drawn in the middle of its row.
        Some((below as f64 + 0.5 + between) / self.bands() as f64)
    }

    /// How long it is and where most of its sound lies.
    fn description(&self) -> String {
        let seconds = self.frames() as f64 * self.seconds_per_frame;
        let sum = |band: usize| -> f64 {
            let values = self.values.iter().skip(band).step_by(self.bands().max(1));
            values.filter(|value| value.is_finite()).map(|value| f64::from(*value)).sum()
        };
        let loudest = (0..self.bands()).max_by(|a, b| sum(*a).total_cmp(&sum(*b)));
        match loudest.filter(|_| self.frames() > 0) {
            Some(band) => format!(
                "{} s of sound, loudest around {} hertz.",
                number(seconds),
                number(self.band_hertz[band])
            ),
            None => "No sound.".to_owned(),
        }
    }
}

/// What is drawn: shades in columns of time and rows of bands.
struct Cells {
    columns: usize,
    rows: usize,
    /// Of a cell, in whole points, so that neighbours meet without a seam.
    size: [f64; 2],
    /// (rows, columns), the lowest band first.
    shades: Vec<usize>,
}

impl Cells {
    fn of(levels: &BandLevels, width: f64) -> Cells {
        let (frames, bands) = (levels.frames(), levels.bands());
        let room = ((width / CELL) as usize).max(1);
        let columns = frames.min(room);
        let rows = bands.min((HEIGHT / CELL) as usize);
        let size = [
            (width / columns.max(1) as f64).floor().max(1.0),
            (HEIGHT / rows.max(1) as f64).floor().max(1.0),
        ];
        let mut shades = vec![0; rows * columns];
        for (frame, values) in levels.values.chunks_exact(bands.max(1)).enumerate() {
            for (band, value) in values.iter().enumerate() {
                let cell = band * rows / bands * columns + frame * columns / frames;
                // A cast makes no number 0.
                let shade = (value.clamp(0.0, 1.0) * SHADES as f32).round() as usize;
                shades[cell] = shades[cell].max(shade);
            }
        }
        Cells { columns, rows, size, shades }
    }

    fn width(&self) -> f64 {
        self.columns.max(1) as f64 * self.size[0]
    }

    fn height(&self) -> f64 {
        self.rows.max(1) as f64 * self.size[1]
    }

    /// The stretches of one shade, as (x, y, width, height).
    fn runs(&self, shade: usize, left: f64, bottom: f64) -> Vec<[f64; 4]> {
        let [width, height] = self.size;
        let mut runs = Vec::new();
        for (row, shades) in self.shades.chunks_exact(self.columns.max(1)).enumerate() {
            let y = bottom - (row + 1) as f64 * height;
            let mut start = 0;
            for run in shades.chunk_by(|a, b| a == b) {
                if run[0] == shade {
                    runs.push([left + start as f64 * width, y, run.len() as f64 * width, height]);
                }
                start += run.len();
            }
        }
        runs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::element::Element;

    fn cells_drawn(picture: &Picture) -> usize {
        let filled = picture.elements.iter().filter_map(|element| match element {
            Element::Path { segments, look } if look.fill.is_some() => Some(segments.len() / 5),
            _ => None,
        });
        filled.sum()
    }

    #[test]
    fn each_shade_is_drawn_where_it_is() {
        // Two frames of two bands: the low one loud throughout, the high one only in the second.
        let levels = BandLevels {
            values: &[1.0, 0.0, 1.0, 0.5],
            band_hertz: &[150.0, 450.0],
            seconds_per_frame: 0.5,
        };
        let picture = spectrogram("Two bands", &levels);
        assert_eq!(cells_drawn(&picture), 2, "a run of two cells, and one cell");
        assert_eq!(picture.description(), "1 s of sound, loudest around 150 hertz.");
        assert_eq!(levels.share_of(300.0), Some(0.5));
        assert_eq!(levels.share_of(100.0), None);
    }

    #[test]
    fn long_sound_takes_no_more_room_and_loses_no_click() {
        let mut values = vec![0.0; 100_000 * 4];
        values[4 * 77_777 + 2] = 1.0;
        let levels = BandLevels {
            values: &values,
            band_hertz: &[1.0, 2.0, 3.0, 4.0],
            seconds_per_frame: 0.01,
        };
        assert_eq!(cells_drawn(&spectrogram("Click", &levels)), 1);
    }

    #[test]
    fn nothing_and_no_numbers_draw_nothing() {
        let empty = BandLevels { values: &[], band_hertz: &[], seconds_per_frame: 0.01 };
        assert_eq!(spectrogram("Nothing", &empty).description(), "No sound.");
        let wrong =
            BandLevels { values: &[f32::NAN], band_hertz: &[100.0], seconds_per_frame: f64::NAN };
        assert_eq!(cells_drawn(&spectrogram("No number", &wrong)), 0);
    }
}
