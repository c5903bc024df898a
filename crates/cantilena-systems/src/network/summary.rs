//! The network as a table of its layers.

use cantilena_neural::LayerSummary;

use super::SystemNetwork;
use crate::recipe::Targets;

impl SystemNetwork {
    /// The layers in order.
    pub fn summary(&self) -> Vec<LayerSummary> {
        let row = |name: String, kind: &str, output: String, activation| {
            let weights = self.layout.len_of(&name);
            LayerSummary { name, kind: kind.to_owned(), output, activation, weights }
        };
        let mut rows = Vec::new();
        if let Some((_, width)) = self.shape.embedding {
            rows.push(row("embedding".into(), "Embedding", format!("(time, {width})"), "-"));
        }
        for (layer, units) in self.shape.units.iter().enumerate() {
            let is_last = layer + 1 == self.shape.units.len();
            let shape = match is_last && self.shape.targets == Targets::Last {
                true => format!("({units})"),
                false => format!("(time, {units})"),
            };
            rows.push(row(format!("lstm.{layer}"), "LSTM", shape.clone(), "tanh"));
            if self.shape.dropout > 0.0 {
                let name = format!("dropout.{layer} ({})", self.shape.dropout);
                rows.push(row(name, "Dropout", shape, "-"));
            }
        }
        for (layer, units) in self.shape.dense.iter().enumerate() {
            rows.push(row(format!("dense.{layer}"), "Dense", format!("({units})"), "ReLU"));
        }
        for head in &self.shape.heads {
            let shape = format!("({})", head.outputs());
            rows.push(row(head.name.to_owned(), "Dense", shape, head.activation()));
        }
        rows
    }
}
