//! A MIDI channel as one track of a file uses it.

use std::collections::BTreeMap;

use cantilena_score::{Control, Program, Ticks};

use crate::midi::held::HeldNotes;

/// What one track of a file does on one channel.
#[derive(Debug, Default)]
pub(super) struct Channel {
    /// Controllers, bends and pressures, as they come.
    pub(super) controls: Vec<Control>,
    /// Program changes, as they come.
    pub(super) programs: Vec<(Ticks, Program)>,
    /// The voice that has played each program so far; `None` before the first program change.
    pub(super) voices: BTreeMap<Option<Program>, usize>,
    /// The voice of the program in force, once it has played.
    pub(super) voice: Option<usize>,
    /// The notes that sound.
    pub(super) held: HeldNotes,
}

impl Channel {
    /// Whether it plays a note.
    pub(super) fn plays(&self) -> bool {
        !self.voices.is_empty()
    }

    /// The program in force, if one was named.
    pub(super) fn program(&self) -> Option<Program> {
        self.programs.last().map(|&(_, program)| program)
    }

    /// Lets another program play from here on.
    pub(super) fn change_program(&mut self, onset: Ticks, program: Program) {
        self.programs.push((onset, program));
        self.voice = self.voices.get(&Some(program)).copied();
    }
}
