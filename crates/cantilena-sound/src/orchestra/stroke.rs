//! Blows: drums, cymbals, wood, and other sounds that happen once.

use std::f64::consts::TAU;

use crate::orchestra::band::Band;
use crate::orchestra::draft::{Draft, hertz_of};
use crate::orchestra::noise::Noise;
use crate::orchestra::partial::Partial;
use crate::orchestra::struck::Mode;

/// A sound that happens once, put together from simpler ones.
#[derive(Clone, Copy, Debug)]
pub(super) struct Stroke {
    pub(super) parts: &'static [Sound],
    /// The MIDI pitch at which it plays as it is.
    pub(super) root: u8,
    /// Whether it runs backwards.
    pub(super) is_reversed: bool,
}

impl Stroke {
    /// A stroke that middle C plays as it is.
    pub(super) const fn new(parts: &'static [Sound]) -> Stroke {
        Stroke { parts, root: 60, is_reversed: false }
    }
}

/// One of the sounds in a stroke. Levels are amplitudes next to each other; `seconds` are those in
/// which a sound falls by 60 dB.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sound {
    /// A skin: a sine that begins `drop` times as high again and comes down within `drop_seconds`,
    /// for a hit skin is tighter at first.
    Skin { hertz: f64, drop: f64, drop_seconds: f64, level: f64, seconds: f64 },
    /// Noise around a frequency, `hertz / q` wide; it rises for `attack` seconds.
    Hiss { hertz: f64, q: f64, level: f64, delay: f64, attack: f64, seconds: f64 },
    /// A bar, a block, a bell: modes above a fundamental; the mode at x times its frequency dies
    /// x^damping times as fast.
    Ring { hertz: f64, modes: &'static [Mode], level: f64, seconds: f64, damping: f64 },
    /// A plate of so many partials by chance between two frequencies; the higher, the shorter.
    Plate { from: f64, to: f64, count: usize, level: f64, seconds: f64 },
}

/// Frames a second.
const RATE: u32 = 44_100;
const SIXTY_DECIBELS: f64 = 6.907_755;
/// No stroke needs more; a crash has faded into the reverb by then.
const SECONDS_MAX: f64 = 3.4;

impl Stroke {
    /// Its samples.
    pub(super) fn draft(&self, noise: &mut Noise) -> Draft {
        let seconds = self.parts.iter().map(Sound::seconds).fold(0.0, f64::max).min(SECONDS_MAX);
        let mut samples = vec![0.0; (seconds * f64::from(RATE)) as usize];
        for part in self.parts {
            part.add_to(&mut samples, noise);
        }
        // A skin or a hiss may still sound when a short wave ends.
        let fade = samples.len().min(400);
        for (index, sample) in samples.iter_mut().rev().take(fade).enumerate() {
            *sample *= index as f32 / fade as f32;
        }
        if self.is_reversed {
            samples.reverse();
        }
        let hertz = hertz_of(self.root.into());
        Draft { samples, sample_rate: RATE, hertz, looped: 0..0, loudness: 0.0 }
    }
}

impl Sound {
    /// How long it is heard.
    fn seconds(&self) -> f64 {
        match *self {
            Sound::Skin { seconds, .. } | Sound::Ring { seconds, .. } => seconds,
            Sound::Plate { seconds, .. } => seconds,
            Sound::Hiss { delay, attack, seconds, .. } => delay + attack + seconds,
        }
    }

    fn add_to(&self, samples: &mut [f32], noise: &mut Noise) {
        let rate = f64::from(RATE);
        match *self {
            Sound::Skin { hertz, drop, drop_seconds, level, seconds } => {
                let (mut turns, mut gain) = (0.0, level);
                let mut lift = hertz * drop;
                let fall = (-SIXTY_DECIBELS / seconds / rate).exp();
                let settle = (-1.0 / drop_seconds / rate).exp();
                for (frame, sample) in samples.iter_mut().enumerate() {
                    let t = frame as f64 / rate;
                    if t > 1.5 * seconds {
                        return;
                    }
                    // Half a millisecond to begin in, or it clicks.
                    let onset = (t / 0.000_5).min(1.0);
                    *sample += (onset * gain * (TAU * turns).sin()) as f32;
                    turns += (hertz + lift) / rate;
                    gain *= fall;
                    lift *= settle;
                }
            }
            Sound::Hiss { hertz, q, level, delay, attack, seconds } => {
                let mut band = Band::new(hertz, q, rate);
                // As loud whatever its width.
                let mut gain = level * (rate / 4.0 / hertz * q).sqrt();
                let fall = (-SIXTY_DECIBELS / seconds / rate).exp();
                for (frame, sample) in samples.iter_mut().enumerate().skip((delay * rate) as usize)
                {
                    let t = frame as f64 / rate - delay;
                    if t > attack + 1.5 * seconds {
                        return;
                    }
                    let rise = if t < attack { t / attack } else { 1.0 };
                    *sample += (rise * gain * band.next(noise.next().into())) as f32;
                    if t >= attack {
                        gain *= fall;
                    }
                }
            }
            Sound::Ring { hertz, modes, level, seconds, damping } => {
                for mode in modes {
                    let partial = Partial {
                        hertz: hertz * mode.ratio,
                        amplitude: level * mode.amplitude,
                        decay: SIXTY_DECIBELS / seconds * mode.ratio.powf(damping),
                        phase: 0.0,
                    };
                    partial.add_to(samples, RATE);
                }
            }
            Sound::Plate { from, to, count, level, seconds } => {
                for _ in 0..count {
                    let hertz = from * (to / from).powf(noise.unit().into());
                    let partial = Partial {
                        hertz,
                        amplitude: level * f64::from(noise.unit()) / (count as f64).sqrt(),
                        decay: SIXTY_DECIBELS / seconds * (hertz / from).powf(0.35),
                        phase: noise.unit().into(),
                    };
                    partial.add_to(samples, RATE);
                }
            }
        }
    }
}
