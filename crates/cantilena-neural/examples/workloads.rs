//! How fast the layers train and generate, on four fixed workloads.
//!
//! ```text
//! cargo run --release -p cantilena-neural --example workloads -- [W1|W2|W3|W4|peak]... [--threads N] [--updates N]
//! ```
//!
//! | workload | network | an update |
//! |---|---|---|
//! | W1 | 1 → LSTM 256 → dropout → LSTM 256 → dropout → ReLU 256 → 300 classes | 128 windows of 50 |
//! | W2 | embedding 256 of 512 tokens → 2 × LSTM 512 → 512 classes | 32 windows of 128 |
//! | W3 | embedding 256 of 512 tokens → 3 × LSTM 1024 → 512 classes | 32 windows of 128 |
//! | W4 | the network of W2 | generates, one token at a time |
//!
//! Each prints one JSON line. `rate` counts windows (W1) or tokens a second; `gflops` counts the
//! multiplications and additions of all matrix products, forward and back, and `share_of_peak`
//! relates them to what the processor's multipliers do in the same seconds with nothing to load.
//! Times are medians.
#![expect(clippy::disallowed_methods, reason = "this program measures time")]
#![allow(clippy::print_stdout, reason = "the figures are its output")]

use std::time::Instant;

use cantilena_neural::{
    Adam, Cell, Embedding, IGNORED, Layout, Linear, Packed, PackedLinear, Recurrent, State, Steps,
    Tape, activation, cross_entropy, dropout, fma_peak, for_each_shard, isa,
};

/// What a workload's network is made of.
struct Workload {
    name: &'static str,
    /// Token inputs and a target at every step, or one number a step and a target a window.
    embedded: bool,
    layers: usize,
    units: usize,
    classes: usize,
    steps: Steps,
}

const W1: Workload = Workload {
    name: "W1",
    embedded: false,
    layers: 2,
    units: 256,
    classes: 300,
    steps: Steps { time: 50, batch: 128 },
};

const W2: Workload = Workload {
    name: "W2",
    embedded: true,
    layers: 2,
    units: 512,
    classes: 512,
    steps: Steps { time: 128, batch: 32 },
};

const W3: Workload = Workload { name: "W3", layers: 3, units: 1024, ..W2 };

/// The width of an embedding.
const WIDTH: usize = 256;
/// The share of values that W1 drops.
const DROPOUT: f32 = 0.2;
/// How many shards an update has, whatever the threads.
const SHARDS: usize = 2;

fn main() {
    let mut arguments = std::env::args().skip(1);
    let (mut threads, mut updates, mut chosen) = (2, 0, Vec::new());
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().and_then(|n| n.parse().ok()).expect("a number");
        match argument.as_str() {
            "--threads" => threads = number(),
            "--updates" => updates = number(),
            _ => chosen.push(argument),
        }
    }
    let asked = |name: &str| chosen.is_empty() || chosen.iter().any(|choice| choice == name);
    let updates = |otherwise: usize| if updates == 0 { otherwise } else { updates };
    if asked("peak") {
        let gflops = peak(threads);
        println!(
            r#"{{"what":"peak","gflops":{gflops:.0},"threads":{threads},"isa":"{}"}}"#,
            isa().name()
        );
    }
    for (workload, usual) in [(W1, 12), (W2, 5), (W3, 3)] {
        if asked(workload.name) {
            train(&workload, threads, updates(usual));
        }
    }
    if asked("W4") {
        generate(updates(2000));
    }
}

