//! Our own General MIDI bank, computed from tables: no recording is in it.
//!
//! A program is one or more [`Layer`](layer::Layer)s; a layer is a [`Tone`](tone::Tone) with an
//! envelope, a filter and so on; a tone is computed at a few pitches as [`Draft`](draft::Draft)s,
//! by one of four methods: [`Steady`](steady::Steady) sounds last, [`Struck`](struck::Struck) ones
//! die away, a [`Stroke`](stroke::Stroke) happens once, and a [`Hiss`](hiss::Hiss) has no pitch.
//! One file holds each family of General MIDI, and one the drums.

mod band;
mod builder;
mod draft;
mod fft;
mod hiss;
mod layer;
mod noise;
mod partial;
mod steady;
mod stroke;
mod struck;
mod timbre;
mod tone;

mod bass;
mod brass;
mod chromatic_percussion;
mod drums;
mod ensemble;
mod ethnic;
mod guitar;
mod organ;
mod percussive;
mod piano;
mod pipe;
mod reed;
mod sound_effects;
mod strings;
mod synth_effects;
mod synth_lead;
mod synth_pad;

use std::collections::BTreeMap;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use cantilena_score::Program;

use crate::sf2::Bank;
use builder::Builder;
use layer::Layer;
use tone::Tone;

/// The layers of each program, in General MIDI's order.
fn programs() -> Vec<Vec<Layer>> {
    let families = [
        piano::programs(),
        chromatic_percussion::programs(),
        organ::programs(),
        guitar::programs(),
        bass::programs(),
        strings::programs(),
        ensemble::programs(),
        brass::programs(),
        reed::programs(),
        pipe::programs(),
        synth_lead::programs(),
        synth_pad::programs(),
        synth_effects::programs(),
        ethnic::programs(),
        percussive::programs(),
        sound_effects::programs(),
    ];
    families.into_iter().flatten().collect()
}

/// The bank with all programs and the drum kit.
pub(crate) fn bank() -> Bank<'static> {
    let programs = programs();
    let mut tones: BTreeMap<&'static str, &'static Tone> = BTreeMap::new();
    for layer in programs.iter().flatten() {
        tones.insert(layer.tone.name, layer.tone);
    }
    let drums = drums::kit();
    let tones: Vec<&Tone> = tones.into_values().collect();
    let mut waves = computed(tones.len() + drums.len(), |index| match tones.get(index) {
        Some(tone) => tone.waves(),
        None => vec![drums[index - tones.len()].wave()],
    });
    let drum_waves = waves.split_off(tones.len());

    let mut builder = Builder::default();
    let mut waves_of_tones = BTreeMap::new();
    for (tone, waves) in tones.iter().zip(waves) {
        let indices: Vec<u16> = waves.into_iter().map(|wave| builder.wave(wave)).collect();
        waves_of_tones.insert(tone.name, indices);
    }
    for (number, layers) in (0u8..).zip(&programs) {
        let program = Program::new(number).expect("sixteen families of eight programs");
        builder.program(program, layers, &waves_of_tones);
    }
    builder.kit(&drums, drum_waves.into_iter().flatten());
    builder.finish()
}

/// What `compute` gives for each index below `count`, by as many threads as the machine has. Who
/// computes what is up to chance, but not what comes out.
fn computed<T: Send + Sync>(count: usize, compute: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let next = AtomicUsize::new(0);
    let slots: Vec<OnceLock<T>> = (0..count).map(|_| OnceLock::new()).collect();
    let work = || {
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(slot) = slots.get(index) else { return };
            slot.get_or_init(|| compute(index));
        }
    };
    thread::scope(|scope| {
        for _ in 1..thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(work);
        }
        work();
    });
    slots.into_iter().map(|slot| slot.into_inner().expect("every index was handed out")).collect()
}
