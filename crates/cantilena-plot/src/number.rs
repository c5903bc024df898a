//! Numbers as words and as coordinates.

/// A coordinate, to a hundredth of a point.
pub(crate) fn coordinate(value: f64) -> String {
    trimmed(&format!("{value:.2}"))
}

/// A number for people: three digits that matter, zeros at the end of decimals left out.
pub(crate) fn number(value: f64) -> String {
    written(value, trimmed)
}

/// A measured number: three digits that matter, whatever they are.
pub(crate) fn measured(value: f64) -> String {
    written(value, str::to_owned)
}

/// A share of a list: all to a tenth of a percent, so that they can be compared at a glance.
pub(crate) fn percent(share: f64) -> String {
    match 100.0 * share {
        small if small > 0.0 && small < 0.05 => "< 0.1 %".to_owned(),
        share => format!("{share:.1} %"),
    }
}

/// The numbers along an axis, by rising value: with more decimals than [`number`] gives where it
/// would write two of them alike.
pub(crate) fn numbers(values: &[f64]) -> Vec<String> {
    let differ = |words: &Vec<String>| words.windows(2).all(|pair| pair[0] != pair[1]);
    let finer = |decimals: usize| -> Vec<String> {
        values.iter().map(|&value| with_decimals(value, decimals, trimmed)).collect()
    };
    let short = values.iter().map(|&value| number(value)).collect();
    if differ(&short) {
        return short;
    }
    // An f64 has no more than seventeen digits.
    (1..=17).map(finer).find(differ).unwrap_or(short)
}

fn written(value: f64, cut: impl Fn(&str) -> String) -> String {
    let size = value.abs();
    let decimals = match size {
        _ if size == 0.0 || (99.95..1e10).contains(&size) => 0,
        _ if (9.995..99.95).contains(&size) => 1,
        _ if (0.9995..9.995).contains(&size) => 2,
        _ if (0.09995..0.9995).contains(&size) => 3,
        _ if (0.009995..0.09995).contains(&size) => 4,
        _ if (0.001..0.009995).contains(&size) => 5,
        _ => return format!("{value:.1e}").replace('-', "−"),
    };
    with_decimals(value, decimals, cut)
}

fn with_decimals(value: f64, decimals: usize, cut: impl Fn(&str) -> String) -> String {
    let words = cut(&format!("{:.decimals$}", value.abs()));
    let (whole, part) = words.split_once('.').unwrap_or((&words, ""));
    let mut words = String::from(if value < 0.0 { "−" } else { "" });
    for (place, digit) in whole.chars().enumerate() {
        // A comma at each thousand, from five digits on.
        if place > 0 && (whole.len() - place).is_multiple_of(3) && whole.len() > 4 {
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
            (0.48853, "0.489"),
            (0.02483, "0.0248"),
            (0.003614, "0.00361"),
            (0.00012, "1.2e−4"),
            (-1e308, "−1.0e308"),
        ];
        for (value, words) in cases {
            assert_eq!(number(value), words);
        }
        assert_eq!([2.1, 9.999, 12.0, 0.0].map(measured), ["2.10", "10.0", "12.0", "0"]);
    }

    // Shares of 0.02 to 0.03 once stood along an axis as 0.02, 0.02, 0.02 and 0.03.
    #[test]
    fn numbers_of_an_axis_differ() {
        assert_eq!(numbers(&[0.0, 0.5, 1.0]), ["0", "0.5", "1"]);
        assert_eq!(numbers(&[4.2512, 4.2514]), ["4.2512", "4.2514"]);
        assert_eq!(numbers(&[12_345.5, 12_346.0]), ["12,345.5", "12,346"]);
        assert_eq!(numbers(&[1.0, 1.0]), ["1", "1"], "nothing tells them apart");
        assert_eq!(numbers(&[]), [""; 0]);
    }

    #[test]
    fn shares_of_a_list_have_one_decimal() {
        let shares = [1.0, 0.06, 0.0525, 0.00937, 0.0004, 0.0].map(percent);
        assert_eq!(shares, ["100.0 %", "6.0 %", "5.2 %", "0.9 %", "< 0.1 %", "0.0 %"]);
    }

    #[test]
    fn coordinates_are_no_longer_than_they_must_be() {
        assert_eq!(coordinate(12.0), "12");
        assert_eq!(coordinate(-0.001), "0");
        assert_eq!(coordinate(3.456), "3.46");
    }
}
