//! Bowed strings alone, and what else stands with them in an orchestra.

use crate::orchestra::layer::{Envelope, Layer, Tremolo, Vibrato};
use crate::orchestra::steady::Steady;
use crate::orchestra::struck::{Click, Struck, mode};
use crate::orchestra::timbre::{Timbre, formant};
use crate::orchestra::tone::{Source, Tone};

/// A bow makes a sawtooth; the body makes a violin of it (where its formants
/// lie: J. Meyer, "Acoustics and the Performance of Music", ch. 3).
const BOWED: Steady = Steady {
    timbre: Timbre { slope: 1.05, source_harmonics: 22.0, floor: 0.45, ..Timbre::SAW },
    spread_cents: 3.5,
    length: 8_192,
};

static VIOLIN: Tone = Tone {
    name: "violin",
    source: Source::Steady(Steady {
        timbre: Timbre {
            body_hertz: 5_200.0,
            body_low_hertz: 180.0,
            formants: &[
                formant(290.0, 60.0, 0.3),
                formant(520.0, 120.0, 0.5),
                formant(1_050.0, 250.0, 0.4),
                formant(2_700.0, 700.0, 0.7),
            ],
            ..BOWED.timbre
        },
        ..BOWED
    }),
    lowest: 55,
    highest: 103,
    step: 7,
};

static VIOLA: Tone = Tone {
    name: "viola",
    source: Source::Steady(Steady {
        timbre: Timbre {
            body_hertz: 3_800.0,
            body_low_hertz: 130.0,
            formants: &[
                formant(230.0, 60.0, 0.4),
                formant(370.0, 90.0, 0.5),
                formant(620.0, 160.0, 0.4),
                formant(1_700.0, 500.0, 0.6),
            ],
            ..BOWED.timbre
        },
        ..BOWED
    }),
    lowest: 48,
    highest: 96,
    step: 7,
};

static CELLO: Tone = Tone {
    name: "cello",
    source: Source::Steady(Steady {
        timbre: Timbre {
            body_hertz: 2_900.0,
            body_low_hertz: 70.0,
            formants: &[
                formant(110.0, 35.0, 0.4),
                formant(220.0, 60.0, 0.6),
                formant(450.0, 150.0, 0.5),
                formant(1_300.0, 450.0, 0.5),
            ],
            ..BOWED.timbre
        },
        ..BOWED
    }),
    lowest: 36,
    highest: 84,
    step: 7,
};

static CONTRABASS: Tone = Tone {
    name: "contrabass",
    source: Source::Steady(Steady {
        timbre: Timbre {
            body_hertz: 1_700.0,
            body_low_hertz: 45.0,
            formants: &[
                formant(70.0, 25.0, 0.4),
                formant(110.0, 40.0, 0.5),
                formant(250.0, 90.0, 0.5),
                formant(500.0, 200.0, 0.4),
            ],
            ..BOWED.timbre
        },
        ..BOWED
    }),
    lowest: 28,
    highest: 70,
    step: 7,
};

static PIZZICATO: Tone = Tone {
    name: "pizzicato",
    source: Source::Struck(Struck {
        timbre: Timbre {
            slope: 1.2,
            node: 0.2,
            source_harmonics: 10.0,
            body_hertz: 2_600.0,
            body_low_hertz: 80.0,
            floor: 0.7,
            formants: &[formant(280.0, 100.0, 0.5), formant(520.0, 150.0, 0.4)],
            ..Timbre::SAW
        },
        ring_seconds: 1.1,
        ring_by_octave: 0.65,
        damping: 0.6,
        click: Click { amplitude: 0.16, hertz: 700.0, seconds: 0.006 },
        ..Struck::STRING
    }),
    lowest: 30,
    highest: 96,
    step: 7,
};

static HARP: Tone = Tone {
    name: "harp",
    source: Source::Struck(Struck {
        timbre: Timbre {
            slope: 1.35,
            node: 0.4,
            source_harmonics: 14.0,
            body_hertz: 3_500.0,
            body_low_hertz: 50.0,
            ..Timbre::SAW
        },
        stiffness: 0.000_03,
        ring_seconds: 5.0,
        ring_by_octave: 0.62,
        damping: 0.7,
        prompt: 0.25,
        click: Click { amplitude: 0.06, hertz: 1_000.0, seconds: 0.006 },
        ..Struck::STRING
    }),
    lowest: 24,
    highest: 102,
    step: 7,
};

/// The air in the kettle brings the skin's modes near 2 : 3 : 4 : 5 (N. Fletcher and T. Rossing,
/// "The Physics of Musical Instruments", ch. 18), of which the first is the pitch.
static TIMPANI: Tone = Tone {
    name: "timpani",
    source: Source::Struck(Struck {
        modes: &[
            mode(1.0, 1.0),
            mode(1.5, 0.65),
            mode(1.98, 0.40),
            mode(2.44, 0.25),
            mode(2.9, 0.13),
            mode(0.85, 0.12),
            mode(3.4, 0.08),
        ],
        ring_seconds: 3.0,
        ring_by_octave: 0.75,
        damping: 0.45,
        click: Click { amplitude: 0.25, hertz: 350.0, seconds: 0.018 },
        ..Struck::STRING
    }),
    lowest: 30,
    highest: 66,
    step: 12,
};

pub(super) fn programs() -> [Vec<Layer>; 8] {
    let bowed = |tone, cents| Layer {
        cutoff: 30.0,
        touch: 1.7,
        envelope: Envelope { attack: 0.09, release: 0.3, ..Envelope::ORGAN },
        vibrato: Vibrato { hertz: 5.6, cents, delay: 0.28 },
        reverb: 10.0,
        ..Layer::of(tone)
    };
    let bow = Tremolo { hertz: 11.0, decibels: 4.0 };
    let shaken = |tone, pan| Layer { pan, level: -3.0, tremolo: bow, ..bowed(tone, 6.0) };
    let pizzicato = Layer { cutoff: 30.0, touch: 1.5, reverb: 12.0, ..Layer::of(&PIZZICATO) };
    let harp = Layer { cutoff: 30.0, touch: 1.6, reverb: 10.0, ..Layer::of(&HARP) };
    let ringing = Envelope { release: 0.9, ..harp.envelope };
    let timpani = Layer { cutoff: 16.0, touch: 1.6, reverb: 15.0, ..Layer::of(&TIMPANI) };
    let boom = Envelope { release: 0.8, ..timpani.envelope };
    [
        vec![bowed(&VIOLIN, 13.0)],
        vec![bowed(&VIOLA, 12.0)],
        vec![bowed(&CELLO, 11.0)],
        vec![bowed(&CONTRABASS, 7.0)],
        vec![
            shaken(&super::ensemble::SECTION, -18.0),
            Layer { cents: 5.0, ..shaken(&super::ensemble::SECTION, 18.0) },
        ],
        vec![
            Layer { level: -3.0, cents: -3.0, pan: -16.0, ..pizzicato.clone() },
            Layer { level: -3.0, cents: 3.0, pan: 16.0, ..pizzicato },
        ],
        vec![Layer { envelope: ringing, ..harp }],
        vec![Layer { envelope: boom, ..timpani }],
    ]
}
