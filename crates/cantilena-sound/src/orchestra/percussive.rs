//! Percussion that is played by pitch.

use crate::orchestra::layer::{Envelope, Layer};
use crate::orchestra::stroke::{Sound, Stroke};
use crate::orchestra::struck::{Click, Struck, mode};
use crate::orchestra::tone::{Source, Tone};

const fn modal(name: &'static str, struck: Struck) -> Tone {
    Tone { name, source: Source::Struck(struck), lowest: 42, highest: 102, step: 12 }
}

static TINKLE_BELL: Tone = modal(
    "tinkle bell",
    Struck {
        modes: &[
            mode(1.0, 1.0),
            mode(2.0, 0.35),
            mode(2.41, 0.25),
            mode(3.01, 0.4),
            mode(4.52, 0.25),
            mode(5.98, 0.2),
        ],
        ring_seconds: 4.5,
        ring_by_octave: 0.75,
        damping: 0.5,
        click: Click { amplitude: 0.06, hertz: 5_000.0, seconds: 0.003 },
        ..Struck::STRING
    },
);

static AGOGO: Tone = modal(
    "agogo",
    Struck {
        modes: &[
            mode(1.0, 1.0),
            mode(1.61, 0.5),
            mode(2.68, 0.7),
            mode(4.1, 0.45),
            mode(5.6, 0.15),
        ],
        ring_seconds: 1.1,
        ring_by_octave: 0.85,
        damping: 0.4,
        click: Click { amplitude: 0.2, hertz: 3_000.0, seconds: 0.004 },
        ..Struck::STRING
    },
);

/// Notes of a pan are tuned with octave and twelfth (N. Fletcher and T. Rossing, "The Physics of
/// Musical Instruments", ch. 20), which sound together with their neighbours.
static STEEL_DRUM: Tone = modal(
    "steel drum",
    Struck {
        modes: &[
            mode(1.0, 1.0),
            mode(2.0, 0.65),
            mode(3.01, 0.35),
            mode(4.0, 0.18),
            mode(5.9, 0.10),
        ],
        ring_seconds: 1.8,
        ring_by_octave: 0.8,
        damping: 0.35,
        click: Click { amplitude: 0.10, hertz: 1_200.0, seconds: 0.006 },
        ..Struck::STRING
    },
);

static WOODBLOCK: Tone = modal(
    "woodblock",
    Struck {
        modes: &[mode(1.0, 1.0), mode(2.42, 0.6), mode(4.1, 0.3)],
        ring_seconds: 0.22,
        ring_by_octave: 0.85,
        damping: 0.4,
        click: Click { amplitude: 0.35, hertz: 1_800.0, seconds: 0.003 },
        ..Struck::STRING
    },
);

/// One pitch for the keyboard, which big drums climb half as fast as keys do.
static TAIKO: Tone = Tone {
    lowest: 42,
    highest: 42,
    ..modal(
        "taiko",
        Struck {
            modes: &[
                mode(1.0, 1.0),
                mode(1.59, 0.5),
                mode(2.14, 0.3),
                mode(2.65, 0.2),
                mode(3.16, 0.12),
            ],
            ring_seconds: 2.2,
            ring_by_octave: 0.8,
            damping: 0.7,
            click: Click { amplitude: 0.6, hertz: 420.0, seconds: 0.02 },
            ..Struck::STRING
        },
    )
};

/// An ideal skin's modes (ibid. ch. 3), damped from behind.
static MELODIC_TOM: Tone = Tone {
    lowest: 42,
    highest: 42,
    ..modal(
        "melodic tom",
        Struck {
            modes: &[mode(1.0, 1.0), mode(1.594, 0.35), mode(2.136, 0.18), mode(2.653, 0.1)],
            ring_seconds: 2.0,
            ring_by_octave: 0.8,
            damping: 0.8,
            click: Click { amplitude: 0.45, hertz: 900.0, seconds: 0.008 },
            ..Struck::STRING
        },
    )
};

static SYNTH_DRUM: Tone = Tone::single(
    "synth drum",
    Source::Stroke(Stroke::new(&[
        Sound::Skin { hertz: 130.0, drop: 2.0, drop_seconds: 0.12, level: 1.0, seconds: 0.7 },
        Sound::Hiss { hertz: 3_000.0, q: 0.6, level: 0.15, delay: 0.0, attack: 0.0, seconds: 0.06 },
    ])),
);

static REVERSE_CYMBAL: Tone = Tone::single(
    "reverse cymbal",
    Source::Stroke(Stroke {
        is_reversed: true,
        ..Stroke::new(&[
            Sound::Plate { from: 320.0, to: 11_000.0, count: 70, level: 1.0, seconds: 1.2 },
            Sound::Hiss {
                hertz: 7_000.0,
                q: 0.4,
                level: 0.4,
                delay: 0.0,
                attack: 0.0,
                seconds: 1.4,
            },
        ])
    }),
);

pub(super) fn programs() -> [Vec<Layer>; 8] {
    let struck = |tone: &'static Tone, release: f64| {
        vec![Layer {
            cutoff: 30.0,
            touch: 1.4,
            envelope: Envelope { release, ..Layer::of(tone).envelope },
            reverb: 8.0,
            ..Layer::of(tone)
        }]
    };
    let once = |tone: &'static Tone, scale: i16, release: f64| {
        vec![Layer {
            scale,
            envelope: Envelope { release, ..Layer::of(tone).envelope },
            ..Layer::of(tone)
        }]
    };
    let moved = |layers: Vec<Layer>, semitones: i16, scale: i16| {
        layers.into_iter().map(|layer| Layer { semitones, scale, ..layer }).collect()
    };
    [
        struck(&TINKLE_BELL, 1.2),
        moved(struck(&AGOGO, 0.4), 12, 100),
        struck(&STEEL_DRUM, 0.5),
        moved(struck(&WOODBLOCK, 0.3), 12, 100),
        moved(struck(&TAIKO, 1.2), -9, 50),
        moved(struck(&MELODIC_TOM, 0.9), 0, 50),
        once(&SYNTH_DRUM, 100, 0.6),
        once(&REVERSE_CYMBAL, 30, 0.2),
    ]
}
