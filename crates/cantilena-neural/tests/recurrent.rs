//! Recurrent layers equal the plain loops, going forward and going back, in any size and with
//! every instruction set that this processor has.

mod plain;

use cantilena_neural::{Cell, Isa, Layout, Packed, Recurrent, State, Steps, Tape};

/// How far a value may be from the plain loop in f64, relative to the largest of its array. Sums
/// of a few hundred products in f32 leave a tenth of it.
const TOLERANCE: f64 = 1e-5;

/// The step of central differences in f64: their error is its square, about 1e-9.
const STEP: f64 = 3e-5;

#[derive(Clone, Copy, Debug)]
struct Shape {
    cell: Cell,
    input: usize,
    units: usize,
    time: usize,
    batch: usize,
}

/// Everything that goes into a run, as one array of numbers that can be moved one at a time.
#[derive(Clone)]
struct Inputs {
    weights: Vec<f64>, // as in the layout
    x: Vec<f64>,       // (time, batch, input)
    h: Vec<f64>,       // (batch, units)
    c: Vec<f64>,       // (batch, units)
}

/// Numbers without pattern in [-1, 1).
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 40) as f64 / (1u64 << 23) as f64 - 1.0
    }

    /// Numbers that f32 holds exactly.
    fn values(&mut self, len: usize, scale: f64) -> Vec<f64> {
        (0..len).map(|_| f64::from((scale * self.next()) as f32)).collect()
    }
}

fn narrow(values: &[f64]) -> Vec<f32> {
    values.iter().map(|&value| value as f32).collect()
}

/// A run and all that is needed to differentiate it: the loss is the sum of all outputs and last
/// states, each times a weight of its own.
struct Run {
    shape: Shape,
    steps: Steps,
    layer: Recurrent,
    layout: Layout,
    inputs: Inputs,
    reset: Vec<bool>,
    dy: Vec<f64>,
    dh: Vec<f64>,
    dc: Vec<f64>,
}

impl Run {
    fn new(shape: Shape) -> Run {
        let Shape { cell, input, units, time, batch } = shape;
        let steps = Steps { time, batch };
        let mut layout = Layout::new();
        layout.add("something.else", &[3]);
        let layer = Recurrent::new(&mut layout, "layer", cell, input, units);
        let mut noise = Noise((input * 31 + units * 7 + time * 3 + batch) as u64);
        let cells = if cell == Cell::Lstm { batch * units } else { 0 };
        let inputs = Inputs {
            weights: noise.values(layout.len(), 1.5 / ((input + units) as f64).sqrt()),
            x: noise.values(steps.rows() * input, 1.0),
            h: noise.values(batch * units, 1.0),
            c: noise.values(cells, 1.0),
        };
        Run {
            shape,
            steps,
            layer,
            layout,
            inputs,
            reset: (0..steps.rows()).map(|_| noise.next() > 0.6).collect(),
            dy: noise.values(steps.rows() * units, 1.0),
            dh: noise.values(batch * units, 1.0),
            dc: noise.values(cells, 1.0),
        }
    }

    fn tensor(&self, weights: &[f64], name: &str) -> Vec<f64> {
        let mut first = 0;
        for entry in self.layout.entries() {
            let len = entry.shape.iter().product::<usize>();
            if entry.name == format!("layer.{name}") {
                return weights[first..first + len].to_vec();
            }
            first += len;
        }
        Vec::new()
    }

    /// The outputs (time, batch, units) and last states (batch, units) of the plain loop.
    fn plain(&self, inputs: &Inputs) -> [Vec<f64>; 3] {
        let Shape { cell, units, batch, .. } = self.shape;
        let sums = cell.gates() * units;
        let either = |name: &str, otherwise: &str| {
            let mut tensor = self.tensor(&inputs.weights, name);
            tensor.extend(self.tensor(&inputs.weights, otherwise));
            tensor.resize(sums, 0.0);
            tensor
        };
        let weights = plain::Weights {
            ih: self.tensor(&inputs.weights, "weight_ih"),
            hh: self.tensor(&inputs.weights, "weight_hh"),
            bias_ih: either("bias_ih", "bias"),
            bias_hh: either("bias_hh", ""),
        };
        let part = |values: &[f64], b: usize| {
            values.get(b * units..(b + 1) * units).unwrap_or(&vec![0.0; units]).to_vec()
        };
        let state = |b| plain::State { h: part(&inputs.h, b), c: part(&inputs.c, b) };
        let mut states: Vec<_> = (0..batch).map(state).collect();
        let y = plain::run(cell, &weights, self.steps, &inputs.x, &self.reset, &mut states);
        let h = states.iter().flat_map(|state| state.h.clone()).collect();
        let c = states.iter().flat_map(|state| state.c.clone()).collect();
        [y, h, if cell == Cell::Lstm { c } else { Vec::new() }]
    }

