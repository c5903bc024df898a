//! Note values: what stands behind the slash of a note.

use crate::time::Ticks;

/// Ticks in a whole note.
pub(super) const WHOLE: u32 = 96;

/// Values to spell any duration with, longest first; the last is one tick.
const SPELLED: [(u32, &str); 17] = [
    (144, "1."),
    (96, "1"),
    (72, "2."),
    (48, "2"),
    (36, "4."),
    (32, "2t"),
    (24, "4"),
    (18, "8."),
    (16, "4t"),
    (12, "8"),
    (9, "16."),
    (8, "8t"),
    (6, "16"),
    (4, "16t"),
    (3, "32"),
    (2, "32t"),
    (1, "64t"),
];

/// Reads a value such as `4`, `8.` or `16t`.
pub(super) fn parse(text: &str) -> Result<Ticks, String> {
    let digits = text.trim_end_matches(['.', 't']);
    let (numerator, denominator) = match &text[digits.len()..] {
        "" => (1, 1),
        "." => (3, 2),
        ".." => (7, 4),
        "t" => (2, 3),
        _ => return Err(unknown(text)),
    };
    let part = match digits.parse::<u32>() {
        Ok(part) if part.is_power_of_two() && part <= 64 => part,
        _ => return Err(unknown(text)),
    };
    let ticks = WHOLE * numerator;
    if ticks.is_multiple_of(part * denominator) {
        Ok(Ticks(ticks / (part * denominator)))
    } else {
        Err(format!("'/{text}' is no whole number of ticks, 24 of which make a quarter"))
    }
}

fn unknown(text: &str) -> String {
    format!("'/{text}' is no value; /1 /2 /4 /8 /16 /32, dotted as /4. and triplets as /8t are")
}

/// The fewest values that add up to a duration, longest first.
pub(super) fn sum(duration: Ticks) -> Vec<&'static str> {
    let mut left = duration.0;
    let mut values = Vec::new();
    while left > 0 {
        let &(ticks, value) =
            SPELLED.iter().find(|row| row.0 <= left).expect("the last row is one tick");
        values.push(value);
        left -= ticks;
    }
    values
}

/// A duration as a part of a whole note, for messages: `3/8`.
pub(super) fn fraction(duration: Ticks) -> String {
    let common = greatest_common_divisor(duration.0, WHOLE);
    format!("{}/{}", duration.0 / common, WHOLE / common)
}

/// Euclid's; of two zeros it is zero.
pub(super) fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dots_and_triplets_change_a_value() {
        let ticks = |text| parse(text).map(|t| t.0);
        assert_eq!(ticks("4"), Ok(24));
        assert_eq!(ticks("4."), Ok(36));
        assert_eq!(ticks("2.."), Ok(84));
        assert_eq!(ticks("8t"), Ok(8));
        assert_eq!(ticks("64t"), Ok(1));
        for text in ["", "3", "128", "4...", "4.t", "t", ".", "64", "32.", "-4", "4 "] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn every_duration_is_a_sum_of_values_that_are_read_back() {
        for ticks in 0..500 {
            let values = sum(Ticks(ticks));
            let read: u32 = values.iter().map(|value| parse(value).unwrap().0).sum();
            assert_eq!(read, ticks);
        }
        assert_eq!(sum(Ticks(36)), ["4."]);
    }

    #[test]
    fn a_duration_is_told_in_lowest_terms() {
        assert_eq!(fraction(Ticks(36)), "3/8");
        assert_eq!(fraction(Ticks(1)), "1/96");
    }
}
