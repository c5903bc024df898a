//! The network: its shape, and its two passes over a window.
//!
//! ```text
//! event before ─ one embedding a column ┐
//! known of this event ─ likewise        ├─ sum ─► layers of cells ─► h
//!                                       ┘
//! field 1 ◄─ head(h)   field 2 ◄─ head(h, columns before it) …
//! ```

use cantilena_neural::{
    Cell, Embedding, LayerNorm, Layout, Packed, Precision, Recurrent, Span, State as CellState,
    Steps, Tally, Tape, Weights, cross_entropy, drop_rows, dropout, for_each_shard, isa,
};
use cantilena_tokens::{Field, NONE};

use crate::config::ModelConfig;
use crate::head::{Head, HeadScratch, PackedHead};
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
    /// One before each layer behind the first, if there are any.
    pub(crate) norms: Vec<LayerNorm>,
    /// One for each predicted field, in order.
    pub(crate) heads: Vec<Head>,
    /// The recurrent weights of each layer.
    recurrent: Vec<Span>,
    /// All weights of the recurrent layers.
    recurrent_layers: Vec<Span>,
    /// The tables of `previous` and `leading`.
    tables: Vec<Span>,
}

/// All weights in the order the products read them; made once an update, shared by all shards.
#[derive(Debug, Default)]
pub struct PackedNetwork {
    pub(crate) layers: Vec<Packed>,
    pub(crate) heads: Vec<PackedHead>,
    /// In which numbers the recurrent layers multiply.
    precision: Precision,
    /// How weights are kept that are only read.
    compact: Option<Weights>,
    /// Where weights are dropped: the key that says which, and an array without those, in which
    /// only the recurrent layers and, if rows are dropped, the input's tables are filled in.
    dropped: Option<(u64, Vec<f32>)>,
}

impl PackedNetwork {
    /// Weights whose recurrent layers multiply in these numbers. Nothing is laid out yet.
    pub fn with(precision: Precision) -> PackedNetwork {
        PackedNetwork { precision, ..PackedNetwork::default() }
    }