    fn loss(&self, inputs: &Inputs) -> f64 {
        let [y, h, c] = self.plain(inputs);
        let weighted = |values: Vec<f64>, weights: &[f64]| {
            values.iter().zip(weights).map(|(value, weight)| value * weight).sum::<f64>()
        };
        weighted(y, &self.dy) + weighted(h, &self.dh) + weighted(c, &self.dc)
    }

    /// The slope of the loss along one number of the inputs.
    fn slope(&self, choose: fn(&mut Inputs) -> &mut Vec<f64>, index: usize) -> f64 {
        let at = |shift: f64| {
            let mut inputs = self.inputs.clone();
            choose(&mut inputs)[index] += shift;
            self.loss(&inputs)
        };
        (at(STEP) - at(-STEP)) / (2.0 * STEP)
    }
}

#[track_caller]
fn assert_close(what: &str, shape: Shape, isa: Isa, found: &[f32], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{what} of {shape:?}");
    let largest = expected.iter().fold(1e-3, |largest: f64, value| largest.max(value.abs()));
    for (index, (&found, &expected)) in found.iter().zip(expected).enumerate() {
        let error = (f64::from(found) - expected).abs() / largest;
        assert!(
            error <= TOLERANCE,
            "{what}[{index}] of {shape:?} with {isa:?}: {found} for {expected}"
        );
    }
}

/// At most 24 indices, spread over all.
fn some_of(len: usize) -> impl Iterator<Item = usize> {
    let stride = (len / 24).max(1) | 1;
    (0..len).step_by(stride)
}

/// Checks outputs, states and all gradients of one shape.
#[track_caller]
fn check(shape: Shape) {
    let run = Run::new(shape);
    let Run { layer, steps, inputs, .. } = &run;
    let [y, h, c] = run.plain(inputs);
    let slopes = |choose: fn(&mut Inputs) -> &mut Vec<f64>| {
        let len = choose(&mut inputs.clone()).len();
        some_of(len).map(|index| run.slope(choose, index)).collect::<Vec<_>>()
    };
    let d_weights = slopes(|inputs| &mut inputs.weights);
    let d_x = slopes(|inputs| &mut inputs.x);
    let d_h = slopes(|inputs| &mut inputs.h);
    let d_c = slopes(|inputs| &mut inputs.c);
    let picked = |values: &[f32]| some_of(values.len()).map(|i| values[i]).collect::<Vec<_>>();

    for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
        let close = |what: &str, found: &[f32], expected: &[f64]| {
            assert_close(what, shape, isa, found, expected);
        };
        let mut packed = Packed::new(isa);
        let mut tape = Tape::default();
        layer.pack(&narrow(&inputs.weights), &mut packed);
        let x = narrow(&inputs.x);

        // Twice with the same tape: what one call leaves must not matter to the next.
        for _ in 0..2 {
            let mut state = State { h: narrow(&inputs.h), c: narrow(&inputs.c) };
            let mut found = vec![f32::NAN; y.len()];
            let reset = Some(run.reset.as_slice());
            layer.forward(&packed, *steps, &x, reset, &mut state, &mut tape, &mut found);
            close("y", &found, &y);
            close("last h", &state.h, &h);
            close("last c", &state.c, &c);

            let mut d_state = State { h: narrow(&run.dh), c: narrow(&run.dc) };
            let mut dx = vec![f32::NAN; x.len()];
            let mut gradients = vec![1.0; run.layout.len()];
            layer.backward(
                &packed,
                *steps,
                &x,
                reset,
                &mut tape,
                &narrow(&run.dy),
                Some(&mut d_state),
                Some(&mut dx),
                &mut gradients,
            );
            assert!(gradients[..3].iter().all(|&value| value == 1.0), "not this layer's");
            gradients.iter_mut().for_each(|value| *value -= 1.0);
            close("gradient", &picked(&gradients), &d_weights);
            close("dx", &picked(&dx), &d_x);
            close("first dh", &picked(&d_state.h), &d_h);
            close("first dc", &picked(&d_state.c), &d_c);
        }
    }
}

const CELLS: [Cell; 3] = [Cell::Lstm, Cell::Gru, Cell::Rnn];

#[test]
fn small_and_odd_sizes_equal_the_plain_loop() {
    for cell in CELLS {
        for (input, units, time, batch) in [
            (1, 1, 1, 1),
            (3, 5, 4, 2),
            (1, 16, 9, 1),
            (2, 17, 3, 7),
            (70, 15, 2, 13),
            (16, 16, 3, 6),
            (7, 33, 5, 5),
            (5, 70, 2, 3),
        ] {
            check(Shape { cell, input, units, time, batch });
        }
    }
}

