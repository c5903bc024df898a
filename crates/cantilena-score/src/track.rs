//! Notes of one program.

use crate::control::Control;
use crate::lyric::Lyric;
use crate::note::Note;
use crate::program::Program;

/// One player's part: notes of one program, or of one drum kit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Track {
    /// What the file calls it; may be empty.
    pub name: String,
    /// The General MIDI program; on a drum track, the kit.
    pub program: Program,
    /// Whether pitches are drums.
    pub is_drums: bool,
    /// By onset, then pitch; see [`Track::sort`].
    pub notes: Vec<Note>,
    /// By onset; order on one tick is the file's.
    pub controls: Vec<Control>,
    /// By onset.
    pub lyrics: Vec<Lyric>,
}

impl Track {
    /// An empty track of a program.
    pub fn new(program: Program) -> Track {
        Track { program, ..Track::default() }
    }

    /// An empty drum track with the standard kit.
    pub fn drums() -> Track {
        Track { is_drums: true, ..Track::default() }
    }

    /// Puts notes into their order: onset, pitch, duration, velocity; the rest by onset.
    pub fn sort(&mut self) {
        Note::sort(&mut self.notes);
        self.controls.sort_by_key(|control| control.onset);
        self.lyrics.sort_by_key(|lyric| lyric.onset);
    }

    /// What people call its sound: the kit, or the program's name.
    pub fn instrument_name(&self) -> &'static str {
        if self.is_drums { "Drums" } else { self.program.name() }
    }
}
