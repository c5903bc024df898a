//! Basses.

use crate::orchestra::layer::{Envelope, Layer, Sweep, Vibrato};
use crate::orchestra::steady::Steady;
use crate::orchestra::struck::{Click, Struck};
use crate::orchestra::timbre::{Timbre, formant};
use crate::orchestra::tone::{Source, Tone};

const fn low(name: &'static str, source: Source) -> Tone {
    Tone { name, source, lowest: 24, highest: 80, step: 7 }
}

static UPRIGHT: Tone = low(
    "upright bass",
    Source::Struck(Struck {
        timbre: Timbre {
            slope: 1.15,
            node: 0.3,
            source_harmonics: 14.0,
            body_hertz: 2_200.0,
            body_low_hertz: 35.0,
            floor: 0.8,
            formants: &[formant(110.0, 40.0, 0.6), formant(250.0, 90.0, 0.4)],
            ..Timbre::SAW
        },
        stiffness: 0.000_2,
        ring_seconds: 4.5,
        ring_by_octave: 0.72,
        damping: 0.6,
        prompt: 0.35,
        click: Click { amplitude: 0.14, hertz: 500.0, seconds: 0.012 },
        ..Struck::STRING
    }),
);

static FINGERED: Tone = low(
    "fingered bass",
    Source::Struck(Struck {
        timbre: Timbre {
            slope: 0.85,
            node: 0.22,
            source_harmonics: 22.0,
            body_hertz: 2_400.0,
            ..Timbre::SAW
        },
        stiffness: 0.000_15,
        ring_seconds: 7.0,
        ring_by_octave: 0.75,
        damping: 0.6,
        click: Click { amplitude: 0.08, hertz: 700.0, seconds: 0.008 },
        ..Struck::STRING
    }),
);

static PICKED: Tone = low(
    "picked bass",
    Source::Struck(Struck {
        timbre: Timbre {
            slope: 0.75,
            node: 0.13,
            source_harmonics: 24.0,
            body_hertz: 4_200.0,
            ..Timbre::SAW
        },
        stiffness: 0.000_15,
        ring_seconds: 7.0,
        ring_by_octave: 0.75,
        damping: 0.55,
        click: Click { amplitude: 0.18, hertz: 2_200.0, seconds: 0.006 },
        ..Struck::STRING
    }),
);

static SLAPPED: Tone = low(
    "slapped bass",
    Source::Struck(Struck {
        timbre: Timbre {
            slope: 0.6,
            node: 0.3,
            source_harmonics: 34.0,
            body_hertz: 6_000.0,
            floor: 0.6,
            formants: &[formant(90.0, 60.0, 0.6), formant(3_500.0, 1_500.0, 0.6)],
            ..Timbre::SAW
        },
        stiffness: 0.000_2,
        ring_seconds: 6.0,
        ring_by_octave: 0.75,
        damping: 0.7,
        prompt: 0.35,
        click: Click { amplitude: 0.35, hertz: 3_200.0, seconds: 0.007 },
        ..Struck::STRING
    }),
);

static FRETLESS: Tone = low(
    "fretless bass",
    Source::Struck(Struck {
        timbre: Timbre {
            slope: 1.0,
            node: 0.2,
            source_harmonics: 10.0,
            body_hertz: 1_800.0,
            floor: 0.5,
            formants: &[formant(420.0, 200.0, 0.8)],
            ..Timbre::SAW
        },
        stiffness: 0.000_1,
        ring_seconds: 10.0,
        ring_by_octave: 0.75,
        damping: 0.3,
        ..Struck::STRING
    }),
);

static ANALOGUE_SAW: Tone = low(
    "bass oscillator",
    Source::Steady(Steady { spread_cents: 0.0, length: 4_096, ..Steady::SOLO }),
);

static ANALOGUE_SQUARE: Tone = low(
    "square bass oscillator",
    Source::Steady(Steady {
        timbre: Timbre { even: 0.08, ..Timbre::SAW },
        spread_cents: 0.0,
        length: 4_096,
    }),
);

pub(super) fn programs() -> [Vec<Layer>; 8] {
    let plucked = |tone: &'static Tone, touch: f64| Layer {
        cutoff: 40.0,
        touch,
        envelope: Envelope { attack: 0.003, release: 0.12, ..Layer::of(tone).envelope },
        ..Layer::of(tone)
    };
    let slapped = plucked(&SLAPPED, 2.2);
    let popped = Layer { cutoff: 80.0, touch: 1.8, level: -0.5, ..slapped.clone() };
    let fretless = Layer {
        envelope: Envelope { attack: 0.025, release: 0.15, ..Layer::of(&FRETLESS).envelope },
        vibrato: Vibrato { hertz: 5.0, cents: 9.0, delay: 0.25 },
        chorus: 15.0,
        ..plucked(&FRETLESS, 1.2)
    };
    let analogue = |tone, cutoff, octaves, decay| Layer {
        cutoff,
        touch: 1.2,
        sweep: Sweep { octaves, attack: 0.001, decay, sustain: 0.15 },
        envelope: Envelope {
            attack: 0.003,
            decay: 3.0,
            sustain: 6.0,
            release: 0.12,
            ..Envelope::ORGAN
        },
        ..Layer::of(tone)
    };
    [
        vec![plucked(&UPRIGHT, 1.6)],
        vec![plucked(&FINGERED, 1.6)],
        vec![plucked(&PICKED, 1.4)],
        vec![fretless],
        vec![slapped],
        vec![popped, Layer { level: -9.0, cutoff: 80.0, ..plucked(&PICKED, 1.0) }],
        vec![
            Layer { level: -3.0, cents: -5.0, ..analogue(&ANALOGUE_SAW, 4.0, 2.6, 0.35) },
            Layer { level: -3.0, cents: 5.0, ..analogue(&ANALOGUE_SAW, 4.0, 2.6, 0.35) },
        ],
        vec![
            Layer { level: -1.5, ..analogue(&ANALOGUE_SQUARE, 9.0, 1.8, 0.25) },
            Layer { level: -9.0, semitones: -12, ..analogue(&ANALOGUE_SQUARE, 5.0, 1.0, 0.2) },
        ],
    ]
}
