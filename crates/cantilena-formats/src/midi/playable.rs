//! Notes as one MIDI channel can play them.
//!
//! A channel knows of a pitch only whether it sounds, so that the release of one of two equal
//! notes would silence both.

use cantilena_score::{Note, Pitch, Ticks};

use crate::fault::Fault;
use crate::midi::LAST_TICK;
use crate::repair::Repairs;

/// The notes in order, at least one tick long, of each pitch at most one at a time.
///
/// Of notes of one pitch that begin together the longest is kept; a note that still sounds when
/// its pitch is struck again is cut there.
pub(super) fn playable(notes: &[Note], repairs: &mut Repairs) -> Vec<Note> {
    let mut sorted = notes.to_vec();
    sorted.sort_unstable();
    let mut playable: Vec<Note> = Vec::with_capacity(sorted.len());
    // By pitch, the place of the last note so far.
    let mut last: [Option<usize>; Pitch::COUNT] = [None; Pitch::COUNT];
    for mut note in sorted {
        let mut add = |fault| repairs.add(fault, None, Some(note.onset));
        if note.onset.0 >= LAST_TICK {
            add(Fault::OutOfRange);
            continue;
        }
        if note.duration == Ticks::ZERO {
            add(Fault::ZeroLength);
            note.duration = Ticks(1);
        }
        if note.release() > Ticks(LAST_TICK) {
            add(Fault::OutOfRange);
            note.duration = Ticks(LAST_TICK) - note.onset;
        }
        let last = &mut last[usize::from(note.pitch.number())];
        match last.map(|index| &mut playable[index]) {
            // Sorted by duration, so this one is the longer.
            Some(earlier) if earlier.onset == note.onset => {
                add(Fault::Unison);
                *earlier = note;
                continue;
            }
            Some(earlier) if earlier.release() > note.onset => {
                add(Fault::Overlap);
                earlier.duration = note.onset - earlier.onset;
            }
            _ => {}
        }
        *last = Some(playable.len());
        playable.push(note);
    }
    playable
}
