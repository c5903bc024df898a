//! How far predictions are from what was to be predicted, and the gradient of it.

use std::ops::AddAssign;

use crate::functions::exp_of_negative;
use crate::isa::isa;
use crate::simd::{Kernel, Simd, dispatch};

/// The target of a row that is not to be learnt.
pub const IGNORED: u16 = u16::MAX;

/// What [`cross_entropy`] adds up over rows.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    /// Minus the logarithm of the targets' probabilities, in nats.
    pub nats: f64,
    /// How many targets had the largest logit of their row, the first where several are equal.
    pub correct: u64,
    /// How many rows had a target.
    pub counted: u64,
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Tally) {
        self.nats += other.nats;
        self.correct += other.correct;
        self.counted += other.counted;
    }
}

/// Scores logits against targets, and turns them into gradients in place.
///
/// `logits` is (rows, classes), `targets` is (rows,). A row becomes `scale` times the gradient of
/// its nats: softmax less one at the target. A row whose target is [`IGNORED`] becomes zero and is
/// not counted. `nats`, if asked for, receives those of each row, zero for an ignored one.
///
/// # Panics
///
/// If a target is no class, or a slice is shorter than its shape.
pub fn cross_entropy(
    rows: usize,
    classes: usize,
    logits: &mut [f32],
    targets: &[u16],
    scale: f32,
    mut nats: Option<&mut [f32]>,
) -> Tally {
    let mut tally = Tally::default();
    for (row, &target) in targets[..rows].iter().enumerate() {
        let logits = &mut logits[row * classes..][..classes];
        let mut found = 0.0;
        if target == IGNORED {
            logits.fill(0.0);
        } else {
            let target = usize::from(target);
            let scored = dispatch(isa(), CrossEntropy { logits, target, scale });
            found = scored.nats;
            tally += scored;
        }
        if let Some(nats) = &mut nats {
            nats[row] = found as f32;
        }
    }
    tally
}

/// One row.
struct CrossEntropy<'a> {
    logits: &'a mut [f32],
    target: usize,
    scale: f32,
}

impl Kernel for CrossEntropy<'_> {
    type Output = Tally;

    #[inline(always)]
    fn run<S: Simd>(self, s: S) -> Tally {
        let CrossEntropy { logits, target, scale } = self;
        let mut largest = s.splat(f32::NEG_INFINITY);
        for logits in logits.chunks(S::LANES) {
            largest = s.max(largest, s.load_padded(logits, f32::NEG_INFINITY));
        }
        let largest = s.to_array(largest)[..S::LANES].iter().copied().fold(f32::MIN, f32::max);
        let at_target = logits[target];
        let is_largest = at_target == largest && !logits[..target].contains(&largest);

        // Padding has a probability of e^-87, which no sum of values up to one can hold.
        let mut sums = s.splat(0.0);
        for logits in logits.chunks_mut(S::LANES) {
            let logit = s.load_padded(logits, f32::NEG_INFINITY);
            let weight = exp_of_negative(s, s.sub(logit, s.splat(largest)));
            sums = s.add(sums, weight);
            s.store(weight, logits);
        }
        let sum = s.sum(sums);
        for logits in logits.chunks_mut(S::LANES) {
            s.store(s.mul(s.load(logits), s.splat(scale / sum)), logits);
        }
        logits[target] -= scale;

        let nats = f64::from(sum).ln() + f64::from(largest) - f64::from(at_target);
        Tally { nats, correct: u64::from(is_largest), counted: 1 }
    }
}

/// What [`mean_squared_error`] adds up over values.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Deviation {
    /// The squares of the differences.
    pub squared: f64,
    /// How many values had a target.
    pub counted: u64,
}

impl Deviation {
    /// The mean squared error; zero of nothing.
    pub fn mean(self) -> f64 {
        self.squared / self.counted.max(1) as f64
    }
}

impl AddAssign for Deviation {
    fn add_assign(&mut self, other: Deviation) {
        self.squared += other.squared;
        self.counted += other.counted;
    }
}

