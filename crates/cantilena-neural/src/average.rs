//! Weights averaged over the updates that made them.

use crate::shards::for_each_shard;

/// How many values one thread takes at a time.
const PIECE: usize = 64 * 1024;

/// The exponential moving average of weights: each update keeps `decay` of it.
///
/// It begins at zero and is divided by how much it has seen, 1 − decayᵗ, as Adam's moments are
/// (Kingma and Ba, 2015): the average of one update is that update's weights, whatever the decay.
#[derive(Clone, Debug, PartialEq)]
pub struct Average {
    /// How much of the average an update keeps; at least 0 and less than 1.
    pub decay: f32,
    sums: Vec<f32>,
    step: u64,
}

impl Average {
    /// The average of `len` weights that were never updated.
    pub fn new(decay: f32, len: usize) -> Average {
        Average::restore(decay, vec![0.0; len], 0)
    }

    /// An average as it was when a checkpoint was taken.
    ///
    /// # Panics
    ///
    /// Unless `decay` is at least zero and less than one.
    pub fn restore(decay: f32, sums: Vec<f32>, step: u64) -> Average {
        assert!((0.0..1.0).contains(&decay), "a decay of {decay} is not in 0..1");
        Average { decay, sums, step }
    }

    /// The average before it is divided by how much it has seen.
    pub fn sums(&self) -> &[f32] {
        &self.sums
    }

    /// How many updates it has seen.
    pub fn step(&self) -> u64 {
        self.step
    }

    /// Takes in the weights after an update; the same bits for any number of threads.
    ///
    /// # Panics
    ///
    /// If there are more or fewer weights than before.
    pub fn add(&mut self, weights: &[f32], threads: usize) {
        assert_eq!(weights.len(), self.sums.len(), "an average is of the same weights throughout");
        self.step += 1;
        let (kept, new) = (self.decay, 1.0 - self.decay);
        let mut pieces: Vec<_> = self.sums.chunks_mut(PIECE).zip(weights.chunks(PIECE)).collect();
        for_each_shard(threads, &mut pieces, |_, (sums, weights)| {
            for (sum, weight) in sums.iter_mut().zip(*weights) {
                *sum = kept * *sum + new * weight;
            }
        });
    }

    /// Writes the average into `weights`; before any update, nothing.
    pub fn write(&self, weights: &mut [f32]) {
        if self.step == 0 {
            return;
        }
        let seen = 1.0 - f64::from(self.decay).powf(self.step as f64);
        let correction = (1.0 / seen) as f32;
        for (weight, sum) in weights.iter_mut().zip(&self.sums) {
            *weight = sum * correction;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::fill_uniform;

    #[test]
    fn the_average_is_that_of_the_formula() {
        let len = PIECE + 3;
        let mut average = Average::new(0.9, len);
        let (mut sums, mut seen) = (vec![0.0f64; len], 0.0);
        for step in 0..30 {
            let mut weights = vec![0.0; len];
            fill_uniform(&mut weights, step, 1.0);
            average.add(&weights, 1 + step as usize % 3);
            seen = 0.9 * seen + 0.1;
            for (sum, weight) in sums.iter_mut().zip(&weights) {
                *sum = 0.9 * *sum + 0.1 * f64::from(*weight);
            }
        }
        let mut found = vec![0.0; len];
        average.write(&mut found);
        for (found, sum) in found.iter().zip(sums) {
            assert!((f64::from(*found) - sum / seen).abs() < 2e-6);
        }
    }

    #[test]
    fn the_average_of_one_update_is_its_weights() {
        let mut average = Average::new(0.999, 2);
        let mut found = [7.0, 7.0];
        average.write(&mut found);
        assert_eq!(found, [7.0, 7.0], "nothing was averaged yet");
        average.add(&[1.0, -2.0], 1);
        average.write(&mut found);
        assert!((found[0] - 1.0).abs() < 1e-6 && (found[1] + 2.0).abs() < 1e-6, "{found:?}");
    }

    #[test]
    fn threads_change_no_bit() {
        let mut weights = vec![0.0; 3 * PIECE];
        fill_uniform(&mut weights, 1, 1.0);
        let averages = [1, 2, 4].map(|threads| {
            let mut average = Average::new(0.5, weights.len());
            average.add(&weights, threads);
            average.add(&weights[..], threads);
            average
        });
        assert_eq!(averages[0], averages[1]);
        assert_eq!(averages[0], averages[2]);
    }
}
