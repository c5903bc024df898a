//! The filter that a place between samples needs, and the window that ends it.

use std::f64::consts::PI;

/// sin(πx) / πx.
pub(crate) fn sinc(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) }
}

/// Kaiser's window at −1 to 1 (J. F. Kaiser, "Nonrecursive digital filter design using the I₀-sinh
/// window function", ISCAS 1974): the larger `beta`, the wider its top and the deeper its sides.
pub(crate) fn kaiser(beta: f64, x: f64) -> f64 {
    bessel(beta * (1.0 - x * x).max(0.0).sqrt()) / bessel(beta)
}

/// The modified Bessel function I₀, by its power series.
fn bessel(x: f64) -> f64 {
    let (mut term, mut sum) = (1.0, 1.0);
    for k in 1..40 {
        term *= (x / (2.0 * f64::from(k))).powi(2);
        sum += term;
    }
    sum
}
