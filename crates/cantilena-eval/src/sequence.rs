//! A score as one line of notes: what runs and loops are looked for in.

use cantilena_score::{Score, TicksPerQuarter};

/// A note of the line, as the ear takes it apart from key and clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Step {
    /// MIDI note number.
    pub(crate) pitch: u8,
    /// From the onset before, in 24ths of a quarter; 0 within a chord and for the first note.
    pub(crate) shift: u32,
}

/// All notes that are no drums, by onset and then pitch. A score of drums alone is its drums.
pub(crate) fn steps(score: &Score) -> Vec<Step> {
    let clock = score.ticks_per_quarter();
    let grid: TicksPerQuarter = std::num::NonZero::new(24).expect("24 is not zero");
    let gathered = |drums: bool| -> Vec<(u32, u8)> {
        let tracks = score.tracks.iter().filter(|track| track.is_drums == drums);
        let notes = tracks.flat_map(|track| &track.notes);
        notes.map(|n| (n.onset.rescaled(clock, grid).0, n.pitch.number())).collect()
    };
    let mut notes = gathered(false);
    if notes.is_empty() {
        notes = gathered(true);
    }
    notes.sort_unstable();
    notes.dedup();
    let mut before = notes.first().map_or(0, |(onset, _)| *onset);
    notes
        .into_iter()
        .map(|(onset, pitch)| {
            let shift = onset - before;
            before = onset;
            Step { pitch, shift }
        })
        .collect()
}
