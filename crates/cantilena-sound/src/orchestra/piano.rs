//! Pianos, electric pianos, harpsichord and clavinet.

use crate::orchestra::layer::{Envelope, Layer, Sweep, Tremolo};
use crate::orchestra::struck::{Click, Struck, mode};
use crate::orchestra::timbre::{Timbre, formant};
use crate::orchestra::tone::{Source, Tone};

/// Felt on steel, a soundboard of spruce.
const HAMMERED: Struck = Struck {
    timbre: Timbre {
        slope: 0.75,
        node: 0.122, // hammers strike at an eighth
        source_harmonics: 36.0,
        body_hertz: 1_700.0,
        body_low_hertz: 55.0,
        floor: 1.0,
        formants: &[formant(190.0, 120.0, 0.5), formant(480.0, 200.0, 0.3)],
        ..Timbre::SAW
    },
    stiffness: 0.000_35,
    ring_seconds: 11.0,
    ring_by_octave: 0.62,
    damping: 0.75,
    prompt: 0.5,
    click: Click { amplitude: 0.12, hertz: 420.0, seconds: 0.012 },
    onset_seconds: 0.5,
    ..Struck::STRING
};

static GRAND: Tone =
    Tone { name: "grand", source: Source::Struck(HAMMERED), lowest: 21, highest: 108, step: 6 };

/// The same with hard hammers.
static BRIGHT: Tone = Tone {
    name: "bright grand",
    source: Source::Struck(Struck {
        timbre: Timbre { slope: 0.5, body_hertz: 2_800.0, ..HAMMERED.timbre },
        damping: 0.65,
        click: Click { amplitude: 0.12, hertz: 900.0, seconds: 0.008 },
        ..HAMMERED
    }),
    lowest: 21,
    highest: 105,
    step: 7,
};

/// A tine and its tone bar.
static TINE: Tone = Tone {
    name: "tine",
    source: Source::Struck(Struck {
        modes: &[
            mode(1.0, 1.0),
            mode(2.0, 0.22),
            mode(3.0, 0.10),
            mode(4.0, 0.04),
            mode(6.27, 0.12),
            mode(17.5, 0.05),
        ],
        ring_seconds: 12.0,
        ring_by_octave: 0.7,
        damping: 0.75,
        click: Click { amplitude: 0.05, hertz: 1_800.0, seconds: 0.006 },
        ..Struck::STRING
    }),
    lowest: 28,
    highest: 100,
    step: 12,
};

/// Two operators of frequency modulation, as their spectrum.
static DIGITAL_TINE: Tone = Tone {
    name: "digital tine",
    source: Source::Struck(Struck {
        modes: &[
            mode(1.0, 1.0),
            mode(2.0, 0.10),
            mode(3.0, 0.16),
            mode(5.0, 0.05),
            mode(13.0, 0.10),
            mode(14.0, 0.16),
            mode(15.0, 0.10),
        ],
        ring_seconds: 13.0,
        ring_by_octave: 0.7,
        damping: 0.8,
        ..Struck::STRING
    }),
    lowest: 28,
    highest: 100,
    step: 12,
};

static HARPSICHORD: Tone = Tone {
    name: "harpsichord",
    source: Source::Struck(Struck {
        timbre: Timbre {
            slope: 0.5,
            node: 0.13,
            source_harmonics: 22.0,
            body_hertz: 7_000.0,
            body_low_hertz: 130.0,
            ..Timbre::SAW
        },
        stiffness: 0.000_05,
        ring_seconds: 6.5,
        ring_by_octave: 0.65,
        damping: 0.45,
        click: Click { amplitude: 0.10, hertz: 3_000.0, seconds: 0.004 },
        ..Struck::STRING
    }),
    lowest: 29,
    highest: 89,
    step: 6,
};

static CLAVINET: Tone = Tone {
    name: "clavinet",
    source: Source::Struck(Struck {
        timbre: Timbre {
            slope: 0.55,
            node: 0.09,
            source_harmonics: 18.0,
            body_hertz: 5_000.0,
            floor: 0.7,
            formants: &[formant(1_800.0, 900.0, 1.0)],
            ..Timbre::SAW
        },
        ring_seconds: 7.0,
        ring_by_octave: 0.7,
        damping: 0.55,
        click: Click { amplitude: 0.15, hertz: 1_500.0, seconds: 0.004 },
        ..Struck::STRING
    }),
    lowest: 29,
    highest: 89,
    step: 6,
};

pub(super) fn programs() -> [Vec<Layer>; 8] {
    let piano = Layer {
        cutoff: 40.0,
        touch: 2.6,
        envelope: Envelope { release: 0.5, ..Layer::of(&GRAND).envelope },
        ..Layer::of(&GRAND)
    };
    // Two strings of a note are never quite in tune, and stand side by side.
    let strings = |layer: &Layer, cents: f64, width: f64| {
        let level = layer.level - 3.0;
        vec![
            Layer { level, cents: -cents, pan: -width, ..layer.clone() },
            Layer { level, cents, pan: width, ..layer.clone() },
        ]
    };
    let bright = Layer {
        cutoff: 60.0,
        touch: 2.2,
        envelope: Envelope { release: 0.5, ..Layer::of(&BRIGHT).envelope },
        ..Layer::of(&BRIGHT)
    };
    let electric_grand = Layer { cutoff: 40.0, touch: 1.6, chorus: 30.0, ..bright.clone() };
    let electric = Layer {
        cutoff: 20.0,
        touch: 1.8,
        chorus: 20.0,
        tremolo: Tremolo { hertz: 5.2, decibels: 0.8 },
        ..Layer::of(&TINE)
    };
    let digital = Layer { cutoff: 30.0, touch: 1.6, chorus: 45.0, ..Layer::of(&DIGITAL_TINE) };
    let harpsichord = Layer {
        envelope: Envelope { release: 0.15, ..Layer::of(&HARPSICHORD).envelope },
        ..Layer::of(&HARPSICHORD)
    };
    let clavinet = Layer {
        cutoff: 24.0,
        touch: 1.5,
        sweep: Sweep { octaves: 0.8, attack: 0.001, decay: 0.3, sustain: 0.0 },
        envelope: Envelope { release: 0.1, ..Layer::of(&CLAVINET).envelope },
        ..Layer::of(&CLAVINET)
    };
    [
        strings(&piano, 1.2, 14.0),
        strings(&bright, 1.2, 14.0),
        strings(&electric_grand, 2.0, 18.0),
        strings(&bright, 9.0, 16.0),
        vec![electric],
        strings(&digital, 3.0, 20.0),
        vec![
            Layer { level: -2.0, ..harpsichord.clone() },
            // A second choir of strings an octave above.
            Layer { level: -12.0, semitones: 12, ..harpsichord },
        ],
        vec![clavinet],
    ]
}
