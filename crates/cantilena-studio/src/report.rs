//! A model on one page: figures, pictures and layers, with nothing to fetch and no script.

mod note_model;
mod page;
mod system;

use std::path::Path;

use cantilena_neural::LayerSummary;
use cantilena_plot::{Bins, Curve, Panel, Series};

use crate::error::StudioError;
use crate::output::Overwrite;
use crate::store;
use crate::systems::is_system;
use crate::words::count;

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

/// Shares of values in `bins` bins of a width, the first around 0, for each of the named sets; what
/// lies beyond counts in the last.
fn panel(name: &str, axis: &str, bin: f64, bins: usize, sets: &[(&str, Vec<f64>)]) -> Panel {
    let shares = |values: &[f64]| -> Vec<f64> {
        let mut counts = vec![0.0; bins];
        for value in values {
            counts[bin_of(*value, bin).min(bins - 1)] += 1.0 / values.len() as f64;
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

/// The bin whose middle is nearest to a value.
///
/// Equal lengths differ in their last digits by where in a piece they stand; a value is rounded to
/// a ten thousandth of a bin first, so that they count in one.
fn bin_of(value: f64, bin: f64) -> usize {
    ((value / bin * 1e4).round() / 1e4).round() as usize
}

/// A row for the sum of a table of layers, whose weights are written with commas.
fn with_total(layers: &[LayerSummary]) -> Vec<Vec<String>> {
    let total = count(layers.iter().map(|layer| layer.weights as u64).sum());
    let row = |layer: &LayerSummary| {
        let LayerSummary { name, kind, output, activation, weights } = layer.clone();
        vec![name, kind, output, activation.to_owned(), count(weights as u64)]
    };
    let mut rows: Vec<Vec<String>> = layers.iter().map(row).collect();
    rows.push(vec!["all".into(), String::new(), String::new(), String::new(), total]);
    rows
}

fn three(value: f64) -> String {
    format!("{value:.3}")
}

fn percent(share: f64) -> String {
    format!("{:.1} %", share * 100.0)
}

/// A number that others are held against: a line across the whole of a chart.
fn level(name: &str, value: f64, along: &[&[(f64, f64)]]) -> Curve {
    let xs = || along.iter().flat_map(|points| points.iter()).map(|point| point.0);
    let ends = [xs().fold(f64::INFINITY, f64::min), xs().fold(f64::NEG_INFINITY, f64::max)];
    Curve::new(name, ends.map(|x| (x, value)).to_vec()).drawn_as(BASELINE)
}

/// How the sides are drawn, in every chart the same.
const TRAINING: usize = 0;
const VALIDATION: usize = 1;
const BASELINE: usize = 2;

#[cfg(test)]
mod tests {
    use super::*;

    // Of 54 notes of 0.6 seconds 27 % once stood at 0.55 and 18 % at 0.60.
    #[test]
    fn equal_lengths_count_in_one_bin() {
        for (seconds, bin) in [(0.6, 12), (0.3, 6), (1.2, 24), (0.125, 3), (0.0, 0)] {
            for onset in 0..400 {
                let onset = f64::from(onset) * 0.3;
                assert_eq!(bin_of((onset + seconds) - onset, 0.05), bin, "{seconds} at {onset}");
            }
        }
        assert_eq!([0.0, 60.0, 127.0].map(|pitch| bin_of(pitch, 1.0)), [0, 60, 127]);
    }

    #[test]
    fn a_level_lies_across_all_curves() {
        let line = level("Markov", 3.0, &[&[(0.5, 1.0), (2.0, 1.0)], &[(0.0, 9.0)], &[]]);
        assert_eq!(line.points, [(0.0, 3.0), (2.0, 3.0)]);
    }

    #[test]
    fn weights_are_summed_and_written_with_commas() {
        let layer = |weights| LayerSummary {
            name: "lstm.0".into(),
            kind: "LSTM".into(),
            output: "(time, 2)".into(),
            activation: "tanh",
            weights,
        };
        let rows = with_total(&[layer(451_158), layer(1000), layer(0)]);
        let weights: Vec<&str> = rows.iter().map(|row| &*row[4]).collect();
        assert_eq!(weights, ["451,158", "1,000", "0", "452,158"]);
    }
}
