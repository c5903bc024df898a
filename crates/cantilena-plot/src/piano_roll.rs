//! Notes over time and pitch, in rows of bars.

mod facts;
mod layout;
mod legend;
mod part;
mod row;
mod shades;

use std::num::NonZero;

use cantilena_score::Score;

use crate::element::Style;
use crate::paper::Paper;
use crate::picture::Picture;
use facts::Facts;
use layout::Layout;
use row::Row;
use shades::Shades;

/// How a piano roll is laid out.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PianoRoll {
    /// What it is drawn on.
    pub paper: Paper,
    /// Bars in a row, 256 at most; `None` for as many as can be read, or more where the piece is
    /// long.
    pub bars_per_row: Option<NonZero<u32>>,
    /// The most rows. Whatever it says, a picture ends after 16,000 points of height or 60,000
    /// notes, and says which bars it leaves out.
    pub rows_max: NonZero<u32>,
}

impl Default for PianoRoll {
    /// A page, with rows as they come.
    fn default() -> PianoRoll {
        let rows_max = NonZero::new(200).expect("200 is not zero");
        PianoRoll { paper: Paper::PAGE, bars_per_row: None, rows_max }
    }
}

/// Room at the left and right edge, in points.
const MARGIN: f64 = 24.0;

/// Draws the notes of a score in rows of bars: a colour and a pattern for each part, fainter
/// where softer, drums as diamonds in lanes of their own, chord symbols above, lyrics below.
pub fn piano_roll(score: &Score, options: &PianoRoll) -> Picture {
    let facts = Facts::of(score);
    let title = if score.title.trim().is_empty() { "Piano roll" } else { score.title.trim() };
    let mut picture = Picture::new(options.paper.width(), 0.0, title, facts.description());
    let mut y = picture.heading(MARGIN) + 4.0;
    let quiet = Style { size: 12.0, ..Style::LABEL };
    for line in facts.lines(quiet, options.paper.width() - 2.0 * MARGIN) {
        y += 18.0;
        picture.words(MARGIN, y, quiet, line);
    }
    let parts = part::parts(score);
    let shades = Shades::of(score);
    y = legend::draw(&mut picture, shades, &parts, y + 10.0) + 18.0;

    let layout = Layout::of(score, &parts, options, y);
    for row in Row::all(score, &parts, &layout) {
        row.draw(&mut picture, &layout, shades, y);
        y += row.height(&layout);
    }
    let mut caption = "Numbers count bars, fine lines beats.".to_owned();
    if layout.bars_shown < layout.bars {
        let first = layout.first_number + layout.bars_shown;
        let last = layout.first_number + layout.bars - 1;
        caption += &format!(" Bars {first}–{last} are not shown.");
    }
    picture.words(MARGIN, y + 2.0, Style::LABEL, caption);
    picture.height = y + 24.0;
    picture
}
