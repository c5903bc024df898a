//! Sound as frames of bands.

use crate::error::AudioError;

/// How much of each band there is in each frame: magnitudes, powers or levels, as whoever made it
/// says.
#[derive(Clone, Debug, PartialEq)]
pub struct Spectrogram {
    /// At least one.
    bands: usize,
    /// (frames, bands); every value finite.
    values: Vec<f32>,
}

impl Spectrogram {
    /// A spectrogram from its values, (frames, bands), the lowest band first.
    ///
    /// # Errors
    /// [`AudioError::UnevenFrames`] where the last frame is not whole or there are no bands, and
    /// [`AudioError::NotFiniteBand`] for what is no number.
    pub fn new(bands: usize, values: Vec<f32>) -> Result<Spectrogram, AudioError> {
        if bands == 0 || !values.len().is_multiple_of(bands) {
            return Err(AudioError::UnevenFrames { values: values.len(), bands });
        }
        if let Some(at) = values.iter().position(|value| !value.is_finite()) {
            return Err(AudioError::NotFiniteBand { frame: at / bands, band: at % bands });
        }
        Ok(Spectrogram { bands, values })
    }

    /// What a transform gave, (frames, bands); only samples near the largest number there is can
    /// make a value that is none, and the largest number stands for it.
    pub(crate) fn measured(bands: usize, mut values: Vec<f32>) -> Spectrogram {
        values.iter_mut().for_each(|value| *value = value.min(f32::MAX));
        debug_assert!(values.len().is_multiple_of(bands));
        Spectrogram { bands, values }
    }

    /// How many bands a frame has.
    pub fn bands(&self) -> usize {
        self.bands
    }

    /// How many frames there are.
    pub fn frames(&self) -> usize {
        self.values.len() / self.bands
    }

    /// All values, (frames, bands).
    pub fn values(&self) -> &[f32] {
        &self.values
    }

    /// Gives the values away, (frames, bands).
    pub fn into_values(self) -> Vec<f32> {
        self.values
    }

    /// The frames in their order, each (bands,).
    pub fn rows(&self) -> impl ExactSizeIterator<Item = &[f32]> {
        self.values.chunks_exact(self.bands)
    }

    pub(crate) fn values_mut(&mut self) -> &mut [f32] {
        &mut self.values
    }

    /// The largest value; 0 without frames.
    pub fn max(&self) -> f32 {
        self.values.iter().copied().reduce(f32::max).unwrap_or(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_are_whole_and_values_are_numbers() {
        let refused = |bands, values: &[f32]| Spectrogram::new(bands, values.to_vec()).unwrap_err();
        assert_eq!(refused(0, &[]), AudioError::UnevenFrames { values: 0, bands: 0 });
        assert_eq!(refused(2, &[1.0; 3]), AudioError::UnevenFrames { values: 3, bands: 2 });
        let wrong = [0.0, 0.0, 0.0, f32::NAN];
        assert_eq!(refused(2, &wrong), AudioError::NotFiniteBand { frame: 1, band: 1 });
        let whole = Spectrogram::new(2, vec![1.0, 2.0, 3.0, 4.0]).unwrap();
        assert_eq!(whole.rows().collect::<Vec<_>>(), [[1.0, 2.0], [3.0, 4.0]]);
    }
}
