//! What the way back needs from the way forward.

/// What the way forward leaves for the way back. Its room is kept from call to call.
#[derive(Clone, Debug, Default)]
pub struct Tape {
    pub(super) gates: Vec<f32>, // (time, batch, gates * units): sums, then values, then gradients of the sums
    pub(super) hidden: Vec<f32>, // (time, batch, gates * units): a GRU's sums over the state, their gradients
    pub(super) h: Vec<f32>,      // (time, batch, units): before each step
    pub(super) c: Vec<f32>,      // (time, batch, units): before each step of an LSTM
    pub(super) tanh_c: Vec<f32>, // (time, batch, units): after each step of an LSTM
    pub(super) d_bias: Vec<f32>, // (gates * units,), in a GRU (2, gates * units)
}
