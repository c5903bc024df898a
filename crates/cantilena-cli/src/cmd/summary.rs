//! `cantilena summary`: the layers of a model.

use std::path::PathBuf;

use cantilena_studio::layers;
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
        let rows = layers(&self.model)?;
        let head = ["layer", "type", "output", "activation", "weights"].map(str::to_owned);
        let total: u64 = rows.iter().filter_map(|row| row[4].parse::<u64>().ok()).sum();
        let width = |column: usize| {
            let cells = rows.iter().chain([&head]).map(|row| row[column].chars().count());
            cells.max().unwrap_or(0)
        };
        let widths: Vec<usize> = (0..4).map(width).collect();
        let mut text = String::new();
        for row in [&head].into_iter().chain(&rows) {
            for (cell, width) in row.iter().zip(&widths) {
                text.push_str(&format!("{cell:width$}  "));
            }
            text.push_str(&format!("{:>10}\n", row[4]));
        }
        text.push_str(&format!("\n{} weights", count(total)));
        Ok(give(&text)?)
    }
}
