//! Long short-term memory: what happens in its units once the products are summed.
//!
//! With the gates' sums a, as PyTorch's `LSTM` has them and in its order:
//!
//! ```text
//! i = σ(a_i)   f = σ(a_f)   g = tanh(a_g)   o = σ(a_o)
//! c' = f c + i g            h' = o tanh(c')
//! ```

use crate::functions::{sigmoid, sigmoid_slope, tanh, tanh_slope};
use crate::simd::{Kernel, Simd};

/// One step of one sequence.
pub(crate) struct Forward<'a> {
    /// (4, units): the gates' sums; on return, their values.
    pub(crate) gates: &'a mut [f32],
    /// (units,): c; on return, c'.
    pub(crate) c: &'a mut [f32],
    /// (units,): on return tanh(c'), which the way back needs.
    pub(crate) tanh_c: &'a mut [f32],
    /// (units,): on return h'.
    pub(crate) h: &'a mut [f32],
}

impl Kernel for Forward<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let Forward { gates, c, tanh_c, h } = self;
        let units = h.len();
        let [i, f, g, o] = split(gates, units);
        let (c, tanh_c) = (&mut c[..units], &mut tanh_c[..units]);
        for u in (0..units).step_by(S::LANES) {
            let input = sigmoid(s, s.load(&i[u..]));
            let forget = sigmoid(s, s.load(&f[u..]));
            let new = tanh(s, s.load(&g[u..]));
            let output = sigmoid(s, s.load(&o[u..]));
            let cell = s.mul_add(forget, s.load(&c[u..]), s.mul(input, new));
            let tanh_cell = tanh(s, cell);
            s.store(input, &mut i[u..]);
            s.store(forget, &mut f[u..]);
            s.store(new, &mut g[u..]);
            s.store(output, &mut o[u..]);
            s.store(cell, &mut c[u..]);
            s.store(tanh_cell, &mut tanh_c[u..]);
            s.store(s.mul(output, tanh_cell), &mut h[u..]);
        }
    }
}

/// The way back through one step of one sequence.
pub(crate) struct Backward<'a> {
    /// (4, units): the gates' values; on return, the gradients of their sums.
    pub(crate) gates: &'a mut [f32],
    /// (units,): c.
    pub(crate) c: &'a [f32],
    /// (units,): tanh(c').
    pub(crate) tanh_c: &'a [f32],
    /// (units,): the gradient of h' as an output.
    pub(crate) dy: &'a [f32],
    /// (units,): the gradient of h' from later steps.
    pub(crate) dh: &'a [f32],
    /// (units,): the gradient of c' from later steps; on return, that of c.
    pub(crate) dc: &'a mut [f32],
    /// (4, units): to which the gradients of the sums are added.
    pub(crate) d_bias: &'a mut [f32],
}

impl Kernel for Backward<'_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let Backward { gates, c, tanh_c, dy, dh, dc, d_bias } = self;
        let units = dc.len();
        let [i, f, g, o] = split(gates, units);
        let [bias_i, bias_f, bias_g, bias_o] = split(d_bias, units);
        let (c, tanh_c, dy, dh) = (&c[..units], &tanh_c[..units], &dy[..units], &dh[..units]);
        for u in (0..units).step_by(S::LANES) {
            let input = s.load(&i[u..]);
            let forget = s.load(&f[u..]);
            let new = s.load(&g[u..]);
            let output = s.load(&o[u..]);
            let tanh_cell = s.load(&tanh_c[u..]);
            let d_h = s.add(s.load(&dy[u..]), s.load(&dh[u..]));
            let through_h = s.mul(s.mul(d_h, output), tanh_slope(s, tanh_cell));
            let d_cell = s.add(s.load(&dc[u..]), through_h);
            let d_input = s.mul(s.mul(d_cell, new), sigmoid_slope(s, input));
            let d_forget = s.mul(s.mul(d_cell, s.load(&c[u..])), sigmoid_slope(s, forget));
            let d_new = s.mul(s.mul(d_cell, input), tanh_slope(s, new));
            let d_output = s.mul(s.mul(d_h, tanh_cell), sigmoid_slope(s, output));
            s.store(s.mul(d_cell, forget), &mut dc[u..]);
            s.store(d_input, &mut i[u..]);
            s.store(d_forget, &mut f[u..]);
            s.store(d_new, &mut g[u..]);
            s.store(d_output, &mut o[u..]);
            s.add_to(d_input, &mut bias_i[u..]);
            s.add_to(d_forget, &mut bias_f[u..]);
            s.add_to(d_new, &mut bias_g[u..]);
            s.add_to(d_output, &mut bias_o[u..]);
        }
    }
}

/// The four gates of one sequence, each (units,).
#[inline(always)]
fn split(gates: &mut [f32], units: usize) -> [&mut [f32]; 4] {
    let (i, rest) = gates.split_at_mut(units);
    let (f, rest) = rest.split_at_mut(units);
    let (g, o) = rest.split_at_mut(units);
    [i, f, g, &mut o[..units]]
}
