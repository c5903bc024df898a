//! From the bytes of a MIDI file to a score.

use cantilena_score::Ticks;

use crate::error::ReadError;
use crate::fault::Fault;
use crate::format::Format;
use crate::limits::Limits;
use crate::midi::assembly::assemble;
use crate::midi::chunk::Chunks;
use crate::midi::conductor::Conductor;
use crate::midi::event::{Events, Stop};
use crate::midi::header::{Arrangement, Header};
use crate::midi::mtrk::Mtrk;
use crate::reading::Reading;
use crate::repair::Repairs;

/// Reads the bytes of a MIDI file.
///
/// # Errors
///
/// [`ReadError::Malformed`] where there is no header, or where there are tracks and not one event
/// of them can be read; [`ReadError::OverLimit`] where the file holds more than `limits` allow.
pub fn read(bytes: &[u8], limits: &Limits) -> Result<Reading, ReadError> {
    limits.check("bytes", bytes.len(), limits.bytes)?;
    let mut repairs = Repairs::default();
    let mut header = Header::read(bytes, &mut repairs)?;
    let mut conductor = Conductor::new(header.clock);
    let tracks = read_tracks(bytes, &header, limits, &mut conductor, &mut repairs)?;

    repairs.enter_track(None);
    if tracks.len() != usize::from(header.tracks) {
        let (promised, found) = (header.tracks, tracks.len());
        repairs.add(Fault::TrackCount { promised, found }, None, None);
    }
    match header.arrangement {
        Arrangement::Single if tracks.len() > 1 => {
            repairs.add(Fault::SeveralTracks, None, None);
            header.arrangement = Arrangement::Together;
        }
        Arrangement::Patterns if tracks.len() > 1 => repairs.add(Fault::Patterns, None, None),
        _ => {}
    }
    let mut score = conductor.into_score();
    assemble(tracks, header.arrangement, bytes.len(), &mut score, limits, &mut repairs)?;
    Ok(Reading { score, format: Format::Midi, repairs: repairs.into_list() })
}

/// Reads every track chunk; the patterns of format 2 one after another.
fn read_tracks<'a>(
    bytes: &'a [u8],
    header: &Header,
    limits: &Limits,
    conductor: &mut Conductor,
    repairs: &mut Repairs,
) -> Result<Vec<Mtrk<'a>>, ReadError> {
    let mut tracks: Vec<Mtrk<'a>> = Vec::new();
    let mut notes = 0;
    let mut start = Ticks::ZERO;
    let mut unreadable = None;
    let mut chunks = Chunks::new(bytes, header);
    while let Some(chunk) = chunks.next(repairs) {
        limits.check("tracks", tracks.len() + 1, limits.tracks)?;
        repairs.enter_track(Some(tracks.len() + 1));
        if header.arrangement == Arrangement::Patterns && !tracks.is_empty() {
            conductor.begin_pattern(start);
        }
        let mut events = Events::new(bytes, chunk.events.start, chunk.events.end, start);
        let (track, stop) = Mtrk::read(&mut events, conductor, repairs);
        if let Stop::Unreadable(what) = stop {
            unreadable = unreadable.or(Some((what, events.offset())));
        }
        chunks.settle(&chunk, events.offset(), stop, repairs);
        if header.arrangement == Arrangement::Patterns {
            start = conductor.next_bar(start, track.end);
        }
        notes += track.note_count();
        limits.check("notes", notes, limits.notes)?;
        tracks.push(track);
        repairs.enter_track(None);
    }
    match unreadable {
        Some((what, offset)) if tracks.iter().all(Mtrk::is_blank) => {
            Err(ReadError::Malformed { format: Format::Midi, what, offset })
        }
        _ => Ok(tracks),
    }
}
