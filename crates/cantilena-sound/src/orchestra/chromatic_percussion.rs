//! Bars, bells and hammered strings.

use crate::orchestra::layer::{Envelope, Layer, Tremolo};
use crate::orchestra::struck::{Click, Mode, Struck, mode};
use crate::orchestra::timbre::Timbre;
use crate::orchestra::tone::{Source, Tone};

/// A free bar without tuning (N. Fletcher and T. Rossing, "The Physics of Musical Instruments",
/// ch. 2).
const FREE_BAR: &[Mode] =
    &[mode(1.0, 1.0), mode(2.756, 0.45), mode(5.404, 0.22), mode(8.933, 0.09)];
/// Bars whose undersides are cut until the second mode is a double octave (ibid. ch. 19), over resonators that favour the first.
const DOUBLE_OCTAVE_BAR: &[Mode] = &[mode(1.0, 1.0), mode(3.984, 0.20), mode(10.67, 0.05)];
/// Or a twelfth (ibid.).
const TWELFTH_BAR: &[Mode] = &[mode(1.0, 1.0), mode(3.0, 0.45), mode(6.16, 0.22), mode(10.3, 0.1)];
/// The modes of a tube from the fourth on stand as 2 : 3 : 4.2 : 5.4, above a strike note that
/// only the ear supplies (ibid.); it is given a little help.
const CHIME: &[Mode] = &[
    mode(1.0, 0.45),
    mode(2.0, 1.0),
    mode(2.99, 0.9),
    mode(4.17, 0.6),
    mode(5.43, 0.35),
    mode(6.8, 0.2),
    mode(0.66, 0.15),
];

const BAR: Struck = Struck { damping: 0.9, onset_seconds: 0.3, ..Struck::STRING };

const fn bar(name: &'static str, struck: Struck, lowest: u8, highest: u8) -> Tone {
    Tone { name, source: Source::Struck(struck), lowest, highest, step: 12 }
}

static CELESTA: Tone = bar(
    "celesta",
    Struck {
        modes: &[mode(1.0, 1.0), mode(2.0, 0.08), mode(2.756, 0.12), mode(5.404, 0.06)],
        ring_seconds: 6.0,
        ring_by_octave: 0.75,
        click: Click { amplitude: 0.06, hertz: 900.0, seconds: 0.008 },
        ..BAR
    },
    48,
    108,
);

static GLOCKENSPIEL: Tone = bar(
    "glockenspiel",
    Struck {
        modes: FREE_BAR,
        ring_seconds: 6.0,
        ring_by_octave: 0.75,
        damping: 0.8,
        click: Click { amplitude: 0.08, hertz: 5_000.0, seconds: 0.003 },
        ..BAR
    },
    60,
    108,
);

static MUSIC_BOX: Tone = bar(
    "music box",
    Struck {
        modes: &[mode(1.0, 1.0), mode(2.02, 0.15), mode(6.267, 0.3), mode(17.55, 0.08)],
        ring_seconds: 6.0,
        ring_by_octave: 0.7,
        damping: 0.6,
        click: Click { amplitude: 0.06, hertz: 3_500.0, seconds: 0.003 },
        ..BAR
    },
    54,
    108,
);

static VIBRAPHONE: Tone = bar(
    "vibraphone",
    Struck {
        modes: DOUBLE_OCTAVE_BAR,
        ring_seconds: 10.0,
        ring_by_octave: 0.7,
        click: Click { amplitude: 0.04, hertz: 700.0, seconds: 0.006 },
        ..BAR
    },
    41,
    101,
);

static MARIMBA: Tone = bar(
    "marimba",
    Struck {
        modes: DOUBLE_OCTAVE_BAR,
        ring_seconds: 1.3,
        ring_by_octave: 0.65,
        damping: 0.7,
        click: Click { amplitude: 0.10, hertz: 600.0, seconds: 0.006 },
        ..BAR
    },
    36,
    96,
);

static XYLOPHONE: Tone = bar(
    "xylophone",
    Struck {
        modes: TWELFTH_BAR,
        ring_seconds: 0.9,
        ring_by_octave: 0.7,
        damping: 0.6,
        click: Click { amplitude: 0.18, hertz: 2_500.0, seconds: 0.003 },
        ..BAR
    },
    53,
    108,
);

static TUBULAR_BELLS: Tone = bar(
    "tubular bells",
    Struck {
        modes: CHIME,
        ring_seconds: 7.0,
        ring_by_octave: 0.8,
        damping: 0.6,
        click: Click { amplitude: 0.06, hertz: 2_500.0, seconds: 0.004 },
        ..BAR
    },
    48,
    84,
);

static DULCIMER: Tone = Tone {
    name: "dulcimer",
    source: Source::Struck(Struck {
        timbre: Timbre {
            slope: 1.0,
            node: 0.15,
            source_harmonics: 14.0,
            body_hertz: 5_000.0,
            body_low_hertz: 120.0,
            ..Timbre::SAW
        },
        stiffness: 0.000_2,
        ring_seconds: 5.0,
        ring_by_octave: 0.7,
        damping: 0.6,
        click: Click { amplitude: 0.15, hertz: 1_500.0, seconds: 0.006 },
        ..Struck::STRING
    }),
    lowest: 41,
    highest: 95,
    step: 6,
};

pub(super) fn programs() -> [Vec<Layer>; 8] {
    let ringing = |tone: &'static Tone, release: f64| Layer {
        cutoff: 24.0,
        touch: 1.5,
        envelope: Envelope { release, ..Layer::of(tone).envelope },
        ..Layer::of(tone)
    };
    let dulcimer = Layer { cutoff: 36.0, ..ringing(&DULCIMER, 1.2) };
    [
        vec![ringing(&CELESTA, 0.6)],
        vec![ringing(&GLOCKENSPIEL, 1.5)],
        vec![ringing(&MUSIC_BOX, 1.5)],
        vec![Layer { tremolo: Tremolo { hertz: 5.5, decibels: 2.2 }, ..ringing(&VIBRAPHONE, 0.9) }],
        vec![ringing(&MARIMBA, 0.5)],
        vec![ringing(&XYLOPHONE, 0.4)],
        vec![ringing(&TUBULAR_BELLS, 1.8)],
        vec![
            Layer { level: -3.0, cents: -4.0, pan: -15.0, ..dulcimer.clone() },
            Layer { level: -3.0, cents: 4.0, pan: 15.0, ..dulcimer },
        ],
    ]
}
