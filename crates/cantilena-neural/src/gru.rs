//! The gated recurrent unit: what happens in its units once the products are summed.
//!
//! With the sums a over the input and b over the state, as PyTorch's `GRU` has them and in its
//! order; the reset gate acts on a finished sum, so that both must be kept apart:
//!
//! ```text
//! r = σ(a_r + b_r)   z = σ(a_z + b_z)   n = tanh(a_n + r b_n)
//! h' = n + z (h - n)
//! ```

use crate::functions::{sigmoid, sigmoid_slope, tanh, tanh_slope};
use crate::simd::{Kernel, Simd};

/// One step of one sequence.
pub(crate) struct Forward<'a> {
    /// (3, units): the sums over the input; on return, the gates' values.
    pub(crate) gates: &'a mut [f32],
    /// (3, units): the sums over the state.
    pub(crate) hidden: &'a [f32],
    /// (units,): h; on return, h'.
    pub(crate) h: &'a mut [f32],
}

impl Kernel for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let Forward { gates, hidden, h } = self;
        let units = h.len();
        let [r, z, n] = split(gates, units);
        let (hidden_r, hidden) = hidden.split_at(units);
        let (hidden_z, hidden_n) = hidden.split_at(units);
        let hidden_n = &hidden_n[..units];
        for u in (0..units).step_by(S::LANES) {
            let reset = sigmoid(s, s.add(s.load(&r[u..]), s.load(&hidden_r[u..])));
            let update = sigmoid(s, s.add(s.load(&z[u..]), s.load(&hidden_z[u..])));
            let new = tanh(s, s.mul_add(reset, s.load(&hidden_n[u..]), s.load(&n[u..])));
            let kept = s.sub(s.load(&h[u..]), new);
            s.store(reset, &mut r[u..]);
            s.store(update, &mut z[u..]);
            s.store(new, &mut n[u..]);
            s.store(s.mul_add(update, kept, new), &mut h[u..]);
        }
    }
}

/// The way back through one step of one sequence.
pub(crate) struct Backward<'a> {
    /// (3, units): the gates' values; on return, the gradients of the sums over the input.
    pub(crate) gates: &'a mut [f32],
    /// (3, units): the sums over the state; on return, their gradients.
    pub(crate) hidden: &'a mut [f32],
    /// (units,): h.
    pub(crate) h: &'a [f32],
    /// (units,): the gradient of h' as an output.
    pub(crate) dy: &'a [f32],
    /// (units,): the gradient of h' from later steps; on return, what reaches h past the gates.
    pub(crate) dh: &'a mut [f32],
    /// (2, 3, units): to which the gradients of both sums are added.
    pub(crate) d_bias: &'a mut [f32],
}

impl Kernel for Backward<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let Backward { gates, hidden, h, dy, dh, d_bias } = self;
        let units = dh.len();
        let [r, z, n] = split(gates, units);
        let [hidden_r, hidden_z, hidden_n] = split(hidden, units);
        let (bias_ih, bias_hh) = d_bias.split_at_mut(3 * units);
        let [bias_ih_r, bias_ih_z, bias_ih_n] = split(bias_ih, units);
        let [bias_hh_r, bias_hh_z, bias_hh_n] = split(bias_hh, units);
        let (h, dy) = (&h[..units], &dy[..units]);
        for u in (0..units).step_by(S::LANES) {
            let reset = s.load(&r[u..]);
            let update = s.load(&z[u..]);
            let new = s.load(&n[u..]);
            let d_h = s.add(s.load(&dy[u..]), s.load(&dh[u..]));
            let straight = s.mul(d_h, update);
            let d_new = s.mul(s.sub(d_h, straight), tanh_slope(s, new));
            let d_kept = s.mul(d_h, s.sub(s.load(&h[u..]), new));
            let d_update = s.mul(d_kept, sigmoid_slope(s, update));
            let d_reset = s.mul(d_new, s.load(&hidden_n[u..]));
            let d_reset = s.mul(d_reset, sigmoid_slope(s, reset));
            let d_hidden_new = s.mul(d_new, reset);
            s.store(straight, &mut dh[u..]);
            s.store(d_reset, &mut r[u..]);
            s.store(d_update, &mut z[u..]);
            s.store(d_new, &mut n[u..]);
            s.store(d_reset, &mut hidden_r[u..]);
            s.store(d_update, &mut hidden_z[u..]);
            s.store(d_hidden_new, &mut hidden_n[u..]);
            s.add_to(d_reset, &mut bias_ih_r[u..]);
            s.add_to(d_update, &mut bias_ih_z[u..]);
            s.add_to(d_new, &mut bias_ih_n[u..]);
            s.add_to(d_reset, &mut bias_hh_r[u..]);
            s.add_to(d_update, &mut bias_hh_z[u..]);
            s.add_to(d_hidden_new, &mut bias_hh_n[u..]);
        }
    }
}

/// The three gates of one sequence, each (units,).
#[inline(always)]
fn split(gates: &mut [f32], units: usize) -> [&mut [f32]; 3] {
    let (r, rest) = gates.split_at_mut(units);
    let (z, n) = rest.split_at_mut(units);
    [r, z, &mut n[..units]]
}
