//! Channels on which several tracks of a file have a say.
//!
//! On an instrument there is one volume for a channel, whoever sets it. In files, one track often
//! sets up the channels that others play, or two hands of a piano share a channel and only the
//! left one has the pedal. But many files also give every track the same channel by mistake, each
//! with a program and volume of its own. One rule serves both: of each kind of change, a track's
//! own ones count; where it has none of that kind, those of the other tracks on its channel do.

use std::collections::BTreeMap;

use cantilena_score::{Change, Control, Note, Program, Ticks};

use crate::midi::header::Arrangement;
use crate::midi::mtrk::{Mtrk, Voice};

/// The channels that several tracks use.
#[derive(Debug)]
pub(super) struct SharedChannels {
    arrangement: Arrangement,
    channels: BTreeMap<ChannelKey, SharedChannel>,
}

/// Which channel of which instrument: the patterns of format 2 each have their own.
type ChannelKey = (usize, u8, u8);

/// What all tracks on one channel do.
#[derive(Debug, Default)]
struct SharedChannel {
    tracks: usize,
    plays: bool,
    /// By onset.
    programs: Vec<(Ticks, Program)>,
    /// By [`kind`], in the file's order.
    controls: BTreeMap<u8, Vec<Control>>,
}

impl SharedChannels {
    pub(super) fn new(tracks: &[Mtrk<'_>], arrangement: Arrangement) -> SharedChannels {
        let mut shared = SharedChannels { arrangement, channels: BTreeMap::new() };
        for (index, track) in tracks.iter().enumerate() {
            for (number, channel) in track.used_channels() {
                let key = shared.key(index, track.port, number);
                let entry = shared.channels.entry(key).or_default();
                entry.tracks += 1;
                entry.plays |= channel.plays();
            }
        }
        for (index, track) in tracks.iter().enumerate() {
            for (number, channel) in track.used_channels() {
                let key = shared.key(index, track.port, number);
                let Some(entry) = shared.channels.get_mut(&key).filter(|e| e.tracks > 1) else {
                    continue;
                };
                entry.programs.extend(&channel.programs);
                for control in &channel.controls {
                    let of_kind = entry.controls.entry(kind(control.change)).or_default();
                    of_kind.push(*control);
                }
            }
        }
        for channel in shared.channels.values_mut() {
            channel.programs.sort_by_key(|&(onset, _)| onset);
        }
        shared
    }

    /// Whether any track plays a note on this channel of a track.
    pub(super) fn plays(&self, index: usize, track: &Mtrk<'_>, channel: u8) -> bool {
        self.channels.get(&self.key(index, track.port, channel)).is_some_and(|c| c.plays)
    }

    /// The changes that other tracks make on this channel of a track and that act on it.
    pub(super) fn borrowed<'a>(
        &'a self,
        index: usize,
        track: &Mtrk<'_>,
        number: u8,
    ) -> impl Iterator<Item = Control> + use<'a> {
        let shared = self.channels.get(&self.key(index, track.port, number));
        let shared = shared.filter(|shared| shared.tracks > 1);
        let own = track.channels[usize::from(number)].as_deref().filter(|_| shared.is_some());
        let mut is_own = [false; KINDS];
        for control in own.into_iter().flat_map(|channel| &channel.controls) {
            is_own[usize::from(kind(control.change))] = true;
        }
        let others = shared.into_iter().flat_map(|shared| &shared.controls);
        others
            .filter(move |&(&kind, _)| !is_own[usize::from(kind)])
            .flat_map(|(_, controls)| controls.iter().copied())
    }

    /// The notes of a voice by program, in the order of their first note.
    ///
    /// A voice that names no program plays the one that other tracks name for the channel.
    pub(super) fn by_program(
        &self,
        index: usize,
        track: &Mtrk<'_>,
        voice: Voice,
    ) -> Vec<(Program, Vec<Note>)> {
        if let Some(program) = voice.program {
            return vec![(program, voice.notes)];
        }
        let shared = self.channels.get(&self.key(index, track.port, voice.channel));
        let programs = shared.map_or(&[][..], |shared| &shared.programs);
        let program_at = |tick: Ticks| {
            let after = programs.partition_point(|&(onset, _)| onset <= tick);
            after.checked_sub(1).map_or(Program::default(), |at| programs[at].1)
        };
        let mut parts: Vec<(Program, Vec<Note>)> = Vec::new();
        if programs.is_empty() {
            parts.push((Program::default(), voice.notes));
            return parts;
        }
        for note in voice.notes {
            let program = program_at(note.onset);
            match parts.iter_mut().find(|part| part.0 == program) {
                Some((_, notes)) => notes.push(note),
                None => parts.push((program, vec![note])),
            }
        }
        parts
    }

    fn key(&self, index: usize, port: u8, channel: u8) -> ChannelKey {
        match self.arrangement {
            Arrangement::Patterns => (index, port, channel),
            Arrangement::Single | Arrangement::Together => (0, port, channel),
        }
    }
}

/// How many values [`kind`] has.
const KINDS: usize = 131;

/// What sort of change it is: of one sort, a track's own changes shut out those of others.
///
/// Parameter numbers and their data (controllers 6, 38, 96 to 101) mean something only together.
fn kind(change: Change) -> u8 {
    match change {
        Change::Controller { number: 6 | 38 | 96..=101, .. } => 98,
        Change::Controller { number, .. } => number,
        Change::PitchBend(_) => 128,
        Change::ChannelPressure(_) => 129,
        Change::KeyPressure { .. } => 130,
    }
}
