//! Sound as levels of mel bands between 0 and 1, as networks like it, and back.

use std::num::NonZero;

use crate::audio::{Audio, SampleRate};
use crate::decibels::{POWER_MIN, decibels_to_power, power_to_decibels};
use crate::error::AudioError;
use crate::griffin_lim::{GriffinLim, griffin_lim};
use crate::mel_filters::{MelBands, MelFilters, MelNorm, MelScale};
use crate::mel_inverse::spectrum_from_mel;
use crate::spectrogram::Spectrogram;
use crate::stft::{Stft, StftOptions};

/// How sound becomes levels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MelOptions {
    /// How it is cut into frames.
    pub stft: StftOptions,
    /// Into which bands the bins are summed.
    pub bands: MelBands,
    /// What counts as 1.
    pub reference: Reference,
    /// How many decibels below it count as 0; above 0.
    pub decibel_range: f32,
}

impl Default for MelOptions {
    /// 128 bands up to 8 kHz of 2,048 samples every 512, and 80 dB below the loudest.
    fn default() -> MelOptions {
        MelOptions {
            stft: StftOptions::default(),
            bands: MelBands {
                count: 128,
                hertz_min: 0.0,
                hertz_max: Some(8_000.0),
                scale: MelScale::Slaney,
                norm: MelNorm::Area,
            },
            reference: Reference::Loudest,
            decibel_range: 80.0,
        }
    }
}

/// What counts as 1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Reference {
    /// The largest power in this piece of sound.
    Loudest,
    /// This power, the same for every piece; what is louder is cut.
    Power(f32),
}

/// The levels of a piece of sound, and what they are relative to.
#[derive(Clone, Debug, PartialEq)]
pub struct LogMel {
    /// Frames a second times the hop, in hertz.
    pub sample_rate: SampleRate,
    /// The power of a band at level 1.
    pub reference: f32,
    /// (frames, bands), each 0 to 1: 1 is the reference, 0 lies the whole range of decibels below.
    pub levels: Spectrogram,
}

/// The levels of all channels together.
///
/// # Errors
/// Those of [`Stft::new`] and [`MelFilters::new`], and [`AudioError::DecibelRange`].
pub fn log_mel(
    audio: &Audio,
    options: &MelOptions,
    threads: NonZero<usize>,
) -> Result<LogMel, AudioError> {
    let range = usable_range(options)?;
    let mut levels = mel_powers(audio, &options.stft, &options.bands, threads)?;
    let reference = match options.reference {
        Reference::Loudest => levels.max(),
        Reference::Power(power) => power,
    };
    let reference = reference.max(POWER_MIN);
    if levels.max() <= POWER_MIN {
        // Silence relative to itself would be as loud as anything.
        levels.values_mut().fill(0.0);
        return Ok(LogMel { sample_rate: audio.sample_rate(), reference, levels });
    }
    power_to_decibels(levels.values_mut(), reference, None);
    for level in levels.values_mut() {
        *level = (1.0 + *level / range).clamp(0.0, 1.0);
    }
    Ok(LogMel { sample_rate: audio.sample_rate(), reference, levels })
}

/// The power in each mel band, (frames, bands), of all channels together.
///
/// # Errors
/// Those of [`Stft::new`] and [`MelFilters::new`].
pub fn mel_powers(
    audio: &Audio,
    stft: &StftOptions,
    bands: &MelBands,
    threads: NonZero<usize>,
) -> Result<Spectrogram, AudioError> {
    let stft = Stft::new(*stft)?;
    let filters = MelFilters::new(audio.sample_rate(), stft.options().fft_size, bands)?;
    Ok(stft.map_powers(&audio.mono(), filters.bands(), threads, |powers, bands| {
        filters.apply(powers, bands);
    }))
}

/// Sound of one channel that has nearly these levels.
///
/// Bands become bins by non-negative least squares, phases are found by Griffin and Lim's
/// method; what lies outside the bands is silent. It may pass full scale where levels are high:
/// a file writer cuts it there.
///
/// # Errors
/// Those of [`Stft::new`] and [`MelFilters::new`], [`AudioError::DecibelRange`], and
/// [`AudioError::Bands`] where the levels have other bands than the options.
pub fn audio_from_log_mel(
    log_mel: &LogMel,
    options: &MelOptions,
    phases: &GriffinLim,
    threads: NonZero<usize>,
) -> Result<Audio, AudioError> {
    let range = usable_range(options)?;
    let stft = Stft::new(options.stft)?;
    let filters = MelFilters::new(log_mel.sample_rate, options.stft.fft_size, &options.bands)?;
    let mut powers = log_mel.levels.clone();
    for level in powers.values_mut() {
        *level = (level.clamp(0.0, 1.0) - 1.0) * range;
    }
    decibels_to_power(powers.values_mut(), log_mel.reference);
    // The lowest level means that much or less: silence rather than noise.
    for (power, level) in powers.values_mut().iter_mut().zip(log_mel.levels.values()) {
        if *level <= 0.0 {
            *power = 0.0;
        }
    }
    let mut magnitudes = spectrum_from_mel(&powers, &filters, threads)?;
    magnitudes.values_mut().iter_mut().for_each(|power| *power = power.sqrt());
    let samples = griffin_lim(&magnitudes, &stft, phases, threads)?;
    Audio::new(log_mel.sample_rate, vec![samples])
}

fn usable_range(options: &MelOptions) -> Result<f32, AudioError> {
    let range = options.decibel_range;
    if range > 0.0 && range.is_finite() { Ok(range) } else { Err(AudioError::DecibelRange(range)) }
}
