//! A part before its bars: its staves and voices, and its entry in the list of parts.

use std::collections::BTreeMap;

use cantilena_score::{Lyric, Note, Ticks, Track};

use crate::fault::Fault;
use crate::musicxml::drum::drum_of;
use crate::musicxml::xml::Xml;
use crate::page::grid::{Page, settle};
use crate::page::voice::{Staff, staves};
use crate::repair::Repairs;

/// The lowest pitch that a page can name: C0, for MusicXML counts octaves from 0.
const LOWEST: u8 = 12;

/// A track on its way to a page.
pub(super) struct Part<'a> {
    pub(super) id: String,
    pub(super) track: &'a Track,
    pub(super) channel: usize,
    pub(super) staves: Vec<Staff>,
    pub(super) verse: Verse<'a>,
}

/// The syllables of a part.
#[derive(Default)]
pub(super) struct Verse<'a> {
    /// By onset; taken where they are written.
    pub(super) lyrics: BTreeMap<Ticks, &'a Lyric>,
    /// Whether the syllable written last goes on.
    pub(super) in_word: bool,
}

impl<'a> Part<'a> {
    pub(super) fn new(
        index: usize,
        track: &'a Track,
        page: &Page,
        repairs: &mut Repairs,
    ) -> Part<'a> {
        let (high, low): (Vec<Note>, Vec<Note>) =
            track.notes.iter().partition(|note| track.is_drums || note.pitch.number() >= LOWEST);
        for note in low {
            repairs.add(Fault::TooLow, None, Some(note.onset));
        }
        if let Some(control) = track.controls.first() {
            repairs.add(Fault::Controls, None, Some(control.onset));
        }
        let (notes, places) = settle(&high, page, repairs);
        let mut lyrics = BTreeMap::new();
        for lyric in &track.lyrics {
            let (onset, _) = places.of(lyric.onset);
            let is_sung = notes.binary_search_by_key(&onset, |note| note.onset).is_ok();
            if !is_sung || lyrics.contains_key(&onset) {
                repairs.add(Fault::LyricWithoutNote, None, Some(lyric.onset));
            } else {
                lyrics.insert(onset, lyric);
            }
        }
        let staves = staves(track, &notes, repairs);
        let id = format!("P{}", index + 1);
        // Channel 10 is for drums, so that the others go round the fifteen.
        let channel = match index % 15 + 1 {
            _ if track.is_drums => 10,
            channel if channel >= 10 => channel + 1,
            channel => channel,
        };
        let verse = Verse { lyrics, in_word: false };
        Part { id, track, channel, staves, verse }
    }

    /// The pitches of its drums, each once.
    fn drums(&self) -> Vec<u8> {
        let groups = self.staves.iter().flat_map(|staff| &staff.voices).flatten();
        let notes = groups.flat_map(|group| &group.notes);
        let mut pitches: Vec<u8> = notes.map(|note| note.pitch.number()).collect();
        pitches.sort_unstable();
        pitches.dedup();
        pitches
    }

    /// The entry in the list of parts.
    pub(super) fn announce(&self, xml: &mut Xml) {
        let (track, id) = (self.track, &self.id);
        xml.open("score-part", &[("id", id)]);
        // A part must have a name; one that was made up is not shown, and not read back.
        if track.name.is_empty() {
            xml.leaf("part-name", &[("print-object", "no")], track.instrument_name());
        } else {
            xml.leaf("part-name", &[], &track.name);
        }
        let instruments: Vec<(String, &str, Option<u8>)> = if track.is_drums {
            let drum = |&pitch: &u8| (format!("{id}-I{pitch}"), drum_of(pitch).name, Some(pitch));
            self.drums().iter().map(drum).collect()
        } else {
            vec![(format!("{id}-I1"), track.program.name(), None)]
        };
        for (instrument, name, _) in &instruments {
            xml.open("score-instrument", &[("id", instrument)]);
            xml.leaf("instrument-name", &[], name);
            xml.close();
        }
        for (instrument, _, pitch) in &instruments {
            xml.open("midi-instrument", &[("id", instrument)]);
            xml.leaf("midi-channel", &[], self.channel);
            xml.leaf("midi-program", &[], track.program.number() + 1);
            if let Some(pitch) = pitch {
                xml.leaf("midi-unpitched", &[], pitch + 1);
            }
            xml.close();
        }
        xml.close();
    }
}
