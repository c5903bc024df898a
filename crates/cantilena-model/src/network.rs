//! The network: its shape, and its two passes over a window.
//!
//! ```text
//! event before ─ one embedding a column ┐
//! known of this event ─ likewise        ├─ sum ─► layers of cells ─► h
//!                                       ┘
//! field 1 ◄─ head(h)   field 2 ◄─ head(h, columns before it) …
//! ```

use cantilena_neural::{
    Cell, Embedding, Layout, Packed, Recurrent, State as CellState, Steps, Tally, Tape, activation,
    cross_entropy, dropout,
};
use cantilena_tokens::{Field, NONE};

use crate::config::ModelConfig;
use crate::head::{Head, PackedHead};
use crate::tally::FieldTally;

/// Marks a row that [`cross_entropy`] passes over.
const IGNORED: u16 = cantilena_neural::IGNORED;

/// A shape with a place for every weight in one flat array.
#[derive(Debug)]
pub struct Network {
    /// What it was made from.
    pub config: ModelConfig,
    /// The columns of an event.
    pub fields: Vec<Field>,
    /// Names, shapes and places of the weights.
    pub layout: Layout,
    /// One for each column of the event before.
    pub(crate) previous: Vec<Embedding>,
    /// One for each column of this event that is known before any prediction.
    pub(crate) leading: Vec<Embedding>,
    pub(crate) layers: Vec<Recurrent>,
    /// One for each predicted field, in order.
    pub(crate) heads: Vec<Head>,
}

/// All weights in the order the products read them; made once an update, shared by all shards.
#[derive(Debug, Default)]
pub struct PackedNetwork {
    pub(crate) layers: Vec<Packed>,
    pub(crate) heads: Vec<PackedHead>,
}

/// A window of events, time-major: row = time step × batch + stream.
#[derive(Clone, Copy, Debug)]
pub struct Batch<'a> {
    /// Steps in time and streams side by side.
    pub steps: Steps,
    /// The event before each.
    pub previous: &'a [u16], // (time, batch, fields)
    /// The event to be predicted.
    pub current: &'a [u16], // (time, batch, fields)
    /// Where a piece begins.
    pub begins: &'a [bool], // (time, batch)
}

/// What one shard needs between its passes; buffers are kept from window to window.
#[derive(Debug, Default)]
pub struct Workspace {
    /// Sums over all weights, added to by [`Network::learn`].
    pub gradients: Vec<f32>, // (layout.len(),)
    /// Each layer's state, carried from window to window.
    pub states: Vec<CellState>,
    /// What was predicted how well since they were last cleared, a predicted field each.
    pub tallies: Vec<Tally>,
    x: Vec<f32>,       // (rows, embedding)
    ys: Vec<Vec<f32>>, // (layers)(rows, units)
    tapes: Vec<Tape>,
    dh: Vec<f32>,     // (rows, units)
    dx: Vec<f32>,     // (rows, the layer's input)
    hidden: Vec<f32>, // (rows, head)
    dhidden: Vec<f32>,
    logits: Vec<f32>, // (rows, the field's vocabulary)
    targets: Vec<u16>,
}

impl Network {
    /// The network of a configuration for events of these fields.
    pub fn new(config: &ModelConfig, fields: Vec<Field>) -> Network {
        let mut layout = Layout::new();
        let embed = |layout: &mut Layout, prefix: &str, column: &Field| {
            let name = format!("{prefix}.{}", column.name);
            Embedding::new(layout, &name, column.size, config.embedding)
        };
        let previous = fields.iter().map(|c| embed(&mut layout, "previous", c)).collect();
        let leading =
            fields.iter().take_while(|c| !c.is_predicted()).map(|c| embed(&mut layout, "known", c));
        let leading = leading.collect();
        let cell = Cell::from(config.cell);
        let layers = (0..config.layers)
            .map(|layer| {
                let input = if layer == 0 { config.embedding } else { config.units };
                Recurrent::new(&mut layout, &format!("layer.{layer}"), cell, input, config.units)
            })
            .collect();
        let predicted = (0..fields.len()).filter(|&field| fields[field].is_predicted());
        let heads = predicted
            .map(|field| Head::new(&mut layout, &fields, field, config.units, config.head))
            .collect();
        Network { config: config.clone(), fields, layout, previous, leading, layers, heads }
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
        for embedding in self.previous.iter().chain(&self.leading) {
            embedding.initialize(&mut values, next());
        }
        self.layers.iter().for_each(|layer| layer.initialize(&mut values, next()));
        self.heads.iter().for_each(|head| head.initialize(&mut values, next()));
        values
    }

