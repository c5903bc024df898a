//! One thread's part of a training step.

use cantilena_neural::{State, Steps, Tape, activation, cross_entropy, dropout};

use super::network::{Network, Shape, WIDTH};

/// The share of values that W1 drops.
const DROPOUT: f32 = 0.2;

/// How many shards a step has, whatever the threads.
pub(super) const SHARDS: usize = 2;

/// Its part of the batch, and all the room it needs.
pub(super) struct Shard {
    steps: Steps,
    tokens: Vec<u16>,      // (time, batch)
    targets: Vec<u16>,     // (time, batch), or (batch,)
    inputs: Vec<Vec<f32>>, // of each recurrent layer and what follows, (time, batch, width)
    d_input: Vec<f32>,     // of the layer at work
    d_output: Vec<f32>,    // of the layer at work
    middle: Vec<f32>,      // (targets, units)
    d_middle: Vec<f32>,    // (targets, units)
    logits: Vec<f32>,      // (targets, classes)
    tapes: Vec<Tape>,
    /// The mean over its targets, when it last learnt.
    pub(super) nats: f64,
}

impl Shard {
    pub(super) fn new(shape: &Shape, index: usize) -> Shard {
        let steps = Steps { batch: shape.steps.batch / SHARDS, ..shape.steps };
        let scored = if shape.embedded { steps.rows() } else { steps.batch };
        let mut noise = index as u64 + 1;
        let mut token = || {
            noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(99);
            ((noise >> 33) % shape.classes as u64) as u16
        };
        let tokens: Vec<u16> = (0..steps.rows()).map(|_| token()).collect();
        let first = if shape.embedded {
            vec![0.0; steps.rows() * WIDTH]
        } else {
            tokens.iter().map(|&token| f32::from(token) / shape.classes as f32).collect()
        };
        let hidden = steps.rows() * shape.units;
        let mut inputs = vec![first];
        inputs.resize(shape.layers + 1, vec![0.0; hidden]);
        Shard {
            steps,
            tokens,
            targets: (0..scored).map(|_| token()).collect(),
            inputs,
            d_input: vec![0.0; hidden.max(steps.rows() * WIDTH)],
            d_output: vec![0.0; hidden.max(steps.rows() * WIDTH)],
            middle: vec![0.0; scored * shape.units],
            d_middle: vec![0.0; scored * shape.units],
            logits: vec![0.0; scored * shape.classes],
            tapes: vec![Tape::default(); shape.layers],
            nats: 0.0,
        }
    }

    /// Forward, loss and backward; `key` decides what dropout drops.
    pub(super) fn learn(&mut self, network: &Network, key: u64, gradients: &mut [f32]) {
        self.forward(network, key);
        self.score(network, gradients);
        self.backward(network, key, gradients);
    }

    fn forward(&mut self, network: &Network, key: u64) {
        let Shard { steps, tokens, inputs, tapes, .. } = self;
        if let Some(embedding) = &network.embedding {
            inputs[0].fill(0.0);
            embedding.add(&network.values, tokens, &mut inputs[0]);
        }
        let layers = network.recurrent.iter().zip(&network.packed).zip(tapes);
        for (index, ((layer, packed), tape)) in layers.enumerate() {
            let (before, after) = inputs.split_at_mut(index + 1);
            let (x, y) = (&before[index], &mut after[0]);
            let mut state = State::zero(layer, steps.batch);
            layer.forward(packed, *steps, x, None, &mut state, tape, y);
            dropout(y, dropped(network), key + index as u64);
        }
    }

    /// The layers behind the recurrent ones, forward and backward: fills `d_output`.
    fn score(&mut self, network: &Network, gradients: &mut [f32]) {
        let Shard { inputs, targets, logits, d_output, middle: hidden, d_middle, .. } = self;
        let (rows, head) = (targets.len(), &network.head);
        let last = inputs.last().expect("the output of the last layer");
        let units = head.input;
        let x = &last[last.len() - rows * units..];
        let scale = 1.0 / (rows * SHARDS) as f32;
        let d_output = &mut d_output[..last.len()];
        let (d_unscored, d_x) = d_output.split_at_mut(last.len() - rows * units);
        d_unscored.fill(0.0);

        let packed = &network.packed_head;
        let x_of_head = match &network.middle {
            Some(middle) => {
                middle.forward(&network.packed_middle, rows, x, hidden);
                activation::relu(hidden);
                hidden
            }
            None => x,
        };
        head.forward(packed, rows, x_of_head, logits);
        let tally = cross_entropy(rows, head.output, logits, targets, scale, None);
        self.nats = tally.nats / tally.counted as f64;
        match &network.middle {
            Some(middle) => {
                head.backward(packed, rows, x_of_head, logits, Some(d_middle), gradients);
                activation::relu_backward(x_of_head, d_middle);
                let packed = &network.packed_middle;
                middle.backward(packed, rows, x, d_middle, Some(d_x), gradients);
            }
            None => head.backward(packed, rows, x_of_head, logits, Some(d_x), gradients),
        }
    }

    fn backward(&mut self, network: &Network, key: u64, gradients: &mut [f32]) {
        let Shard { steps, tokens, inputs, d_input, d_output, tapes, .. } = self;
        let layers = network.recurrent.iter().zip(&network.packed).zip(tapes);
        for (index, ((layer, packed), tape)) in layers.enumerate().rev() {
            let dy = &mut d_output[..steps.rows() * layer.units];
            dropout(dy, dropped(network), key + index as u64);
            let wanted = index > 0 || network.embedding.is_some();
            let dx = wanted.then_some(&mut d_input[..steps.rows() * layer.input]);
            layer.backward(packed, *steps, &inputs[index], None, tape, dy, None, dx, gradients);
            std::mem::swap(d_input, d_output);
        }
        if let Some(embedding) = &network.embedding {
            embedding.backward(tokens, d_output, gradients);
        }
    }
}

/// The share of values that are dropped behind every recurrent layer.
fn dropped(network: &Network) -> f32 {
    if network.embedding.is_some() { 0.0 } else { DROPOUT }
}
