//! The network: its shape, and its two passes over a window.
//!
//! ```text
//! event before ─ one embedding a column ┐
//! known of this event ─ likewise        ├─ sum ─► layers of cells ─► h
//!                                       ┘
//! field 1 ◄─ head(h)   field 2 ◄─ head(h, columns before it) …
//! ```

mod packed;
mod passes;
mod summary;

use cantilena_neural::{Cell, Embedding, LayerNorm, Layout, Recurrent, Span, State as CellState};
use cantilena_tokens::Field;

pub use self::packed::PackedNetwork;
pub use self::passes::{Batch, Workspace};
use crate::config::ModelConfig;
use crate::head::Head;
use crate::tally::FieldTally;

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

    /// States of silence for `batch` streams.
    pub fn silence(&self, batch: usize) -> Vec<CellState> {
        self.layers.iter().map(|layer| CellState::zero(layer, batch)).collect()
    }

    /// Tallies of nothing, one for each predicted field.
    pub fn field_tallies(&self) -> Vec<FieldTally> {
        self.heads.iter().map(|head| FieldTally::new(self.fields[head.field].name)).collect()
    }
}
