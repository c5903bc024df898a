//! Numbers as words and as coordinates.

/// A coordinate, to a hundredth of a point.
pub(crate) fn coordinate(value: f64) -> String {
    trimmed(&format!("{value:.2}"))
}

/// A number for people: three digits that matter, a comma at each thousand.
pub(crate) fn number(value: f64) -> String {
    let size = value.abs();
    let digits = match size {
        _ if size == 0.0 => 0,
        _ if size >= 100.0 => 0,
        _ if size >= 10.0 => 1,
        _ if size >= 0.01 => 2,
        _ => return format!("{value:.1e}").replace('-', "−"),
    };
    let written = trimmed(&format!("{size:.digits$}"));
    let (whole, part) = written.split_once('.').unwrap_or((&written, ""));
    let mut words = String::from(if value < 0.0 { "−" } else { "" });
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place) % 3 == 0 && whole.len() > 4 {
            words.push(',');
        }
        words.push(digit);
    }
    if !part.is_empty() {
        words.push('.');
        words.push_str(part);
    }
    words
}

fn trimmed(decimals: &str) -> String {
    let short = match decimals.contains('.') {
        true => decimals.trim_end_matches('0').trim_end_matches('.'),
        false => decimals,
    };
    if short == "-0" { "0".to_owned() } else { short.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_three_digits_that_matter() {
        let cases = [
            (0.0, "0"),
            (1.834, "1.83"),
            (12.04, "12"),
            (12.36, "12.4"),
            (100.0, "100"),
            (4321.0, "4321"),
            (1_234_567.0, "1,234,567"),
            (-0.25, "−0.25"),
            (0.00012, "1.2e−4"),
        ];
        for (value, words) in cases {
            assert_eq!(number(value), words);
        }
    }

    #[test]
    fn coordinates_are_no_longer_than_they_must_be() {
        assert_eq!(coordinate(12.0), "12");
        assert_eq!(coordinate(-0.001), "0");
        assert_eq!(coordinate(3.456), "3.46");
    }
}
