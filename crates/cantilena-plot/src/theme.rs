//! Colours by what they are for, in light and in dark.

/// Light or dark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// Dark on paper.
    Light,
    /// Light on slate.
    Dark,
}

/// What a colour is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Paint {
    /// What everything stands on.
    Paper,
    /// The rows of black keys.
    Shade,
    /// Beats and other fine rules.
    Rule,
    /// Bar lines and axes.
    Axis,
    /// Words beside the matter.
    Quiet,
    /// Words that matter.
    Ink,
    /// Part or series of this number, counted from 0; they come round again.
    Hue(usize),
}

/// How many hues there are before they come round again.
pub(crate) const HUES: usize = 8;

/// Red, green and blue.
pub(crate) type Rgb = [u8; 3];

/// A role's name in CSS, its light colour and its dark one.
///
/// The hues start from those of Okabe and Ito, "Color universal design", 2008, made darker on
/// paper and lighter on slate until each stands out from its ground (see the tests).
const ROLES: [(&str, Rgb, Rgb); 6 + HUES] = [
    ("paper", [0xfd, 0xfd, 0xfb], [0x15, 0x18, 0x1c]),
    ("shade", [0xf4, 0xf4, 0xf1], [0x1b, 0x1f, 0x24]),
    ("rule", [0xe6, 0xe7, 0xe4], [0x29, 0x2e, 0x35]),
    ("axis", [0xb9, 0xbc, 0xbc], [0x50, 0x57, 0x60]),
    ("quiet", [0x60, 0x66, 0x6e], [0x9d, 0xa4, 0xac]),
    ("ink", [0x1d, 0x21, 0x26], [0xec, 0xed, 0xea]),
    ("hue0", [0x1f, 0x6f, 0xb2], [0x6d, 0xb4, 0xee]),
    ("hue1", [0xcc, 0x5c, 0x12], [0xf2, 0x99, 0x5c]),
    ("hue2", [0x15, 0x80, 0x60], [0x4f, 0xcb, 0xa4]),
    ("hue3", [0xa8, 0x45, 0x7f], [0xe2, 0x8d, 0xbd]),
    ("hue4", [0x7a, 0x64, 0x00], [0xd8, 0xc0, 0x4f]),
    ("hue5", [0x5b, 0x4b, 0xb7], [0xa8, 0x9c, 0xf0]),
    ("hue6", [0xb0, 0x3a, 0x3a], [0xef, 0x8a, 0x80]),
    ("hue7", [0x2f, 0x75, 0x95], [0x86, 0xcb, 0xe6]),
];

impl Paint {
    /// Every paint, in the order of the table.
    pub(crate) fn all() -> impl Iterator<Item = Paint> {
        use Paint::{Axis, Hue, Ink, Paper, Quiet, Rule, Shade};
        [Paper, Shade, Rule, Axis, Quiet, Ink].into_iter().chain((0..HUES).map(Hue))
    }

    /// Its name in CSS.
    pub(crate) fn name(self) -> &'static str {
        self.role().0
    }

    /// Its colour.
    pub(crate) fn rgb(self, theme: Theme) -> Rgb {
        let (_, light, dark) = self.role();
        if theme == Theme::Light { light } else { dark }
    }

    fn role(self) -> (&'static str, Rgb, Rgb) {
        ROLES[match self {
            Paint::Paper => 0,
            Paint::Shade => 1,
            Paint::Rule => 2,
            Paint::Axis => 3,
            Paint::Quiet => 4,
            Paint::Ink => 5,
            Paint::Hue(index) => 6 + index % HUES,
        }]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance, WCAG 2.2.
    fn luminance(rgb: Rgb) -> f64 {
        let linear = rgb.map(|value| {
            let value = f64::from(value) / 255.0;
            if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    }

    /// Contrast ratio, WCAG 2.2, 1 to 21.
    fn contrast(one: Rgb, other: Rgb) -> f64 {
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn words_and_hues_stand_out_from_their_ground_in_both_themes() {
        for theme in [Theme::Light, Theme::Dark] {
            for ground in [Paint::Paper, Paint::Shade] {
                let to = |paint: Paint| contrast(paint.rgb(theme), ground.rgb(theme));
                // WCAG 2.2 wants 4.5 of text (1.4.3) and 3 of graphics (1.4.11).
                assert!(to(Paint::Ink) >= 12.0, "{theme:?}");
                assert!(to(Paint::Quiet) >= 4.5, "{theme:?}: {}", to(Paint::Quiet));
                for hue in 0..HUES {
                    assert!(to(Paint::Hue(hue)) >= 3.6, "{theme:?} {hue}: {}", to(Paint::Hue(hue)));
                }
            }
        }
    }

    #[test]
    fn every_paint_has_its_row() {
        let names: Vec<&str> = Paint::all().map(Paint::name).collect();
        assert_eq!(names, ROLES.map(|role| role.0));
        assert_eq!(Paint::Hue(HUES + 1).name(), "hue1");
    }
}