    /// Puts the weights in the order the products read them.
    pub fn pack(&self, values: &[f32], packed: &mut PackedNetwork) {
        packed.layers.resize_with(self.layers.len(), Packed::default);
        packed.heads.resize_with(self.heads.len(), PackedHead::default);
        for (layer, packed) in self.layers.iter().zip(&mut packed.layers) {
            layer.pack(values, packed);
        }
        for (head, packed) in self.heads.iter().zip(&mut packed.heads) {
            head.pack(values, packed);
        }
    }

    /// States of silence for `batch` streams.
    pub fn silence(&self, batch: usize) -> Vec<CellState> {
        self.layers.iter().map(|layer| CellState::zero(layer, batch)).collect()
    }

    /// Tallies of nothing, one for each predicted field.
    pub fn field_tallies(&self) -> Vec<FieldTally> {
        self.heads.iter().map(|head| FieldTally::new(self.fields[head.field].name)).collect()
    }

    /// Forward and backward through a window: adds `scale` × the gradient of its nats.
    ///
    /// `key` decides what dropout drops; no two windows of a run should share one.
    pub fn learn(
        &self,
        values: &[f32],
        packed: &PackedNetwork,
        batch: &Batch,
        scale: f32,
        key: u64,
        work: &mut Workspace,
    ) {
        let rows = batch.steps.rows();
        work.gradients.resize(self.layout.len(), 0.0);
        self.forward(values, packed, batch, Some(key), work);

        work.dh.clear();
        work.dh.resize(rows * self.config.units, 0.0);
        for index in 0..self.heads.len() {
            self.predict(index, values, packed, batch, scale, work);
            self.head_backward(index, packed, batch, work);
        }
        for (index, layer) in self.layers.iter().enumerate().rev() {
            dropout(&mut work.dh, self.config.dropout, key ^ (index as u64 + 1));
            let x = if index == 0 { &work.x } else { &work.ys[index - 1] };
            work.dx.resize(rows * layer.input, 0.0);
            layer.backward(
                &packed.layers[index],
                batch.steps,
                x,
                Some(batch.begins),
                &mut work.tapes[index],
                &work.dh,
                None,
                Some(&mut work.dx),
                &mut work.gradients,
            );
            std::mem::swap(&mut work.dh, &mut work.dx);
        }
        dropout(&mut work.dh, self.config.dropout, key);
        let columns = self.fields.len();
        for (column, embedding) in self.previous.iter().enumerate() {
            embedding.backward_column(
                batch.previous,
                columns,
                column,
                &work.dh,
                &mut work.gradients,
            );
        }
        for (column, embedding) in self.leading.iter().enumerate() {
            embedding.backward_column(
                batch.current,
                columns,
                column,
                &work.dh,
                &mut work.gradients,
            );
        }
    }

    /// Forward through a window, counting how well each field is predicted.
    pub fn judge(
        &self,
        values: &[f32],
        packed: &PackedNetwork,
        batch: &Batch,
        work: &mut Workspace,
    ) {
        self.forward(values, packed, batch, None, work);
        for index in 0..self.heads.len() {
            self.predict(index, values, packed, batch, 1.0, work);
        }
    }

