//! Functions of a real number, on vectors: no branch, no table, no call into the C library, so
//! that they take the same few instructions everywhere.

use crate::simd::{Kernel, Simd};

/// Past this, the hyperbolic tangent is 1 to within 2.3e-7, and the fraction below leaves it.
const TANH_LIMIT: f32 = 8.0;

/// tanh(x) = x · p(x²) / q(x²) on |x| ≤ 8, highest power first; both end with + 1.
///
/// Found by least squares on the relative error, reweighted until the error was level: in exact
/// arithmetic it is below 7e-9, in `f32` rounding leaves 3e-7. One power less in either leaves
/// 2e-7 in exact arithmetic; one more gains nothing that `f32` could hold.
const TANH_P: [f32; 4] = [1.523_056_2e-8, 2.189_476_3e-5, 3.571_604_1e-3, 1.344_450_3e-1];
const TANH_Q: [f32; 4] = [8.522_505e-7, 3.411_302e-4, 2.616_446_7e-2, 4.677_783e-1];

/// `coefficients` with x raised to falling powers, and + 1 at the end.
#[inline(always)]
fn polynomial<S: Simd, const N: usize>(s: S, x: S::Vector, coefficients: [f32; N]) -> S::Vector {
    let mut sum = s.splat(coefficients[0]);
    for coefficient in &coefficients[1..] {
        sum = s.mul_add(sum, x, s.splat(*coefficient));
    }
    s.mul_add(sum, x, s.splat(1.0))
}

/// The hyperbolic tangent, within 4e-7 of its value; what is not a number stays so.
#[inline(always)]
pub(crate) fn tanh<S: Simd>(s: S, x: S::Vector) -> S::Vector {
    // In this order of the operands, a value that is not a number passes both bounds.
    let x = s.max(s.splat(-TANH_LIMIT), s.min(s.splat(TANH_LIMIT), x));
    let square = s.mul(x, x);
    let numerator = s.mul(x, polynomial(s, square, TANH_P));
    s.div(numerator, polynomial(s, square, TANH_Q))
}

/// The logistic function 1 / (1 + e^-x), by way of the tangent of half of x.
#[inline(always)]
pub(crate) fn sigmoid<S: Simd>(s: S, x: S::Vector) -> S::Vector {
    let half = s.splat(0.5);
    s.mul_add(half, tanh(s, s.mul(half, x)), half)
}

/// The slope of [`tanh`] where its value is `value`.
#[inline(always)]
pub(crate) fn tanh_slope<S: Simd>(s: S, value: S::Vector) -> S::Vector {
    s.sub(s.splat(1.0), s.mul(value, value))
}

/// The slope of [`sigmoid`] where its value is `value`.
#[inline(always)]
pub(crate) fn sigmoid_slope<S: Simd>(s: S, value: S::Vector) -> S::Vector {
    s.mul(value, s.sub(s.splat(1.0), value))
}

/// e^x for x ≤ 0, within 3e-7 of its value; what lies below the smallest normal number is it.
#[inline(always)]
pub(crate) fn exp_of_negative<S: Simd>(s: S, x: S::Vector) -> S::Vector {
    // ln 2 in two parts, the first so short that its whole multiples are exact.
    const LN_2_HIGH: f32 = 0.693_359_4;
    const LN_2_LOW: f32 = -2.121_944_4e-4;
    // 1/k!, which leaves 5e-9 on |x| ≤ ln 2 / 2.
    const TAYLOR: [f32; 7] =
        [1.0 / 5040.0, 1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0];

    let x = s.max(s.splat(-87.0), x);
    let whole = s.round(s.mul(x, s.splat(std::f32::consts::LOG2_E)));
    let rest = s.mul_add(whole, s.splat(-LN_2_HIGH), x);
    let rest = s.mul_add(whole, s.splat(-LN_2_LOW), rest);
    s.mul(polynomial(s, rest, TAYLOR), s.exp2(whole))
}

/// A function that can be applied to every value of an array.
pub(crate) trait Function: Copy {
    /// Its values in every lane.
    fn of<S: Simd>(self, s: S, x: S::Vector) -> S::Vector;
}

/// x where it is positive, else zero; what is not a number stays so.
#[derive(Clone, Copy)]
pub(crate) struct Ramp;

impl Function for Ramp {
    #[inline(always)]
    fn of<S: Simd>(self, s: S, x: S::Vector) -> S::Vector {
        s.max(s.splat(0.0), x)
    }
}

/// [`tanh`].
#[derive(Clone, Copy)]
pub(crate) struct Tangent;

impl Function for Tangent {
    #[inline(always)]
    fn of<S: Simd>(self, s: S, x: S::Vector) -> S::Vector {
        tanh(s, x)
    }
}

/// [`sigmoid`].
#[derive(Clone, Copy)]
pub(crate) struct Logistic;

impl Function for Logistic {
    #[inline(always)]
    fn of<S: Simd>(self, s: S, x: S::Vector) -> S::Vector {
        sigmoid(s, x)
    }
}

/// Replaces every value by the function of it.
pub(crate) struct OfEach<'a, F>(pub(crate) F, pub(crate) &'a mut [f32]);

impl<F: Function> Kernel for OfEach<'_, F> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let OfEach(function, values) = self;
        for values in values.chunks_mut(S::LANES) {
            s.store(function.of(s, s.load(values)), values);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::isa::Isa;
    use crate::simd::dispatch;

    /// [`exp_of_negative`].
    #[derive(Clone, Copy)]
    struct Exp;

    impl Function for Exp {
        #[inline(always)]
        fn of<S: Simd>(self, s: S, x: S::Vector) -> S::Vector {
            exp_of_negative(s, x)
        }
    }

    /// Compares with the function in f64, by the error relative to what it counts against.
    #[track_caller]
    fn check(
        function: impl Function,
        [from, to]: [f32; 2],
        tolerance: f64,
        exact: fn(f64) -> [f64; 2],
    ) {
        let inputs: Vec<f32> = (0..=40_001).map(|i| from + (to - from) * i as f32 / 4e4).collect();
        for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
            let mut outputs = inputs.clone();
            dispatch(isa, OfEach(function, &mut outputs));
            for (&x, &y) in inputs.iter().zip(&outputs) {
                let [exact, against] = exact(f64::from(x));
                let error = (f64::from(y) - exact).abs() / against;
                assert!(error <= tolerance, "{isa:?}: {y} at {x}, and {exact} would be exact");
            }
        }
    }

    #[test]
    fn tanh_is_exact_to_a_few_units_of_the_last_place() {
        let exact = |x: f64| [x.tanh(), x.tanh().abs().max(1e-30)];
        check(Tangent, [-20.0, 20.0], 4e-7, exact);
        check(Tangent, [-1e-3, 1e-3], 4e-7, exact);
    }

    #[test]
    fn sigmoid_is_exact_to_units_of_the_last_place_of_one() {
        check(Logistic, [-20.0, 20.0], 2.4e-7, |x| [1.0 / (1.0 + (-x).exp()), 1.0]);
    }

    #[test]
    fn exp_is_exact_to_a_few_units_of_the_last_place() {
        check(Exp, [-86.0, 0.0], 3e-7, |x| [x.exp(), x.exp()]);
    }

    #[test]
    fn what_is_not_a_number_stays_so() {
        fn check(function: impl Function) {
            for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
                let mut values = [f32::NAN, 0.0, -1.0];
                dispatch(isa, OfEach(function, &mut values));
                assert!(values[0].is_nan() && values[1].is_finite() && values[2].is_finite());
            }
        }
        check(Ramp);
        check(Tangent);
        check(Logistic);
        check(Exp);
    }
}
