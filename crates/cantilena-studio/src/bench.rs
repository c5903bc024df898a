//! How fast this machine trains and composes, against what its multipliers could do.
//!
//! | workload | network | a step |
//! |---|---|---|
//! | W1 | 1 → LSTM 256 → dropout → LSTM 256 → dropout → ReLU 256 → 300 classes | 128 windows of 50 |
//! | W2 | embedding 256 of 512 tokens → 2 × LSTM 512 → 512 classes | 32 windows of 128 |
//! | W3 | embedding 256 of 512 tokens → 3 × LSTM 1024 → 512 classes | 32 windows of 128 |
//! | W4 | the network of W2 | the next token of one stream, alone and helped, or of 16 at once |
//!
//! W1 scores the last step of a window, W2 and W3 every one. A training step is a whole update:
//! laying out the weights, forward, loss, backward, Adam.

mod compose;
mod network;
mod shard;
mod train;

use std::time::Instant;

use cantilena_neural::{Precision, fma_peak, for_each_shard, isa};
use serde::Serialize;

use network::Shape;

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Workload {
    /// Two small layers, one target a window.
    W1,
    /// Two middling layers, every position a target.
    W2,
    /// Three large layers, every position a target.
    W3,
    /// One token after the other.
    W4,
}

impl Workload {
    /// All of them.
    pub const ALL: [Workload; 4] = [Workload::W1, Workload::W2, Workload::W3, Workload::W4];

    /// The name.
    pub fn name(self) -> &'static str {
        match self {
            Workload::W1 => "W1",
            Workload::W2 => "W2",
            Workload::W3 => "W3",
            Workload::W4 => "W4",
        }
    }
}

/// What to measure, and how.
#[derive(Clone, Debug)]
pub struct Benching {
    /// In this order.
    pub workloads: Vec<Workload>,
    /// How many threads train, or share one stream.
    pub threads: usize,
    /// What the products of training multiply.
    pub precision: Precision,
    /// How many steps a median is taken of; without, as many as take about three seconds on two
    /// cores.
    pub steps: Option<usize>,
}

/// One figure.
#[derive(Clone, Debug, Serialize)]
pub struct Measurement {
    /// The workload.
    pub what: &'static str,
    /// How many `unit` a second.
    pub rate: f64,
    /// What is counted.
    pub unit: &'static str,
    /// How long a step takes, the median, in milliseconds.
    pub step_ms: f64,
    /// Multiplications and additions of all matrix products, in billions a second.
    pub gflops: f64,
    /// The same against what the multipliers do in `f32` with nothing to load, measured before and
    /// after on as many threads.
    pub share_of_peak: f64,
    /// How many threads worked.
    pub threads: usize,
    /// The instruction set.
    pub isa: &'static str,
    /// What products multiply; in W4, how weights are kept.
    pub precision: &'static str,
    /// How many sequences run side by side.
    pub streams: usize,
}

/// Measures one workload after the other, and tells each figure when it is there.
///
/// Whatever else the machine does at the time takes from the figures.
pub fn bench(benching: &Benching, mut tell: impl FnMut(Measurement)) {
    let Benching { threads, precision, .. } = *benching;
    for &workload in &benching.workloads {
        let steps = |usual: usize| benching.steps.unwrap_or(usual).max(1);
        match workload {
            Workload::W1 => tell(train::measure("W1", &Shape::W1, precision, threads, steps(30))),
            Workload::W2 => tell(train::measure("W2", &Shape::W2, precision, threads, steps(10))),
            Workload::W3 => tell(train::measure("W3", &Shape::W3, precision, threads, steps(3))),
            Workload::W4 => compose::measure(threads, steps(500), &mut tell),
        }
    }
}

/// The median of the seconds that `step` takes, `steps` times, after `unmeasured` ones.
fn seconds(unmeasured: usize, steps: usize, mut step: impl FnMut()) -> f64 {
    (0..unmeasured).for_each(|_| step());
    let timed = (0..steps).map(|_| {
        let start = now();
        step();
        start.elapsed().as_secs_f64()
    });
    median(timed.collect())
}

/// Multiplications and additions a second, in billions, on all `threads` at once.
fn peak(threads: usize) -> f64 {
    const LOOPS: usize = 2_000_000;
    let rounds = (0..5).map(|_| {
        let mut operations = vec![0.0; threads];
        let start = now();
        for_each_shard(threads, &mut operations, |_, done| *done = fma_peak(LOOPS));
        operations.iter().sum::<f64>() / start.elapsed().as_secs_f64()
    });
    1e-9 * median(rounds.collect())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[expect(clippy::disallowed_methods, reason = "measuring is what this is for")]
fn now() -> Instant {
    Instant::now()
}

/// The name of the instruction set in use.
fn instructions() -> &'static str {
    isa().name()
}
