//! The network as a table of its layers.

use super::SystemNetwork;
use crate::recipe::Targets;

impl SystemNetwork {
    /// The layers in order: name, type, output shape, activation, weights.
    pub fn summary(&self) -> Vec<[String; 5]> {
        let row = |name: String, kind: &str, shape: String, activation: &str| {
            let count = self.layout.len_of(&name).to_string();
            [name, kind.to_owned(), shape, activation.to_owned(), count]
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
                rows.push([name, "Dropout".into(), shape, "-".into(), "0".into()]);
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