/// Scores real values against targets, and turns them into gradients in place.
///
/// A prediction becomes `scale` times the gradient of its squared error. One whose target is not
/// a number becomes zero and is not counted.
///
/// # Panics
///
/// If there are fewer targets than predictions.
pub fn mean_squared_error(predictions: &mut [f32], targets: &[f32], scale: f32) -> Deviation {
    let mut deviation = Deviation::default();
    let targets = &targets[..predictions.len()];
    for (prediction, &target) in predictions.iter_mut().zip(targets) {
        if target.is_nan() {
            *prediction = 0.0;
            continue;
        }
        let difference = *prediction - target;
        deviation += Deviation { squared: f64::from(difference).powi(2), counted: 1 };
        *prediction = 2.0 * scale * difference;
    }
    deviation
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::fill_uniform;

    /// Nats and gradient of one row in f64.
    fn plain(logits: &[f32], target: usize) -> (f64, Vec<f64>) {
        let largest = logits.iter().copied().fold(f32::MIN, f32::max);
        let weights: Vec<f64> =
            logits.iter().map(|&logit| f64::from(logit - largest).exp()).collect();
        let sum: f64 = weights.iter().sum();
        let mut gradient: Vec<f64> = weights.iter().map(|weight| weight / sum).collect();
        let nats = -gradient[target].ln();
        gradient[target] -= 1.0;
        (nats, gradient)
    }

    #[test]
    fn cross_entropy_is_that_of_the_formula_whatever_the_number_of_classes() {
        for classes in [1, 2, 15, 16, 17, 300] {
            let mut logits = vec![0.0; 3 * classes];
            fill_uniform(&mut logits, classes as u64, 9.0);
            let targets = [0, (classes - 1) as u16, (classes / 2) as u16];
            let (mut found, mut nats) = (logits.clone(), vec![0.0; 3]);
            let tally = cross_entropy(3, classes, &mut found, &targets, 0.5, Some(&mut nats));
            let mut sum = 0.0;
            for (row, target) in targets.into_iter().enumerate() {
                let span = row * classes..(row + 1) * classes;
                let (expected, gradient) = plain(&logits[span.clone()], usize::from(target));
                assert!((f64::from(nats[row]) - expected).abs() < 2e-6 * expected.max(1.0));
                for (found, expected) in found[span].iter().zip(gradient) {
                    assert!((f64::from(*found) - 0.5 * expected).abs() < 3e-7);
                }
                sum += expected;
            }
            assert!((tally.nats - sum).abs() < 1e-5 * sum.max(1.0));
            assert_eq!(tally.counted, 3);
        }
    }

    #[test]
    fn ignored_rows_count_for_nothing() {
        let mut logits = [1.0, 2.0, 3.0, 0.0];
        let mut nats = [9.0; 2];
        let tally = cross_entropy(2, 2, &mut logits, &[IGNORED, 0], 1.0, Some(&mut nats));
        assert_eq!((tally.counted, tally.correct), (1, 1));
        assert_eq!((logits[0], logits[1], nats[0]), (0.0, 0.0, 0.0));
        assert!((tally.nats - 0.048_587).abs() < 1e-5);
    }

    #[test]
    fn of_equal_logits_the_first_is_the_guess() {
        let tally = cross_entropy(2, 3, &mut [0.0; 6], &[0, 1], 1.0, None);
        assert_eq!(tally.correct, 1);
        assert!((tally.nats - 2.0 * 3f64.ln()).abs() < 1e-6);
    }

    #[test]
    fn a_logit_that_is_no_number_is_not_hidden() {
        let tally = cross_entropy(1, 3, &mut [0.0, f32::NAN, 1.0], &[0], 1.0, None);
        assert!(tally.nats.is_nan());
    }

    #[test]
    fn squared_errors_are_summed_and_their_slope_is_twice_the_difference() {
        let mut predictions = [1.0, 2.0, 5.0];
        let deviation = mean_squared_error(&mut predictions, &[0.0, 4.0, f32::NAN], 0.5);
        assert_eq!(deviation, Deviation { squared: 5.0, counted: 2 });
        assert_eq!(deviation.mean(), 2.5);
        assert_eq!(predictions, [1.0, -2.0, 0.0]);
    }
}