#[test]
fn sizes_beyond_one_block_of_a_product_equal_the_plain_loop() {
    check(Shape { cell: Cell::Lstm, input: 530, units: 130, time: 2, batch: 3 });
    check(Shape { cell: Cell::Gru, input: 9, units: 180, time: 2, batch: 2 });
    check(Shape { cell: Cell::Rnn, input: 3, units: 20, time: 70, batch: 9 });
}

#[test]
fn single_steps_give_the_sequence() {
    for cell in CELLS {
        for (input, units, time, batch) in [(3, 5, 4, 2), (20, 70, 3, 1), (4, 33, 5, 7)] {
            let shape = Shape { cell, input, units, time, batch };
            let mut run = Run::new(shape);
            run.reset.fill(false);
            let [y, h, c] = run.plain(&run.inputs);
            for isa in Isa::ALL.into_iter().filter(|isa| isa.is_available()) {
                let mut packed = Packed::new(isa);
                run.layer.pack(&narrow(&run.inputs.weights), &mut packed);
                let mut state = State { h: narrow(&run.inputs.h), c: narrow(&run.inputs.c) };
                let x = narrow(&run.inputs.x);
                let mut found = Vec::new();
                for x in x.chunks(batch * input) {
                    run.layer.step(&packed, x, &mut state);
                    found.extend_from_slice(&state.h);
                }
                assert_close("y", shape, isa, &found, &y);
                assert_close("last h", shape, isa, &state.h, &h);
                assert_close("last c", shape, isa, &state.c, &c);
            }
        }
    }
}

#[test]
fn gradients_that_nobody_asks_for_change_nothing() {
    let run = Run::new(Shape { cell: Cell::Lstm, input: 3, units: 5, time: 4, batch: 2 });
    let (mut packed, mut tape) = (Packed::default(), Tape::default());
    run.layer.pack(&narrow(&run.inputs.weights), &mut packed);
    let (x, dy) = (narrow(&run.inputs.x), narrow(&run.dy));
    let mut gradients = [vec![0.0; run.layout.len()], vec![0.0; run.layout.len()]];
    let mut y = vec![0.0; dy.len()];
    let zero = State::zero(&run.layer, 2);
    let (mut d_state, mut dx) = (zero.clone(), vec![0.0; x.len()]);

    run.layer.forward(&packed, run.steps, &x, None, &mut zero.clone(), &mut tape, &mut y);
    run.layer.backward(&packed, run.steps, &x, None, &mut tape, &dy, None, None, &mut gradients[0]);
    run.layer.forward(&packed, run.steps, &x, None, &mut zero.clone(), &mut tape, &mut y);
    let (d_state, dx) = (Some(&mut d_state), Some(&mut dx[..]));
    run.layer.backward(
        &packed,
        run.steps,
        &x,
        None,
        &mut tape,
        &dy,
        d_state,
        dx,
        &mut gradients[1],
    );
    assert_eq!(gradients[0], gradients[1]);
    assert!(gradients[0].iter().any(|&gradient| gradient != 0.0));
}

#[test]
fn first_weights_are_orthogonal_in_time_and_remember() {
    let (input, units) = (10, 24);
    let mut layout = Layout::new();
    let layer = Recurrent::new(&mut layout, "layer", Cell::Lstm, input, units);
    let mut values = vec![f32::NAN; layout.len()];
    layer.initialize(&mut values, 5);
    let tensor = |name: &str| {
        let entry = layout.entries().iter().find(|entry| entry.name == name).expect("a tensor");
        entry.span.of(&values)
    };
    for gate in tensor("layer.weight_hh").chunks(units * units) {
        for (i, a) in gate.chunks(units).enumerate() {
            for (j, b) in gate.chunks(units).enumerate() {
                let product: f32 = a.iter().zip(b).map(|(a, b)| a * b).sum();
                let expected = if i == j { 1.0 } else { 0.0 };
                assert!((product - expected).abs() < 1e-4, "rows {i} and {j}: {product}");
            }
        }
    }
    let limit = (6.0f32 / (input + units) as f32).sqrt();
    let largest = tensor("layer.weight_ih").iter().fold(0.0, |a: f32, b| a.max(b.abs()));
    assert!(largest <= limit && largest > 0.95 * limit);
    let bias = tensor("layer.bias");
    assert!(bias[units..2 * units].iter().all(|&value| value == 1.0));
    assert_eq!(bias.iter().sum::<f32>(), units as f32);
}