/// Multiplications and additions a second, in billions, on all `threads` at once.
fn peak(threads: usize) -> f64 {
    const LOOPS: usize = 20_000_000;
    let seconds = median((0..3).map(|_| {
        let start = Instant::now();
        let mut operations = vec![0.0; threads];
        for_each_shard(threads, &mut operations, |_, done| *done = fma_peak(LOOPS));
        start.elapsed().as_secs_f64() / operations.iter().sum::<f64>()
    }));
    1e-9 / seconds
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// The layers and their weights.
struct Network {
    layout: Layout,
    embedding: Option<Embedding>,
    recurrent: Vec<Recurrent>,
    middle: Option<Linear>,
    head: Linear,
    values: Vec<f32>,
    packed: Vec<Packed>,
    packed_middle: PackedLinear,
    packed_head: PackedLinear,
}

impl Network {
    fn new(workload: &Workload) -> Network {
        let mut layout = Layout::new();
        let embedding = workload
            .embedded
            .then(|| Embedding::new(&mut layout, "embedding", workload.classes, WIDTH));
        let first = if workload.embedded { WIDTH } else { 1 };
        let units = workload.units;
        let recurrent: Vec<_> = (0..workload.layers)
            .map(|index| {
                let input = if index == 0 { first } else { units };
                Recurrent::new(&mut layout, &format!("layers.{index}"), Cell::Lstm, input, units)
            })
            .collect();
        let middle = (!workload.embedded).then(|| Linear::new(&mut layout, "middle", units, units));
        let head = Linear::new(&mut layout, "head", units, workload.classes);
        let mut values = vec![0.0; layout.len()];
        if let Some(embedding) = &embedding {
            embedding.initialize(&mut values, 1);
        }
        for (index, layer) in recurrent.iter().enumerate() {
            layer.initialize(&mut values, 2 + index as u64);
        }
        if let Some(middle) = &middle {
            middle.initialize(&mut values, 8);
        }
        head.initialize(&mut values, 9);
        Network {
            layout,
            embedding,
            packed: vec![Packed::default(); recurrent.len()],
            recurrent,
            middle,
            head,
            values,
            packed_middle: PackedLinear::default(),
            packed_head: PackedLinear::default(),
        }
    }

    fn pack(&mut self) {
        for (layer, packed) in self.recurrent.iter().zip(&mut self.packed) {
            layer.pack(&self.values, packed);
        }
        if let Some(middle) = &self.middle {
            middle.pack(&self.values, &mut self.packed_middle);
        }
        self.head.pack(&self.values, &mut self.packed_head);
    }

    /// Multiplications and additions of all products of one row of a recurrent layer, and of one
    /// row of the layers behind them, going forward.
    fn operations(&self) -> [f64; 2] {
        let of_lstm = |layer: &Recurrent| 8 * layer.units * (layer.input + layer.units);
        let of_linear = |layer: &Linear| 2 * layer.input * layer.output;
        let recurrent: usize = self.recurrent.iter().map(of_lstm).sum();
        let linear = self.middle.as_ref().map_or(0, of_linear) + of_linear(&self.head);
        [recurrent as f64, linear as f64]
    }
}

/// One shard: its part of the batch, its gradients and all room it needs.
struct Shard {
    steps: Steps,
    tokens: Vec<u16>,      // (time, batch)
    targets: Vec<u16>,     // (time, batch), or (batch,)
    inputs: Vec<Vec<f32>>, // of each recurrent layer and what follows, (time, batch, width)
    d_input: Vec<f32>,     // of the layer at work
    d_output: Vec<f32>,    // of the layer at work
    middle: Vec<f32>,      // (rows, units)
    d_middle: Vec<f32>,    // (rows, units)
    logits: Vec<f32>,      // (rows, classes)
    tapes: Vec<Tape>,
    gradients: Vec<f32>,
}

impl Shard {
    fn new(workload: &Workload, network: &Network, index: usize) -> Shard {
        let steps = Steps { batch: workload.steps.batch / SHARDS, ..workload.steps };
        let scored = if workload.embedded { steps.rows() } else { steps.batch };
        let mut noise = index as u64 + 1;
        let mut token = || {
            noise = noise.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(99);
            ((noise >> 33) % workload.classes as u64) as u16
        };
        let tokens: Vec<u16> = (0..steps.rows()).map(|_| token()).collect();
        let first = if workload.embedded {
            vec![0.0; steps.rows() * WIDTH]
        } else {
            tokens.iter().map(|&token| f32::from(token) / workload.classes as f32).collect()
        };
        let hidden = steps.rows() * workload.units;
        let mut inputs = vec![first];
        inputs.resize(workload.layers + 1, vec![0.0; hidden]);
        Shard {
            steps,
            tokens,
            targets: (0..scored).map(|_| token()).collect(),
            inputs,
            d_input: vec![0.0; hidden],
            d_output: vec![0.0; hidden],
            middle: vec![0.0; scored * workload.units],
            d_middle: vec![0.0; scored * workload.units],
            logits: vec![0.0; scored * workload.classes],
            tapes: vec![Tape::default(); workload.layers],
            gradients: vec![0.0; network.layout.len()],
        }
    }

    /// Forward, loss and backward.
    fn run(&mut self, network: &Network, key: u64) {
        let Shard { steps, tokens, targets, inputs, d_input, d_output, .. } = self;
        let steps = *steps;
        if let Some(embedding) = &network.embedding {
            inputs[0].fill(0.0);
            embedding.add(&network.values, tokens, &mut inputs[0]);
        }
        let dropped = if network.embedding.is_some() { 0.0 } else { DROPOUT };
        let layers = network.recurrent.iter().zip(&network.packed);
        for (index, (layer, packed)) in layers.clone().enumerate() {
            let (before, after) = inputs.split_at_mut(index + 1);
            let (x, y, tape) = (&before[index], &mut after[0], &mut self.tapes[index]);
            layer.forward(packed, steps, x, None, &mut State::zero(layer, steps.batch), tape, y);
            dropout(y, dropped, key + index as u64);
        }

        let last = inputs.last().expect("the output of the last layer");
        let rows = targets.len();
        let units = network.head.input;
        let x = &last[last.len() - rows * units..];
        let scale = 1.0 / (rows * SHARDS) as f32;
        let d_last = d_output.len() - rows * units;
        d_output[..d_last].fill(0.0);
        let d_x = &mut d_output[d_last..];
        let score = |logits: &mut [f32]| {
            let tally = cross_entropy(rows, network.head.output, logits, targets, scale, None);
            assert!(tally.nats.is_finite() && targets.iter().all(|&target| target != IGNORED));
        };
        let (head, logits) = (&network.head, &mut self.logits);
        if let Some(middle) = &network.middle {
            let (hidden, d_hidden) = (&mut self.middle, &mut self.d_middle);
            middle.forward(&network.packed_middle, rows, x, hidden);
            activation::relu(hidden);
            head.forward(&network.packed_head, rows, hidden, logits);
            score(logits);
            let packed = &network.packed_head;
            head.backward(packed, rows, hidden, logits, Some(d_hidden), &mut self.gradients);
            activation::relu_backward(hidden, d_hidden);
            let packed = &network.packed_middle;
            middle.backward(packed, rows, x, d_hidden, Some(d_x), &mut self.gradients);
        } else {
            head.forward(&network.packed_head, rows, x, logits);
            score(logits);
            let packed = &network.packed_head;
            head.backward(packed, rows, x, logits, Some(d_x), &mut self.gradients);
        }

        for (index, (layer, packed)) in layers.enumerate().rev() {
            dropout(d_output, dropped, key + index as u64);
            let d_x = &mut d_input[..steps.rows() * layer.input];
            let wanted = index > 0 || network.embedding.is_some();
            let (x, tape) = (&inputs[index], &mut self.tapes[index]);
            let d_x = wanted.then_some(d_x);
            let gradients = &mut self.gradients;
            layer.backward(packed, steps, x, None, tape, d_output, None, d_x, gradients);
            std::mem::swap(d_input, d_output);
        }
        if let Some(embedding) = &network.embedding {
            embedding.backward(tokens, d_output, &mut self.gradients);
        }
    }
}

/// Measures whole updates: laying out, forward, loss, backward, Adam.
fn train(workload: &Workload, threads: usize, updates: usize) {
    let mut network = Network::new(workload);
    let mut shards: Vec<_> = (0..SHARDS).map(|i| Shard::new(workload, &network, i)).collect();
    let mut adam = Adam::new(network.layout.len());
    let mut update = |key: usize| {
        network.pack();
        for_each_shard(threads, &mut shards, |index, shard| {
            shard.run(&network, (1000 * key + 10 * index) as u64);
        });
        let mut gradients: Vec<_> =
            shards.iter_mut().map(|shard| std::mem::take(&mut shard.gradients)).collect();
        adam.update(&mut network.values, &mut gradients, 1e-3, None, threads);
        for (shard, gradients) in shards.iter_mut().zip(gradients) {
            shard.gradients = gradients;
        }
    };
    update(0);
    update(1);
    let seconds = median((0..updates).map(|key| {
        let start = Instant::now();
        update(2 + key);
        start.elapsed().as_secs_f64()
    }));

    let Steps { batch, .. } = workload.steps;
    let rows = workload.steps.rows();
    let [recurrent, linear] = network.operations();
    let scored = if workload.embedded { rows } else { batch };
    // Going back takes two products for each one going forward.
    let operations = 3.0 * (recurrent * rows as f64 + linear * scored as f64);
    let rate = if workload.embedded { rows } else { batch } as f64 / seconds;
    print(workload.name, rate, seconds * 1e3, operations / seconds * 1e-9, threads);
}

/// Measures generation at batch one, the most likely token being the next.
fn generate(tokens: usize) {
    let mut network = Network::new(&W2);
    network.pack();
    let embedding = network.embedding.as_ref().expect("W2 reads tokens");
    let zero = |layer: &Recurrent| State::zero(layer, 1);
    let mut states: Vec<_> = network.recurrent.iter().map(zero).collect();
    let (mut x, mut logits, mut token) = (vec![0.0; WIDTH], vec![0.0; W2.classes], 0);
    let mut step = || {
        x.fill(0.0);
        embedding.add(&network.values, &[token], &mut x);
        let mut input = &x;
        for ((layer, packed), state) in
            network.recurrent.iter().zip(&network.packed).zip(&mut states)
        {
            layer.step(packed, input, state);
            input = &state.h;
        }
        network.head.forward(&network.packed_head, 1, input, &mut logits);
        let best = (0..logits.len()).max_by(|&a, &b| logits[a].total_cmp(&logits[b]));
        token = best.expect("there are classes") as u16;
    };
    (0..50).for_each(|_| step());
    let seconds = median((0..7).map(|_| {
        let start = Instant::now();
        (0..tokens / 7).for_each(|_| step());
        start.elapsed().as_secs_f64() / (tokens / 7) as f64
    }));
    let operations: f64 = network.operations().iter().sum();
    print("W4", 1.0 / seconds, seconds * 1e3, operations / seconds * 1e-9, 1);
}

fn print(what: &str, rate: f64, step_ms: f64, gflops: f64, threads: usize) {
    let share = gflops / peak(threads);
    println!(
        r#"{{"what":"{what}","rate":{rate:.0},"step_ms":{step_ms:.3},"gflops":{gflops:.0},"share_of_peak":{share:.3},"threads":{threads},"isa":"{}"}}"#,
        isa().name()
    );
}
