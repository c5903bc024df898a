//! Synthesizers that fill the background.

use crate::orchestra::ensemble;
use crate::orchestra::layer::{Envelope, Layer, Sweep};
use crate::orchestra::steady::Steady;
use crate::orchestra::struck::{Struck, mode};
use crate::orchestra::synth_lead;
use crate::orchestra::timbre::{Timbre, formant};
use crate::orchestra::tone::{Source, Tone};

const fn pad(name: &'static str, timbre: Timbre, spread_cents: f64) -> Tone {
    let steady = Steady { timbre, spread_cents, length: 16_384 };
    Tone { name, source: Source::Steady(steady), lowest: 30, highest: 94, step: 8 }
}

static WARM: Tone = pad("warm", Timbre { slope: 1.5, body_hertz: 2_500.0, ..Timbre::SAW }, 10.0);
static GLASS: Tone = pad("glass", Timbre { slope: 1.9, even: 0.25, ..Timbre::SAW }, 5.0);
static BOWED_GLASS: Tone = pad(
    "bowed glass",
    Timbre {
        slope: 1.3,
        even: 0.5,
        body_hertz: 6_000.0,
        floor: 0.5,
        formants: &[formant(1_400.0, 500.0, 0.7)],
        ..Timbre::SAW
    },
    6.0,
);

/// A bell that hums.
pub(super) static SHIMMER: Tone = Tone {
    name: "shimmer",
    source: Source::Struck(Struck {
        modes: &[
            mode(1.0, 1.0),
            mode(2.01, 0.5),
            mode(2.76, 0.35),
            mode(4.07, 0.25),
            mode(5.4, 0.2),
            mode(6.8, 0.12),
            mode(8.93, 0.1),
        ],
        ring_seconds: 7.0,
        ring_by_octave: 0.8,
        damping: 0.45,
        ..Struck::STRING
    }),
    lowest: 36,
    highest: 96,
    step: 12,
};

/// Both sides of a wide sound.
pub(super) fn wide(layer: Layer, cents: f64) -> Vec<Layer> {
    let level = layer.level - 3.0;
    vec![
        Layer { level, cents: -cents, pan: -26.0, ..layer.clone() },
        Layer { level, cents, pan: 26.0, ..layer },
    ]
}

/// A tone that swells and lingers, dimmed from a harmonic on.
pub(super) fn swelling(tone: &'static Tone, cutoff: f64, attack: f64, release: f64) -> Layer {
    Layer {
        cutoff,
        touch: 1.0,
        envelope: Envelope { attack, release, ..Envelope::ORGAN },
        chorus: 15.0,
        reverb: 22.0,
        ..Layer::of(tone)
    }
}

pub(super) fn programs() -> [Vec<Layer>; 8] {
    let swept = Sweep { octaves: 3.2, attack: 2.6, decay: 3.0, sustain: 0.25 };
    let bell = |level| Layer { level, reverb: 30.0, ..Layer::of(&SHIMMER) };
    let mut new_age = wide(swelling(&GLASS, 12.0, 0.35, 1.2), 4.0);
    new_age.push(bell(-9.0));
    let mut metallic = wide(swelling(&BOWED_GLASS, 30.0, 0.25, 1.0), 5.0);
    metallic.push(Layer { semitones: 7, ..bell(-14.0) });
    let mut halo = wide(swelling(&ensemble::AAH, 12.0, 0.6, 1.4), 6.0);
    halo.push(Layer { level: -9.0, semitones: 12, ..swelling(&GLASS, 10.0, 0.9, 1.4) });
    [
        new_age,
        wide(swelling(&WARM, 9.0, 0.45, 1.1), 6.0),
        wide(Layer { level: -1.0, ..swelling(&synth_lead::SAWTOOTH, 9.0, 0.03, 0.7) }, 8.0),
        wide(swelling(&ensemble::AAH, 20.0, 0.35, 0.9), 5.0),
        wide(swelling(&BOWED_GLASS, 16.0, 0.5, 1.0), 4.0),
        metallic,
        halo,
        wide(Layer { sweep: swept, ..swelling(&ensemble::SAWS, 2.5, 0.3, 1.2) }, 6.0),
    ]
}
