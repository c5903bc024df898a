//! Drafts and layers become a bank.

use std::borrow::Cow;
use std::collections::BTreeMap;

use cantilena_score::Program;

use crate::orchestra::draft::{PackedDraft, key_of};
use crate::orchestra::drums::Drum;
use crate::orchestra::layer::Layer;
use crate::sf2::{Bank, Generator, Instrument, Kind, Preset, Wave, Zone, Zones};

/// The bank of drum kits.
const DRUM_BANK: u16 = 128;

/// A bank that is still growing.
#[derive(Default)]
pub(super) struct Builder {
    samples: Vec<Cow<'static, [u8]>>,
    /// How many samples those are.
    sample_count: usize,
    waves: Vec<Wave>,
    instruments: Vec<Instrument>,
    presets: Vec<Preset>,
}

impl Builder {
    /// Adds a wave; gives its index.
    pub(super) fn wave(&mut self, draft: PackedDraft) -> u16 {
        let start = self.sample_count;
        self.sample_count += draft.bytes.len() / 2;
        self.samples.push(Cow::Owned(draft.bytes));
        let place = |frame: usize| u32::try_from(start + frame).expect("some ten million samples");
        let key = key_of(draft.hertz);
        let wave = Wave {
            sample_rate: draft.sample_rate,
            start: place(0),
            end: place(draft.frames),
            loop_start: place(draft.looped.start),
            loop_end: place(draft.looped.end),
            root: key.round() as u8,
            correction: (-100.0 * (key - key.round())).round() as i8,
        };
        self.waves.push(wave);
        (self.waves.len() - 1) as u16
    }

    /// Adds a program; `waves` are those of each tone, by its name.
    pub(super) fn program(
        &mut self,
        program: Program,
        layers: &[Layer],
        waves: &BTreeMap<&'static str, Vec<u16>>,
    ) {
        let first = self.instruments.len();
        for layer in layers {
            let zones = zones(layer, &waves[layer.tone.name]);
            self.instruments.push(Instrument { name: layer.tone.name.to_owned(), zones });
        }
        let targets = first..self.instruments.len();
        self.preset(program.name(), 0, program.number().into(), targets);
    }

    /// Adds the drum kit; drums and their waves are in the same order.
    pub(super) fn kit(&mut self, drums: &[Drum], waves: impl Iterator<Item = PackedDraft>) {
        let mut local = Vec::new();
        for (drum, wave) in drums.iter().zip(waves) {
            let target = self.wave(wave);
            local.extend(drum.zones(target));
        }
        let zones = Zones { global: Vec::new(), local };
        self.instruments.push(Instrument { name: "Standard Kit".to_owned(), zones });
        let last = self.instruments.len();
        self.preset("Standard Kit", DRUM_BANK, 0, last - 1..last);
    }

    fn preset(&mut self, name: &str, bank: u16, program: u16, targets: std::ops::Range<usize>) {
        let zone = |target| Zone {
            generators: Vec::new(),
            keys: Zone::ALL,
            velocities: Zone::ALL,
            target: target as u16,
        };
        let zones = Zones { global: Vec::new(), local: targets.map(zone).collect() };
        self.presets.push(Preset { name: name.to_owned(), bank, program, zones });
    }

    pub(super) fn finish(self) -> Bank<'static> {
        Bank {
            name: "Cantilena".to_owned(),
            samples: self.samples,
            waves: self.waves,
            instruments: self.instruments,
            presets: self.presets,
        }
    }
}

/// The zones of a layer: a range of keys around each root, in as many ranges of velocity as the
/// layer has filters.
fn zones(layer: &Layer, waves: &[u16]) -> Zones {
    let roots = layer.tone.roots();
    let half = layer.tone.step / 2;
    let mut local = Vec::new();
    for (index, &wave) in waves.iter().enumerate() {
        let root = roots[index];
        let first = if index == 0 { 0 } else { root - half };
        let end = if index + 1 == waves.len() { 128 } else { roots[index + 1] - half };
        let mut softest = 0;
        for (velocity, cutoff) in layer.cutoffs(root) {
            let cutoff =
                cutoff.map(|cents| Generator::new(Kind::FilterCutoff, cents.round() as i16));
            local.push(Zone {
                generators: cutoff.into_iter().collect(),
                keys: first..end,
                velocities: softest..velocity,
                target: wave,
            });
            softest = velocity;
        }
    }
    Zones { global: layer.generators(), local }
}
