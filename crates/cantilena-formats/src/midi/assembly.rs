//! From the tracks of a file to the tracks of a score.
//!
//! A file's track may play on several channels and change programs on the way; a score's track
//! is notes of one program. So each channel and program of a file's track becomes a track.
//! Controllers act on a whole channel and are given to every track that was split from it.

use cantilena_score::{Control, Note, Program, Score, Track};

use crate::error::ReadError;
use crate::fault::Fault;
use crate::limits::Limits;
use crate::midi::DRUM_CHANNEL;
use crate::midi::header::Arrangement;
use crate::midi::mtrk::Mtrk;
use crate::midi::shared::SharedChannels;
use crate::midi::words::Words;
use crate::repair::Repairs;

/// Puts the tracks of a file of so many bytes into a score that has none yet.
pub(super) fn assemble(
    mut tracks: Vec<Mtrk<'_>>,
    arrangement: Arrangement,
    file_bytes: usize,
    score: &mut Score,
    limits: &Limits,
    repairs: &mut Repairs,
) -> Result<(), ReadError> {
    let words = Words::new(&tracks);
    let shared = SharedChannels::new(&tracks, arrangement);
    let mut copies = Copies::for_file(file_bytes);
    score.title = words.title(repairs);
    for (index, mtrk) in tracks.iter_mut().enumerate() {
        repairs.enter_track(Some(index + 1));
        let first = score.tracks.len();
        for (channel, program, notes) in split(index, mtrk, &shared) {
            limits.check("tracks", score.tracks.len() + 1, limits.tracks)?;
            let name = words.name(index, mtrk, Some(channel), repairs);
            let controls = copies.controls(index, mtrk, channel, &shared, repairs);
            let is_drums = channel == DRUM_CHANNEL;
            score.tracks.push(Track {
                name,
                program,
                is_drums,
                notes,
                controls,
                ..Track::default()
            });
        }
        let lyrics = words.distribute(index, mtrk, score, repairs);
        match score.tracks.get_mut(first) {
            Some(track) => track.lyrics = lyrics,
            None => {
                let name = words.name(index, mtrk, None, repairs);
                if !(name.is_empty() && lyrics.is_empty()) {
                    score.tracks.push(Track { name, lyrics, ..Track::default() });
                }
            }
        }
        for (number, channel) in mtrk.used_channels() {
            let says_something = !(channel.controls.is_empty() && channel.programs.is_empty());
            if says_something && !shared.plays(index, mtrk, number) {
                let onset = channel.controls.first().map(|control| control.onset);
                let onset = onset.or(channel.programs.first().map(|&(onset, _)| onset));
                repairs.add(Fault::SilentChannel, None, onset);
            }
        }
    }
    score.texts.sort_by_key(|text| text.onset);
    score.chords.sort_by_key(|symbol| symbol.onset);
    Ok(())
}

/// The notes of a file's track by channel and program, in the order of their first note.
fn split(
    index: usize,
    mtrk: &mut Mtrk<'_>,
    shared: &SharedChannels,
) -> Vec<(u8, Program, Vec<Note>)> {
    let voices = std::mem::take(&mut mtrk.voices).into_iter();
    let by_program = voices.flat_map(|voice| {
        let channel = voice.channel;
        let parts = shared.by_program(index, mtrk, voice).into_iter();
        parts.map(move |(program, notes)| (channel, program, notes))
    });
    by_program.collect()
}

/// Gives each track its controls, as long as the file has bytes to justify the copies.
#[derive(Debug)]
struct Copies {
    /// How many more controls may be copied.
    left: usize,
}

impl Copies {
    /// A control takes 3 bytes in a file and 8 in memory. Four copies for each byte let twelve
    /// tracks share all the controls of a file that has nothing else, and keep a hostile file
    /// to 32 times its own size; half a megabyte is free, for small files that try every
    /// program on one channel.
    fn for_file(bytes: usize) -> Copies {
        Copies { left: bytes.saturating_mul(4).max(1 << 16) }
    }

    /// What acts on a channel of a track.
    fn controls(
        &mut self,
        index: usize,
        mtrk: &Mtrk<'_>,
        number: u8,
        shared: &SharedChannels,
        repairs: &mut Repairs,
    ) -> Vec<Control> {
        let own = mtrk.channels[usize::from(number)].as_deref().map_or(&[][..], |c| &c.controls);
        let mut controls = Vec::new();
        if own.len() <= self.left {
            controls.extend_from_slice(own);
            let most = self.left - own.len() + 1;
            controls.extend(shared.borrowed(index, mtrk, number).take(most));
        }
        if own.len() > self.left || controls.len() > self.left {
            repairs.add(Fault::SharedControls, None, None);
            return Vec::new();
        }
        self.left -= controls.len();
        if controls.len() > own.len() {
            controls.sort_by_key(|control| control.onset);
        }
        controls
    }
}
