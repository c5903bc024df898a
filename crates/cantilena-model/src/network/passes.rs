//! Forward and back through a window.

use cantilena_neural::{
    Embedding, IGNORED, State as CellState, Steps, Tally, Tape, cross_entropy, dropout,
};
use cantilena_tokens::NONE;

use super::{Network, PackedNetwork};
use crate::head::HeadScratch;

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
