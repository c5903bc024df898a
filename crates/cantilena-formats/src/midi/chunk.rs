//! The chunks of a file, found even where their lengths lie.

use std::ops::Range;

use crate::fault::Fault;
use crate::midi::event::Stop;
use crate::midi::header::Header;
use crate::repair::Repairs;

/// Walks over the chunks behind the header and finds the tracks among them.
#[derive(Debug)]
pub(super) struct Chunks<'a> {
    /// The file, up to where its chunks end.
    bytes: &'a [u8],
    /// Where the next chunk begins, in bytes from the start of the file.
    at: usize,
    /// How many tracks the header still promises.
    promised: usize,
}

/// Where the events of a track stand.
#[derive(Debug)]
pub(super) struct TrackChunk {
    /// From the first event to the latest byte that can belong to the track.
    pub(super) events: Range<usize>,
    /// Where the track ends by its own word.
    declared_end: u64,
}

impl<'a> Chunks<'a> {
    /// The chunks behind the header.
    pub(super) fn new(bytes: &'a [u8], header: &Header) -> Chunks<'a> {
        let Header { chunks, tracks, .. } = header;
        Chunks { bytes: &bytes[..chunks.end], at: chunks.start, promised: usize::from(*tracks) }
    }

    /// The next track, if there is one more.
    pub(super) fn next(&mut self, repairs: &mut Repairs) -> Option<TrackChunk> {
        while self.at < self.bytes.len() {
            let start = self.at;
            let Some((name, end)) = self.chunk_at(start) else {
                self.skip_garbage(repairs);
                continue;
            };
            match name {
                b"MTrk" => return Some(self.track(start + 8, end)),
                b"MThd" => {
                    repairs.add(Fault::SecondFile, Some(start), None);
                    return None;
                }
                _ if self.is_boundary(end) => {
                    repairs.add(Fault::AlienChunk, Some(start), None);
                    self.at = end as usize;
                }
                _ => self.skip_garbage(repairs),
            }
        }
        None
    }

    /// A track whose events begin at `start` and whose length says that it ends at `end`.
    fn track(&mut self, start: usize, end: u64) -> TrackChunk {
        self.promised = self.promised.saturating_sub(1);
        // A length that leads to another chunk or to the end of the file is believed. Any other
        // may be too short or too long, so the track may reach to where the next one begins.
        self.at = if self.is_boundary(end) {
            end as usize
        } else {
            self.find_track(start).unwrap_or(self.bytes.len())
        };
        TrackChunk { events: start..self.at, declared_end: end }
    }

    /// Takes note of where the events of the last track really ended, and why.
    pub(super) fn settle(
        &mut self,
        track: &TrackChunk,
        end: usize,
        stop: Stop,
        repairs: &mut Repairs,
    ) {
        match stop {
            Stop::Unreadable(why) => repairs.add(Fault::Unreadable(why), Some(end), None),
            Stop::BeyondLastTick => repairs.add(Fault::BeyondLastTick, Some(end), None),
            Stop::EndOfTrack | Stop::OutOfBytes | Stop::Cut => {}
        }
        let is_believed = self.at as u64 == track.declared_end;
        let fault = match stop {
            Stop::EndOfTrack if is_believed && end == self.at => return,
            Stop::EndOfTrack if is_believed && !self.bytes[end..].starts_with(b"MTrk") => {
                Fault::DataAfterEnd(self.at - end)
            }
            Stop::EndOfTrack => {
                // The length was too short, or too long and swallowed what comes now.
                self.at = end;
                if end as u64 == track.declared_end {
                    return;
                }
                Fault::TrackLength
            }
            _ if track.declared_end > self.bytes.len() as u64 => Fault::TrackCut,
            _ if !is_believed => Fault::TrackLength,
            Stop::OutOfBytes => Fault::NoEndOfTrack,
            Stop::Cut => Fault::Unreadable("it ends inside an event"),
            Stop::Unreadable(_) | Stop::BeyondLastTick => return,
        };
        repairs.add(fault, Some(end), None);
    }

    /// The name and the declared end of the chunk at a place, if a chunk can stand there.
    fn chunk_at(&self, at: usize) -> Option<(&'a [u8], u64)> {
        let (name, rest) = self.bytes.get(at..)?.split_at_checked(4)?;
        let length = u32::from_be_bytes(rest.get(..4)?.try_into().expect("four bytes"));
        let is_name = name.iter().all(|b| (b' '..=b'~').contains(b));
        is_name.then_some((name, at as u64 + 8 + u64::from(length)))
    }

    /// Whether a chunk can end here: at the end of the file, or where another begins.
    fn is_boundary(&self, at: u64) -> bool {
        let end = self.bytes.len() as u64;
        at == end
            || at < end
                && self
                    .chunk_at(at as usize)
                    .is_some_and(|(name, next)| name == b"MTrk" || name == b"MThd" || next <= end)
    }

    fn find_track(&self, from: usize) -> Option<usize> {
        let found = self.bytes[from..].windows(4).position(|window| window == b"MTrk")?;
        Some(from + found)
    }

    /// Skips what is no chunk, to the next track.
    ///
    /// Behind the last track that the header promises there is none: old downloads were padded
    /// with whatever their sender's memory held, often a piece of another song.
    fn skip_garbage(&mut self, repairs: &mut Repairs) {
        let start = self.at;
        let next = if self.promised > 0 { self.find_track(start + 1) } else { None };
        let (end, fault): (usize, fn(usize) -> Fault) = match next {
            Some(track) => (track, Fault::Garbage),
            None => (self.bytes.len(), Fault::TrailingBytes),
        };
        repairs.add(fault(end - start), Some(start), None);
        self.at = end;
    }
}