    /// Weights that are only read, for judging and composing. Nothing is laid out yet.
    pub fn compact(weights: Weights) -> PackedNetwork {
        PackedNetwork { compact: Some(weights), ..PackedNetwork::default() }
    }
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
    x: Vec<f32>,           // (rows, embedding)
    ys: Vec<Vec<f32>>,     // (layers)(rows, units), what each passes on
    normed: Vec<Vec<f32>>, // (norms)(rows, units)
    tapes: Vec<Tape>,
    dh: Vec<f32>,   // (rows, units)
    dx: Vec<f32>,   // (rows, the layer's input)
    past: Vec<f32>, // (rows, units), the gradient that goes past a layer
    heads: Vec<HeadScratch>,
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
        let normed = if config.layer_norm { 1..config.layers } else { 0..0 };
        let norms = normed
            .map(|layer| LayerNorm::new(&mut layout, &format!("norm.{layer}"), config.units))
            .collect();
        let predicted = (0..fields.len()).filter(|&field| fields[field].is_predicted());
        let heads = predicted.map(|field| Head::new(&mut layout, &fields, field, config)).collect();
        let spans = |is: fn(&str) -> bool| -> Vec<Span> {
            layout.entries().iter().filter(|entry| is(&entry.name)).map(|e| e.span).collect()
        };
        let recurrent_layers = spans(|name| name.starts_with("layer."));
        let recurrent = spans(|name| name.starts_with("layer.") && name.ends_with(".weight_hh"));
        let tables = spans(|name| name.starts_with("previous.") || name.starts_with("known."));
        let config = config.clone();
        Network {
            config,
            fields,
            layout,
            previous,
            leading,
            layers,
            norms,
            heads,
            recurrent,
            recurrent_layers,
            tables,
        }
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
        self.norms.iter().for_each(|norm| norm.initialize(&mut values));
        self.heads.iter().for_each(|head| head.initialize(&mut values, next()));
        values
    }

    /// Puts the weights in the order the products read them, all of them: for judging and
    /// composing.
    pub fn pack(&self, values: &[f32], packed: &mut PackedNetwork) {
        packed.dropped = None;
        self.pack_parts(values, values, 1, packed);
    }

    /// As [`Network::pack`] on so many threads, for learning: drops what the configuration's
    /// `weight_drop` and `embedding_dropout` say, `key` deciding which. No two updates of a run
    /// should share one.
    pub fn pack_dropping(
        &self,
        values: &[f32],
        key: u64,
        threads: usize,
        packed: &mut PackedNetwork,
    ) {
        let (weights, rows) = (self.config.weight_drop, self.config.embedding_dropout);
        if weights == 0.0 && rows == 0.0 {
            packed.dropped = None;
            return self.pack_parts(values, values, threads, packed);
        }
        let mut kept = packed.dropped.take().map(|(_, kept)| kept).unwrap_or_default();
        kept.resize(values.len(), 0.0);
        // All that is read of it, and no more: most weights stand in the heads' tables.
        let tables = self.tables.iter().filter(|_| rows > 0.0);
        for span in self.recurrent_layers.iter().chain(tables) {
            span.of_mut(&mut kept).copy_from_slice(span.of(values));
        }
        self.drop_weights(key, &mut kept);
        self.pack_parts(&kept, values, threads, packed);
        packed.dropped = Some((key, kept));
    }

    /// Drops recurrent weights and rows of the input's tables, or their gradients.
    fn drop_weights(&self, key: u64, array: &mut [f32]) {
        // Far from the keys of activations, which differ in the lowest bits and at bit 32.
        for (span, part) in self.recurrent.iter().zip(1u64..) {
            dropout(span.of_mut(array), self.config.weight_drop, key ^ (part << 48));
        }
        let width = self.config.embedding;
        for (span, part) in self.tables.iter().zip(1u64..) {
            let rate = self.config.embedding_dropout;
            drop_rows(span.of_mut(array), width, rate, key ^ (part << 56));
        }
    }

    /// Packs the layers from one array and the heads from another.
    fn pack_parts(
        &self,
        layers: &[f32],
        heads: &[f32],
        threads: usize,
        packed: &mut PackedNetwork,
    ) {
        enum Part<'a> {
            Layer(&'a Recurrent, &'a mut Packed),
            Head(&'a Head, &'a mut PackedHead),
        }
        let (precision, compact) = (packed.precision, packed.compact);
        packed.layers.resize_with(self.layers.len(), || match compact {
            Some(weights) => Packed::compact(isa(), weights),
            None => Packed::with(isa(), precision),
        });
        packed.heads.resize_with(self.heads.len(), || match compact {
            Some(weights) => PackedHead::compact(weights),
            None => PackedHead::default(),
        });
        let layer_parts =
            self.layers.iter().zip(&mut packed.layers).map(|(of, to)| Part::Layer(of, to));
        let head_parts =
            self.heads.iter().zip(&mut packed.heads).map(|(of, to)| Part::Head(of, to));
        let mut parts: Vec<Part<'_>> = layer_parts.chain(head_parts).collect();
        for_each_shard(threads, &mut parts, |_, part| match part {
            Part::Layer(layer, packed) => layer.pack(layers, packed),
            Part::Head(head, packed) => head.pack(heads, packed),
        });
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
    /// `key` decides what dropout drops; no two windows of a run should share one. Where weights
    /// are dropped, too ([`Network::pack_dropping`]), all gradients in the workspace must be of
    /// windows learnt with the same packed weights, or zero.
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
            let (head, scratch) = (&self.heads[index], &mut work.heads[index]);
            let h = work.ys.last().map_or(&work.x, |y| y);
            let (packed, events) = (&packed.heads[index], batch.current);
            let (dh, gradients) = (&mut work.dh, &mut work.gradients);
            head.backward(packed, rows, h, events, scratch, &work.logits, dh, gradients);
        }
        for (index, layer) in self.layers.iter().enumerate().rev() {
            let residual = self.config.residual && index > 0;
            if residual {
                work.past.clone_from(&work.dh);
            }
            self.drop(&mut work.dh, batch.steps, key ^ (index as u64 + 1));
            let before = if index == 0 { &work.x } else { &work.ys[index - 1] };
            let norm = index.checked_sub(1).and_then(|norm| self.norms.get(norm));
            let x = if norm.is_some() { &work.normed[index - 1] } else { before };
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
            if let Some(norm) = norm {
                norm.backward(values, before, &mut work.dx, &mut work.gradients);
            }
            if residual {
                add(&work.past, &mut work.dx);
            }
            std::mem::swap(&mut work.dh, &mut work.dx);
        }
        self.drop(&mut work.dh, batch.steps, key);
        let columns = self.fields.len();
        let (dh, gradients) = (&work.dh, &mut work.gradients);
        Embedding::backward_all(&self.previous, batch.previous, columns, dh, gradients);
        Embedding::backward_all(&self.leading, batch.current, columns, dh, gradients);
        if let Some((key, _)) = &packed.dropped {
            self.drop_weights(*key, &mut work.gradients);
        }
        // Behind it, for a head reads all of a table that it shares.
        for (head, scratch) in self.heads.iter().zip(&mut work.heads) {
            head.output.settle(&mut scratch.output, &mut work.gradients);
        }
    }

    /// Dropout of activations (time, batch, ·), or of their gradients.
    fn drop(&self, values: &mut [f32], steps: Steps, key: u64) {
        match self.config.variational {
            false => dropout(values, self.config.dropout, key),
            true => {
                let step = (values.len() / steps.time.max(1)).max(1);
                let steps = values.chunks_exact_mut(step);
                steps.for_each(|step| dropout(step, self.config.dropout, key));
            }
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
        work.normed.resize_with(self.norms.len(), Vec::new);
        work.heads.resize_with(self.heads.len(), HeadScratch::default);
        work.tallies.resize_with(self.heads.len(), Tally::default);
        let tables = match &packed.dropped {
            Some((_, kept)) if self.config.embedding_dropout > 0.0 => kept,
            _ => values,
        };

        work.x.clear();
        work.x.resize(rows * self.config.embedding, 0.0);
        Embedding::add_all(&self.previous, tables, batch.previous, columns, &mut work.x);
        Embedding::add_all(&self.leading, tables, batch.current, columns, &mut work.x);
        if let Some(key) = key {
            self.drop(&mut work.x, batch.steps, key);
        }
        for (index, layer) in self.layers.iter().enumerate() {
            let (below, above) = work.ys.split_at_mut(index);
            let before = below.last().unwrap_or(&work.x);
            let norm = index.checked_sub(1).and_then(|norm| Some((norm, self.norms.get(norm)?)));
            let x = match norm {
                Some((place, norm)) => {
                    let normed = &mut work.normed[place];
                    normed.resize(before.len(), 0.0);
                    norm.forward(values, before, normed);
                    normed
                }
                None => before,
            };
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
                self.drop(&mut above[0], batch.steps, key ^ (index as u64 + 1));
            }
            if self.config.residual && index > 0 {
                add(before, &mut above[0]);
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
        let (scratch, logits) = (&mut work.heads[index], &mut work.logits);
        head.forward(values, packed, rows, h, batch.current, scratch, logits);

        let classes = self.fields[head.field].size;
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
}

/// onto += values.
fn add(values: &[f32], onto: &mut [f32]) {
    onto.iter_mut().zip(values).for_each(|(onto, value)| *onto += value);
}
