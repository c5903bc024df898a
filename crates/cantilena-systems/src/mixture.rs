//! A frame as a mixture of normal distributions instead of a mean.
//!
//! Outputs of a frame, one behind the other: `components` logits of the mixture, `components` ×
//! `bands` means, `components` × `bands` logarithms of standard deviations; the normals are
//! independent between bands (Bishop, "Mixture density networks", 1994).

/// Standard deviations below this would make a likelihood of any size out of silence: a
/// hundredth of a scale that runs from 0 to 1 is less than a decibel.
const LOG_DEVIATION_MIN: f32 = -4.6;

/// Wider than the whole scale.
const LOG_DEVIATION_MAX: f32 = 1.0;

/// Logits, means and deviations of a frame.
pub(crate) fn outputs(bands: usize, components: usize) -> usize {
    components * (1 + 2 * bands)
}

/// The parts of one frame's outputs.
pub(crate) struct Mixture<'a> {
    /// Unnormalised logarithms of the components' shares.
    pub(crate) logits: &'a [f32], // (components,)
    pub(crate) means: &'a [f32], // (components, bands)
    log_deviations: &'a [f32],   // (components, bands)
    bands: usize,
}

impl<'a> Mixture<'a> {
    pub(crate) fn of(outputs: &'a [f32], bands: usize, components: usize) -> Mixture<'a> {
        let (logits, rest) = outputs.split_at(components);
        let (means, log_deviations) = rest.split_at(components * bands);
        Mixture { logits, means, log_deviations, bands }
    }

    /// A component's means and standard deviations, (bands,) each.
    pub(crate) fn component(&self, component: usize) -> impl Iterator<Item = (f32, f32)> {
        let at = component * self.bands;
        let means = self.means[at..at + self.bands].iter();
        let deviations = self.log_deviations[at..at + self.bands].iter();
        means
            .zip(deviations)
            .map(|(&mean, &log)| (mean, log.clamp(LOG_DEVIATION_MIN, LOG_DEVIATION_MAX).exp()))
    }

    /// Logarithm of a component's density at a frame.
    fn log_density(&self, component: usize, frame: &[f32]) -> f64 {
        let bands = self.component(component).zip(frame);
        let sum: f64 = bands
            .map(|((mean, deviation), &value)| {
                let z = f64::from((value - mean) / deviation);
                -0.5 * z * z - f64::from(deviation).ln()
            })
            .sum();
        sum - 0.5 * self.bands as f64 * std::f64::consts::TAU.ln()
    }
}

/// Minus the logarithm of the density at the targets (rows, bands), summed; the outputs become
/// `scale` times its gradient.
pub(crate) fn score(
    bands: usize,
    components: usize,
    outputs: &mut [f32],
    targets: &[f32],
    scale: f32,
) -> f64 {
    let mut sum = 0.0;
    let width = self::outputs(bands, components);
    let mut gradient = vec![0.0; width];
    for (outputs, frame) in outputs.chunks_exact_mut(width).zip(targets.chunks_exact(bands)) {
        let mixture = Mixture::of(outputs, bands, components);
        let largest = mixture.logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let shares: Vec<f64> =
            mixture.logits.iter().map(|&logit| f64::from(logit - largest).exp()).collect();
        let total: f64 = shares.iter().sum();
        let joint: Vec<f64> = (0..components)
            .map(|component| {
                (shares[component] / total).ln() + mixture.log_density(component, frame)
            })
            .collect();
        let most = joint.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let density = most + joint.iter().map(|joint| (joint - most).exp()).sum::<f64>().ln();
        sum -= density;
        for component in 0..components {
            // How much of the frame this component answers for.
            let answer = (joint[component] - density).exp();
            gradient[component] = scale * (shares[component] / total - answer) as f32;
            let at = components + component * bands;
            for (band, ((mean, deviation), &value)) in
                mixture.component(component).zip(frame).enumerate()
            {
                let z = (value - mean) / deviation;
                let log = mixture.log_deviations[component * bands + band];
                let is_free = (LOG_DEVIATION_MIN..=LOG_DEVIATION_MAX).contains(&log);
                let answer = answer as f32 * scale;
                gradient[at + band] = -answer * z / deviation;
                gradient[at + components * bands + band] =
                    if is_free { answer * (1.0 - z * z) } else { 0.0 };
            }
        }
        outputs.copy_from_slice(&gradient);
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_density_of_one_component_is_that_of_a_normal_distribution() {
        // Mean 1, deviation e^-1, at 1.5 in one band.
        let mut outputs = [0.0, 1.0, -1.0];
        let nats = score(1, 1, &mut outputs, &[1.5], 1.0);
        let z = 0.5 / (-1f64).exp();
        assert!((nats - (0.5 * z * z - 1.0 + 0.5 * std::f64::consts::TAU.ln())).abs() < 1e-6);
    }

    #[test]
    fn gradients_agree_with_differences() {
        let outputs: Vec<f32> = (0..self::outputs(3, 2)).map(|i| (i as f32 * 0.8).sin()).collect();
        let frame = [0.3, 0.9, 0.1];
        let nats = |outputs: &[f32]| score(3, 2, &mut outputs.to_vec(), &frame, 1.0);
        let mut gradient = outputs.clone();
        score(3, 2, &mut gradient, &frame, 1.0);
        for index in 0..outputs.len() {
            let at = |by: f32| {
                let mut moved = outputs.clone();
                moved[index] += by;
                nats(&moved)
            };
            let expected = ((at(1e-3) - at(-1e-3)) / 2e-3) as f32;
            let found = gradient[index];
            assert!(
                (found - expected).abs() < 1e-2 * (1.0 + expected.abs()),
                "{index}: {found} {expected}"
            );
        }
    }
}
