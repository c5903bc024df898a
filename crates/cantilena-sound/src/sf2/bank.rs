//! A SoundFont as data.

use std::borrow::Cow;
use std::ops::Range;

use crate::sf2::generator::Generator;

/// Everything in a SoundFont file that sounds.
#[derive(Clone, Debug)]
pub(crate) struct Bank<'a> {
    /// What it calls itself (SF2 2.04 § 5.3, INAM).
    pub(crate) name: String,
    /// All waves behind each other, in as many pieces as there happen to be: 16-bit samples,
    /// little-endian (SF2 2.04 § 6.1).
    pub(crate) samples: Vec<Cow<'a, [u8]>>,
    pub(crate) waves: Vec<Wave>,
    /// Their zones' targets are waves.
    pub(crate) instruments: Vec<Instrument>,
    /// Their zones' targets are instruments.
    pub(crate) presets: Vec<Preset>,
}

/// A recorded or computed wave: what SF2 calls a sample (SF2 2.04 § 7.10). Here a sample is one
/// amplitude.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Wave {
    /// Frames a second when it sounds at its root.
    pub(crate) sample_rate: u32,
    /// Where it lies in the bank's samples.
    pub(crate) start: u32,
    pub(crate) end: u32,
    /// What repeats, where a zone asks for it; also in the bank's samples.
    pub(crate) loop_start: u32,
    pub(crate) loop_end: u32,
    /// The MIDI pitch of the wave played as it is.
    pub(crate) root: u8,
    /// Cents to add when playing, to bring the wave to its root.
    pub(crate) correction: i8,
}

/// Waves over the keyboard (SF2 2.04 § 7.6).
#[derive(Clone, Debug)]
pub(crate) struct Instrument {
    pub(crate) name: String,
    pub(crate) zones: Zones,
}

/// What a program number calls for (SF2 2.04 § 7.2).
#[derive(Clone, Debug)]
pub(crate) struct Preset {
    pub(crate) name: String,
    /// 128 holds drum kits.
    pub(crate) bank: u16,
    pub(crate) program: u16,
    pub(crate) zones: Zones,
}

/// The zones of an instrument or preset.
#[derive(Clone, Debug, Default)]
pub(crate) struct Zones {
    /// What holds in every zone that says nothing else.
    pub(crate) global: Vec<Generator>,
    pub(crate) local: Vec<Zone>,
}

/// A range of keys and velocities, what sounds there, and how.
#[derive(Clone, Debug)]
pub(crate) struct Zone {
    /// Without ranges or target; each kind at most once.
    pub(crate) generators: Vec<Generator>,
    pub(crate) keys: Range<u8>,
    pub(crate) velocities: Range<u8>,
    /// The index of a wave or an instrument.
    pub(crate) target: u16,
}

impl Zone {
    /// Every key, and every velocity.
    pub(crate) const ALL: Range<u8> = 0..128;
}
