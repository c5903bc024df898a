//! Noises with a number.

use crate::orchestra::hiss::Hiss;
use crate::orchestra::layer::{Envelope, Layer, Tremolo, Vibrato};
use crate::orchestra::steady::Steady;
use crate::orchestra::stroke::{Sound, Stroke};
use crate::orchestra::timbre::Timbre;
use crate::orchestra::tone::{Source, Tone};

/// A finger slides along a wound string.
static FRET: Tone = Tone::single(
    "fret noise",
    Source::Stroke(Stroke::new(&[
        Sound::Hiss { hertz: 2_400.0, q: 6.0, level: 1.0, delay: 0.0, attack: 0.07, seconds: 0.15 },
        Sound::Hiss {
            hertz: 4_300.0,
            q: 5.0,
            level: 0.5,
            delay: 0.02,
            attack: 0.06,
            seconds: 0.12,
        },
    ])),
);

static WIND: Tone = Tone::single("wind", Source::Hiss(Hiss { hertz: 1_700.0, octaves: 1.0 }));
static SURF: Tone = Tone::single("surf", Source::Hiss(Hiss { hertz: 700.0, octaves: 1.9 }));
static ROAR: Tone = Tone::single("roar", Source::Hiss(Hiss { hertz: 170.0, octaves: 1.4 }));
static CLAPPING: Tone =
    Tone::single("clapping", Source::Hiss(Hiss { hertz: 1_500.0, octaves: 1.1 }));

static CHIRP: Tone = Tone::single(
    "chirp",
    Source::Stroke(Stroke::new(&[
        Sound::Skin { hertz: 2_600.0, drop: 0.55, drop_seconds: 0.03, level: 1.0, seconds: 0.14 },
        Sound::Skin { hertz: 3_600.0, drop: -0.3, drop_seconds: 0.05, level: 0.4, seconds: 0.3 },
    ])),
);

/// Two gongs that a clapper hits by turns.
static BELL: Tone = Tone {
    name: "telephone bell",
    source: Source::Steady(Steady {
        timbre: Timbre { slope: 1.2, even: 0.3, ..Timbre::SAW },
        spread_cents: 1.0,
        ..Steady::SOLO
    }),
    lowest: 60,
    highest: 84,
    step: 12,
};

static GUNSHOT: Tone = Tone::single(
    "gunshot",
    Source::Stroke(Stroke::new(&[
        Sound::Skin { hertz: 60.0, drop: 3.0, drop_seconds: 0.02, level: 0.9, seconds: 0.45 },
        Sound::Hiss { hertz: 900.0, q: 0.4, level: 0.9, delay: 0.0, attack: 0.0, seconds: 0.35 },
        Sound::Hiss { hertz: 4_000.0, q: 0.5, level: 0.7, delay: 0.0, attack: 0.0, seconds: 0.10 },
        Sound::Hiss { hertz: 350.0, q: 0.6, level: 0.35, delay: 0.08, attack: 0.05, seconds: 1.2 },
    ])),
);

pub(super) fn programs() -> [Vec<Layer>; 8] {
    let once = |tone: &'static Tone, scale: i16| Layer { scale, ..Layer::of(tone) };
    let lasting = |tone: &'static Tone, scale, attack, release, tremolo| Layer {
        scale,
        envelope: Envelope { attack, release, ..Envelope::ORGAN },
        tremolo,
        ..Layer::of(tone)
    };
    let calm = Tremolo { hertz: 0.3, decibels: 0.0 };
    let waves = Tremolo { hertz: 0.14, decibels: 4.0 };
    let rotor = Tremolo { hertz: 11.0, decibels: 9.0 };
    let clapper = Tremolo { hertz: 18.0, decibels: 8.0 };
    let flutter = Tremolo { hertz: 7.0, decibels: 1.5 };
    [
        vec![once(&FRET, 40)],
        vec![Layer { level: -8.0, ..lasting(&WIND, 30, 0.12, 0.2, calm) }],
        vec![
            Layer { pan: -20.0, ..lasting(&SURF, 20, 0.5, 1.2, waves) },
            Layer { pan: 20.0, level: -3.0, cents: 40.0, ..lasting(&WIND, 20, 0.6, 1.2, waves) },
        ],
        vec![Layer {
            vibrato: Vibrato { hertz: 9.0, cents: 120.0, delay: 0.02 },
            ..once(&CHIRP, 60)
        }],
        vec![
            Layer { semitones: 24, level: -6.0, ..lasting(&BELL, 100, 0.005, 0.3, clapper) },
            Layer { semitones: 28, level: -9.0, ..lasting(&BELL, 100, 0.005, 0.3, clapper) },
        ],
        vec![
            lasting(&ROAR, 30, 0.25, 0.5, rotor),
            Layer { level: -8.0, ..lasting(&SURF, 30, 0.3, 0.5, rotor) },
        ],
        vec![
            Layer { pan: -22.0, level: -6.0, ..lasting(&CLAPPING, 20, 0.3, 0.7, flutter) },
            Layer {
                pan: 22.0,
                level: -6.0,
                cents: 60.0,
                ..lasting(&CLAPPING, 20, 0.4, 0.7, Tremolo { hertz: 8.3, decibels: 1.8 })
            },
        ],
        vec![once(&GUNSHOT, 40)],
    ]
}
