//! The network as a table of its layers.

use cantilena_neural::LayerSummary;

use super::Network;
use crate::config::CellKind;

impl Network {
    /// The layers in order.
    ///
    /// Embeddings of many columns, whose sum is one output, are one row; an output that is tied
    /// counts only the weights of its own.
    pub fn summary(&self) -> Vec<LayerSummary> {
        let config = &self.config;
        let mut rows = Vec::new();
        let mut row = |name: &str, kind: String, width: usize, activation, weights: usize| {
            let (name, output) = (name.to_owned(), format!("(time, {width})"));
            rows.push(LayerSummary { name, kind, output, activation, weights });
        };
        let embeddings = |columns: usize| match columns {
            1 => "Embedding".to_owned(),
            _ => format!("{columns} Embeddings"),
        };
        for (name, columns) in [("previous", &self.previous), ("known", &self.leading)] {
            let kind = embeddings(columns.len());
            row(name, kind, config.embedding, "-", self.layout.len_of(name));
        }
        let cell = match config.cell {
            CellKind::Lstm => "LSTM",
            CellKind::Gru => "GRU",
            CellKind::Rnn => "RNN",
        };
        for layer in 0..self.layers.len() {
            if config.layer_norm && layer > 0 {
                let name = format!("norm.{layer}");
                row(&name, "LayerNorm".to_owned(), config.units, "-", self.layout.len_of(&name));
            }
            let name = format!("layer.{layer}");
            row(&name, cell.to_owned(), config.units, "tanh", self.layout.len_of(&name));
        }
        for head in &self.heads {
            let field = &self.fields[head.field];
            let name = format!("head.{}", field.name);
            let [hidden, projection, output] =
                ["hidden", "projection", "output"].map(|part| format!("{name}.{part}"));
            let [all, dense, between, last] =
                [&name, &hidden, &projection, &output].map(|name| self.layout.len_of(name));
            if !head.known.is_empty() {
                let (known, count) = (format!("{name}.known"), all - dense - between - last);
                row(&known, embeddings(head.known.len()), config.head, "-", count);
            }
            row(&hidden, "Dense".to_owned(), config.head, "ReLU", dense);
            if config.tied {
                row(&projection, "Dense".to_owned(), config.embedding, "-", between);
            }
            row(&output, "Dense".to_owned(), field.size, "softmax", last);
        }
        rows
    }
}
