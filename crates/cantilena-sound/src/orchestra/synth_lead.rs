//! Synthesizers that play a melody.

use crate::orchestra::ensemble;
use crate::orchestra::layer::{Envelope, Layer, Sweep, Vibrato};
use crate::orchestra::pipe;
use crate::orchestra::steady::Steady;
use crate::orchestra::timbre::Timbre;
use crate::orchestra::tone::{Source, Tone};

const fn oscillator(name: &'static str, timbre: Timbre) -> Tone {
    let steady = Steady { timbre, spread_cents: 0.0, length: 4_096 };
    Tone { name, source: Source::Steady(steady), lowest: 28, highest: 105, step: 7 }
}

pub(super) static SQUARE: Tone = oscillator("square", Timbre { even: 0.0, ..Timbre::SAW });
pub(super) static SAWTOOTH: Tone = oscillator("sawtooth", Timbre::SAW);
static CALLIOPE: Tone = oscillator("calliope", Timbre { slope: 2.2, even: 0.5, ..Timbre::SAW });
static CHARANG: Tone =
    oscillator("charang", Timbre { slope: 0.6, node: 0.11, body_hertz: 6_000.0, ..Timbre::SAW });

pub(super) fn programs() -> [Vec<Layer>; 8] {
    let lead = |tone: &'static Tone, cutoff: f64| Layer {
        cutoff,
        touch: 1.2,
        envelope: Envelope { attack: 0.006, release: 0.12, ..Envelope::ORGAN },
        vibrato: Vibrato { hertz: 5.6, cents: 8.0, delay: 0.4 },
        chorus: 15.0,
        ..Layer::of(tone)
    };
    let pair = |layer: Layer, cents: f64, width: f64| {
        let level = layer.level - 3.0;
        vec![
            Layer { level, cents: -cents, pan: -width, ..layer.clone() },
            Layer { level, cents, pan: width, ..layer },
        ]
    };
    let chiff = Layer {
        level: -10.0,
        scale: 30,
        envelope: Envelope {
            attack: 0.004,
            decay: 0.15,
            sustain: 144.0,
            release: 0.05,
            ..Envelope::ORGAN
        },
        ..Layer::of(&pipe::BREATH)
    };
    let voice = Layer {
        envelope: Envelope { attack: 0.04, release: 0.2, ..Envelope::ORGAN },
        ..lead(&ensemble::VOX, 20.0)
    };
    let fifth = lead(&SAWTOOTH, 12.0);
    let low = Layer {
        sweep: Sweep { octaves: 1.5, attack: 0.002, decay: 0.4, sustain: 0.3 },
        ..lead(&SAWTOOTH, 7.0)
    };
    [
        pair(lead(&SQUARE, 16.0), 3.0, 8.0),
        pair(lead(&SAWTOOTH, 18.0), 6.0, 12.0),
        vec![lead(&CALLIOPE, 14.0), Layer { level: -18.0, ..chiff.clone() }],
        vec![lead(&CALLIOPE, 20.0), chiff],
        pair(lead(&CHARANG, 30.0), 5.0, 10.0),
        pair(voice, 5.0, 10.0),
        vec![
            Layer { level: -2.0, pan: -8.0, ..fifth.clone() },
            Layer { level: -4.0, pan: 8.0, semitones: 7, cents: 3.0, ..fifth },
        ],
        vec![
            Layer { level: -3.0, ..low.clone() },
            Layer { level: -6.0, semitones: -12, cents: 4.0, ..low },
        ],
    ]
}
