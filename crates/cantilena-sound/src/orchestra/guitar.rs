//! Guitars, plain and driven.

use crate::orchestra::layer::{Envelope, Layer, Vibrato};
use crate::orchestra::steady::Steady;
use crate::orchestra::struck::{Click, Struck, mode};
use crate::orchestra::timbre::{Timbre, formant};
use crate::orchestra::tone::{Source, Tone};

const fn strings(name: &'static str, struck: Struck) -> Tone {
    Tone { name, source: Source::Struck(struck), lowest: 38, highest: 94, step: 7 }
}

/// The air in a guitar's body resonates near 100 Hz and its top near 200 and 400 Hz (N. Fletcher
/// and T. Rossing, "The Physics of Musical Instruments", ch. 9).
static NYLON: Tone = strings(
    "nylon string",
    Struck {
        timbre: Timbre {
            slope: 1.1,
            node: 0.24,
            source_harmonics: 14.0,
            body_hertz: 3_200.0,
            body_low_hertz: 70.0,
            floor: 0.8,
            formants: &[
                formant(105.0, 30.0, 0.5),
                formant(205.0, 50.0, 0.6),
                formant(410.0, 90.0, 0.4),
            ],
            ..Timbre::SAW
        },
        stiffness: 0.000_03,
        ring_seconds: 7.0,
        ring_by_octave: 0.65,
        damping: 0.75,
        prompt: 0.2,
        click: Click { amplitude: 0.12, hertz: 900.0, seconds: 0.006 },
        ..Struck::STRING
    },
);

static STEEL: Tone = strings(
    "steel string",
    Struck {
        timbre: Timbre {
            slope: 0.85,
            node: 0.17,
            source_harmonics: 24.0,
            body_hertz: 6_500.0,
            body_low_hertz: 80.0,
            floor: 0.8,
            formants: &[
                formant(110.0, 30.0, 0.4),
                formant(220.0, 60.0, 0.5),
                formant(3_000.0, 1_200.0, 0.4),
            ],
            ..Timbre::SAW
        },
        stiffness: 0.000_08,
        ring_seconds: 8.0,
        ring_by_octave: 0.65,
        damping: 0.62,
        prompt: 0.25,
        click: Click { amplitude: 0.16, hertz: 3_000.0, seconds: 0.005 },
        ..Struck::STRING
    },
);

/// A pickup under the neck hears no edge.
static JAZZ: Tone = strings(
    "jazz string",
    Struck {
        timbre: Timbre {
            slope: 1.2,
            node: 0.26,
            source_harmonics: 8.0,
            body_hertz: 2_200.0,
            ..Timbre::SAW
        },
        stiffness: 0.000_05,
        ring_seconds: 9.0,
        ring_by_octave: 0.7,
        damping: 0.7,
        click: Click { amplitude: 0.06, hertz: 900.0, seconds: 0.005 },
        ..Struck::STRING
    },
);

/// One near the bridge does.
static CLEAN: Tone = strings(
    "clean string",
    Struck {
        timbre: Timbre {
            slope: 0.8,
            node: 0.14,
            source_harmonics: 18.0,
            body_hertz: 4_500.0,
            floor: 0.8,
            formants: &[formant(2_800.0, 1_200.0, 0.4)],
            ..Timbre::SAW
        },
        stiffness: 0.000_06,
        ring_seconds: 8.0,
        ring_by_octave: 0.7,
        damping: 0.6,
        click: Click { amplitude: 0.08, hertz: 2_400.0, seconds: 0.004 },
        ..Struck::STRING
    },
);

static HARMONICS: Tone = strings(
    "string harmonic",
    Struck {
        modes: &[mode(1.0, 1.0), mode(2.0, 0.4), mode(3.0, 0.25), mode(4.0, 0.1), mode(5.0, 0.05)],
        ring_seconds: 4.5,
        ring_by_octave: 0.75,
        damping: 0.8,
        click: Click { amplitude: 0.07, hertz: 2_500.0, seconds: 0.004 },
        ..Struck::STRING
    },
);

/// A valve that clips adds odd harmonics and keeps the note alive; a loudspeaker cabinet ends at
/// 5 kHz.
const DRIVEN: Steady = Steady {
    timbre: Timbre {
        slope: 0.6,
        even: 0.75,
        source_harmonics: 24.0,
        body_hertz: 4_200.0,
        body_low_hertz: 90.0,
        floor: 0.6,
        formants: &[formant(700.0, 500.0, 0.6), formant(2_400.0, 900.0, 0.7)],
        ..Timbre::SAW
    },
    spread_cents: 3.0,
    length: 8_192,
};

static OVERDRIVEN: Tone = Tone {
    name: "overdriven string",
    source: Source::Steady(DRIVEN),
    lowest: 38,
    highest: 92,
    step: 6,
};

static DISTORTED: Tone = Tone {
    name: "distorted string",
    source: Source::Steady(Steady {
        timbre: Timbre { slope: 0.45, even: 0.9, body_hertz: 4_400.0, ..DRIVEN.timbre },
        spread_cents: 5.0,
        ..DRIVEN
    }),
    lowest: 38,
    highest: 92,
    step: 6,
};

pub(super) fn programs() -> [Vec<Layer>; 8] {
    let plucked = |tone: &'static Tone, touch: f64, release: f64| Layer {
        cutoff: 36.0,
        touch,
        envelope: Envelope { release, ..Layer::of(tone).envelope },
        ..Layer::of(tone)
    };
    let clean = Layer { chorus: 25.0, ..plucked(&CLEAN, 1.6, 0.25) };
    let muted = Envelope { decay: 1.8, decay_by_octave: 0.8, release: 0.06, ..clean.envelope };
    let sustained = |tone: &'static Tone, decay: f64| Layer {
        envelope: Envelope {
            attack: 0.003,
            decay,
            decay_by_octave: 0.8,
            sustain: 144.0,
            release: 0.15,
            ..Envelope::ORGAN
        },
        vibrato: Vibrato { hertz: 5.5, cents: 6.0, delay: 0.5 },
        ..Layer::of(tone)
    };
    [
        vec![plucked(&NYLON, 2.0, 0.3)],
        vec![
            Layer { level: -3.0, cents: -1.5, pan: -10.0, ..plucked(&STEEL, 1.8, 0.3) },
            Layer { level: -3.0, cents: 1.5, pan: 10.0, ..plucked(&STEEL, 1.8, 0.3) },
        ],
        vec![plucked(&JAZZ, 1.4, 0.25)],
        vec![clean.clone()],
        vec![Layer { envelope: muted, cutoff: 9.0, touch: 1.2, chorus: 0.0, ..clean }],
        vec![Layer { cutoff: 40.0, touch: 0.8, ..sustained(&OVERDRIVEN, 20.0) }],
        vec![
            Layer { level: -3.0, cents: -4.0, pan: -12.0, ..sustained(&DISTORTED, 30.0) },
            Layer { level: -3.0, cents: 4.0, pan: 12.0, ..sustained(&DISTORTED, 30.0) },
        ],
        vec![plucked(&HARMONICS, 1.0, 0.8)],
    ]
}
