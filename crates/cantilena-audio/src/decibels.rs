//! Levels as people read them.

/// The level of an amplitude, in decibels relative to full scale (1.0); silence is −∞.
pub fn decibels_of(amplitude: f64) -> f64 {
    20.0 * amplitude.abs().log10()
}

/// The factor by which `decibels` change an amplitude.
pub fn gain_of(decibels: f64) -> f64 {
    10f64.powf(decibels / 20.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_decibels_are_about_a_factor_of_two() {
        assert!((gain_of(6.0206) - 2.0).abs() < 1e-5);
        assert!((decibels_of(-0.5) + 6.0206).abs() < 1e-4);
        assert_eq!(decibels_of(0.0), f64::NEG_INFINITY);
    }
}
