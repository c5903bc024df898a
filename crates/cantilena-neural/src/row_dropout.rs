//! Dropout of whole rows: all values of a token at once.

use crate::random::bits;

/// Sets each row of `matrix` (rows, width) to zero with probability `rate`, and scales the others
/// so that the mean stays: embedding dropout (Gal and Ghahramani, "A theoretically grounded
/// application of dropout in recurrent neural networks", 2016).
///
/// Which rows go follows from `key` alone: the same call on the gradient is the way back. A
/// `rate` of zero changes nothing.
///
/// # Panics
///
/// Unless `rate` is at least zero and less than one.
pub fn drop_rows(matrix: &mut [f32], width: usize, rate: f32, key: u64) {
    assert!((0.0..1.0).contains(&rate), "a dropout rate of {rate} is not in 0..1");
    if rate == 0.0 || width == 0 {
        return;
    }
    let dropped = (f64::from(rate) * 2f64.powi(32)) as u64;
    let scale = 1.0 / (1.0 - rate);
    for (index, row) in matrix.chunks_exact_mut(width).enumerate() {
        let kept = if bits(key, index as u64) >> 32 < dropped { 0.0 } else { scale };
        row.iter_mut().for_each(|value| *value *= kept);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_go_whole_and_their_share_is_the_rate() {
        let mut matrix = vec![1.0; 20_000 * 3];
        drop_rows(&mut matrix, 3, 0.25, 5);
        let gone = matrix.chunks_exact(3).filter(|row| *row == [0.0; 3]).count();
        let kept = matrix.chunks_exact(3).filter(|row| *row == [1.0 / 0.75; 3]).count();
        assert_eq!(gone + kept, 20_000, "no row is half gone");
        // Four standard errors of 20,000 draws at a quarter: 0.0123.
        assert!((gone as f32 / 2e4 - 0.25).abs() < 0.0123, "{gone} rows");
    }

    #[test]
    fn another_key_drops_other_rows_and_no_rate_drops_none() {
        let mask = |rate, key| {
            let mut matrix = vec![1.0; 1000];
            drop_rows(&mut matrix, 1, rate, key);
            matrix
        };
        assert_eq!(mask(0.5, 1), mask(0.5, 1));
        assert_ne!(mask(0.5, 1), mask(0.5, 2));
        assert_eq!(mask(0.0, 1), [1.0; 1000]);
    }
}
