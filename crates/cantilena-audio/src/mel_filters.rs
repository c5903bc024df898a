//! Frequencies as ears space them: the mel scale, and bands of equal width on it.

use crate::audio::SampleRate;
use crate::error::AudioError;

/// Which of the mel scales.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MelScale {
    /// Straight below 1,000 Hz and logarithmic above: M. Slaney, "Auditory Toolbox", Interval
    /// Research 1998-010; librosa's own.
    #[default]
    Slaney,
    /// 2,595 · log₁₀(1 + f / 700): O'Shaughnessy, "Speech Communication", 1987, as HTK has it.
    Htk,
}

/// Slaney's scale below 1,000 Hz, hertz to a mel, and above, mels to a factor of e.
const SLANEY_HERTZ: f64 = 200.0 / 3.0;
const SLANEY_BREAK_HERTZ: f64 = 1_000.0;
const SLANEY_BREAK_MELS: f64 = SLANEY_BREAK_HERTZ / SLANEY_HERTZ;
/// 27 mels to a factor of 6.4.
const SLANEY_MELS: f64 = 27.0;

impl MelScale {
    /// Mels at a frequency in hertz.
    pub fn mels_of(self, hertz: f64) -> f64 {
        match self {
            MelScale::Htk => 2_595.0 * (1.0 + hertz / 700.0).log10(),
            MelScale::Slaney if hertz < SLANEY_BREAK_HERTZ => hertz / SLANEY_HERTZ,
            MelScale::Slaney => {
                let ratio = (hertz / SLANEY_BREAK_HERTZ).ln();
                SLANEY_BREAK_MELS + ratio * SLANEY_MELS / 6.4f64.ln()
            }
        }
    }

    /// The frequency in hertz at so many mels.
    pub fn hertz_of(self, mels: f64) -> f64 {
        match self {
            MelScale::Htk => 700.0 * (10f64.powf(mels / 2_595.0) - 1.0),
            MelScale::Slaney if mels < SLANEY_BREAK_MELS => mels * SLANEY_HERTZ,
            MelScale::Slaney => {
                let above = (mels - SLANEY_BREAK_MELS) * 6.4f64.ln() / SLANEY_MELS;
                SLANEY_BREAK_HERTZ * above.exp()
            }
        }
    }
}

/// How much a band weighs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum MelNorm {
    /// Two over its width in hertz, so that noise has the same level in wide bands and in narrow
    /// ones: librosa's `norm="slaney"`.
    #[default]
    Area,
    /// One at its peak: `norm=None`.
    Peak,
    /// One in all, over the bins: `norm=1`.
    Sum,
}

/// Which bands there are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MelBands {
    /// How many.
    pub count: usize,
    /// Where the lowest begins, in hertz.
    pub hertz_min: f64,
    /// Where the highest ends, in hertz; half the sample rate where none is named.
    pub hertz_max: Option<f64>,
    /// On which scale they are equally wide.
    pub scale: MelScale,
    /// How much each weighs.
    pub norm: MelNorm,
}

/// The most bands: more than a spectrum has bins would say nothing new.
const BANDS_MAX: usize = 4096;

/// Triangles over the bins of a spectrum, each kept where it is not zero.
#[derive(Clone, Debug, PartialEq)]
pub struct MelFilters {
    bins: usize,
    /// Where each triangle peaks, in hertz; rising.
    peaks: Vec<f64>,
    /// By rising frequency; may be without weights where bins lie wider than bands.
    filters: Vec<Filter>,
}

/// A triangle's weights, and the bin of the first.
#[derive(Clone, Debug, PartialEq)]
struct Filter {
    first: usize,
    weights: Vec<f32>,
}

impl MelFilters {
    /// Filters for spectra of `fft_size` samples, which have half as many bins and one more.
    ///
    /// # Errors
    /// [`AudioError::MelBands`] without bands, with too many, or where they do not rise from 0 Hz
    /// or above to half the sample rate or below.
    pub fn new(
        sample_rate: SampleRate,
        fft_size: usize,
        bands: &MelBands,
    ) -> Result<MelFilters, AudioError> {
        let nyquist = f64::from(sample_rate.hertz()) / 2.0;
        let MelBands { count, hertz_min, scale, .. } = *bands;
        let hertz_max = bands.hertz_max.unwrap_or(nyquist);
        let rises = hertz_min >= 0.0 && hertz_min < hertz_max && hertz_max <= nyquist;
        if !rises || !(1..=BANDS_MAX).contains(&count) {
            return Err(AudioError::MelBands { count, hertz_min, hertz_max, nyquist });
        }
        let (lowest, highest) = (scale.mels_of(hertz_min), scale.mels_of(hertz_max));
        // The corners of the triangles: each rises from one to the next and falls to the third.
        let corners: Vec<f64> = (0..count + 2)
            .map(|n| lowest + (highest - lowest) * n as f64 / (count + 1) as f64)
            .map(|mels| scale.hertz_of(mels))
            .collect();
        let bins = fft_size / 2 + 1;
        let bin_hertz = f64::from(sample_rate.hertz()) / fft_size as f64;
        let filters = corners.windows(3).map(|corners| {
            let [low, peak, high] = [corners[0], corners[1], corners[2]];
            let weight = |bin: usize| {
                let hertz = bin as f64 * bin_hertz;
                ((hertz - low) / (peak - low)).min((high - hertz) / (high - peak)).max(0.0)
            };
            let first = ((low / bin_hertz) as usize).min(bins);
            let end = ((high / bin_hertz) as usize + 1).min(bins);
            let weights: Vec<f64> = (first..end).map(weight).collect();
            let factor = match bands.norm {
                MelNorm::Area => 2.0 / (high - low),
                MelNorm::Peak => 1.0,
                MelNorm::Sum => match weights.iter().sum::<f64>() {
                    0.0 => 0.0,
                    sum => 1.0 / sum,
                },
            };
            let weights = weights.into_iter().map(|weight| (weight * factor) as f32).collect();
            Filter { first, weights }.trimmed().filled(bins)
        });
        let peaks = corners[1..=count].to_vec();
        Ok(MelFilters { bins, peaks, filters: filters.collect() })
    }

