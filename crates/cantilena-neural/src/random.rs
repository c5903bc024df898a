//! Chance from a seed: values that depend on a key and an index alone.
//!
//! There is no state to carry: any thread may ask for any value at any time, and a mask that was
//! needed forward is simply asked for again backward.

/// The finalizer of SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number
/// generators", 2014): a bijection of 64 bits in which every bit of the input moves half of the
/// output.
fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    value ^ (value >> 31)
}

/// 64 random bits: the value number `index` of the generator `key`.
pub(crate) fn bits(key: u64, index: u64) -> u64 {
    // The increment of SplitMix64, 2^64 over the golden ratio.
    mix(mix(key).wrapping_add(index.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
}

/// Uniform on [-limit, limit).
pub(crate) fn uniform(key: u64, index: u64, limit: f32) -> f32 {
    let unit = (bits(key, index) >> 40) as f32 / (1u64 << 24) as f32;
    (2.0 * unit - 1.0) * limit
}

/// Fills `values` uniformly on [-limit, limit), from the generator `key`.
pub(crate) fn fill_uniform(values: &mut [f32], key: u64, limit: f32) {
    for (index, value) in values.iter_mut().enumerate() {
        *value = uniform(key, index as u64, limit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uniform_values_have_the_mean_and_variance_of_their_range() {
        let mut values = vec![0.0; 100_000];
        fill_uniform(&mut values, 7, 3.0);
        let mean = values.iter().map(|&v| f64::from(v)).sum::<f64>() / values.len() as f64;
        let variance =
            values.iter().map(|&v| f64::from(v).powi(2)).sum::<f64>() / values.len() as f64;
        // Three standard errors of 100,000 draws: 0.016 and 0.025.
        assert!(mean.abs() < 0.016, "{mean}");
        assert!((variance - 3.0).abs() < 0.025, "{variance}");
        assert!(values.iter().all(|v| (-3.0..3.0).contains(v)));
    }

    #[test]
    fn keys_and_indices_give_different_values() {
        let mut seen: Vec<u64> =
            (0..100).flat_map(|key| (0..100).map(move |index| bits(key, index))).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 10_000);
    }
}
