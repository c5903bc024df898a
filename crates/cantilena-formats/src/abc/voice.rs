//! One voice of a tune while it is read: its bars, and what holds in them.

mod bar_lines;
mod harmony;
mod line;
mod pitch;
mod rhythm;
mod words;

use std::collections::BTreeMap;

use cantilena_score::Meter;

use crate::abc::bar::Bar;
use crate::abc::key::Signature;

/// What a tune says before its music, and may change in it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Setting {
    pub(super) signature: Signature,
    pub(super) meter: Option<Meter>,
    /// The unit length, in units.
    pub(super) length: u64,
    pub(super) accidentals: Accidentals,
}

/// How far an accidental reaches within its bar (abc 2.1, § 11.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Accidentals {
    /// No further than its note.
    Not,
    /// To the notes of its own octave.
    Octave,
    /// To the notes of its letter in every octave.
    #[default]
    Pitch,
}

impl Accidentals {
    /// What `propagate-accidentals` says; `None` where that is no word of it.
    pub(super) fn parse(words: &str) -> Option<Accidentals> {
        match words.trim() {
            "not" => Some(Accidentals::Not),
            "octave" => Some(Accidentals::Octave),
            "pitch" => Some(Accidentals::Pitch),
            _ => None,
        }
    }
}

/// A voice while it is read.
#[derive(Clone, Debug)]
pub(super) struct Voice {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) program: u8,
    pub(super) setting: Setting,
    /// Never empty: the last is the one being filled.
    pub(super) bars: Vec<Bar>,
    /// Parts by their letter, each with the bar in which it begins.
    pub(super) parts: Vec<(char, usize)>,
    position: u64,
    /// Accidentals of this bar by step and, where they do not reach beyond it, octave.
    altered: BTreeMap<(u8, i8), i8>,
    /// The passes of the ending that the bars belong to.
    ending: Vec<u32>,
    /// Notes still to come in a tuplet, and the share of their length that they last.
    tuplet: (u32, u32, u32),
    /// What broken rhythm does to the next note: a fraction of its length.
    broken: Option<(u64, u64)>,
    /// The last thing that has a length: its bar, its place and its units.
    last: Option<(usize, u64, u64)>,
    /// Where the notes of this line of music are, for the words under it: bar and note.
    pub(super) line: Vec<(usize, usize)>,
    verse: usize,
}

impl Voice {
    pub(super) fn new(id: &str, setting: Setting) -> Voice {
        Voice {
            id: id.to_owned(),
            name: String::new(),
            program: 0,
            setting,
            bars: vec![Bar::default()],
            parts: Vec::new(),
            position: 0,
            altered: BTreeMap::new(),
            ending: Vec::new(),
            tuplet: (0, 1, 1),
            broken: None,
            last: None,
            line: Vec::new(),
            verse: 0,
        }
    }

    fn bar(&mut self) -> &mut Bar {
        if self.bars.is_empty() {
            self.bars.push(Bar::default());
        }
        let last = self.bars.len() - 1;
        &mut self.bars[last]
    }

    /// Takes up a key, from here on.
    pub(super) fn set_key(&mut self, words: &str) {
        self.setting.signature = Signature::parse(words, self.setting.signature);
        let position = self.position;
        if let Some(key) = self.setting.signature.key {
            self.bar().keys.push((position, key));
        }
    }

    /// Takes up a meter, from the bar that begins here or next.
    pub(super) fn set_meter(&mut self, meter: Option<Meter>) {
        self.setting.meter = meter;
        if self.position > 0 {
            self.end_bar();
        }
        self.bar().meter = meter;
    }

    /// A part of the tune begins (`P:A`).
    pub(super) fn begin_part(&mut self, words: &str) {
        if let Some(letter) = words.trim().chars().next() {
            self.end_bar();
            self.ending.clear();
            self.parts.push((letter, self.bars.len() - 1));
        }
    }

    pub(super) fn set_tempo(&mut self, bpm: f64) {
        let position = self.position;
        self.bar().tempi.push((position, bpm));
    }

    /// A bar ends here, if it holds anything; accidentals end in any case.
    pub(super) fn end_bar(&mut self) {
        self.altered.clear();
        if self.bar().length == 0 {
            return;
        }
        self.position = 0;
        let ending = self.ending.clone();
        self.bar().signs.ending = ending;
        self.bars.push(Bar::default());
    }

    /// A new line of music begins.
    pub(super) fn begin_line(&mut self) {
        self.line.clear();
        self.verse = 0;
    }
}
