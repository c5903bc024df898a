//! The plain recurrent cell: h' = tanh(a), where a is the sum over input and state.

use crate::functions::{tanh, tanh_slope};
use crate::simd::{Kernel, Simd};

/// One step of one sequence.
pub(crate) struct Forward<'a> {
    /// (units,): the sums; on return, h'.
    pub(crate) gates: &'a mut [f32],
    /// (units,): on return h'.
    pub(crate) h: &'a mut [f32],
}

impl Kernel for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let Forward { gates, h } = self;
        let units = h.len();
        let gates = &mut gates[..units];
        for u in (0..units).step_by(S::LANES) {
            let value = tanh(s, s.load(&gates[u..]));
            s.store(value, &mut gates[u..]);
            s.store(value, &mut h[u..]);
        }
    }
}

/// The way back through one step of one sequence.
pub(crate) struct Backward<'a> {
    /// (units,): h'; on return, the gradients of the sums.
    pub(crate) gates: &'a mut [f32],
    /// (units,): the gradient of h' as an output.
    pub(crate) dy: &'a [f32],
    /// (units,): the gradient of h' from later steps.
    pub(crate) dh: &'a [f32],
    /// (units,): to which the gradients of the sums are added.
    pub(crate) d_bias: &'a mut [f32],
}

impl Kernel for Backward<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let Backward { gates, dy, dh, d_bias } = self;
        let units = dh.len();
        let (gates, dy, d_bias) = (&mut gates[..units], &dy[..units], &mut d_bias[..units]);
        for u in (0..units).step_by(S::LANES) {
            let d_h = s.add(s.load(&dy[u..]), s.load(&dh[u..]));
            let gradient = s.mul(d_h, tanh_slope(s, s.load(&gates[u..])));
            s.store(gradient, &mut gates[u..]);
            s.add_to(gradient, &mut d_bias[u..]);
        }
    }
}