    /// From events to the last layer's outputs; with a key, dropping on the way.
    fn forward(
        &self,
        values: &[f32],
        packed: &PackedNetwork,
        batch: &Batch,
        key: Option<u64>,
        work: &mut Workspace,
    ) {
        let (rows, columns) = (batch.steps.rows(), self.fields.len());
        if work.states.len() != self.layers.len() {
            work.states = self.silence(batch.steps.batch);
        }
        work.tapes.resize_with(self.layers.len(), Tape::default);
        work.ys.resize_with(self.layers.len(), Vec::new);
        work.tallies.resize_with(self.heads.len(), Tally::default);

        work.x.clear();
        work.x.resize(rows * self.config.embedding, 0.0);
        for (column, embedding) in self.previous.iter().enumerate() {
            embedding.add_column(values, batch.previous, columns, column, &mut work.x);
        }
        for (column, embedding) in self.leading.iter().enumerate() {
            embedding.add_column(values, batch.current, columns, column, &mut work.x);
        }
        if let Some(key) = key {
            dropout(&mut work.x, self.config.dropout, key);
        }
        for (index, layer) in self.layers.iter().enumerate() {
            let (below, above) = work.ys.split_at_mut(index);
            let x = below.last().unwrap_or(&work.x);
            above[0].resize(rows * layer.units, 0.0);
            layer.forward(
                &packed.layers[index],
                batch.steps,
                x,
                Some(batch.begins),
                &mut work.states[index],
                &mut work.tapes[index],
                &mut above[0],
            );
            if let Some(key) = key {
                dropout(&mut above[0], self.config.dropout, key ^ (index as u64 + 1));
            }
        }
    }

    /// One head forward; its logits become `scale` × the gradient of their nats.
    fn predict(
        &self,
        index: usize,
        values: &[f32],
        packed: &PackedNetwork,
        batch: &Batch,
        scale: f32,
        work: &mut Workspace,
    ) {
        let (rows, columns) = (batch.steps.rows(), self.fields.len());
        let (head, packed) = (&self.heads[index], &packed.heads[index]);
        let h = work.ys.last().map_or(&work.x, |y| y);
        work.hidden.resize(rows * self.config.head, 0.0);
        head.hidden.forward(&packed.hidden, rows, h, &mut work.hidden);
        for (column, known) in head.known.iter().enumerate() {
            known.add_column(values, batch.current, columns, column, &mut work.hidden);
        }
        activation::relu(&mut work.hidden);
        let classes = self.fields[head.field].size;
        work.logits.resize(rows * classes, 0.0);
        head.output.forward(&packed.output, rows, &work.hidden, &mut work.logits);

        let targets = batch.current.chunks_exact(columns).map(|event| match event[head.field] {
            NONE => IGNORED,
            token => token,
        });
        work.targets.clear();
        work.targets.extend(targets);
        let tally = cross_entropy(rows, classes, &mut work.logits, &work.targets, scale, None);
        work.tallies[index].nats += tally.nats;
        work.tallies[index].correct += tally.correct;
        work.tallies[index].counted += tally.counted;
    }

    /// One head backward, from the gradient in `logits`; adds to `dh`.
    fn head_backward(
        &self,
        index: usize,
        packed: &PackedNetwork,
        batch: &Batch,
        work: &mut Workspace,
    ) {
        let (rows, columns) = (batch.steps.rows(), self.fields.len());
        let (head, packed) = (&self.heads[index], &packed.heads[index]);
        work.dhidden.resize(rows * self.config.head, 0.0);
        let gradients = &mut work.gradients;
        head.output.backward(
            &packed.output,
            rows,
            &work.hidden,
            &work.logits,
            Some(&mut work.dhidden),
            gradients,
        );
        activation::relu_backward(&work.hidden, &mut work.dhidden);
        for (column, known) in head.known.iter().enumerate() {
            known.backward_column(batch.current, columns, column, &work.dhidden, gradients);
        }
        let h = work.ys.last().map_or(&work.x, |y| y);
        head.hidden.backward_add(&packed.hidden, rows, h, &work.dhidden, &mut work.dh, gradients);
    }
}
