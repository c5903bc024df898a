//! The fonts inside, so that pictures need none that is installed.
//!
//! Two weights of Inter, cut down to the letters that titles and lyrics need (`font/` has the
//! licence and the recipe). Words are measured with them before they are placed, and drawn with
//! them where a picture becomes pixels.

use std::sync::LazyLock;

use ttf_parser::Face;

/// How heavy letters are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    /// 400.
    Regular,
    /// 600.
    SemiBold,
}

static REGULAR: LazyLock<Face<'static>> =
    LazyLock::new(|| face(include_bytes!("../font/inter-regular.otf")));
static SEMI_BOLD: LazyLock<Face<'static>> =
    LazyLock::new(|| face(include_bytes!("../font/inter-semibold.otf")));

fn face(bytes: &'static [u8]) -> Face<'static> {
    Face::parse(bytes, 0).expect("the font is in the program and a test reads it")
}

impl Weight {
    /// The font of this weight.
    pub(crate) fn face(self) -> &'static Face<'static> {
        match self {
            Weight::Regular => &REGULAR,
            Weight::SemiBold => &SEMI_BOLD,
        }
    }

    /// The width of words in ems. A letter that the font lacks counts a whole em, as the widest
    /// scripts are set.
    pub(crate) fn ems(self, words: &str) -> f64 {
        let face = self.face();
        let advance = |letter: char| {
            let glyph = face.glyph_index(letter);
            let units = glyph.and_then(|glyph| face.glyph_hor_advance(glyph));
            units.map_or(1.0, |units| f64::from(units) / f64::from(face.units_per_em()))
        };
        words.chars().map(advance).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_fonts_have_the_letters_of_titles_and_of_music() {
        for weight in [Weight::Regular, Weight::SemiBold] {
            for letter in "AZaz09ÄßéñøŁšЖжΩω♯♭♮♩·–−…’".chars() {
                assert!(weight.face().glyph_index(letter).is_some(), "{weight:?} {letter}");
            }
        }
    }

    #[test]
    fn figures_are_equally_wide_and_unknown_letters_take_an_em() {
        assert_eq!(Weight::Regular.ems("111"), Weight::Regular.ems("888"));
        assert_eq!(Weight::Regular.ems("月光"), 2.0);
    }
}
