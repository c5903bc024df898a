//! Weights in the order in which they are read, some of them dropped.

use cantilena_neural::{
    Packed, Precision, Recurrent, Weights, drop_rows, dropout, for_each_shard, isa,
};

use super::Network;
use crate::head::{Head, PackedHead};

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
    pub(super) dropped: Option<(u64, Vec<f32>)>,
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

impl Network {
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
    pub(super) fn drop_weights(&self, key: u64, array: &mut [f32]) {
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
}
