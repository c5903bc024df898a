//! Synthesizers that paint.

use crate::orchestra::ensemble;
use crate::orchestra::hiss::Hiss;
use crate::orchestra::layer::{Envelope, Layer, Sweep, Tremolo, Vibrato};
use crate::orchestra::struck::{Struck, mode};
use crate::orchestra::synth_lead;
use crate::orchestra::synth_pad::{SHIMMER, swelling, wide};
use crate::orchestra::timbre::Timbre;
use crate::orchestra::tone::{Source, Tone};

static DROPS: Tone = Tone {
    name: "drops",
    source: Source::Struck(Struck {
        modes: &[mode(1.0, 1.0), mode(2.0, 0.4), mode(4.2, 0.3), mode(7.1, 0.15)],
        ring_seconds: 1.6,
        ring_by_octave: 0.8,
        damping: 0.6,
        ..Struck::STRING
    }),
    lowest: 36,
    highest: 96,
    step: 12,
};

static CRYSTAL: Tone = Tone {
    name: "crystal",
    source: Source::Struck(Struck {
        modes: &[
            mode(1.0, 1.0),
            mode(2.0, 0.3),
            mode(4.0, 0.45),
            mode(6.01, 0.2),
            mode(8.0, 0.2),
            mode(12.1, 0.1),
        ],
        ring_seconds: 4.0,
        ring_by_octave: 0.8,
        damping: 0.4,
        ..Struck::STRING
    }),
    lowest: 36,
    highest: 96,
    step: 12,
};

static PLUCK: Tone = Tone {
    name: "atmosphere pluck",
    source: Source::Struck(Struck {
        timbre: Timbre { slope: 1.1, node: 0.2, source_harmonics: 16.0, ..Timbre::SAW },
        ring_seconds: 4.0,
        ring_by_octave: 0.75,
        damping: 0.6,
        ..Struck::STRING
    }),
    lowest: 36,
    highest: 96,
    step: 6,
};

static MIST: Tone = Tone::single("mist", Source::Hiss(Hiss { hertz: 5_000.0, octaves: 1.0 }));

pub(super) fn programs() -> [Vec<Layer>; 8] {
    let struck = |tone: &'static Tone, level: f64| Layer {
        level,
        envelope: Envelope { release: 0.9, ..Layer::of(tone).envelope },
        chorus: 15.0,
        reverb: 30.0,
        ..Layer::of(tone)
    };
    let with = |mut layers: Vec<Layer>, more: Layer| {
        layers.push(more);
        layers
    };
    let quiet = |level: f64, layer: Layer| Layer { level, ..layer };
    let echo = |delay: f64, level: f64, pan: f64| {
        let layer = struck(&PLUCK, level);
        Layer { pan, envelope: Envelope { delay, decay: 1.2, ..layer.envelope }, ..layer }
    };
    let fifth = Layer {
        semitones: 7,
        sweep: Sweep { octaves: 2.0, attack: 1.5, decay: 2.0, sustain: 0.4 },
        ..swelling(&ensemble::SAWS, 4.0, 0.5, 1.2)
    };
    let wavering = Layer {
        vibrato: Vibrato { hertz: 3.2, cents: 28.0, delay: 0.0 },
        tremolo: Tremolo { hertz: 4.1, decibels: 2.0 },
        ..swelling(&synth_lead::SQUARE, 5.0, 0.3, 1.0)
    };
    let alien = Layer {
        vibrato: Vibrato { hertz: 6.5, cents: 45.0, delay: 0.2 },
        sweep: Sweep { octaves: -2.0, attack: 0.01, decay: 1.5, sustain: 0.3 },
        ..swelling(&synth_lead::SAWTOOTH, 24.0, 0.02, 0.8)
    };
    [
        with(wide(struck(&DROPS, 0.0), 5.0), quiet(-12.0, swelling(&ensemble::OOH, 8.0, 0.5, 1.0))),
        with(wide(swelling(&ensemble::SAWS, 6.0, 0.4, 1.2), 5.0), quiet(-7.0, fifth)),
        wide(struck(&CRYSTAL, 0.0), 3.0),
        with(
            wide(struck(&PLUCK, -1.0), 4.0),
            quiet(-10.0, swelling(&ensemble::AAH, 10.0, 0.6, 1.2)),
        ),
        with(
            wide(struck(&SHIMMER, -2.0), 3.0),
            quiet(-6.0, swelling(&ensemble::SECTION, 40.0, 0.15, 1.0)),
        ),
        with(
            wide(wavering, 12.0),
            Layer { scale: 0, ..quiet(-22.0, swelling(&MIST, 0.0, 0.6, 1.0)) },
        ),
        vec![
            echo(0.0, -2.0, 0.0),
            echo(0.28, -8.0, -28.0),
            echo(0.56, -14.0, 28.0),
            echo(0.84, -20.0, -28.0),
        ],
        wide(alien, 9.0),
    ]
}
