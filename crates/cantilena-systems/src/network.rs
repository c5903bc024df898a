//! The network that all five share: recurrent layers, dense layers, heads.
//!
//! ```text
//! x (time, batch, features) ─► LSTM ─ dropout ─► … ─► the steps that are judged
//!                                                      ─► dense, ReLU ─► … ─► heads
//! ```
//!
//! A window starts from a state of zero. Only its last step is judged, or every step
//! ([`Targets`]); dense layers and heads see no others.

mod batch;
mod head;
mod summary;

use cantilena_neural::{
    Cell, Embedding, Layout, Linear, Packed, PackedLinear, Recurrent, State, Steps, Tape,
    activation, dropout,
};

use crate::evaluation::Measure;
use crate::recipe::Targets;

pub(crate) use batch::Batch;
pub use head::Head;
pub(crate) use head::Predicts;

/// What a network is made of.
#[derive(Clone, Debug, PartialEq)]
pub struct NetworkShape {
    /// Values of a step, where it is no embedded symbol.
    pub features: usize,
    /// Distinct symbols and the width of their rows, where symbols are embedded.
    pub embedding: Option<(usize, usize)>,
    /// Units of each LSTM layer.
    pub units: Vec<usize>,
    /// Share of each recurrent layer's outputs that is dropped in learning.
    pub dropout: f32,
    /// Units of each dense layer with ReLU.
    pub dense: Vec<usize>,
    /// Which steps are judged.
    pub targets: Targets,
    /// What is predicted.
    pub heads: Vec<Head>,
}

/// A shape with a place for every weight in one flat array.
#[derive(Debug)]
pub struct SystemNetwork {
    /// What it was made from.
    pub shape: NetworkShape,
    /// Names, shapes and places of the weights.
    pub layout: Layout,
    embedding: Option<Embedding>,
    layers: Vec<Recurrent>,
    dense: Vec<Linear>,
    heads: Vec<Linear>,
}

/// All weights in the order the products read them.
#[derive(Debug, Default)]
pub(crate) struct PackedSystem {
    layers: Vec<Packed>,
    dense: Vec<PackedLinear>,
    heads: Vec<PackedLinear>,
}

/// What one shard needs between its passes.
#[derive(Debug, Default)]
pub(crate) struct Workspace {
    /// Sums over all weights.
    pub(crate) gradients: Vec<f32>, // (layout.len(),)
    /// What each head was measured, since they were last cleared.
    pub(crate) measures: Vec<Measure>,
    x: Vec<f32>,       // (rows, input), where symbols are embedded
    ys: Vec<Vec<f32>>, // (layers)(rows, units)
    tapes: Vec<Tape>,
    dy: Vec<f32>,                      // (rows, units)
    dx: Vec<f32>,                      // (rows, the layer's input)
    hidden: Vec<Vec<f32>>,             // (dense)(judged rows, units)
    d_hidden: Vec<f32>,                // (judged rows, units)
    d_below: Vec<f32>,                 // (judged rows, units)
    pub(crate) outputs: Vec<Vec<f32>>, // (heads)(judged rows, outputs)
}

impl SystemNetwork {
    /// The network of a shape.
    pub fn new(shape: NetworkShape) -> SystemNetwork {
        let mut layout = Layout::new();
        let embedding = shape
            .embedding
            .map(|(symbols, width)| Embedding::new(&mut layout, "embedding", symbols, width));
        let mut width = shape.embedding.map_or(shape.features, |(_, width)| width);
        let mut layers = Vec::new();
        for (layer, &units) in shape.units.iter().enumerate() {
            let name = format!("lstm.{layer}");
            layers.push(Recurrent::new(&mut layout, &name, Cell::Lstm, width, units));
            width = units;
        }
        let mut dense = Vec::new();
        for (layer, &units) in shape.dense.iter().enumerate() {
            dense.push(Linear::new(&mut layout, &format!("dense.{layer}"), width, units));
            width = units;
        }
        let heads = shape.heads.iter();
        let heads =
            heads.map(|head| Linear::new(&mut layout, head.name, width, head.outputs())).collect();
        SystemNetwork { shape, layout, embedding, layers, dense, heads }
    }

