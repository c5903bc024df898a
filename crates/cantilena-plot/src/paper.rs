//! What a picture is drawn on.

/// What a picture is drawn on: so wide, and as high as it needs.
///
/// Words keep their size whatever the width; a narrow picture has fewer bars in a row and fewer
/// panels beside each other.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paper {
    /// In points, of which a screen shows 96 to the inch.
    width: f64,
}

impl Paper {
    /// A page of a report or a window: 960 points.
    pub const PAGE: Paper = Paper { width: 960.0 };
    /// A phone held upright: 320 points.
    pub const PHONE: Paper = Paper { width: 320.0 };

    /// Paper so many points wide, made 280 to 4,000: names have no place on less.
    pub fn new(width: f64) -> Paper {
        Paper { width: if width.is_finite() { width.clamp(280.0, 4000.0) } else { 960.0 } }
    }

    /// In points.
    pub fn width(self) -> f64 {
        self.width
    }
}

impl Default for Paper {
    /// A page.
    fn default() -> Paper {
        Paper::PAGE
    }
}
