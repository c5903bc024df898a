//! Organs, accordions and the harmonica.

use crate::orchestra::layer::{Envelope, Layer, Tremolo, Vibrato};
use crate::orchestra::steady::Steady;
use crate::orchestra::stroke::{Sound, Stroke};
use crate::orchestra::timbre::{Timbre, formant};
use crate::orchestra::tone::{Source, Tone};

/// An electric tone of a few exact harmonics.
const ELECTRIC: Steady = Steady { spread_cents: 0.0, length: 2_048, ..Steady::SOLO };

const fn pipes(name: &'static str, steady: Steady) -> Tone {
    Tone { name, source: Source::Steady(steady), lowest: 24, highest: 104, step: 8 }
}

/// One tone wheel: as good as a sine.
static WHEEL: Tone =
    pipes("tone wheel", Steady { timbre: Timbre { slope: 4.5, ..Timbre::SAW }, ..ELECTRIC });

/// A driven organ: the harmonics that a valve adds.
static DRIVEN_WHEELS: Tone = pipes(
    "driven wheels",
    Steady {
        timbre: Timbre { slope: 1.1, even: 0.55, source_harmonics: 9.0, ..Timbre::SAW },
        ..ELECTRIC
    },
);

/// A principal stop: wide metal pipes.
static PRINCIPAL: Tone = pipes(
    "principal",
    Steady {
        timbre: Timbre { slope: 1.5, source_harmonics: 10.0, body_hertz: 6_000.0, ..Timbre::SAW },
        spread_cents: 1.5,
        ..Steady::SOLO
    },
);

/// Free reeds.
static FREE_REED: Tone = pipes(
    "free reed",
    Steady {
        timbre: Timbre {
            slope: 0.75,
            source_harmonics: 16.0,
            body_hertz: 5_500.0,
            body_low_hertz: 120.0,
            floor: 0.6,
            formants: &[formant(900.0, 500.0, 0.7), formant(2_600.0, 700.0, 0.4)],
            ..Timbre::SAW
        },
        spread_cents: 1.5,
        ..Steady::SOLO
    },
);

static HARMONICA: Tone = pipes(
    "harmonica",
    Steady {
        timbre: Timbre {
            slope: 0.6,
            source_harmonics: 14.0,
            body_hertz: 5_000.0,
            body_low_hertz: 250.0,
            floor: 0.4,
            formants: &[formant(1_600.0, 600.0, 1.0), formant(3_100.0, 600.0, 0.5)],
            ..Timbre::SAW
        },
        spread_cents: 2.5,
        ..Steady::SOLO
    },
);

/// The click of a key's contacts.
static KEY_CLICK: Tone = Tone::single(
    "key click",
    Source::Stroke(Stroke::new(&[Sound::Hiss {
        hertz: 2_500.0,
        q: 0.7,
        level: 1.0,
        delay: 0.0,
        attack: 0.0,
        seconds: 0.035,
    }])),
);

pub(super) fn programs() -> [Vec<Layer>; 8] {
    let rotor = Tremolo { hertz: 6.2, decibels: 0.7 };
    let wheel = |semitones, level| Layer {
        semitones,
        level,
        chorus: 25.0,
        tremolo: rotor,
        vibrato: Vibrato { hertz: 6.2, cents: 4.0, delay: 0.0 },
        ..Layer::of(&WHEEL)
    };
    let click = Layer { level: -26.0, scale: 0, ..Layer::of(&KEY_CLICK) };
    // Drawbars 888000000 with some third harmonic (19) and fourth (24).
    let drawbars = vec![
        wheel(-12, -6.0),
        wheel(0, -5.0),
        wheel(7, -9.0),
        wheel(12, -9.0),
        wheel(19, -16.0),
        Layer { level: -30.0, ..click.clone() },
    ];
    let percussion = Layer {
        envelope: Envelope { decay: 0.5, sustain: 144.0, release: 0.1, ..Envelope::ORGAN },
        ..wheel(19, -8.0)
    };
    let percussive = vec![wheel(-12, -7.0), wheel(0, -6.0), wheel(12, -12.0), percussion, click];
    let driven = Layer {
        tremolo: Tremolo { hertz: 6.6, decibels: 1.2 },
        vibrato: Vibrato { hertz: 6.6, cents: 8.0, delay: 0.0 },
        chorus: 30.0,
        ..Layer::of(&DRIVEN_WHEELS)
    };
    let rock = vec![
        Layer { level: -3.0, ..driven.clone() },
        Layer { level: -10.0, semitones: 12, ..driven.clone() },
        Layer { level: -8.0, semitones: -12, ..driven },
    ];
    let stop = |semitones, level, cents, pan| Layer {
        semitones,
        level,
        cents,
        pan,
        envelope: Envelope { attack: 0.045, release: 0.45, ..Envelope::ORGAN },
        reverb: 35.0,
        ..Layer::of(&PRINCIPAL)
    };
    let church = vec![
        stop(0, -3.0, -1.0, -15.0),
        stop(12, -7.0, 1.5, 15.0),
        stop(19, -14.0, 0.0, -20.0),
        stop(24, -14.0, 2.0, 20.0),
        stop(-12, -9.0, 0.0, 0.0),
    ];
    let reed = |cents, pan, level| Layer {
        cents,
        pan,
        level,
        envelope: Envelope { attack: 0.05, release: 0.12, ..Envelope::ORGAN },
        ..Layer::of(&FREE_REED)
    };
    let harmonica = Layer {
        envelope: Envelope { attack: 0.04, release: 0.12, ..Envelope::ORGAN },
        cutoff: 20.0,
        touch: 1.5,
        vibrato: Vibrato { hertz: 5.2, cents: 8.0, delay: 0.3 },
        tremolo: Tremolo { hertz: 5.2, decibels: 0.9 },
        ..Layer::of(&HARMONICA)
    };
    [
        drawbars,
        percussive,
        rock,
        church,
        vec![reed(0.0, 0.0, -1.0), Layer { semitones: -12, ..reed(2.0, 0.0, -10.0) }],
        // Musette: reeds that beat against each other.
        vec![reed(-9.0, -18.0, -5.0), reed(0.0, 0.0, -4.0), reed(10.0, 18.0, -5.0)],
        vec![harmonica],
        // A bandoneon has its reeds an octave apart, and in tune.
        vec![reed(-2.0, -10.0, -3.0), Layer { semitones: 12, ..reed(2.0, 10.0, -7.0) }],
    ]
}