    /// Fresh weights, the same for the same seed.
    pub fn initialize(&self, seed: u64) -> Vec<f32> {
        let mut values = vec![0.0; self.layout.len()];
        // Each part draws from a counter of its own, far enough apart never to meet.
        let mut part = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        let mut next = || {
            part = part.wrapping_add(1 << 20);
            part
        };
        if let Some(embedding) = &self.embedding {
            embedding.initialize(&mut values, next());
        }
        self.layers.iter().for_each(|layer| layer.initialize(&mut values, next()));
        self.dense.iter().chain(&self.heads).for_each(|l| l.initialize(&mut values, next()));
        values
    }

    /// Puts the weights in the order the products read them.
    pub(crate) fn pack(&self, values: &[f32], packed: &mut PackedSystem) {
        packed.layers.resize_with(self.layers.len(), Packed::default);
        packed.dense.resize_with(self.dense.len(), PackedLinear::default);
        packed.heads.resize_with(self.heads.len(), PackedLinear::default);
        for (layer, packed) in self.layers.iter().zip(&mut packed.layers) {
            layer.pack(values, packed);
        }
        for (layer, packed) in self.dense.iter().zip(&mut packed.dense) {
            layer.pack(values, packed);
        }
        for (head, packed) in self.heads.iter().zip(&mut packed.heads) {
            head.pack(values, packed);
        }
    }

    /// Forward and backward: adds the gradient of the loss, a mean over `judged` steps in all
    /// shards together.
    ///
    /// `key` decides what dropout drops; no two updates of a run should share one.
    pub(crate) fn learn(
        &self,
        values: &[f32],
        packed: &PackedSystem,
        batch: &Batch,
        judged: usize,
        key: u64,
        work: &mut Workspace,
    ) {
        work.gradients.resize(self.layout.len(), 0.0);
        let first = first_judged(batch.steps, self.shape.targets);
        self.forward(values, packed, batch, first, Some(key), work);
        self.measure(batch, first, judged, work);
        self.heads_backward(packed, batch, first, work);

        let top = self.layers.len() - 1;
        let units = self.layers[top].units;
        work.dy.clear();
        work.dy.resize(first * units, 0.0);
        work.dy.extend_from_slice(&work.d_hidden);
        for (index, layer) in self.layers.iter().enumerate().rev() {
            dropout(&mut work.dy, self.shape.dropout, key ^ (index as u64 + 1));
            let x = match (index, &self.embedding) {
                (0, None) => &batch.x,
                (0, Some(_)) => &work.x,
                (above, _) => &work.ys[above - 1],
            };
            // The first layer's input is data, unless it was embedded.
            let asked = index > 0 || self.embedding.is_some();
            work.dx.resize(if asked { batch.steps.rows() * layer.input } else { 0 }, 0.0);
            layer.backward(
                &packed.layers[index],
                batch.steps,
                x,
                None,
                &mut work.tapes[index],
                &work.dy,
                None,
                asked.then_some(&mut work.dx[..]),
                &mut work.gradients,
            );
            std::mem::swap(&mut work.dy, &mut work.dx);
        }
        if let Some(embedding) = &self.embedding {
            embedding.backward(&batch.symbols, &work.dy, &mut work.gradients);
        }
    }

    /// Forward, and every head measured against what follows the steps that `targets` says.
    pub(crate) fn judge(
        &self,
        values: &[f32],
        packed: &PackedSystem,
        batch: &Batch,
        targets: Targets,
        work: &mut Workspace,
    ) {
        let first = first_judged(batch.steps, targets);
        self.forward(values, packed, batch, first, None, work);
        self.measure(batch, first, 1, work);
    }

    /// The heads' raw outputs behind the last step of one window.
    pub(crate) fn predict(
        &self,
        values: &[f32],
        packed: &PackedSystem,
        batch: &Batch,
        work: &mut Workspace,
    ) {
        let first = first_judged(batch.steps, Targets::Last);
        self.forward(values, packed, batch, first, None, work);
    }