    /// How many bands there are.
    pub fn bands(&self) -> usize {
        self.filters.len()
    }

    /// Where each band peaks, in hertz, rising: (bands,).
    pub fn peaks(&self) -> &[f64] {
        &self.peaks
    }

    /// How many bins a spectrum has.
    pub fn bins(&self) -> usize {
        self.bins
    }

    /// The weight of a bin in a band; zero outside.
    pub fn weight(&self, band: usize, bin: usize) -> f32 {
        let filter = &self.filters[band];
        bin.checked_sub(filter.first).and_then(|at| filter.weights.get(at)).copied().unwrap_or(0.0)
    }

    /// Sums the bins of a spectrum, (bins,), into bands, (bands,).
    pub fn apply(&self, spectrum: &[f32], bands: &mut [f32]) {
        for (band, filter) in bands.iter_mut().zip(&self.filters) {
            *band = dot(&filter.weights, &spectrum[filter.first..]);
        }
    }
}

impl Filter {
    /// Without the zeros at its ends.
    fn trimmed(mut self) -> Filter {
        let zeros = self.weights.iter().take_while(|weight| **weight == 0.0).count();
        self.weights.drain(..zeros);
        self.first += zeros;
        while self.weights.last() == Some(&0.0) {
            self.weights.pop();
        }
        self
    }

    /// With zeros at its ends up to a multiple of what [`dot`] adds at once, where there are bins
    /// for that: half the bands are narrower.
    fn filled(mut self, bins: usize) -> Filter {
        let length = self.weights.len().next_multiple_of(LANES);
        if length <= bins {
            let before = (self.first + length).saturating_sub(bins);
            self.first -= before;
            self.weights.splice(..0, std::iter::repeat_n(0.0, before));
            self.weights.resize(length, 0.0);
        }
        self
    }
}

/// Products that are added side by side.
const LANES: usize = 8;

/// The sum of products, in eight sums side by side: one after the other, each addition would wait
/// for the last.
fn dot(weights: &[f32], values: &[f32]) -> f32 {
    let (mut sums, length) = ([0.0f32; LANES], weights.len());
    let (weights, last_weights) = weights.as_chunks::<LANES>();
    let (values, last_values) = values[..length].as_chunks::<LANES>();
    let rest: f32 = last_weights.iter().zip(last_values).map(|(w, v)| w * v).sum();
    for (weights, values) in weights.iter().zip(values) {
        for ((sum, weight), value) in sums.iter_mut().zip(weights).zip(values) {
            *sum += weight * value;
        }
    }
    // Pairs of pairs of pairs, for the same reason.
    let [a, b, c, d, e, f, g, h] = sums;
    ((a + e) + (c + g)) + ((b + f) + (d + h)) + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_scales_have_a_way_back() {
        for scale in [MelScale::Slaney, MelScale::Htk] {
            for hertz in [0.0, 440.0, 999.0, 1_000.0, 1_001.0, 8_000.0, 20_000.0] {
                let back = scale.hertz_of(scale.mels_of(hertz));
                assert!((back - hertz).abs() < 1e-8, "{scale:?}: {hertz} came back as {back}");
            }
        }
        // 1,000 Hz is 1,000 mels, by Stevens's definition, within HTK's rounding.
        assert!((MelScale::Htk.mels_of(1_000.0) - 1_000.0).abs() < 0.1);
        assert!((MelScale::Slaney.mels_of(1_000.0) - 15.0).abs() < 1e-12);
    }

    #[test]
    fn bands_that_do_not_rise_are_refused() {
        let bands = |count, hertz_min, hertz_max| MelBands {
            count,
            hertz_min,
            hertz_max: Some(hertz_max),
            scale: MelScale::Slaney,
            norm: MelNorm::Area,
        };
        let made = |bands| MelFilters::new(SampleRate::CD, 2048, &bands);
        assert!(made(bands(128, 0.0, 8_000.0)).is_ok());
        for wrong in [
            bands(0, 0.0, 8_000.0),
            bands(10_000, 0.0, 8_000.0),
            bands(128, 8_000.0, 8_000.0),
            bands(128, -1.0, 8_000.0),
            bands(128, 0.0, 22_051.0),
            bands(128, f64::NAN, 8_000.0),
        ] {
            assert!(matches!(made(wrong), Err(AudioError::MelBands { .. })), "{wrong:?}");
        }
    }

    #[test]
    fn the_sum_of_products_is_the_plain_one() {
        for length in 0..40u8 {
            let values: Vec<f32> = (0..length).map(f32::from).collect();
            let plain: f32 = values.iter().map(|value| value * value).sum();
            assert_eq!(dot(&values, &values), plain);
        }
    }
}
