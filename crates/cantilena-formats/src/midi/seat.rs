//! Which port and channel each track of a score plays on.

use std::collections::BTreeSet;

use cantilena_score::{Change, Control, Note, Program, Score, Ticks, Track};

use crate::error::WriteError;
use crate::midi::DRUM_CHANNEL;

/// Channels of a port that play pitches: all but that of the drums.
const PITCHED_CHANNELS: usize = 15;

/// Ports that one byte of data can name.
const PORTS: usize = 128;

/// A place in the orchestra.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Seat {
    /// The MIDI port, 0 to 127.
    pub(super) port: u8,
    /// The channel on it, 0 to 15.
    pub(super) channel: u8,
}

/// A seat and what is played on it.
#[derive(Debug)]
struct Taken<'a> {
    seat: Seat,
    program: Program,
    controls: &'a [Control],
    /// Pitch, onset and release of each note, ascending; no two overlap.
    notes: BTreeSet<(u8, Ticks, Ticks)>,
}

/// A seat for each track that has notes.
///
/// Every track has a channel of its own as long as the first port has enough. In a larger score,
/// tracks share a channel where nobody can hear it: where program and controllers are equal and
/// no pitch is played by both at once. What still has no place goes to further ports; readers
/// that know of none find the program named in each track.
pub(super) fn seats(score: &Score, notes: &[Vec<Note>]) -> Result<Vec<Option<Seat>>, WriteError> {
    let mut pitched = Section::new(score, notes, false);
    let mut drums = Section::new(score, notes, true);
    let seat = |(track, notes): (_, &Vec<Note>)| {
        let track: &Track = track;
        if notes.is_empty() {
            return Ok(None);
        }
        let section = if track.is_drums { &mut drums } else { &mut pitched };
        section.seat(track, notes).map(Some)
    };
    score.tracks.iter().zip(notes).map(seat).collect()
}

/// The tracks that play pitches, or those that play drums.
#[derive(Debug)]
struct Section<'a> {
    /// The channels of each port.
    channels: Vec<u8>,
    /// Whether there are more tracks than channels on one port.
    is_crowded: bool,
    taken: Vec<Taken<'a>>,
}

impl<'a> Section<'a> {
    fn new(score: &Score, notes: &[Vec<Note>], is_drums: bool) -> Section<'a> {
        let channels: Vec<u8> =
            (0..16).filter(|&channel| (channel == DRUM_CHANNEL) == is_drums).collect();
        let of_section =
            |(track, notes): &(&Track, &Vec<Note>)| track.is_drums == is_drums && !notes.is_empty();
        let size = score.tracks.iter().zip(notes).filter(of_section).count();
        Section { is_crowded: size > channels.len(), channels, taken: Vec::new() }
    }

    fn seat(&mut self, track: &'a Track, notes: &[Note]) -> Result<Seat, WriteError> {
        if self.is_crowded
            && let Some(taken) = self.taken.iter_mut().find(|taken| taken.suits(track, notes))
        {
            taken.notes.extend(notes.iter().map(span));
            return Ok(taken.seat);
        }
        let (port, place) =
            (self.taken.len() / self.channels.len(), self.taken.len() % self.channels.len());
        if port >= PORTS {
            return Err(WriteError::Channels { limit: PORTS * (PITCHED_CHANNELS + 1) });
        }
        let seat = Seat { port: port as u8, channel: self.channels[place] };
        let notes =
            if self.is_crowded { notes.iter().map(span).collect() } else { BTreeSet::new() };
        let (program, controls) = (track.program, &track.controls);
        self.taken.push(Taken { seat, program, controls, notes });
        Ok(seat)
    }
}

impl Taken<'_> {
    /// Whether another track can play here too and both sound as they would alone.
    fn suits(&self, track: &Track, notes: &[Note]) -> bool {
        // Data increment and decrement (controllers 96 and 97), sent by both, would count twice.
        let is_step = |control: &Control| {
            matches!(control.change, Change::Controller { number: 96 | 97, .. })
        };
        self.program == track.program
            && self.controls == track.controls
            && !track.controls.iter().any(is_step)
            && notes.iter().all(|note| self.is_free(note))
    }

    /// Whether nothing sounds on a note's pitch from its onset to its release.
    ///
    /// Notes that touch are refused: the tracks' order, not time, would say which event is first.
    fn is_free(&self, note: &Note) -> bool {
        let (pitch, onset, release) = span(note);
        let before = self.notes.range(..(pitch, onset, Ticks::ZERO)).next_back();
        let after = self.notes.range((pitch, onset, Ticks::ZERO)..).next();
        before.is_none_or(|&(other, _, end)| other != pitch || end < onset)
            && after.is_none_or(|&(other, start, _)| other != pitch || start > release)
    }
}

fn span(note: &Note) -> (u8, Ticks, Ticks) {
    (note.pitch.number(), note.onset, note.release())
}
