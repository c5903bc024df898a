//! The words of a file: its title, the names of its tracks, texts, chord symbols and lyrics.

use cantilena_score::{Chord, ChordSymbol, Lyric, Score, Text, TextKind, Ticks};

use crate::fault::Fault;
use crate::midi::encoding::Encoding;
use crate::midi::mtrk::{Mtrk, RawText};
use crate::midi::{CHORD_PREFIX, karaoke};
use crate::repair::Repairs;

/// The longest name of a track, in bytes.
///
/// Each of the two thousand tracks that a file's track may be split into has the name, so that a
/// hostile name of a megabyte would fill gigabytes. Longer than a line, it is no name anyway.
const LONGEST_NAME: usize = 255;

/// How the words of one file are to be understood.
#[derive(Debug)]
pub(super) struct Words<'a> {
    encoding: Encoding,
    /// The track that sings in comments, as karaoke files do.
    singer: Option<usize>,
    /// The title that a karaoke header names.
    song: Option<&'a [u8]>,
    /// The name of the first track where that is the title: where the track plays no notes, or
    /// is the only one (Standard MIDI Files 1.0, FF 03).
    sequence: Option<&'a [u8]>,
}

impl<'a> Words<'a> {
    pub(super) fn new(tracks: &[Mtrk<'a>]) -> Words<'a> {
        let names = tracks.iter().flat_map(|track| [track.name, track.instrument]).flatten();
        let channel_names = tracks.iter().flat_map(|track| track.channel_names).flatten();
        let texts = tracks.iter().flat_map(|track| &track.texts).map(|text| text.bytes);
        let encoding = Encoding::of(names.chain(channel_names).chain(texts));
        let singer = karaoke::singer(tracks);
        let song = singer.and_then(|_| karaoke::title(tracks));
        let is_sequence = |first: &&Mtrk<'a>| tracks.len() == 1 || first.voices.is_empty();
        let sequence = tracks.first().filter(is_sequence).and_then(|first| first.name);
        Words { encoding, singer, song, sequence }
    }

    /// The title of the piece; may be empty.
    pub(super) fn title(&self, repairs: &mut Repairs) -> String {
        match self.song.or(self.sequence) {
            Some(title) => self.decode(title, Ticks::ZERO, repairs).trim().to_owned(),
            None => String::new(),
        }
    }

    /// What one channel of a track, or a track without notes, is called; may be empty.
    pub(super) fn name(
        &self,
        index: usize,
        track: &Mtrk<'_>,
        channel: Option<u8>,
        repairs: &mut Repairs,
    ) -> String {
        let channel_name = channel.and_then(|channel| track.channel_names[usize::from(channel)]);
        let track_name = track.name.filter(|_| index > 0 || self.sequence.is_none());
        match channel_name.or(track_name).or(track.instrument) {
            Some(name) => {
                let name = self.decode(name, Ticks::ZERO, repairs);
                let name = name.trim();
                if name.len() > LONGEST_NAME {
                    repairs.add(Fault::LongName, None, Some(Ticks::ZERO));
                }
                name[..name.floor_char_boundary(LONGEST_NAME)].trim_end().to_owned()
            }
            None => String::new(),
        }
    }

    /// Puts a track's texts and chord symbols into the score, and gives its lyrics.
    pub(super) fn distribute(
        &self,
        index: usize,
        track: &Mtrk<'_>,
        score: &mut Score,
        repairs: &mut Repairs,
    ) -> Vec<Lyric> {
        let mut lyrics = Vec::new();
        let mut comment = |onset, text: String| {
            score.texts.push(Text { onset, kind: TextKind::Comment, text });
        };
        if index == 0
            && self.song.is_some()
            && let Some(sequence) = self.sequence
        {
            comment(Ticks::ZERO, self.decode(sequence, Ticks::ZERO, repairs));
        }
        if let (Some(_), Some(instrument)) = (track.name, track.instrument) {
            comment(Ticks::ZERO, self.decode(instrument, Ticks::ZERO, repairs));
        }
        for raw in &track.texts {
            let RawText { onset, kind, bytes } = *raw;
            let text = self.decode(bytes, onset, repairs);
            if text.is_empty() {
                continue;
            }
            if kind == 5 {
                lyrics.push(Lyric { onset, text });
            } else if self.singer == Some(index) && karaoke::is_syllable(raw) {
                lyrics.push(Lyric { onset, text: karaoke::syllable(&text) });
            } else if kind == 6
                && let Some(chord) = chord(&text)
            {
                score.chords.push(ChordSymbol { onset, chord });
            } else {
                score.texts.push(Text { onset, kind: text_kind(kind), text });
            }
        }
        lyrics
    }

    fn decode(&self, bytes: &[u8], onset: Ticks, repairs: &mut Repairs) -> String {
        let (text, fault) = self.encoding.decode(bytes);
        if let Some(fault) = fault {
            repairs.add(fault, None, Some(onset));
        }
        text
    }
}

/// The chord that a marker names.
fn chord(text: &str) -> Option<Chord> {
    text.strip_prefix(CHORD_PREFIX)?.parse().ok()
}

/// What a text is for (Standard MIDI Files 1.0, FF 01 to FF 07; RP-019 for 08 and 09).
fn text_kind(kind: u8) -> TextKind {
    match kind {
        2 => TextKind::Copyright,
        6 => TextKind::Marker,
        7 => TextKind::Cue,
        _ => TextKind::Comment,
    }
}
