//! What the pieces of a training step take, on one thread: `cargo bench -p cantilena-neural`.
//!
//! Sizes are those of `cantilena bench`'s W1 to W3 and of the default recipe, one shard each.
//! Throughput is in floating-point operations, two for each multiplication with its addition.

use std::hint::black_box;

use cantilena_neural::{
    Adam, Cell, Embedding, LayerNorm, Layout, Linear, Packed, PackedLinear, Precision, Recurrent,
    State, Steps, Tape, cross_entropy, isa,
};
use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// A recurrent layer's name, steps, input and units.
const LAYERS: [(&str, Steps, usize, usize); 4] = [
    ("recipe", Steps { time: 48, batch: 6 }, 192, 256),
    ("W1", Steps { time: 50, batch: 64 }, 256, 256),
    ("W2", Steps { time: 128, batch: 16 }, 512, 512),
    ("W3", Steps { time: 128, batch: 16 }, 1024, 1024),
];

/// Values between -1 and 1 that follow no rule.
fn noise(len: usize) -> Vec<f32> {
    let mut state = 1u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..len).map(|_| next()).collect()
}

fn recurrent(criterion: &mut Criterion) {
    for (cell, cell_name) in [(Cell::Lstm, "lstm"), (Cell::Gru, "gru")] {
        let mut group = criterion.benchmark_group(cell_name);
        group.sample_size(10);
        let sizes = LAYERS.into_iter().filter(|(name, ..)| cell == Cell::Lstm || *name == "recipe");
        for (name, steps, input, units) in sizes {
            let mut layout = Layout::new();
            let layer = Recurrent::new(&mut layout, "layer", cell, input, units);
            let values: Vec<f32> =
                noise(layout.len()).iter().map(|value| value / (units as f32).sqrt()).collect();
            let (x, dy) = (noise(steps.rows() * input), noise(steps.rows() * units));
            let mut y = vec![0.0; dy.len()];
            let mut dx = vec![0.0; x.len()];
            let mut gradients = vec![0.0; layout.len()];
            let weights = layout.len() - if cell == Cell::Gru { 6 } else { 4 } * units;
            let operations = 2 * (steps.rows() * weights) as u64;
            for (precision, suffix) in [(Precision::F32, ""), (Precision::Bf16, " bf16")] {
                let mut packed = Packed::with(isa(), precision);
                layer.pack(&values, &mut packed);
                let mut forward = |tape: &mut Tape| {
                    let mut state = State::zero(&layer, steps.batch);
                    layer.forward(&packed, steps, &x, None, &mut state, tape, &mut y);
                };
                let mut tape = Tape::default();
                group.throughput(Throughput::Elements(operations));
                group.bench_function(BenchmarkId::new(format!("forward{suffix}"), name), |b| {
                    b.iter(|| forward(&mut tape));
                });
                forward(&mut tape);
                group.throughput(Throughput::Elements(2 * operations));
                group.bench_function(BenchmarkId::new(format!("backward{suffix}"), name), |b| {
                    // The way back uses the tape up.
                    b.iter_batched_ref(
                        || tape.clone(),
                        |tape| {
                            let (dx, gradients) = (Some(&mut dx[..]), &mut gradients);
                            layer
                                .backward(&packed, steps, &x, None, tape, &dy, None, dx, gradients);
                        },
                        BatchSize::LargeInput,
                    );
                });
            }
        }
        group.finish();
    }
}

fn linear(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("linear");
    for (rows, input, output) in [(288, 256, 128), (288, 128, 257), (2048, 512, 512)] {
        let mut layout = Layout::new();
        let layer = Linear::new(&mut layout, "layer", input, output);
        let values = noise(layout.len());
        let mut packed = PackedLinear::default();
        layer.pack(&values, &mut packed);
        let (x, dy) = (noise(rows * input), noise(rows * output));
        let (mut y, mut dx) = (vec![0.0; dy.len()], vec![0.0; x.len()]);
        let mut gradients = vec![0.0; layout.len()];
        let size = format!("{rows}x{input}x{output}");
        let operations = 2 * (rows * input * output) as u64;
        group.throughput(Throughput::Elements(operations));
        group.bench_function(BenchmarkId::new("forward", &size), |b| {
            b.iter(|| layer.forward(&packed, rows, black_box(&x), &mut y));
        });
        group.throughput(Throughput::Elements(2 * operations));
        group.bench_function(BenchmarkId::new("backward", &size), |b| {
            b.iter(|| layer.backward(&packed, rows, &x, &dy, Some(&mut dx), &mut gradients));
        });
    }
    group.finish();
}

fn rows(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("rows");
    let (rows, width, columns) = (288, 192, 22);
    let mut layout = Layout::new();
    let embeddings: Vec<Embedding> = (0..columns)
        .map(|column| Embedding::new(&mut layout, &format!("column.{column}"), 128, width))
        .collect();
    let norm = LayerNorm::new(&mut layout, "norm", width);
    let values = noise(layout.len());
    let tokens: Vec<u16> = (0..rows * columns).map(|i| (i * 37 % 128) as u16).collect();
    let x = noise(rows * width);
    let mut out = x.clone();
    let mut gradients = vec![0.0; layout.len()];
    group.bench_function("embeddings forward", |b| {
        b.iter(|| Embedding::add_all(&embeddings, &values, &tokens, columns, &mut out));
    });
    group.bench_function("embeddings backward", |b| {
        b.iter(|| Embedding::backward_all(&embeddings, &tokens, columns, &x, &mut gradients));
    });
    group.bench_function("layer norm forward", |b| {
        b.iter(|| norm.forward(&values, black_box(&x), &mut out));
    });
    group.bench_function("layer norm backward", |b| {
        b.iter(|| norm.backward(&values, &x, &mut out, &mut gradients));
    });
    let classes = 257;
    let targets: Vec<u16> = (0..rows).map(|row| (row * 31 % classes) as u16).collect();
    let logits = noise(rows * classes);
    group.bench_function("cross entropy", |b| {
        b.iter_batched_ref(
            || logits.clone(),
            |logits| cross_entropy(rows, classes, logits, &targets, 1.0, None),
            BatchSize::SmallInput,
        );
    });
    group.finish();
}

fn adam(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("adam");
    let weights = 3 << 20;
    let mut adam = Adam::new(weights);
    let mut values = noise(weights);
    let mut gradients = vec![noise(weights); 4];
    group.throughput(Throughput::Elements(weights as u64));
    group.bench_function("four shards, clipped", |b| {
        b.iter(|| adam.update(&mut values, &mut gradients, 1e-3, Some(1.0), 1));
    });
    group.finish();
}

criterion_group!(pieces, recurrent, linear, rows, adam);
criterion_main!(pieces);
