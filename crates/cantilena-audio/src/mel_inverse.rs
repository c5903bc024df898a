//! From mel bands back to the bins of a spectrum.

use std::num::NonZero;

use crate::error::AudioError;
use crate::mel_filters::MelFilters;
use crate::rows::share_rows;
use crate::spectrogram::Spectrogram;

/// How often all bins are looked at. After so many the residual is no larger than librosa's, to
/// which `tests/librosa.rs` holds it.
const SWEEPS: usize = 40;

/// The spectrum, none of it below zero, whose bands come nearest to these in the least-squares
/// sense: (frames, bands) to (frames, bins).
///
/// There are more bins than bands, so many spectra would do. The one found lies near the smallest
/// of them: that one first, with what is negative cut off, and then bin after bin put where it
/// does best (coordinate descent, as in Franc, Hlaváč and Navara, "Sequential Coordinate-Wise
/// Algorithm for the Non-negative Least Squares Problem", CAIP 2005).
///
/// # Errors
/// [`AudioError::Bands`] where the spectrogram has other bands than the filters.
pub fn spectrum_from_mel(
    mel: &Spectrogram,
    filters: &MelFilters,
    threads: NonZero<usize>,
) -> Result<Spectrogram, AudioError> {
    if mel.bands() != filters.bands() {
        return Err(AudioError::Bands { found: mel.bands(), expected: filters.bands() });
    }
    let bins = filters.bins();
    let inverse = Inverse::new(filters);
    let mut values = vec![0.0; mel.frames() * bins];
    share_rows(&mut values, bins, threads, |first, rows| {
        let mut residual = vec![0.0; mel.bands()];
        for (index, row) in rows.chunks_exact_mut(bins).enumerate() {
            let bands = &mel.values()[(first + index) * mel.bands()..][..mel.bands()];
            inverse.solve(bands, row, &mut residual);
        }
    });
    Ok(Spectrogram::measured(bins, values))
}

/// The filters seen from their bins.
struct Inverse<'a> {
    filters: &'a MelFilters,
    /// For each bin that any band hears: which bin, and its weights in the two bands at most that
    /// do, as triangles overlap only their neighbours.
    columns: Vec<Column>,
    /// The bands' products with themselves and with their upper neighbours.
    squares: Vec<f64>,
    overlaps: Vec<f64>,
}

/// A bin's weights in neighbouring bands.
struct Column {
    bin: usize,
    /// The lower of the bands.
    band: usize,
    /// In that band and in the next; the second is zero where there is none.
    weights: [f32; 2],
    /// One over the sum of their squares.
    step: f32,
}

impl Inverse<'_> {
    fn new(filters: &MelFilters) -> Inverse<'_> {
        let bands = filters.bands();
        let columns = (0..filters.bins()).filter_map(|bin| {
            let heard = |band: &usize| filters.weight(*band, bin) > 0.0;
            let band = (0..bands).find(heard)?;
            let above = if band + 1 < bands { filters.weight(band + 1, bin) } else { 0.0 };
            let weights = [filters.weight(band, bin), above];
            let step = 1.0 / weights.iter().map(|weight| weight * weight).sum::<f32>();
            Some(Column { bin, band, weights, step })
        });
        let columns: Vec<Column> = columns.collect();
        let (mut squares, mut overlaps) = (vec![0.0; bands], vec![0.0; bands]);
        for column in &columns {
            let [below, above] = column.weights.map(f64::from);
            squares[column.band] += below * below;
            overlaps[column.band] += below * above;
            if above > 0.0 {
                squares[column.band + 1] += above * above;
            }
        }
        Inverse { filters, columns, squares, overlaps }
    }

    /// Finds the bins of a frame; `residual`, (bands,), is room for what is missing.
    fn solve(&self, bands: &[f32], bins: &mut [f32], residual: &mut [f32]) {
        let multipliers = self.multipliers(bands);
        bins.fill(0.0);
        residual.copy_from_slice(bands);
        for column in &self.columns {
            let [below, above] = column.weights;
            let next = (column.band + 1).min(bands.len() - 1);
            let value = below * multipliers[column.band] + above * multipliers[next];
            bins[column.bin] = value.max(0.0);
            residual[column.band] -= below * bins[column.bin];
            residual[next] -= above * bins[column.bin];
        }
        for _ in 0..SWEEPS {
            for column in &self.columns {
                let [below, above] = column.weights;
                let next = (column.band + 1).min(bands.len() - 1);
                let missing = below * residual[column.band] + above * residual[next];
                let value = (bins[column.bin] + missing * column.step).max(0.0);
                let change = value - bins[column.bin];
                bins[column.bin] = value;
                residual[column.band] -= below * change;
                residual[next] -= above * change;
            }
        }
    }

    /// How much of each filter makes the smallest spectrum with these bands: a tridiagonal system,
    /// solved by elimination without pivots since it is positive definite.
    fn multipliers(&self, bands: &[f32]) -> Vec<f32> {
        let largest = self.squares.iter().copied().fold(0.0, f64::max);
        // Bands narrower than a bin may hear the same one, or none: they get a little weight of
        // their own, which leaves others alone to a millionth.
        let ridge = largest * 1e-6;
        let count = self.filters.bands();
        let (mut ratios, mut values) = (vec![0.0; count], vec![0.0; count]);
        for band in 0..count {
            let (below, carried) = match band {
                0 => (0.0, [0.0, 0.0]),
                _ => (self.overlaps[band - 1], [ratios[band - 1], values[band - 1]]),
            };
            let pivot = self.squares[band] + ridge - below * carried[0];
            ratios[band] = self.overlaps[band] / pivot;
            values[band] = (f64::from(bands[band]) - below * carried[1]) / pivot;
        }
        for band in (0..count.saturating_sub(1)).rev() {
            values[band] -= ratios[band] * values[band + 1];
        }
        values.into_iter().map(|value| value as f32).collect()
    }
}
