//! A model on one page: figures, pictures and layers, with nothing to fetch and no script.

mod note_model;
mod page;
mod system;

use std::path::Path;

use cantilena_plot::{Bins, Panel, Series};

use crate::error::StudioError;
use crate::output::Overwrite;
use crate::store;
use crate::systems::is_system;

/// The seed of the piece that a report shows.
const SEED: u64 = 1;

/// How long that piece is.
const NOTES: usize = 120;

/// Writes the report of a model, of either kind, as one HTML page.
pub fn report(model: &Path, page: &Path, overwrite: Overwrite) -> Result<(), StudioError> {
    if overwrite == Overwrite::Refuse && page.exists() {
        return Err(StudioError::Exists { path: page.to_owned() });
    }
    let html = match is_system(model) {
        true => system::html(model)?,
        false => note_model::html(model)?,
    };
    store::write(page, html.as_bytes(), overwrite)
}

/// Shares of values in `bins` bins of a width from 0 on, for each of the named sets; what lies
/// beyond counts in the last.
fn panel(name: &str, axis: &str, bin: f64, bins: usize, sets: &[(&str, Vec<f64>)]) -> Panel {
    let shares = |values: &[f64]| -> Vec<f64> {
        let mut counts = vec![0.0; bins];
        for value in values {
            counts[((value / bin) as usize).min(bins - 1)] += 1.0 / values.len() as f64;
        }
        counts
    };
    let label = |index: usize| {
        let value = index as f64 * bin;
        if bin < 1.0 { format!("{value:.2}") } else { format!("{value:.0}") }
    };
    let series = sets
        .iter()
        .map(|(name, values)| Series { name: (*name).to_owned(), shares: shares(values) });
    Panel {
        bins: Bins::Ordered,
        name: name.to_owned(),
        remark: String::new(),
        axis: axis.to_owned(),
        labels: (0..bins).map(label).collect(),
        series: series.collect(),
    }
}

/// A row for the sum of a table of layers.
fn with_total(layers: &[[String; 5]]) -> Vec<Vec<String>> {
    let weights = layers.iter().map(|row| row[4].parse::<usize>().unwrap_or(0));
    let total = weights.sum::<usize>().to_string();
    let mut rows: Vec<Vec<String>> = layers.iter().map(|row| row.to_vec()).collect();
    rows.push(vec!["all".into(), String::new(), String::new(), String::new(), total]);
    rows
}

fn three(value: f64) -> String {
    format!("{value:.3}")
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}
