//! What stands between the bar lines of ABC, letter by letter.

/// Letters with a place, read from the left.
#[derive(Clone, Copy, Debug)]
pub(super) struct Scanner<'a> {
    text: &'a str,
    /// Bytes read; always the start of a letter.
    place: usize,
}

/// A pitch as it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct WrittenPitch {
    /// C to B, 0 to 6.
    pub(super) step: u8,
    /// An accidental of its own.
    pub(super) alter: Option<i8>,
    /// Middle C begins octave 4.
    pub(super) octave: i8,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Scanner<'a> {
        Scanner { text, place: 0 }
    }

    pub(super) fn place(&self) -> usize {
        self.place
    }

    pub(super) fn rest(&self) -> &'a str {
        &self.text[self.place..]
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    pub(super) fn next(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.place += next.len_utf8();
        Some(next)
    }

    /// Goes on if the text does so.
    pub(super) fn eat(&mut self, start: &str) -> bool {
        let found = self.rest().starts_with(start);
        if found {
            self.place += start.len();
        }
        found
    }

    /// All letters from here of which this holds.
    pub(super) fn take_while(&mut self, holds: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| !holds(c)).unwrap_or(rest.len());
        self.place += end;
        &rest[..end]
    }

    /// What stands before a letter, which is eaten too; or all there is.
    pub(super) fn take_until(&mut self, end: char) -> &'a str {
        let found = self.take_while(|c| c != end);
        self.next();
        found
    }

    /// A number, if one stands here; too large ones are as large as can be.
    pub(super) fn number(&mut self) -> Option<u32> {
        let digits = self.take_while(|c| c.is_ascii_digit());
        (!digits.is_empty()).then(|| digits.parse().unwrap_or(u32::MAX))
    }

    /// A length behind a note, as a fraction of the unit: `3/2`, `/`, `//`, `4`.
    pub(super) fn length(&mut self) -> (u32, u32) {
        let numerator = self.number().unwrap_or(1);
        let mut denominator: u32 = 1;
        while self.eat("/") {
            denominator = denominator.saturating_mul(self.number().unwrap_or(2));
        }
        (numerator, denominator.max(1))
    }

    /// A pitch, if one stands here: accidentals, a letter, octave marks.
    pub(super) fn pitch(&mut self) -> Option<WrittenPitch> {
        let mut ahead = *self;
        let signs = ahead.take_while(|c| matches!(c, '^' | '_' | '='));
        let alter = match signs {
            "" => None,
            _ => Some(signs.chars().map(|c| i8::from(c == '^') - i8::from(c == '_')).take(4).sum()),
        };
        let letter = ahead.next()?;
        let step = super::key::LETTERS.find(letter.to_ascii_uppercase())?;
        let mut octave: i8 = if letter.is_ascii_lowercase() { 5 } else { 4 };
        for mark in ahead.take_while(|c| matches!(c, '\'' | ',')).chars() {
            octave = octave.saturating_add(if mark == '\'' { 1 } else { -1 });
        }
        *self = ahead;
        Some(WrittenPitch { step: step as u8, alter, octave })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_fractions_of_the_unit() {
        for (text, length) in [
            ("", (1, 1)),
            ("3", (3, 1)),
            ("/", (1, 2)),
            ("//", (1, 4)),
            ("3/2", (3, 2)),
            ("/4", (1, 4)),
        ] {
            assert_eq!(Scanner::new(text).length(), length, "{text}");
        }
    }

    #[test]
    fn pitches_have_accidentals_before_and_octaves_behind() {
        let pitch = |text| Scanner::new(text).pitch().map(|p| (p.step, p.alter, p.octave));
        assert_eq!(pitch("^f'2"), Some((3, Some(1), 6)));
        assert_eq!(pitch("__B,,"), Some((6, Some(-2), 2)));
        assert_eq!(pitch("=C"), Some((0, Some(0), 4)));
        assert_eq!(pitch("z"), None);
        assert_eq!(pitch("^|"), None);
    }
}
