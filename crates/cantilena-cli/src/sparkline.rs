//! A curve in a line of text.

/// The heights a character can show, the lowest first.
const HEIGHTS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A curve of at most `width` characters, from its lowest value to its highest; what is no number
/// is a gap. Where there are more values, each character is the mean of its share of them.
pub(crate) fn sparkline(values: &[f64], width: usize) -> String {
    let width = width.min(values.len());
    let shares = (0..width).map(|place| {
        let (from, to) = (place * values.len() / width, (place + 1) * values.len() / width);
        values[from..to].iter().sum::<f64>() / (to - from) as f64
    });
    let means: Vec<f64> = shares.collect();
    let finite = || means.iter().copied().filter(|mean| mean.is_finite());
    let (low, high) = (finite().fold(f64::MAX, f64::min), finite().fold(f64::MIN, f64::max));
    let character = |mean: &f64| {
        let height = (mean - low) / (high - low).max(f64::EPSILON) * (HEIGHTS.len() - 1) as f64;
        if mean.is_finite() { HEIGHTS[height.round() as usize] } else { ' ' }
    };
    means.iter().map(character).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lowest_is_low_and_the_highest_high() {
        assert_eq!(sparkline(&[7.0, 6.0, 5.0, 4.0, 3.0, 2.0, 1.0, 0.0], 20), "█▇▆▅▄▃▂▁");
        assert_eq!(sparkline(&[2.0, 0.0, 1.0, 1.0], 2), "▁▁", "means of two");
        assert_eq!(sparkline(&[1.0, f64::NAN, 2.0], 3), "▁ █");
        assert_eq!(sparkline(&[3.0], 5), "▁");
        assert_eq!(sparkline(&[], 5), "");
    }
}
