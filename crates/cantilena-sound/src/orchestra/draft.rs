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
/// The square root of the A curve (IEC 61672-1, annex E): at the levels at which music is heard the
/// ear is less deaf to low notes than A has it, which was made for 40 phon.
pub(super) fn ear(hertz: f64) -> f64 {
    let f = hertz * hertz;
    let curve = |corner: f64| f + corner * corner;
    let a = 12_194f64.powi(2) * f * f
        / (curve(20.6) * (curve(107.7) * curve(737.9)).sqrt() * curve(12_194.0));
    (1.2589 * a).sqrt()
}
