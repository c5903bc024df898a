//! `cantilena summary`: the layers of a model.

use std::path::PathBuf;

use cantilena_studio::{LayerSummary, layers};
use clap::Args;

use crate::failure::Failure;
use crate::words::{count, give};

/// Print the layers of a model: type, shape, weights.
#[derive(Args)]
pub(crate) struct Summary {
    /// The model's folder.
    model: PathBuf,
}

impl Summary {
    pub(crate) fn execute(self) -> Result<(), Failure> {
        let layers = layers(&self.model)?;
        let total: usize = layers.iter().map(|layer| layer.weights).sum();
        let row = |layer: LayerSummary| {
            let LayerSummary { name, kind, output, activation, weights } = layer;
            [name, kind, output, activation.to_owned(), weights.to_string()]
        };
        let head = ["layer", "type", "output", "activation", "weights"].map(str::to_owned);
        let rows: Vec<[String; 5]> =
            [head].into_iter().chain(layers.into_iter().map(row)).collect();
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max();
        let widths: Vec<usize> = (0..4).flat_map(width).collect();
        let mut text = String::new();
        for row in &rows {
            for (cell, width) in row.iter().zip(&widths) {
                text.push_str(&format!("{cell:width$}  "));
            }
            text.push_str(&format!("{:>10}\n", row[4]));
        }
        text.push_str(&format!("\n{} weights", count(total as u64)));
        Ok(give(&text)?)
    }
}
