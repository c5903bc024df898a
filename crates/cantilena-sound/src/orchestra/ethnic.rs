//! Instruments from around the world.

use crate::orchestra::layer::{Envelope, Layer, Vibrato};
use crate::orchestra::steady::Steady;
use crate::orchestra::struck::{Click, Struck, mode};
use crate::orchestra::timbre::{Timbre, formant};
use crate::orchestra::tone::{Source, Tone};

const fn strings(name: &'static str, struck: Struck) -> Tone {
    Tone { name, source: Source::Struck(struck), lowest: 38, highest: 94, step: 7 }
}

/// The curved bridge lets the string buzz: high harmonics that do not die.
static SITAR: Tone = strings(
    "sitar",
    Struck {
        timbre: Timbre {
            slope: 0.45,
            node: 0.09,
            source_harmonics: 30.0,
            body_hertz: 6_000.0,
            body_low_hertz: 110.0,
            floor: 0.6,
            formants: &[formant(2_200.0, 900.0, 0.8)],
            ..Timbre::SAW
        },
        ring_seconds: 5.0,
        ring_by_octave: 0.75,
        damping: 0.25,
        click: Click { amplitude: 0.12, hertz: 3_000.0, seconds: 0.005 },
        ..Struck::STRING
    },
);

/// A skin as a body: loud and soon over.
static BANJO: Tone = strings(
    "banjo",
    Struck {
        timbre: Timbre {
            slope: 0.6,
            node: 0.12,
            source_harmonics: 20.0,
            body_hertz: 5_000.0,
            body_low_hertz: 200.0,
            floor: 0.6,
            formants: &[formant(600.0, 250.0, 0.6), formant(1_800.0, 700.0, 0.6)],
            ..Timbre::SAW
        },
        ring_seconds: 4.5,
        ring_by_octave: 0.7,
        damping: 0.45,
        prompt: 0.3,
        click: Click { amplitude: 0.20, hertz: 1_600.0, seconds: 0.005 },
        ..Struck::STRING
    },
);

static SHAMISEN: Tone = strings(
    "shamisen",
    Struck {
        timbre: Timbre {
            slope: 0.7,
            node: 0.08,
            source_harmonics: 18.0,
            body_hertz: 4_500.0,
            body_low_hertz: 180.0,
            floor: 0.6,
            formants: &[formant(900.0, 350.0, 0.8)],
            ..Timbre::SAW
        },
        ring_seconds: 3.2,
        ring_by_octave: 0.7,
        damping: 0.5,
        prompt: 0.35,
        click: Click { amplitude: 0.35, hertz: 1_100.0, seconds: 0.008 },
        ..Struck::STRING
    },
);

static KOTO: Tone = strings(
    "koto",
    Struck {
        timbre: Timbre {
            slope: 0.9,
            node: 0.07,
            source_harmonics: 16.0,
            body_hertz: 5_000.0,
            body_low_hertz: 120.0,
            ..Timbre::SAW
        },
        ring_seconds: 5.5,
        ring_by_octave: 0.7,
        damping: 0.6,
        prompt: 0.3,
        click: Click { amplitude: 0.16, hertz: 2_400.0, seconds: 0.004 },
        ..Struck::STRING
    },
);

/// A tongue, clamped at one end (N. Fletcher and T. Rossing, "The Physics of Musical Instruments",
/// ch. 2), but its overtones soon die.
static KALIMBA: Tone = strings(
    "kalimba",
    Struck {
        modes: &[mode(1.0, 1.0), mode(2.0, 0.06), mode(5.6, 0.22), mode(6.27, 0.12)],
        ring_seconds: 2.2,
        ring_by_octave: 0.7,
        damping: 1.1,
        click: Click { amplitude: 0.12, hertz: 900.0, seconds: 0.006 },
        ..Struck::STRING
    },
);

const fn blown(name: &'static str, timbre: Timbre, lowest: u8) -> Tone {
    let steady = Steady { timbre, spread_cents: 2.5, ..Steady::SOLO };
    Tone { name, source: Source::Steady(steady), lowest, highest: lowest + 49, step: 7 }
}

static CHANTER: Tone = blown(
    "chanter",
    Timbre {
        slope: 0.45,
        source_harmonics: 24.0,
        body_hertz: 5_000.0,
        body_low_hertz: 250.0,
        floor: 0.5,
        formants: &[formant(1_200.0, 350.0, 1.0), formant(2_600.0, 600.0, 0.5)],
        ..Timbre::SAW
    },
    48,
);

static SHANAI: Tone = blown(
    "shanai",
    Timbre {
        slope: 0.5,
        source_harmonics: 20.0,
        body_hertz: 5_500.0,
        body_low_hertz: 400.0,
        floor: 0.4,
        formants: &[formant(1_500.0, 350.0, 1.2), formant(3_200.0, 500.0, 0.8)],
        ..Timbre::SAW
    },
    48,
);

static FIDDLE: Tone = Tone {
    name: "fiddle",
    source: Source::Steady(Steady {
        timbre: Timbre {
            slope: 0.9,
            source_harmonics: 24.0,
            body_hertz: 5_500.0,
            body_low_hertz: 200.0,
            floor: 0.5,
            formants: &[
                formant(460.0, 100.0, 0.5),
                formant(950.0, 250.0, 0.4),
                formant(3_000.0, 700.0, 0.9),
            ],
            ..Timbre::SAW
        },
        spread_cents: 4.0,
        length: 8_192,
    }),
    lowest: 55,
    highest: 97,
    step: 7,
};

pub(super) fn programs() -> [Vec<Layer>; 8] {
    let plucked = |tone: &'static Tone, release: f64| Layer {
        cutoff: 36.0,
        touch: 1.5,
        envelope: Envelope { release, ..Layer::of(tone).envelope },
        ..Layer::of(tone)
    };
    let reed = |tone: &'static Tone, cents: f64| Layer {
        envelope: Envelope { attack: 0.025, release: 0.16, ..Envelope::ORGAN },
        vibrato: Vibrato { hertz: 5.4, cents, delay: 0.3 },
        ..Layer::of(tone)
    };
    let sitar = plucked(&SITAR, 0.8);
    let fiddle = Layer {
        cutoff: 30.0,
        touch: 1.2,
        envelope: Envelope { attack: 0.045, release: 0.15, ..Envelope::ORGAN },
        vibrato: Vibrato { hertz: 5.8, cents: 11.0, delay: 0.2 },
        ..Layer::of(&FIDDLE)
    };
    [
        vec![
            sitar.clone(),
            // Strings that sound along.
            Layer {
                level: -15.0,
                cents: 5.0,
                envelope: Envelope { attack: 0.12, release: 1.5, ..sitar.envelope },
                reverb: 20.0,
                ..sitar
            },
        ],
        vec![plucked(&BANJO, 0.2)],
        vec![plucked(&SHAMISEN, 0.2)],
        vec![plucked(&KOTO, 0.8)],
        vec![plucked(&KALIMBA, 0.6)],
        vec![
            Layer { level: -1.0, ..reed(&CHANTER, 0.0) },
            Layer { level: -14.0, cents: 4.0, semitones: -12, ..reed(&CHANTER, 0.0) },
        ],
        vec![fiddle],
        vec![reed(&SHANAI, 14.0)],
    ]
}