    /// From a window to the heads' raw outputs of the rows from `first` on; with a key, dropping
    /// on the way.
    fn forward(
        &self,
        values: &[f32],
        packed: &PackedSystem,
        batch: &Batch,
        first: usize,
        key: Option<u64>,
        work: &mut Workspace,
    ) {
        let steps = batch.steps;
        work.tapes.resize_with(self.layers.len(), Tape::default);
        work.ys.resize_with(self.layers.len(), Vec::new);
        work.hidden.resize_with(self.dense.len(), Vec::new);
        work.outputs.resize_with(self.heads.len(), Vec::new);
        if let Some(embedding) = &self.embedding {
            work.x.clear();
            work.x.resize(steps.rows() * embedding.width, 0.0);
            embedding.add(values, &batch.symbols, &mut work.x);
        }
        for (index, layer) in self.layers.iter().enumerate() {
            let (below, above) = work.ys.split_at_mut(index);
            let x = match (below.last(), &self.embedding) {
                (Some(below), _) => below,
                (None, Some(_)) => &work.x,
                (None, None) => &batch.x,
            };
            above[0].resize(steps.rows() * layer.units, 0.0);
            let mut state = State::zero(layer, steps.batch);
            layer.forward(
                &packed.layers[index],
                steps,
                x,
                None,
                &mut state,
                &mut work.tapes[index],
                &mut above[0],
            );
            if let Some(key) = key {
                dropout(&mut above[0], self.shape.dropout, key ^ (index as u64 + 1));
            }
        }
        let rows = steps.rows() - first;
        let top = self.layers.len() - 1;
        let top = &work.ys[top][first * self.layers[top].units..];
        for (index, layer) in self.dense.iter().enumerate() {
            let (below, above) = work.hidden.split_at_mut(index);
            let x = below.last().map_or(top, |below| below);
            above[0].resize(rows * layer.output, 0.0);
            layer.forward(&packed.dense[index], rows, x, &mut above[0]);
            activation::relu(&mut above[0]);
        }
        let x = work.hidden.last().map_or(top, |hidden| hidden);
        for (index, head) in self.heads.iter().enumerate() {
            work.outputs[index].resize(rows * head.output, 0.0);
            head.forward(&packed.heads[index], rows, x, &mut work.outputs[index]);
        }
    }

    /// Measures the heads; their outputs become the gradient of the loss.
    fn measure(&self, batch: &Batch, first: usize, judged: usize, work: &mut Workspace) {
        if work.measures.len() != self.heads.len() {
            work.measures = self.measures();
        }
        let heads = self.shape.heads.iter().zip(&mut work.outputs).zip(&mut work.measures);
        for ((head, outputs), measure) in heads {
            head.measure(batch, first, judged, outputs, measure);
        }
    }

    /// Measures of nothing, one for each head.
    pub(crate) fn measures(&self) -> Vec<Measure> {
        let heads = self.shape.heads.iter();
        heads.map(|head| Measure::new(head.name, head.measures(), head.weight)).collect()
    }

    /// From the gradients of the heads' outputs to that of the judged steps, in `d_hidden`.
    fn heads_backward(
        &self,
        packed: &PackedSystem,
        batch: &Batch,
        first: usize,
        work: &mut Workspace,
    ) {
        let rows = batch.steps.rows() - first;
        let top = self.layers.len() - 1;
        let top = &work.ys[top][first * self.layers[top].units..];
        let x = work.hidden.last().map_or(top, |hidden| hidden);
        let width = self.heads.first().map_or(0, |head| head.input);
        work.d_hidden.clear();
        work.d_hidden.resize(rows * width, 0.0);
        for (index, head) in self.heads.iter().enumerate() {
            let (packed, dy) = (&packed.heads[index], &work.outputs[index]);
            head.backward_add(packed, rows, x, dy, &mut work.d_hidden, &mut work.gradients);
        }
        for (index, layer) in self.dense.iter().enumerate().rev() {
            activation::relu_backward(&work.hidden[index], &mut work.d_hidden);
            let x = match index {
                0 => top,
                above => &work.hidden[above - 1],
            };
            work.d_below.resize(rows * layer.input, 0.0);
            layer.backward(
                &packed.dense[index],
                rows,
                x,
                &work.d_hidden,
                Some(&mut work.d_below),
                &mut work.gradients,
            );
            std::mem::swap(&mut work.d_hidden, &mut work.d_below);
        }
    }
}

