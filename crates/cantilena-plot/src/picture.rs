//! A drawing that can become SVG or PNG.

use crate::element::{Element, Look, Segment, Style, Words};
use crate::error::PlotError;
use crate::theme::Theme;
use crate::{png, svg};

/// A drawing: its size in points, what it is called, and what is in it, coloured by role.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    pub(crate) width: f64,
    pub(crate) height: f64,
    /// What is read aloud first.
    pub(crate) title: String,
    /// What is read aloud to those who cannot see it.
    pub(crate) description: String,
    pub(crate) elements: Vec<Element>,
}

impl Picture {
    /// A blank sheet.
    pub(crate) fn new(width: f64, height: f64, title: &str, description: String) -> Picture {
        let title = title.to_owned();
        Picture { width, height, title, description, elements: Vec::new() }
    }

    /// Width and height in points.
    pub fn size(&self) -> (f64, f64) {
        (self.width, self.height)
    }

    /// What it shows, in a sentence or two, as it stands in the SVG for those who hear it.
    pub fn description(&self) -> &str {
        &self.description
    }

    /// The picture as an SVG file that is light or dark as its reader is.
    ///
    /// Colours are custom properties of the `svg` element (`--ink`, `--paper`, `--hue0` …), so
    /// that a page with its own themes can set them; readers without CSS see the light ones.
    pub fn svg(&self) -> String {
        svg::write(self)
    }

    /// The picture as a PNG file of `scale` pixels a point.
    ///
    /// # Errors
    /// [`PlotError::Size`] where that would be no pixels or too many.
    pub fn png(&self, theme: Theme, scale: f32) -> Result<Vec<u8>, PlotError> {
        png::write(self, theme, scale)
    }

    /// Words on one line; without letters, nothing.
    pub(crate) fn words(&mut self, x: f64, y: f64, style: Style, text: impl Into<String>) {
        let text = text.into();
        if !text.is_empty() {
            self.elements.push(Element::Words(Words { x, y, style, text }));
        }
    }

    /// Lines from (x1, y1) to (x2, y2), all in one look.
    pub(crate) fn lines(&mut self, lines: impl IntoIterator<Item = [f64; 4]>, look: Look) {
        let lines = lines.into_iter();
        let segments =
            lines.flat_map(|[x1, y1, x2, y2]| [Segment::Move(x1, y1), Segment::Line(x2, y2)]);
        self.path(segments.collect(), look);
    }

    /// Rectangles of (x, y, width, height), all in one look.
    pub(crate) fn rectangles(&mut self, all: impl IntoIterator<Item = [f64; 4]>, look: Look) {
        let segments = all.into_iter().flat_map(|[x, y, width, height]| {
            [
                Segment::Move(x, y),
                Segment::Line(x + width, y),
                Segment::Line(x + width, y + height),
                Segment::Line(x, y + height),
                Segment::Close,
            ]
        });
        self.path(segments.collect(), look);
    }

    /// A path; without segments, nothing.
    pub(crate) fn path(&mut self, segments: Vec<Segment>, look: Look) {
        if !segments.is_empty() {
            self.elements.push(Element::Path { segments, look });
        }
    }

    pub(crate) fn dot(&mut self, x: f64, y: f64, radius: f64, look: Look) {
        self.elements.push(Element::Dot { x, y, radius, look });
    }

    /// The picture's title from the left margin, on two lines where one is too narrow; gives the
    /// base line of the last.
    pub(crate) fn heading(&mut self, margin: f64) -> f64 {
        let lines = Style::TITLE.on_two_lines(&self.title, self.width - 2.0 * margin);
        let mut y = 40.0 - LINE;
        for line in lines {
            y += LINE;
            self.words(margin, y, Style::TITLE, line);
        }
        y
    }
}

/// From one base line of a title to the next, in points.
const LINE: f64 = 26.0;
