//! A bar of a voice, as the tune has it.

use cantilena_score::{Chord, Key, Meter, Pitch};

use crate::order::Signs;

/// A bar of a voice. Times are units since it began.
#[derive(Clone, Debug, Default)]
pub(super) struct Bar {
    pub(super) notes: Vec<BarNote>,
    pub(super) chords: Vec<(u64, Chord)>,
    pub(super) keys: Vec<(u64, Key)>,
    /// Quarters a minute.
    pub(super) tempi: Vec<(u64, f64)>,
    pub(super) meter: Option<Meter>,
    pub(super) length: u64,
    pub(super) signs: Signs,
}

/// A note of a bar.
#[derive(Clone, Debug)]
pub(super) struct BarNote {
    pub(super) onset: u64,
    pub(super) duration: u64,
    pub(super) pitch: Pitch,
    pub(super) ties: bool,
    /// A syllable for each verse.
    pub(super) lyrics: Vec<String>,
}
