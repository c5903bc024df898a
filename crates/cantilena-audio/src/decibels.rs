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
        *power = 10.0 * log10(power.max(POWER_MIN)) - zero;
    }
    let loudest = powers.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    if let Some(range) = range {
        powers.iter_mut().for_each(|level| *level = level.max(loudest - range));
    }
}

/// The decimal logarithm of a number above the smallest normal one.
///
/// The system's own cannot be done for several numbers at once, and would take a quarter of the
/// time of a spectrogram. The exponent is read off; what is left lies within √½ and √2, where five
/// terms of 2·artanh((m − 1) / (m + 1)) are exact to single precision.
fn log10(number: f32) -> f32 {
    const ROOT_OF_HALF: i32 = 0x3f35_04f3;
    let bits = number.to_bits() as i32;
    let exponent = (bits - ROOT_OF_HALF) >> 23;
    let mantissa = f32::from_bits((bits - (exponent << 23)) as u32);
    let s = (mantissa - 1.0) / (mantissa + 1.0);
    let t = s * s;
    let series = 1.0 + t * (1.0 / 3.0 + t * (1.0 / 5.0 + t * (1.0 / 7.0 + t / 9.0)));
    s * series * (2.0 * std::f32::consts::LOG10_E) + exponent as f32 * std::f32::consts::LOG10_2
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

    #[test]
    fn the_quick_logarithm_is_the_systems() {
        let mut number = 1e-30f32;
        while number < 1e30 {
            let (found, wanted) = (log10(number), number.log10());
            assert!((found - wanted).abs() <= 2e-7 * wanted.abs().max(1.0), "{number}: {found}");
            number *= 1.000_37;
        }
        assert_eq!(log10(1.0), 0.0);
    }
}
