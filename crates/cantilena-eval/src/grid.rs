//! A score on the grid on which bars are compared.

use std::collections::BTreeMap;
use std::num::NonZero;

use cantilena_score::{Bars, Score, Ticks, TicksPerQuarter};

/// Places in a quarter: as many as Dong et al., "Multitrack Music Transformer", 2023, count
/// grooves on, so that figures compare. Sixteenths and their triplets both lie on it.
const GRID: TicksPerQuarter = NonZero::new(12).expect("12 is not zero");

/// The bars of a score, its notes moved to the nearest place of the grid.
pub(crate) struct GridBars {
    score: Score,
    bars: Bars,
}

/// Where a note stands: its place in the bar, and its MIDI note number.
pub(crate) type Place = (u32, u8);

impl GridBars {
    pub(crate) fn of(score: &Score) -> GridBars {
        let score = score.rescaled(GRID);
        let bars = Bars::new(&score.meters, GRID);
        GridBars { score, bars }
    }

    /// How many bars hold notes, with those between them.
    pub(crate) fn count(&self) -> u32 {
        self.score.bars()
    }

    /// Places in a bar.
    pub(crate) fn places(&self, bar: u32) -> u32 {
        self.bars.position(self.bars.onset(bar)).meter.bar(GRID).0
    }

    /// The places of each bar where notes begin, in order and each once; bars without are left
    /// out. `with_drums` or without them.
    pub(crate) fn onsets(&self, with_drums: bool) -> BTreeMap<u32, Vec<Place>> {
        let mut onsets: BTreeMap<u32, Vec<Place>> = BTreeMap::new();
        let tracks = self.score.tracks.iter().filter(|track| with_drums || !track.is_drums);
        for note in tracks.flat_map(|track| &track.notes) {
            let at = self.bars.position(note.onset);
            onsets.entry(at.bar).or_default().push((at.position.0, note.pitch.number()));
        }
        for places in onsets.values_mut() {
            places.sort_unstable();
            places.dedup();
        }
        onsets
    }

    /// How many bars have a note sounding in them.
    pub(crate) fn sounding(&self) -> u32 {
        let notes = self.score.tracks.iter().flat_map(|track| &track.notes);
        let bar = |tick| self.bars.position(tick).bar;
        let mut spans: Vec<(u32, u32)> = notes
            .map(|note| {
                let last = note.release().0.saturating_sub(1).max(note.onset.0);
                (bar(note.onset), bar(Ticks(last)))
            })
            .collect();
        spans.sort_unstable();
        let (mut sounding, mut free) = (0, 0);
        for (first, last) in spans {
            sounding += (last + 1).saturating_sub(first.max(free));
            free = free.max(last + 1);
        }
        sounding
    }
}
