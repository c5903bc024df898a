//! A wave before it is packed into a bank.

use std::ops::Range;

/// Samples, and what is known of them.
#[derive(Clone, Debug, Default)]
pub(super) struct Draft {
    /// (frames,)
    pub(super) samples: Vec<f32>,
    /// Frames a second.
    pub(super) sample_rate: u32,
    /// Its pitch in hertz; for what has none, the pitch at which it plays as it is.
    pub(super) hertz: f64,
    /// What repeats: whole periods of everything in it. Empty for a stroke that ends.
    pub(super) looped: Range<usize>,
    /// How loud it is to the ear, as the root mean square of its weighted partials.
    pub(super) loudness: f64,
}

/// How loud every wave is made: the root mean square of its weighted partials. Struck waves peak
/// at five times that or so, which just fits.
const LOUDNESS: f64 = 0.16;
/// What no sample passes: just below what 16 bits hold.
const PEAK_MAX: f32 = 0.97;
/// Samples of silence behind each wave (SF2 2.04 § 7.10).
const PADDING: usize = 46;

/// A draft as a bank has it.
pub(super) struct PackedDraft {
    /// 16-bit samples, little-endian, with the silence behind them.
    pub(super) bytes: Vec<u8>,
    /// How many samples come before the silence.
    pub(super) frames: usize,
    pub(super) sample_rate: u32,
    pub(super) hertz: f64,
    pub(super) looped: Range<usize>,
}

impl Draft {
    /// Makes it as loud as all others. What has no loudness of its own gets the highest peak.
    pub(super) fn packed(self) -> PackedDraft {
        let peak = self.samples.iter().fold(f32::MIN_POSITIVE, |peak, s| peak.max(s.abs()));
        let wanted = if self.loudness > 0.0 { (LOUDNESS / self.loudness) as f32 } else { f32::MAX };
        let scale = 32_768.0 * wanted.min(PEAK_MAX / peak);
        let mut bytes = vec![0; 2 * (self.samples.len() + PADDING)];
        for (bytes, sample) in bytes.chunks_exact_mut(2).zip(&self.samples) {
            // Rounded, by way of positive numbers, which are rounded by cutting: the plain
            // `round` is a call for each sample.
            let level = (sample * scale + 32_768.5) as i32 - 32_768;
            bytes.copy_from_slice(&(level as i16).to_le_bytes());
        }
        PackedDraft {
            bytes,
            frames: self.samples.len(),
            sample_rate: self.sample_rate,
            hertz: self.hertz,
            looped: self.looped,
        }
    }
}

/// Middle A and its MIDI number.
const A4_HERTZ: f64 = 440.0;
const A4: f64 = 69.0;

/// The frequency of a MIDI note number.
pub(super) fn hertz_of(key: f64) -> f64 {
    A4_HERTZ * ((key - A4) / 12.0).exp2()
}

/// The MIDI note number of a frequency, with its fraction.
pub(super) fn key_of(hertz: f64) -> f64 {
    A4 + 12.0 * (hertz / A4_HERTZ).log2()
}

/// How much an amplitude at `hertz` counts for loudness.
///
/// The fourth root of the A curve (IEC 61672-1, annex E). With all of it, which was made for sounds
/// hardly heard, basses drown the melody; with none of it they are lost. A quarter brings the
/// loudness over the keyboard as recorded banks have it.
pub(super) fn ear(hertz: f64) -> f64 {
    let f = hertz * hertz;
    let curve = |corner: f64| f + corner * corner;
    let a = 12_194f64.powi(2) * f * f
        / (curve(20.6) * (curve(107.7) * curve(737.9)).sqrt() * curve(12_194.0));
    (1.2589 * a).powf(0.25)
}
