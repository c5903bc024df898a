//! The layers do what PyTorch's do: numbers written by `golden/make.py`, in float64.

use cantilena_neural::{
    Adam, AdamOptions, Cell, IGNORED, LayerNorm, Layout, Linear, Packed, PackedLinear, Recurrent,
    State, Steps, Tape, cross_entropy,
};

/// How far a value may be from PyTorch's, relative to the largest of its tensor.
const TOLERANCE: f64 = 1e-5;

/// The tensors of one golden file, by name.
struct Golden(&'static str);

impl Golden {
    fn values(&self, name: &str) -> Vec<f64> {
        let line = self.0.lines().find_map(|line| line.strip_prefix(&format!("{name}: ")));
        let (_, values) = line.and_then(|line| line.split_once(": ")).expect(name);
        values.split(' ').map(|value| value.parse().expect(name)).collect()
    }

    fn narrow(&self, name: &str) -> Vec<f32> {
        self.values(name).into_iter().map(|value| value as f32).collect()
    }

    #[track_caller]
    fn assert_close(&self, name: &str, found: &[f32]) {
        assert_values_close(name, found, &self.values(name));
    }
}

#[track_caller]
fn assert_values_close(name: &str, found: &[f32], expected: &[f64]) {
    assert_eq!(found.len(), expected.len(), "{name}");
    let largest = expected.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
    for (index, (&found, &expected)) in found.iter().zip(expected).enumerate() {
        let error = (f64::from(found) - expected).abs();
        assert!(error <= TOLERANCE * largest, "{name}[{index}]: {found} for {expected}");
    }
}

/// Checks a recurrent layer, whose two bias vectors may be one.
#[track_caller]
fn check(cell: Cell, file: &'static str) {
    let golden = Golden(file);
    let steps = Steps { time: 5, batch: 3 };
    let mut layout = Layout::new();
    let layer = Recurrent::new(&mut layout, "layer", cell, 4, 6);
    let mut values = vec![0.0; layout.len()];
    for entry in layout.entries() {
        let tensor = match entry.name.as_str() {
            "layer.bias" => {
                let (ih, hh) = (golden.narrow("bias_ih"), golden.narrow("bias_hh"));
                ih.iter().zip(&hh).map(|(ih, hh)| ih + hh).collect()
            }
            name => golden.narrow(&name["layer.".len()..]),
        };
        entry.span.of_mut(&mut values).copy_from_slice(&tensor);
    }
    let cells = |name: &str| if cell == Cell::Lstm { golden.narrow(name) } else { Vec::new() };

    let (mut packed, mut tape) = (Packed::default(), Tape::default());
    layer.pack(&values, &mut packed);
    let mut state = State { h: golden.narrow("h"), c: cells("c") };
    let x = golden.narrow("x");
    let mut y = vec![0.0; steps.rows() * 6];
    layer.forward(&packed, steps, &x, None, &mut state, &mut tape, &mut y);
    golden.assert_close("y", &y);
    golden.assert_close("last h", &state.h);

    let mut d_state = State { h: golden.narrow("weight of last h"), c: cells("weight of last c") };
    let mut dx = vec![0.0; x.len()];
    let mut gradients = vec![0.0; layout.len()];
    let dy = golden.narrow("weight of y");
    layer.backward(
        &packed,
        steps,
        &x,
        None,
        &mut tape,
        &dy,
        Some(&mut d_state),
        Some(&mut dx),
        &mut gradients,
    );
    golden.assert_close("d x", &dx);
    golden.assert_close("d h", &d_state.h);
    if cell == Cell::Lstm {
        golden.assert_close("last c", &state.c);
        golden.assert_close("d c", &d_state.c);
    }
    for entry in layout.entries() {
        let found = entry.span.of(&gradients);
        match entry.name.as_str() {
            "layer.bias" => golden.assert_close("d bias_ih", found),
            name => golden.assert_close(&format!("d {}", &name["layer.".len()..]), found),
        }
    }
}

#[test]
fn an_lstm_is_that_of_pytorch() {
    check(Cell::Lstm, include_str!("golden/lstm.txt"));
}

#[test]
fn a_gru_is_that_of_pytorch() {
    check(Cell::Gru, include_str!("golden/gru.txt"));
}

#[test]
fn a_plain_recurrent_layer_is_that_of_pytorch() {
    check(Cell::Rnn, include_str!("golden/rnn.txt"));
}

#[test]
fn a_linear_layer_and_its_cross_entropy_are_those_of_pytorch() {
    let golden = Golden(include_str!("golden/linear.txt"));
    let mut layout = Layout::new();
    let layer = Linear::new(&mut layout, "head", 4, 6);
    let values = [golden.narrow("weight"), golden.narrow("bias")].concat();
    let mut packed = PackedLinear::default();
    layer.pack(&values, &mut packed);
    let x = golden.narrow("x");
    let mut logits = vec![0.0; 30];
    layer.forward(&packed, 5, &x, &mut logits);
    golden.assert_close("logits", &logits);

    // PyTorch's sign for a row without a target is -100.
    let target = |value: f64| if value < 0.0 { IGNORED } else { value as u16 };
    let targets: Vec<u16> = golden.values("targets").into_iter().map(target).collect();
    let tally = cross_entropy(5, 6, &mut logits, &targets, 1.0, None);
    golden.assert_close("nats", &[tally.nats as f32]);
    assert_eq!(tally.counted, 4);

    let mut gradients = vec![0.0; values.len()];
    let mut dx = vec![f32::NAN; 20];
    layer.backward(&packed, 5, &x, &logits, Some(&mut dx), &mut gradients);
    golden.assert_close("d x", &dx);
    golden.assert_close("d weight", &gradients[..24]);
    golden.assert_close("d bias", &gradients[24..]);

    // A second layer on the same x: its gradient is added.
    layer.backward_add(&packed, 5, &x, &logits, &mut dx, &mut gradients);
    let twice = |name: &str| golden.values(name).iter().map(|v| 2.0 * v).collect::<Vec<_>>();
    assert_values_close("twice d x", &dx, &twice("d x"));
    assert_values_close("twice d bias", &gradients[24..], &twice("d bias"));
}

#[test]
fn a_normalised_row_is_that_of_pytorch() {
    let golden = Golden(include_str!("golden/layer_norm.txt"));
    let mut layout = Layout::new();
    let layer = LayerNorm::new(&mut layout, "norm", 19);
    let values = [golden.narrow("weight"), golden.narrow("bias")].concat();
    let x = golden.narrow("x");
    let mut y = vec![f32::NAN; x.len()];
    layer.forward(&values, &x, &mut y);
    golden.assert_close("y", &y);

    let mut gradients = vec![1.0; values.len()];
    let mut d = golden.narrow("weight of y");
    layer.backward(&values, &x, &mut d, &mut gradients);
    golden.assert_close("d x", &d);
    gradients.iter_mut().for_each(|gradient| *gradient -= 1.0);
    golden.assert_close("d weight", &gradients[..19]);
    golden.assert_close("d bias", &gradients[19..]);
}

#[test]
fn adam_with_decay_and_clipping_is_that_of_pytorch() {
    let golden = Golden(include_str!("golden/adam.txt"));
    let mut values = golden.narrow("before");
    let mut adam = Adam::new(values.len());
    adam.options = AdamOptions { weight_decay: 0.05, ..AdamOptions::default() };
    for step in 0..4 {
        let mut gradients = [golden.narrow(&format!("gradient {step}"))];
        let norm = adam.update(&mut values, &mut gradients, 0.02, Some(4.0), 1);
        golden.assert_close(&format!("norm {step}"), &[norm]);
    }
    golden.assert_close("after", &values);
}
