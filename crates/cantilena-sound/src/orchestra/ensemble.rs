//! Many players or singers at once.

use crate::orchestra::layer::{Envelope, Layer, Sweep, Vibrato};
use crate::orchestra::steady::Steady;
use crate::orchestra::stroke::{Sound, Stroke};
use crate::orchestra::timbre::{Timbre, formant};
use crate::orchestra::tone::{Source, Tone};

const fn many(name: &'static str, steady: Steady) -> Tone {
    Tone { name, source: Source::Steady(steady), lowest: 30, highest: 94, step: 8 }
}

/// Bowed strings by the dozen.
pub(super) static SECTION: Tone = many(
    "string section",
    Steady {
        timbre: Timbre {
            slope: 1.05,
            source_harmonics: 24.0,
            body_hertz: 4_200.0,
            body_low_hertz: 60.0,
            floor: 0.6,
            formants: &[
                formant(260.0, 120.0, 0.4),
                formant(520.0, 200.0, 0.4),
                formant(2_400.0, 900.0, 0.4),
            ],
            ..Timbre::SAW
        },
        spread_cents: 11.0,
        length: 32_768,
    },
);

/// Sawtooth oscillators, some of them.
pub(super) static SAWS: Tone = many(
    "sawtooths",
    Steady {
        timbre: Timbre { body_hertz: 9_000.0, ..Timbre::SAW },
        spread_cents: 9.0,
        length: 32_768,
    },
);

/// The vowel of "father": formants of many voices (G. Peterson and H. Barney, "Control Methods Used
/// in a Study of the Vowels", JASA 24, 1952), with a singer's near 2.9 kHz.
pub(super) static AAH: Tone = many(
    "aah",
    Steady {
        timbre: Timbre {
            slope: 1.1,
            floor: 0.06,
            body_hertz: 6_000.0,
            formants: &[
                formant(750.0, 130.0, 1.0),
                formant(1_150.0, 150.0, 0.65),
                formant(2_750.0, 250.0, 0.28),
                formant(300.0, 160.0, 0.35),
            ],
            ..Timbre::SAW
        },
        spread_cents: 13.0,
        length: 32_768,
    },
);

/// The vowel of "boot".
pub(super) static OOH: Tone = many(
    "ooh",
    Steady {
        timbre: Timbre {
            slope: 1.2,
            floor: 0.03,
            body_hertz: 3_000.0,
            formants: &[
                formant(330.0, 120.0, 1.0),
                formant(870.0, 140.0, 0.30),
                formant(2_400.0, 250.0, 0.05),
            ],
            ..Timbre::SAW
        },
        spread_cents: 9.0,
        length: 32_768,
    },
);

/// A machine that speaks.
pub(super) static VOX: Tone = many(
    "vox",
    Steady {
        timbre: Timbre {
            slope: 0.9,
            floor: 0.12,
            body_hertz: 6_500.0,
            formants: &[
                formant(620.0, 120.0, 1.0),
                formant(1_500.0, 200.0, 0.5),
                formant(3_200.0, 300.0, 0.3),
            ],
            ..Timbre::SAW
        },
        spread_cents: 5.0,
        length: 16_384,
    },
);

/// The drum under an orchestra's blow.
static BLOW: Tone = Tone::single(
    "orchestra blow",
    Source::Stroke(Stroke::new(&[
        Sound::Skin { hertz: 70.0, drop: 0.6, drop_seconds: 0.03, level: 0.8, seconds: 0.9 },
        Sound::Hiss { hertz: 1_800.0, q: 0.5, level: 0.3, delay: 0.0, attack: 0.002, seconds: 0.5 },
    ])),
);

/// Two halves of an ensemble, a little apart in pitch and place: the one loop cannot be heard to
/// come round in both at once.
fn halves(layer: &Layer, cents: f64, width: f64) -> Vec<Layer> {
    let level = layer.level - 3.0;
    vec![
        Layer { level, cents: -cents, pan: -width, ..layer.clone() },
        Layer { level, cents, pan: width, ..layer.clone() },
    ]
}

pub(super) fn programs() -> [Vec<Layer>; 8] {
    let lasting = |tone: &'static Tone, attack: f64, release: f64| Layer {
        cutoff: 32.0,
        touch: 1.5,
        envelope: Envelope { attack, release, ..Envelope::ORGAN },
        reverb: 15.0,
        ..Layer::of(tone)
    };
    let section = lasting(&SECTION, 0.12, 0.8);
    let slow = Layer { cutoff: 18.0, ..lasting(&SECTION, 0.34, 1.1) };
    let saws = Layer { cutoff: 14.0, chorus: 15.0, ..lasting(&SAWS, 0.1, 0.8) };
    let slow_saws = Layer {
        cutoff: 8.0,
        chorus: 20.0,
        sweep: Sweep { octaves: 1.2, attack: 1.2, decay: 2.0, sustain: 0.6 },
        ..lasting(&SAWS, 0.35, 0.9)
    };
    let sung = |tone, attack| Layer {
        vibrato: Vibrato { hertz: 5.2, cents: 7.0, delay: 0.35 },
        ..lasting(tone, attack, 0.7)
    };
    let hit =
        Envelope { attack: 0.001, decay: 2.6, sustain: 144.0, release: 0.6, ..Envelope::ORGAN };
    let chord = |tone, semitones, level| Layer {
        semitones,
        level,
        envelope: hit,
        cutoff: 40.0,
        touch: 1.0,
        reverb: 25.0,
        ..Layer::of(tone)
    };
    [
        halves(&section, 4.0, 22.0),
        halves(&slow, 5.0, 22.0),
        halves(&saws, 5.0, 22.0),
        halves(&slow_saws, 7.0, 25.0),
        halves(&sung(&AAH, 0.13), 4.0, 20.0),
        halves(&sung(&OOH, 0.11), 4.0, 16.0),
        halves(&sung(&VOX, 0.05), 6.0, 18.0),
        vec![
            chord(&SECTION, 0, -4.0),
            chord(&SECTION, 12, -6.0),
            chord(&SECTION, -12, -6.0),
            chord(&super::brass::SECTION, 0, -6.0),
            Layer { level: -8.0, scale: 20, reverb: 25.0, ..Layer::of(&BLOW) },
        ],
    ]
}
