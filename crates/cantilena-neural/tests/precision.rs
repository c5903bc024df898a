//! Products of short numbers leave gradients that point where those of `f32` point.

use cantilena_neural::{
    Cell, Helpers, Isa, Layout, Linear, Packed, PackedLinear, Precision, Recurrent, State, Steps,
    Tape, Weights, cross_entropy,
};

const INPUT: usize = 37;
const UNITS: usize = 65;
const CLASSES: usize = 19;
const STEPS: Steps = Steps { time: 12, batch: 7 };

/// Numbers without pattern in [-1, 1).
fn noise(len: usize, mut state: u64) -> Vec<f32> {
    (0..len)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(99);
            (state >> 40) as f32 / (1u64 << 23) as f32 - 1.0
        })
        .collect()
}

/// A layer, a head and their loss: the nats, and the gradients of all weights.
fn learn(cell: Cell, isa: Isa, precision: Precision) -> (f64, Vec<f32>) {
    let mut layout = Layout::new();
    let layer = Recurrent::new(&mut layout, "layer", cell, INPUT, UNITS);
    let head = Linear::new(&mut layout, "head", UNITS, CLASSES);
    let mut values = vec![0.0; layout.len()];
    layer.initialize(&mut values, 1);
    head.initialize(&mut values, 2);
    let mut packed = Packed::with(isa, precision);
    let mut packed_head = PackedLinear::with(isa, precision);
    layer.pack(&values, &mut packed);
    head.pack(&values, &mut packed_head);

    let rows = STEPS.rows();
    let x = noise(rows * INPUT, 3);
    let targets: Vec<u16> = (0..rows).map(|row| (row * 7 % CLASSES) as u16).collect();
    let mut state = State::zero(&layer, STEPS.batch);
    let (mut tape, mut y) = (Tape::default(), vec![0.0; rows * UNITS]);
    layer.forward(&packed, STEPS, &x, None, &mut state, &mut tape, &mut y);
    let mut logits = vec![0.0; rows * CLASSES];
    head.forward(&packed_head, rows, &y, &mut logits);
    let tally = cross_entropy(rows, CLASSES, &mut logits, &targets, 1.0, None);

    let mut gradients = vec![0.0; layout.len()];
    let mut dy = vec![0.0; y.len()];
    let mut dx = vec![0.0; x.len()];
    head.backward(&packed_head, rows, &y, &logits, Some(&mut dy), &mut gradients);
    let dx = Some(&mut dx[..]);
    layer.backward(&packed, STEPS, &x, None, &mut tape, &dy, None, dx, &mut gradients);
    (tally.nats / tally.counted as f64, gradients)
}

/// How far `found` is from `expected`, relative to the length of that.
fn distance(found: &[f32], expected: &[f32]) -> f64 {
    let square = |value: f32| f64::from(value).powi(2);
    let apart: f64 = found.iter().zip(expected).map(|(a, b)| square(a - b)).sum();
    (apart / expected.iter().map(|&value| square(value)).sum::<f64>()).sqrt()
}

#[test]
fn gradients_of_short_products_are_within_a_hundredth_of_those_of_f32() {
    for cell in [Cell::Lstm, Cell::Gru, Cell::Rnn] {
        for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
            let (nats, exact) = learn(cell, isa, Precision::F32);
            let (short_nats, short) = learn(cell, isa, Precision::Bf16);
            let apart = distance(&short, &exact);
            assert!(apart < 1e-2, "{cell:?} with {isa:?}: {apart}");
            // Rounding to 8 bits cannot go unseen: else the products were those of f32.
            assert!(apart > 1e-4, "{cell:?} with {isa:?}: {apart}");
            assert!((short_nats - nats).abs() < 1e-3, "{short_nats} for {nats}");
        }
    }
}

#[test]
fn compact_weights_take_nearly_the_same_steps_for_one_stream_helped_or_not_as_for_many() {
    const BATCH: usize = 9;
    for cell in [Cell::Lstm, Cell::Gru, Cell::Rnn] {
        let mut layout = Layout::new();
        let layer = Recurrent::new(&mut layout, "layer", cell, INPUT, UNITS);
        let mut values = vec![0.0; layout.len()];
        layer.initialize(&mut values, 1);
        for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
            let run = |helpers: &mut Helpers, weights: Weights, batch: usize| {
                let mut packed = Packed::compact(isa, weights);
                layer.pack(&values, &mut packed);
                let mut state = State::zero(&layer, batch);
                let x = noise(BATCH * INPUT, 3);
                for _ in 0..10 {
                    layer.step_with(helpers, &packed, &x[..batch * INPUT], &mut state);
                }
                state.h
            };
            let exact = run(&mut Helpers::none(), Weights::F32, BATCH);
            for (weights, apart) in
                [(Weights::F32, 0.0), (Weights::Bf16, 5e-3), (Weights::Int8, 1e-2)]
            {
                let found = run(&mut Helpers::none(), weights, BATCH);
                let distance = distance(&found, &exact);
                assert!(distance <= apart, "{cell:?}, {weights:?}, {isa:?}: {distance}");
                for helpers in 0..3 {
                    let mut helpers = Helpers::new(helpers);
                    let alone = run(&mut helpers, weights, 1);
                    assert_eq!(alone, found[..UNITS], "{cell:?}, {weights:?}, {isa:?}");
                }
            }
        }
    }
}
