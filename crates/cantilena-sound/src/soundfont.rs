//! A bank of sounds, ready to be played.

use std::fmt;
use std::sync::{Arc, LazyLock};

use cantilena_score::{Change, Control, Note, Program, Score, Track};
use rustysynth::Preset;

use crate::error::SoundError;
use crate::fence::fenced;
use crate::orchestra;
use crate::sf2::{self, Bank};
use crate::synth::controller;

/// A bank of sounds: presets for programs and drum kits, after the SoundFont 2.04 specification.
///
/// Cloning it is cheap; clones share the samples.
#[derive(Clone)]
pub struct SoundFont {
    name: String,
    presets: Vec<PresetName>,
    pub(crate) engine: Arc<rustysynth::SoundFont>,
}

/// What a preset is called for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PresetName {
    /// The bank: 0 for General MIDI's programs, 128 for drum kits.
    pub bank: u16,
    /// The program or kit, 0 to 127.
    pub program: u16,
    /// Its name in the file.
    pub name: String,
}

impl SoundFont {
    /// Our own General MIDI bank: 128 programs and a drum kit, computed when first asked for.
    ///
    /// It takes no file and no network; later calls give the same bank at once.
    pub fn built_in() -> SoundFont {
        static BUILT_IN: LazyLock<SoundFont> = LazyLock::new(|| {
            SoundFont::from_bank(&orchestra::bank()).expect("the tests play every preset of it")
        });
        BUILT_IN.clone()
    }

    /// The SoundFont in the bytes of an .sf2 file.
    ///
    /// The bytes may be anyone's: sizes and indices are checked against what is there before the
    /// engine sees them, and zones that cannot be played are left out. The compressed form, .sf3,
    /// is refused as [`SoundError::Compressed`].
    pub fn read(bytes: &[u8]) -> Result<SoundFont, SoundError> {
        SoundFont::from_bank(&sf2::read(bytes)?)
    }

    fn from_bank(bank: &Bank<'_>) -> Result<SoundFont, SoundError> {
        let engine = fenced(|| rustysynth::SoundFont::new(&mut sf2::bytes(bank)))?
            .map_err(|_| SoundError::Engine)?;
        let presets = bank.presets.iter().map(|preset| PresetName {
            bank: preset.bank,
            program: preset.program,
            name: preset.name.clone(),
        });
        let mut presets: Vec<PresetName> = presets.collect();
        presets.sort();
        Ok(SoundFont { name: bank.name.clone(), presets, engine: Arc::new(engine) })
    }

    /// What it calls itself.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it holds, by bank and program.
    pub fn presets(&self) -> &[PresetName] {
        &self.presets
    }

    /// How many notes of a score make no sound with it: drums on keys without a drum, pitches
    /// beyond what a program has.
    ///
    /// What a track finds by selecting banks is not looked at: all its notes count as heard.
    pub fn silent_notes(&self, score: &Score) -> usize {
        let selects = |control: &Control| {
            let Change::Controller { number, .. } = control.change else { return false };
            [controller::BANK, controller::BANK_FINE].contains(&number)
        };
        let plain = score.tracks.iter().filter(|t| t.is_drums || !t.controls.iter().any(selects));
        let silent = |track: &Track| {
            let preset = self.preset(track.program, track.is_drums);
            track.notes.iter().filter(|note| !self.sounds(preset, note)).count()
        };
        plain.map(silent).sum()
    }

    /// The preset that the engine plays a part with: that of its program or, of drums, its kit;
    /// else the standard kit; else the first of all.
    fn preset(&self, program: Program, is_drums: bool) -> Option<&Preset> {
        let presets = self.engine.get_presets();
        let number = |preset: &Preset| (preset.get_bank_number(), preset.get_patch_number());
        let find = |wanted| presets.iter().rfind(|preset| number(preset) == wanted);
        let program = i32::from(program.number());
        let own = if is_drums {
            find((128, program)).or_else(|| find((128, 0)))
        } else {
            find((0, program))
        };
        own.or_else(|| presets.iter().min_by_key(|preset| number(preset)))
    }

    /// Whether a zone of a preset, and one of its instruments, hold a note.
    fn sounds(&self, preset: Option<&Preset>, note: &Note) -> bool {
        let (key, velocity) = (i32::from(note.pitch.number()), i32::from(note.velocity.value()));
        let zones = preset.into_iter().flat_map(Preset::get_regions);
        let mut held = zones.filter(|zone| zone.contains(key, velocity));
        held.any(|zone| {
            let instrument = &self.engine.get_instruments()[zone.get_instrument_id()];
            instrument.get_regions().iter().any(|zone| zone.contains(key, velocity))
        })
    }

    /// How many samples its waves have together; each takes two bytes of memory.
    pub fn sample_count(&self) -> usize {
        self.engine.get_wave_data().len()
    }
}

impl fmt::Debug for SoundFont {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SoundFont")
            .field("name", &self.name)
            .field("presets", &self.presets.len())
            .field("sample_count", &self.sample_count())
            .finish()
    }
}
