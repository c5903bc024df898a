//! Flutes and whistles.

use crate::orchestra::hiss::Hiss;
use crate::orchestra::layer::{Envelope, Layer, Tremolo, Vibrato};
use crate::orchestra::steady::Steady;
use crate::orchestra::timbre::{Formant, Timbre, formant};
use crate::orchestra::tone::{Source, Tone};

/// A pipe of a range: how fast its harmonics fall, and what is left of the even ones.
const fn pipe(
    name: &'static str,
    (lowest, highest): (u8, u8),
    (slope, even): (f64, f64),
    formants: &'static [Formant],
) -> Tone {
    let timbre =
        Timbre { slope, even, source_harmonics: 9.0, body_hertz: 5_000.0, formants, ..Timbre::SAW };
    let steady = Steady { timbre, spread_cents: 2.5, ..Steady::SOLO };
    Tone { name, source: Source::Steady(steady), lowest, highest, step: 7 }
}

static PICCOLO: Tone = pipe("piccolo", (72, 108), (2.0, 1.0), &[]);
static FLUTE: Tone = pipe("flute", (58, 100), (1.55, 0.9), &[formant(800.0, 500.0, 0.4)]);
static RECORDER: Tone = pipe("recorder", (54, 96), (2.0, 0.35), &[]);
static PAN_FLUTE: Tone = pipe("pan flute", (54, 96), (2.1, 0.3), &[]);
static BOTTLE: Tone = pipe("bottle", (48, 90), (2.8, 0.4), &[]);
static SHAKUHACHI: Tone = pipe("shakuhachi", (54, 90), (1.5, 0.8), &[formant(1_500.0, 600.0, 0.4)]);
static WHISTLE: Tone = pipe("whistle", (60, 108), (3.6, 0.8), &[]);
static OCARINA: Tone = pipe("ocarina", (54, 96), (3.0, 0.6), &[]);

/// Breath: the puff before the tone, and what is heard beside it.
pub(super) static BREATH: Tone =
    Tone::single("breath", Source::Hiss(Hiss { hertz: 2_600.0, octaves: 1.1 }));

pub(super) fn programs() -> [Vec<Layer>; 8] {
    let blown = |tone: &'static Tone, attack: f64, cents: f64, decibels: f64| Layer {
        cutoff: 14.0,
        touch: 1.2,
        envelope: Envelope { attack, release: 0.2, ..Envelope::ORGAN },
        vibrato: Vibrato { hertz: 5.0, cents, delay: 0.35 },
        tremolo: Tremolo { hertz: 5.0, decibels },
        reverb: 12.0,
        ..Layer::of(tone)
    };
    let puff = |level: f64, decay: f64, sustain: f64| Layer {
        level,
        scale: 15,
        envelope: Envelope { attack: 0.012, decay, sustain, release: 0.09, ..Envelope::ORGAN },
        ..Layer::of(&BREATH)
    };
    [
        vec![blown(&PICCOLO, 0.03, 7.0, 0.5), puff(-22.0, 0.2, 9.0)],
        vec![blown(&FLUTE, 0.05, 7.0, 0.9), puff(-18.0, 0.25, 8.0)],
        vec![blown(&RECORDER, 0.03, 3.0, 0.4), puff(-22.0, 0.12, 30.0)],
        vec![blown(&PAN_FLUTE, 0.04, 4.0, 0.7), puff(-10.0, 0.22, 8.0)],
        vec![blown(&BOTTLE, 0.06, 2.0, 0.6), puff(-9.0, 0.3, 5.0)],
        vec![blown(&SHAKUHACHI, 0.05, 12.0, 1.2), puff(-9.0, 0.35, 9.0)],
        vec![blown(&WHISTLE, 0.04, 10.0, 0.4), puff(-24.0, 0.3, 6.0)],
        vec![blown(&OCARINA, 0.04, 5.0, 0.5), puff(-24.0, 0.15, 20.0)],
    ]
}
