//! What sound is, in samples.
//!
//! [`Audio`] is a piece of sound as data: some channels of samples at a [`SampleRate`]. Around it
//! stand what people ask of sound: how loud it is ([`integrated_loudness`], [`true_peak`],
//! [`Levels`]), how much happens in it ([`Activity`]), whose it is ([`longest_copy`]) and how high it
//! is ([`track_pitch`]), how it is written into a file ([`wav`]), and what it looks like as spectra:
//! an [`Stft`], a [`Spectrogram`] of magnitudes or of [`log_mel`] levels, and the way back to sound
//! ([`audio_from_log_mel`], [`griffin_lim`]). [`decode`] reads the bytes of sound files,
//! [`resample`] changes their rate. Nothing here opens a path.

mod activity;
mod audio;
mod copying;
mod decibels;
mod decode;
mod error;
mod griffin_lim;
mod kaiser;
mod levels;
mod log_mel;
mod loudness;
mod mel_filters;
mod mel_inverse;
mod pitch_track;
mod real_fft;
mod resample;
mod rows;
mod scramble;
mod spectrogram;
mod stft;
mod tonality;
mod true_peak;
pub mod wav;

pub use activity::{Activity, onset_strength};
pub use audio::{Audio, SampleRate};
pub use copying::longest_copy;
pub use decibels::{POWER_MIN, decibels_of, decibels_to_power, gain_of, power_to_decibels};
pub use decode::{DecodeLimits, Decoding, decode};
pub use error::{AudioError, DecodeError};
pub use griffin_lim::{GriffinLim, griffin_lim};
pub use levels::Levels;
pub use log_mel::{LogMel, MelOptions, Reference, audio_from_log_mel, log_mel, mel_powers};
pub use loudness::{LoudnessMeter, integrated_loudness};
pub use mel_filters::{MelBands, MelFilters, MelNorm, MelScale};
pub use mel_inverse::spectrum_from_mel;
pub use pitch_track::{PitchFrame, PitchOptions, PitchTrack, track_pitch};
pub use resample::resample;
pub use spectrogram::Spectrogram;
pub use stft::{Padding, Stft, StftOptions};
pub use true_peak::{TruePeakMeter, true_peak};
pub use wav::BitDepth;