/// The first row that is judged: of the last step, or of all.
fn first_judged(steps: Steps, targets: Targets) -> usize {
    match targets {
        Targets::Last => steps.rows() - steps.batch,
        Targets::Every => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(
        targets: Targets,
        heads: Vec<Head>,
        embedding: Option<(usize, usize)>,
    ) -> NetworkShape {
        NetworkShape {
            features: 3,
            embedding,
            units: vec![5, 4],
            dropout: 0.0,
            dense: vec![6],
            targets,
            heads,
        }
    }

    /// Three windows of four steps with something to predict of every kind.
    fn batch(embedded: bool) -> Batch {
        let wave = |i: usize, by: f32| ((i as f32 * by).sin() + 1.0) / 2.0;
        Batch {
            steps: Steps { time: 4, batch: 3 },
            symbols: if embedded { (0..12).map(|i| i % 7).collect() } else { Vec::new() },
            x: if embedded { Vec::new() } else { (0..36).map(|i| wave(i, 0.7)).collect() },
            next_symbols: (0..12).map(|i| (i * 5 % 7) as u16).collect(),
            next_values: (0..36).map(|i| wave(i, 1.3)).collect(),
        }
    }

    fn loss(network: &SystemNetwork, values: &[f32], batch: &Batch) -> f64 {
        let (mut packed, mut work) = (PackedSystem::default(), Workspace::default());
        network.pack(values, &mut packed);
        network.judge(values, &packed, batch, network.shape.targets, &mut work);
        work.measures.iter().map(Measure::loss).sum()
    }

    /// The gradient of the whole network against central differences.
    fn check(shape: NetworkShape) {
        let embedded = shape.embedding.is_some();
        let judged = if shape.targets == Targets::Last { 3 } else { 12 };
        let network = SystemNetwork::new(shape);
        let mut values = network.initialize(3);
        // Biases of zero would leave ReLU at its corner.
        values.iter_mut().enumerate().for_each(|(i, v)| *v += 0.2 * (i as f32 * 0.9).sin());
        let batch = batch(embedded);
        let (mut packed, mut work) = (PackedSystem::default(), Workspace::default());
        network.pack(&values, &mut packed);
        network.learn(&values, &packed, &batch, judged, 1, &mut work);
        let step = 1e-3;
        for index in 0..values.len() {
            let at = |by: f32| {
                let mut moved = values.clone();
                moved[index] += by;
                loss(&network, &moved, &batch)
            };
            let expected = (at(step) - at(-step)) / f64::from(2.0 * step);
            let found = f64::from(work.gradients[index]);
            let heads = &network.shape.heads;
            assert!(
                (found - expected).abs() < 0.03 * (0.02 + expected.abs()),
                "{heads:?}: weight {index} has {found}, differences say {expected}"
            );
        }
    }

    #[test]
    fn gradients_agree_with_differences_whatever_is_predicted() {
        for targets in [Targets::Last, Targets::Every] {
            check(shape(targets, vec![Head::symbol("symbol", 7, 1.0)], None));
            check(shape(targets, vec![Head::symbol("symbol", 7, 1.0)], Some((7, 2))));
            let three = vec![
                Head::symbol("pitch", 7, 0.05),
                Head::value("step", 1, 1.0),
                Head::value("duration", 2, 1.0),
            ];
            check(shape(targets, three, None));
            check(shape(targets, vec![Head::frame(3)], None));
            check(shape(targets, vec![Head::mixture(3, 2)], None));
        }
    }

    #[test]
    fn the_summary_names_every_weight() {
        let network = SystemNetwork::new(shape(Targets::Last, vec![Head::frame(3)], Some((7, 2))));
        let counted: usize = network.summary().iter().map(|layer| layer.weights).sum();
        assert_eq!(counted, network.layout.len());
    }
}
