//! A piece of music as data.

use crate::chord::ChordSymbol;
use crate::control::SystemExclusive;
use crate::key::KeyChange;
use crate::lyric::Text;
use crate::meter::MeterMap;
use crate::tempo::TempoMap;
use crate::time::{Seconds, Ticks, TicksPerQuarter};
use crate::track::Track;

/// A piece of music: who plays what and when, and what stands above the staff.
///
/// All times are ticks of one clock, [`TempoMap::ticks_per_quarter`], kept as the file has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Score {
    /// The piece's name; may be empty.
    pub title: String,
    /// The clock, and how fast it runs.
    pub tempo: TempoMap,
    /// How ticks gather into bars.
    pub meters: MeterMap,
    /// By onset; empty where no key is named.
    pub keys: Vec<KeyChange>,
    /// By onset; empty where no chords are named.
    pub chords: Vec<ChordSymbol>,
    /// By onset.
    pub texts: Vec<Text>,
    /// By onset.
    pub system_exclusive: Vec<SystemExclusive>,
    /// In the file's order.
    pub tracks: Vec<Track>,
}

impl Score {
    /// An empty score: 120 bpm, common time, no tracks.
    pub fn new(ticks_per_quarter: TicksPerQuarter) -> Score {
        Score {
            title: String::new(),
            tempo: TempoMap::new(ticks_per_quarter),
            meters: MeterMap::default(),
            keys: Vec::new(),
            chords: Vec::new(),
            texts: Vec::new(),
            system_exclusive: Vec::new(),
            tracks: Vec::new(),
        }
    }

    /// Ticks in a quarter note.
    pub fn ticks_per_quarter(&self) -> TicksPerQuarter {
        self.tempo.ticks_per_quarter()
    }

    /// The tick at which the last note is released; 0 without notes.
    pub fn length(&self) -> Ticks {
        let releases = self.tracks.iter().flat_map(|track| &track.notes).map(|note| note.release());
        releases.max().unwrap_or(Ticks::ZERO)
    }

    /// The clock time of [`Score::length`].
    pub fn seconds(&self) -> Seconds {
        self.tempo.seconds_at(self.length())
    }

    /// How many bars hold its notes, the last one counted whole.
    pub fn bars(&self) -> u32 {
        match self.length() {
            Ticks(0) => 0,
            Ticks(length) => {
                self.meters.position(Ticks(length - 1), self.ticks_per_quarter()).bar + 1
            }
        }
    }

    /// How many notes there are in all tracks.
    pub fn note_count(&self) -> usize {
        self.tracks.iter().map(|track| track.notes.len()).sum()
    }

    /// Puts everything into its order; see the fields.
    pub fn sort(&mut self) {
        self.keys.sort_by_key(|change| change.onset);
        self.chords.sort_by_key(|symbol| symbol.onset);
        self.texts.sort_by_key(|text| text.onset);
        self.system_exclusive.sort_by_key(|message| message.onset);
        self.tracks.iter_mut().for_each(Track::sort);
    }
}
