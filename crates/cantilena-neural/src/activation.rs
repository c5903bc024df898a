//! Functions of single values, in place, and the way back from their outputs.

use crate::functions::{Logistic, OfEach, Ramp, Tangent};
use crate::isa::isa;
use crate::simd::dispatch;

/// Sets negative values to zero.
pub fn relu(values: &mut [f32]) {
    dispatch(isa(), OfEach(Ramp, values));
}

/// Turns the gradient of the outputs of [`relu`] into that of its inputs.
pub fn relu_backward(outputs: &[f32], gradients: &mut [f32]) {
    turn_back(outputs, gradients, |output, gradient| if output > 0.0 { gradient } else { 0.0 });
}

/// The hyperbolic tangent of every value.
pub fn tanh(values: &mut [f32]) {
    dispatch(isa(), OfEach(Tangent, values));
}

/// Turns the gradient of the outputs of [`tanh`] into that of its inputs.
pub fn tanh_backward(outputs: &[f32], gradients: &mut [f32]) {
    turn_back(outputs, gradients, |output, gradient| gradient * (1.0 - output * output));
}

/// The logistic function 1 / (1 + e^-x) of every value.
pub fn sigmoid(values: &mut [f32]) {
    dispatch(isa(), OfEach(Logistic, values));
}

/// Turns the gradient of the outputs of [`sigmoid`] into that of its inputs.
pub fn sigmoid_backward(outputs: &[f32], gradients: &mut [f32]) {
    turn_back(outputs, gradients, |output, gradient| gradient * (output * (1.0 - output)));
}

/// Replaces each gradient by what `back` makes of the output and it.
fn turn_back(outputs: &[f32], gradients: &mut [f32], back: impl Fn(f32, f32) -> f32) {
    for (gradient, &output) in gradients.iter_mut().zip(outputs) {
        *gradient = back(output, *gradient);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares the way back with central differences of the way forward.
    #[track_caller]
    fn check(forward: fn(&mut [f32]), backward: fn(&[f32], &mut [f32])) {
        const STEP: f32 = 1e-2;
        let inputs: Vec<f32> = (-20..20).map(|i| 0.15 * i as f32 + 0.07).collect();
        let at = |shift: f32| {
            let mut values: Vec<f32> = inputs.iter().map(|x| x + shift).collect();
            forward(&mut values);
            values
        };
        let mut gradients = vec![2.0; inputs.len()];
        backward(&at(0.0), &mut gradients);
        for ((gradient, above), below) in gradients.iter().zip(at(STEP)).zip(at(-STEP)) {
            let difference = (above - below) / STEP;
            assert!((gradient - difference).abs() < 2e-4, "{gradient} for {difference}");
        }
    }

    #[test]
    fn the_way_back_is_the_slope_of_the_way_forward() {
        check(relu, relu_backward);
        check(tanh, tanh_backward);
        check(sigmoid, sigmoid_backward);
    }

    #[test]
    fn values_are_those_of_the_functions() {
        let mut values = [-1.0, 0.0, 2.0];
        relu(&mut values);
        assert_eq!(values, [0.0, 0.0, 2.0]);
        let mut values = [0.5];
        tanh(&mut values);
        assert!((values[0] - 0.462_117_16).abs() < 1e-6);
        let mut values = [0.5];
        sigmoid(&mut values);
        assert!((values[0] - 0.622_459_35).abs() < 1e-6);
    }
}
