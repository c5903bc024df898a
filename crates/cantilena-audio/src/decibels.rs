//! Levels as people read them.

/// The level of an amplitude, in decibels relative to full scale (1.0); silence is −∞.
pub fn decibels_of(amplitude: f64) -> f64 {
    20.0 * amplitude.abs().log10()
}

/// The factor by which `decibels` change an amplitude.
pub fn gain_of(decibels: f64) -> f64 {
    10f64.powf(decibels / 20.0)
}

/// Powers below this count as it: librosa's `amin`.
pub const POWER_MIN: f32 = 1e-10;

/// Powers as decibels relative to `reference`, none more than `range` below the loudest:
/// librosa's `power_to_db`, whose `top_db` is the range.
pub fn power_to_decibels(powers: &mut [f32], reference: f32, range: Option<f32>) {
    let zero = 10.0 * reference.max(POWER_MIN).log10();
    for power in &mut *powers {
        *power = 10.0 * power.max(POWER_MIN).log10() - zero;
    }
    let loudest = powers.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    if let Some(range) = range {
        powers.iter_mut().for_each(|level| *level = level.max(loudest - range));
    }
}

/// The way back: powers of levels in decibels relative to `reference`.
pub fn decibels_to_power(levels: &mut [f32], reference: f32) {
    for level in levels {
        *level = reference * 10f32.powf(*level / 10.0);
    }
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

    #[test]
    fn levels_of_powers_have_a_floor_below_the_loudest() {
        let mut levels = [1.0, 0.1, 1e-5, 0.0];
        power_to_decibels(&mut levels, 1.0, Some(30.0));
        for (found, expected) in levels.iter().zip([0.0, -10.0, -30.0, -30.0]) {
            assert!((found - expected).abs() < 1e-5, "{found} for {expected}");
        }
        decibels_to_power(&mut levels, 2.0);
        assert!((levels[1] - 0.2).abs() < 1e-6);
    }
}
