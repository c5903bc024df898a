//! Brass, alone and together.

use crate::orchestra::layer::{Envelope, Layer, Sweep, Vibrato};
use crate::orchestra::steady::Steady;
use crate::orchestra::timbre::{Timbre, formant};
use crate::orchestra::tone::{Source, Tone};

/// Lips make a pulse that is the sharper the harder they are blown; the filter's touch and sweep
/// see to that. Where the formants lie: J. Meyer, "Acoustics and the Performance of Music", ch. 3.
const LIPS: Steady = Steady {
    timbre: Timbre { slope: 0.55, floor: 0.5, ..Timbre::SAW },
    spread_cents: 2.0,
    length: 8_192,
};

static TRUMPET: Tone = Tone {
    name: "trumpet",
    source: Source::Steady(Steady {
        timbre: Timbre {
            body_hertz: 6_000.0,
            body_low_hertz: 220.0,
            formants: &[formant(1_350.0, 550.0, 1.2), formant(2_400.0, 700.0, 0.5)],
            ..LIPS.timbre
        },
        ..LIPS
    }),
    lowest: 52,
    highest: 94,
    step: 7,
};

static TROMBONE: Tone = Tone {
    name: "trombone",
    source: Source::Steady(Steady {
        timbre: Timbre {
            body_hertz: 3_600.0,
            body_low_hertz: 90.0,
            formants: &[formant(540.0, 220.0, 1.0), formant(1_400.0, 600.0, 0.5)],
            ..LIPS.timbre
        },
        ..LIPS
    }),
    lowest: 34,
    highest: 82,
    step: 7,
};

static TUBA: Tone = Tone {
    name: "tuba",
    source: Source::Steady(Steady {
        timbre: Timbre {
            slope: 0.7,
            body_hertz: 1_600.0,
            body_low_hertz: 40.0,
            formants: &[formant(230.0, 110.0, 1.0)],
            ..LIPS.timbre
        },
        ..LIPS
    }),
    lowest: 24,
    highest: 66,
    step: 7,
};

static MUTED_TRUMPET: Tone = Tone {
    name: "muted trumpet",
    source: Source::Steady(Steady {
        timbre: Timbre {
            slope: 0.5,
            body_hertz: 6_500.0,
            body_low_hertz: 500.0,
            floor: 0.25,
            formants: &[formant(1_800.0, 350.0, 1.0), formant(3_400.0, 600.0, 0.8)],
            ..LIPS.timbre
        },
        ..LIPS
    }),
    lowest: 52,
    highest: 94,
    step: 7,
};

static HORN: Tone = Tone {
    name: "horn",
    source: Source::Steady(Steady {
        timbre: Timbre {
            slope: 0.85,
            body_hertz: 2_200.0,
            body_low_hertz: 80.0,
            formants: &[formant(340.0, 150.0, 1.0), formant(750.0, 250.0, 0.3)],
            ..LIPS.timbre
        },
        spread_cents: 3.0,
        ..LIPS
    }),
    lowest: 34,
    highest: 82,
    step: 7,
};

/// Trumpets and trombones together.
pub(super) static SECTION: Tone = Tone {
    name: "brass section",
    source: Source::Steady(Steady {
        timbre: Timbre {
            slope: 0.55,
            body_hertz: 5_200.0,
            body_low_hertz: 90.0,
            formants: &[formant(600.0, 300.0, 0.6), formant(1_250.0, 500.0, 0.7)],
            ..LIPS.timbre
        },
        spread_cents: 8.0,
        length: 16_384,
    }),
    lowest: 36,
    highest: 90,
    step: 7,
};

pub(super) fn programs() -> [Vec<Layer>; 8] {
    let blown = |tone: &'static Tone, cutoff: f64, attack: f64| Layer {
        cutoff,
        touch: 2.2,
        // The lips take a moment until the tone is bright.
        sweep: Sweep { octaves: 1.3, attack: attack * 2.5, decay: 0.6, sustain: 0.65 },
        envelope: Envelope { attack, decay: 1.5, sustain: 1.5, release: 0.2, ..Envelope::ORGAN },
        vibrato: Vibrato { hertz: 5.3, cents: 5.0, delay: 0.5 },
        reverb: 8.0,
        ..Layer::of(tone)
    };
    let section = |cents, pan| Layer {
        level: -3.0,
        cents,
        pan,
        vibrato: Vibrato { hertz: 5.0, cents: 3.0, delay: 0.6 },
        ..blown(&SECTION, 15.0, 0.04)
    };
    let synth = |cents, pan, cutoff, attack| Layer {
        level: -3.0,
        cents,
        pan,
        cutoff,
        touch: 1.5,
        sweep: Sweep { octaves: 2.2, attack, decay: 0.5, sustain: 0.35 },
        envelope: Envelope { attack: 0.02, release: 0.2, ..Envelope::ORGAN },
        chorus: 25.0,
        ..Layer::of(&super::ensemble::SAWS)
    };
    [
        vec![blown(&TRUMPET, 13.0, 0.028)],
        vec![blown(&TROMBONE, 13.0, 0.04)],
        vec![blown(&TUBA, 12.0, 0.05)],
        vec![blown(&MUTED_TRUMPET, 14.0, 0.025)],
        vec![Layer { touch: 1.8, reverb: 18.0, ..blown(&HORN, 9.0, 0.06) }],
        vec![section(-5.0, -16.0), section(5.0, 16.0)],
        vec![synth(-7.0, -16.0, 4.0, 0.03), synth(7.0, 16.0, 4.0, 0.03)],
        vec![synth(-5.0, -20.0, 3.0, 0.12), synth(5.0, 20.0, 3.0, 0.12)],
    ]
}
