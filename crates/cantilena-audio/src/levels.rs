//! The plain levels of a piece of sound.

use crate::audio::Audio;

/// How far samples reach and how much energy they carry, as amplitudes (1.0 is full scale).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Levels {
    /// The largest magnitude of any sample. Between samples a converter may reach further: see
    /// [`true_peak`](crate::true_peak).
    pub peak: f64,
    /// The root of the mean square over all channels; a full-scale sine has 0.707.
    pub rms: f64,
    /// The mean: direct current, which a loudspeaker cannot play and should not get.
    pub mean: f64,
}

impl Levels {
    /// The levels of samples in any order; all zero where there are none.
    pub fn of(samples: impl IntoIterator<Item = f32>) -> Levels {
        let (mut count, mut peak, mut squares, mut sum) = (0u64, 0f64, 0f64, 0f64);
        for sample in samples {
            let sample = f64::from(sample);
            count += 1;
            peak = peak.max(sample.abs());
            squares += sample * sample;
            sum += sample;
        }
        let count = count.max(1) as f64;
        Levels { peak, rms: (squares / count).sqrt(), mean: sum / count }
    }

    /// The levels of all channels together.
    pub fn of_audio(audio: &Audio) -> Levels {
        Levels::of(audio.channels().iter().flatten().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_square_wave_carries_what_it_reaches() {
        let levels = Levels::of([0.5, -0.5, 0.5, -0.5]);
        assert_eq!(levels, Levels { peak: 0.5, rms: 0.5, mean: 0.0 });
    }

    #[test]
    fn no_samples_have_no_level() {
        assert_eq!(Levels::of([]), Levels::default());
    }
}
