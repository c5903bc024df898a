//! A MIDI channel as one track of a file uses it.

use std::collections::{BTreeMap, VecDeque};

use cantilena_score::{Control, Pitch, Program, Ticks};

/// What one track of a file does on one channel.
#[derive(Debug)]
pub(super) struct Channel {
    /// Controllers, bends and pressures, as they come.
    pub(super) controls: Vec<Control>,
    /// Program changes, as they come.
    pub(super) programs: Vec<(Ticks, Program)>,
    /// The voice that has played each program so far; `None` before the first program change.
    pub(super) voices: BTreeMap<Option<Program>, usize>,
    /// The voice of the program in force, once it has played.
    pub(super) voice: Option<usize>,
    /// The notes that sound, by pitch. Empty or of length 128.
    held: Vec<VecDeque<HeldNote>>,
}

/// A note that waits for its release.
#[derive(Clone, Copy, Debug)]
pub(super) struct HeldNote {
    /// The voice that plays it.
    pub(super) voice: usize,
    /// Its place among that voice's notes.
    pub(super) index: usize,
}

impl Channel {
    pub(super) fn new() -> Channel {
        Channel {
            controls: Vec::new(),
            programs: Vec::new(),
            voices: BTreeMap::new(),
            voice: None,
            held: Vec::new(),
        }
    }

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

    /// Begins a note.
    #[inline]
    pub(super) fn hold(&mut self, pitch: Pitch, note: HeldNote) {
        if self.held.is_empty() {
            self.held.resize_with(Pitch::COUNT, VecDeque::new);
        }
        self.held[usize::from(pitch.number())].push_back(note);
    }

    /// The note that a release ends: of those held on the pitch, the one that began first.
    #[inline]
    pub(super) fn release(&mut self, pitch: Pitch) -> Option<HeldNote> {
        self.held.get_mut(usize::from(pitch.number()))?.pop_front()
    }

    /// The notes that are held still; afterwards there are none.
    pub(super) fn release_all(&mut self) -> impl Iterator<Item = HeldNote> {
        std::mem::take(&mut self.held).into_iter().flatten()
    }
}
