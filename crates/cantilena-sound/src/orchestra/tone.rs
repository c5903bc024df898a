//! One colour of sound over the whole keyboard.

use crate::orchestra::draft::{Draft, PackedDraft};
use crate::orchestra::hiss::Hiss;
use crate::orchestra::noise::Noise;
use crate::orchestra::steady::Steady;
use crate::orchestra::stroke::Stroke;
use crate::orchestra::struck::Struck;

/// A colour of sound, and the pitches at which it is computed.
#[derive(Debug)]
pub(super) struct Tone {
    /// Every tone has a name of its own; its noise is set by it.
    pub(super) name: &'static str,
    pub(super) source: Source,
    /// The lowest pitch it is computed for; notes below it stretch that.
    pub(super) lowest: u8,
    /// The highest.
    pub(super) highest: u8,
    /// Semitones between them. Beyond seven, formants and clicks audibly change from zone to zone.
    pub(super) step: u8,
}

/// Where a tone's waves come from.
#[derive(Debug)]
pub(super) enum Source {
    Steady(Steady),
    Struck(Struck),
    /// A single wave for all pitches.
    Stroke(Stroke),
    /// A single wave for all pitches.
    Hiss(Hiss),
}

impl Tone {
    /// A tone of one wave.
    pub(super) const fn single(name: &'static str, source: Source) -> Tone {
        Tone { name, source, lowest: 60, highest: 60, step: 1 }
    }

    /// The pitches at which it is computed, rising.
    pub(super) fn roots(&self) -> Vec<u8> {
        (self.lowest..=self.highest).step_by(self.step.into()).collect()
    }

    /// Its waves, one for each root. Each is packed as soon as it is computed, for drafts are big.
    pub(super) fn waves(&self) -> Vec<PackedDraft> {
        let mut noise = Noise::new(seed(self.name));
        let roots = self.roots();
        match self.source {
            Source::Steady(steady) => roots
                .chunks(2)
                .flat_map(|pair| steady.drafts(pair, &mut noise))
                .map(Draft::packed)
                .collect(),
            Source::Struck(struck) => {
                roots.iter().map(|&root| struck.draft(root, &mut noise).packed()).collect()
            }
            Source::Stroke(stroke) => vec![stroke.draft(&mut noise).packed()],
            Source::Hiss(hiss) => vec![hiss.draft(&mut noise).packed()],
        }
    }
}

/// A seed from a name (G. Fowler, L. C. Noll and K.-P. Vo, FNV-1a).
fn seed(name: &str) -> u64 {
    name.bytes().fold(0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    })
}
