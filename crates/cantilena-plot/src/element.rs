//! What a drawing is made of: words, paths and dots.

use crate::theme::Paint;
use crate::typeface::Weight;

/// One thing drawn; later ones lie upon earlier ones. Coordinates are points, y downward.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Element {
    Words(Words),
    Path { segments: Vec<Segment>, look: Look },
    Dot { x: f64, y: f64, radius: f64, look: Look },
}

/// A step of a path.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Segment {
    Move(f64, f64),
    Line(f64, f64),
    Close,
}

/// How a path or dot is painted.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Look {
    pub(crate) fill: Option<Paint>,
    pub(crate) stroke: Option<Stroke>,
    /// Of fill and stroke, 0 to 1.
    pub(crate) opacity: f64,
}

/// How a path is drawn along.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Stroke {
    pub(crate) paint: Paint,
    /// In points.
    pub(crate) width: f64,
    /// Whether ends are round; otherwise they end where the path does.
    pub(crate) is_round: bool,
    /// Lengths drawn and left out in turn, in points; none for an unbroken line.
    pub(crate) dashes: &'static [f64],
}

/// Words on one line.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Words {
    pub(crate) x: f64,
    /// Of the base line.
    pub(crate) y: f64,
    pub(crate) style: Style,
    pub(crate) text: String,
}

/// How words are set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Style {
    /// In points.
    pub(crate) size: f64,
    pub(crate) weight: Weight,
    pub(crate) paint: Paint,
    pub(crate) anchor: Anchor,
}

/// Which part of the words stands at their x.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    Start,
    Middle,
    End,
}

impl Look {
    pub(crate) fn filled(paint: Paint) -> Look {
        Look { fill: Some(paint), stroke: None, opacity: 1.0 }
    }

    pub(crate) fn stroked(paint: Paint, width: f64) -> Look {
        let stroke = Stroke { paint, width, is_round: false, dashes: &[] };
        Look { fill: None, stroke: Some(stroke), opacity: 1.0 }
    }

    pub(crate) fn round(mut self) -> Look {
        self.stroke.iter_mut().for_each(|stroke| stroke.is_round = true);
        self
    }

    pub(crate) fn dashed(mut self, dashes: &'static [f64]) -> Look {
        self.stroke.iter_mut().for_each(|stroke| stroke.dashes = dashes);
        self
    }

    pub(crate) fn opaque(self, opacity: f64) -> Look {
        Look { opacity, ..self }
    }
}

impl Style {
    /// What the picture is called.
    pub(crate) const TITLE: Style = Style::new(20.0, Weight::SemiBold, Paint::Ink);
    /// What a part of it is called.
    pub(crate) const HEADING: Style = Style::new(14.0, Weight::SemiBold, Paint::Ink);
    /// Words to be read.
    pub(crate) const BODY: Style = Style::new(13.0, Weight::Regular, Paint::Ink);
    /// Words to be found where they are looked for.
    pub(crate) const LABEL: Style = Style::new(11.0, Weight::Regular, Paint::Quiet);

    const fn new(size: f64, weight: Weight, paint: Paint) -> Style {
        Style { size, weight, paint, anchor: Anchor::Start }
    }

    pub(crate) fn anchored(self, anchor: Anchor) -> Style {
        Style { anchor, ..self }
    }

    pub(crate) fn painted(self, paint: Paint) -> Style {
        Style { paint, ..self }
    }

    /// How wide words are in this style, in points, with a twentieth to spare: where an SVG is
    /// read without our font, the reader's own may be a little wider.
    pub(crate) fn width(self, words: &str) -> f64 {
        self.weight.ems(words) * self.size * 1.05
    }

    /// The words on two lines at most, broken between them where one line is too narrow; what
    /// does not fit on the second is cut.
    pub(crate) fn on_two_lines(self, words: &str, width: f64) -> Vec<String> {
        if self.width(words) <= width {
            return vec![words.to_owned()];
        }
        let spaces = words.match_indices(' ').map(|(place, _)| place);
        let fits = |place: &usize| self.width(&words[..*place]) <= width;
        match spaces.take_while(fits).last() {
            Some(place) => {
                vec![words[..place].to_owned(), self.shortened(words[place..].trim(), width)]
            }
            None => vec![self.shortened(words, width)],
        }
    }

    /// As much of the words as fits, with an ellipsis for what does not.
    pub(crate) fn shortened(self, words: &str, width: f64) -> String {
        if self.width(words) <= width {
            return words.to_owned();
        }
        let mut kept = String::new();
        for letter in words.chars() {
            if self.width(&format!("{kept}{letter}…")) > width {
                break;
            }
            kept.push(letter);
        }
        format!("{}…", kept.trim_end())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_title_takes_a_second_line() {
        let style = Style::TITLE;
        let lines = style.on_two_lines("If I Ever Lose My Faith in You", 220.0);
        assert_eq!(lines, ["If I Ever Lose My", "Faith in You"]);
        assert_eq!(style.on_two_lines("Ode", 220.0), ["Ode"]);
        assert_eq!(style.on_two_lines("Donaudampfschifffahrt", 100.0).len(), 1);
    }

    #[test]
    fn words_are_shortened_to_what_fits() {
        let style = Style::LABEL;
        assert_eq!(style.shortened("Violin", 100.0), "Violin");
        let short = style.shortened("A very long title that nobody will read to its end", 100.0);
        assert!(short.ends_with('…') && style.width(&short) <= 100.0, "{short}");
        assert_eq!(style.shortened("Violin", 1.0), "…");
    }
}
