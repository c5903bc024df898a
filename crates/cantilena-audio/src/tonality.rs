//! How much of a sound is tones that last, and how much noise.

use std::num::NonZero;

use crate::audio::Audio;
use crate::error::AudioError;
use crate::stft::{Padding, Stft, StftOptions};

/// How long a frame is, in seconds: partials of the lowest voices stand apart in it, and notes do
/// not run into one another.
const FRAME_SECONDS: f64 = 0.1;

/// How wide a band is, in hertz, and how many there are from the lowest on: in each there is a
/// partial of all but the highest notes, and a spectrum that only falls is flat within it.
const BAND_HERTZ: f64 = 500.0;
const BANDS: usize = 8;

/// Frames, each begun half a frame after the last, whose powers are added up: a quarter of a second
/// or so. The peaks of tones stay, and those that noise has by chance even out.
const FRAMES: usize = 4;

/// Frames this much below the loudest are silence, in decibels.
const SILENT_BELOW: f64 = 40.0;

/// How far the spectrum of a sound is from flat, in decibels: noise has below 1, tones with partials
/// 10 and more. `None` for silence and for what is shorter than a frame.
///
/// The spectral flatness of A. H. Gray and J. D. Markel ("A spectral-flatness measure for studying
/// the autocorrelation method of linear prediction of speech analysis", IEEE Transactions on ASSP
/// 22, 1974), the geometric mean of powers over their arithmetic mean; of bands of 500 Hz up to
/// 4 kHz, so that it tells partials from noise and not bright sounds from dark ones, over a quarter
/// of a second; a mean over bands and over all times that are not silent.
///
/// # Errors
/// None but for what [`Stft::new`] refuses, which these frames are not.
pub(crate) fn tonality(audio: &Audio, threads: NonZero<usize>) -> Result<Option<f64>, AudioError> {
    let rate = f64::from(audio.sample_rate().hertz());
    let size = 2 * (rate * FRAME_SECONDS / 2.0).round() as usize;
    let stft = Stft::new(StftOptions {
        fft_size: size,
        window: size,
        hop: size / 2,
        padding: Padding::None,
    })?;
    let powers = stft.map_powers(&audio.mono(), stft.bins(), threads, |powers, row| {
        row.copy_from_slice(powers);
    });
    let band_bins = (BAND_HERTZ / (rate / size as f64)).round() as usize;
    // The first bins see the offset of the recording under the window's lobe.
    let heard = |frame: &[f32]| -> f64 { frame[2..].iter().map(|&power| f64::from(power)).sum() };
    let loudest = powers.rows().map(heard).fold(0.0, f64::max);
    let floor = loudest * 10f64.powf(-SILENT_BELOW / 10.0);
    let rows: Vec<&[f32]> = powers.rows().collect();
    let audible = rows
        .windows(FRAMES.min(rows.len().max(1)))
        .filter(|frames| loudest > 0.0 && frames.iter().all(|frame| heard(frame) >= floor));
    let mut measured = Vec::new();
    for frames in audible {
        let sums = |bin: usize| frames.iter().map(|frame| f64::from(frame[bin])).sum();
        let sums: Vec<f64> = (2..stft.bins()).map(sums).collect();
        measured.extend(sums.chunks_exact(band_bins).take(BANDS).filter_map(above_flat));
    }
    Ok((!measured.is_empty()).then(|| measured.iter().sum::<f64>() / measured.len() as f64))
}

/// How far the mean of powers stands above their geometric mean, in decibels; `None` where there
/// are none.
fn above_flat(powers: &[f64]) -> Option<f64> {
    let mean = powers.iter().sum::<f64>() / powers.len() as f64;
    // A hundred decibels below the mean is as good as nothing, and has a logarithm.
    let logarithms = powers.iter().map(|power| power.max(mean * 1e-10).log10());
    (mean > 0.0).then(|| 10.0 * (mean.log10() - logarithms.sum::<f64>() / powers.len() as f64))
}

#[cfg(test)]
mod tests {
    use std::f64::consts::TAU;

    use super::*;
    use crate::audio::SampleRate;
    use crate::scramble::scrambled;

    /// The tonality of two seconds of a sound of the time in seconds and the sample's number.
    fn of(rate: u32, sound: impl Fn(f64, u64) -> f64) -> Option<f64> {
        let sample = |n: u64| sound(n as f64 / f64::from(rate), n) as f32;
        let samples = (0..2 * u64::from(rate)).map(sample).collect();
        let audio = Audio::new(SampleRate::new(rate).unwrap(), vec![samples]).unwrap();
        tonality(&audio, NonZero::<usize>::MIN).unwrap()
    }

    fn noise(n: u64) -> f64 {
        f64::from(scrambled(n) as i32) / f64::from(i32::MAX)
    }

    #[test]
    fn noise_is_flat_at_any_rate_and_loudness() {
        for rate in [11_025, 22_050, 48_000] {
            for gain in [0.001, 0.5] {
                let found = of(rate, |_, n| gain * noise(n)).unwrap();
                assert!((0.5..1.5).contains(&found), "{rate}: {found}");
            }
        }
    }

    #[test]
    fn partials_stand_out_and_the_more_the_less_noise_there_is() {
        let tone = |t: f64| -> f64 {
            (1..20).map(|p| (TAU * 200.0 * f64::from(p) * t).sin() * 0.05).sum()
        };
        let mixed = |share: f64| of(22_050, |t, n| (1.0 - share) * tone(t) + share * noise(n));
        let [pure, some, much] = [0.0, 0.01, 0.3].map(|share| mixed(share).unwrap());
        assert!(pure > 20.0 && pure > some + 3.0 && some > much + 3.0, "{pure} {some} {much}");
    }

    #[test]
    fn silence_is_neither() {
        assert_eq!(of(22_050, |_, _| 0.0), None);
        // What is silent beside the rest does not count.
        let until = |end: f64| of(22_050, |t, n| if t < end { noise(n) } else { 1e-6 * t });
        assert!((until(2.0).unwrap() - until(1.0).unwrap()).abs() < 0.3);
    }
}
