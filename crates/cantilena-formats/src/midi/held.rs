//! Notes that wait for their release.

use std::collections::VecDeque;

use cantilena_score::{Note, Pitch, Ticks};

use crate::fault::Fault;
use crate::midi::mtrk::Voice;
use crate::repair::Repairs;

/// The notes that sound on one channel of one track, and how they come to their lengths.
///
/// A release ends the note of its pitch that began first. So two voices that overlap in a unison
/// keep their lengths in the most likely way, and a note struck again on the tick of its release
/// is itself not ended, in whatever order the two events stand.
#[derive(Debug, Default)]
pub(super) struct HeldNotes {
    /// By pitch, in the order of their onsets. Empty or of length 128.
    by_pitch: Vec<VecDeque<HeldNote>>,
    /// Releases that found nothing to release.
    strays: Vec<Stray>,
}

/// Where a note stands that is not yet released.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct HeldNote {
    /// The voice that plays it.
    pub(super) voice: usize,
    /// Its place among that voice's notes.
    pub(super) index: usize,
}

#[derive(Clone, Copy, Debug)]
struct Stray {
    pitch: Pitch,
    tick: Ticks,
    /// Bytes from the start of the file.
    offset: usize,
}

impl HeldNotes {
    /// Begins a note.
    #[inline]
    pub(super) fn hold(&mut self, pitch: Pitch, note: HeldNote) {
        if self.by_pitch.is_empty() {
            self.by_pitch.resize_with(Pitch::COUNT, VecDeque::new);
        }
        self.by_pitch[usize::from(pitch.number())].push_back(note);
    }

    /// The note that a release ends.
    #[inline]
    pub(super) fn release(&mut self, pitch: Pitch, tick: Ticks, offset: usize) -> Option<HeldNote> {
        let held = self.by_pitch.get_mut(usize::from(pitch.number()));
        let note = held.and_then(VecDeque::pop_front);
        if note.is_none() {
            self.strays.push(Stray { pitch, tick, offset });
        }
        note
    }

    /// Ends what is still held when the track ends.
    pub(super) fn finish(
        &mut self,
        channel: u8,
        end: Ticks,
        voices: &mut [Voice],
        repairs: &mut Repairs,
    ) {
        if !self.strays.is_empty() {
            for number in 0..self.by_pitch.len() {
                if !self.by_pitch[number].is_empty() {
                    self.match_strays(number, channel, voices);
                }
            }
        }
        for stray in &self.strays {
            repairs.add(Fault::StrayRelease, Some(stray.offset), Some(stray.tick));
        }
        for held in std::mem::take(&mut self.by_pitch).into_iter().flatten() {
            let note = held.of(voices);
            note.duration = end.since(note.onset);
            repairs.add(Fault::NeverReleased, None, Some(note.onset));
        }
    }

    /// Gives releases that came just before their notes, on the same tick, to those notes.
    ///
    /// Some programs write a note of no length with its release first. The release is lost then,
    /// the note takes that of the next one on its pitch, and so on until a last note has none.
    /// Where one is left without, such releases are put back in their places and all are matched
    /// anew.
    fn match_strays(&mut self, number: usize, channel: u8, voices: &mut [Voice]) {
        let is_of_pitch = |note: &Note| usize::from(note.pitch.number()) == number;
        let mut notes: Vec<(Ticks, HeldNote)> = Vec::new();
        for (voice, of_channel) in voices.iter().enumerate().filter(|(_, v)| v.channel == channel) {
            let of_pitch = of_channel.notes.iter().enumerate().filter(|(_, n)| is_of_pitch(n));
            notes.extend(of_pitch.map(|(index, n)| (n.onset, HeldNote { voice, index })));
        }
        notes.sort_by_key(|&(onset, _)| onset);

        let held = &mut self.by_pitch[number];
        let mut missing = held.len();
        let released = notes.len() - missing;
        let mut releases: Vec<Ticks> =
            notes[..released].iter().map(|(_, note)| note.of(voices).release()).collect();
        self.strays.retain(|stray| {
            let is_early = missing > 0
                && usize::from(stray.pitch.number()) == number
                && notes.binary_search_by_key(&stray.tick, |&(onset, _)| onset).is_ok();
            if is_early {
                releases.push(stray.tick);
                missing -= 1;
            }
            !is_early
        });
        releases.sort_unstable();
        for (&release, (onset, note)) in releases.iter().zip(&notes) {
            note.of(voices).duration = release.since(*onset);
        }
        *held = notes[releases.len()..].iter().map(|&(_, note)| note).collect();
    }
}

impl HeldNote {
    fn of(self, voices: &mut [Voice]) -> &mut Note {
        &mut voices[self.voice].notes[self.index]
    }
}
