//! A score as one line of notes: what runs and loops are looked for in.

use std::num::NonZero;

use cantilena_score::{Score, TicksPerQuarter};

/// A note of the line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Step {
    /// MIDI note number.
    pub(crate) pitch: u8,
    /// From the onset before, in 24ths of a quarter; 0 within a chord and for the first note.
    pub(crate) shift: u32,
}

/// From one note to the next, as the ear takes it apart from key and clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Interval {
    /// In semitones.
    pub(crate) pitch: i16,
    /// In 24ths of a quarter.
    pub(crate) shift: u32,
}

/// Places in a quarter: the house grid, on which triplets and thirty-seconds both lie.
const GRID: TicksPerQuarter = NonZero::new(24).expect("24 is not zero");

/// All notes that are no drums, by onset and then pitch, each once. A score of drums alone is its
/// drums.
pub(crate) fn steps(score: &Score) -> Vec<Step> {
    let clock = score.ticks_per_quarter();
    let gathered = |drums: bool| -> Vec<(u32, u8)> {
        let tracks = score.tracks.iter().filter(|track| track.is_drums == drums);
        let notes = tracks.flat_map(|track| &track.notes);
        notes.map(|note| (note.onset.rescaled(clock, GRID).0, note.pitch.number())).collect()
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

/// The intervals of a line, one fewer than it has notes.
pub(crate) fn intervals(line: &[Step]) -> Vec<Interval> {
    let pairs = line.windows(2);
    pairs
        .map(|pair| Interval {
            pitch: i16::from(pair[1].pitch) - i16::from(pair[0].pitch),
            shift: pair[1].shift,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn voices_become_one_line() {
        let score: Score =
            "tracks: a 0, b 0, kit drums\n\na: e4/4 g4 r/2 |\nb: c4/2 g4 |\nkit: c2/1 |"
                .parse()
                .unwrap();
        let line: Vec<(u8, u32)> = steps(&score).iter().map(|s| (s.pitch, s.shift)).collect();
        assert_eq!(line, [(60, 0), (64, 0), (67, 24), (67, 24)]);
        let intervals: Vec<(i16, u32)> =
            intervals(&steps(&score)).iter().map(|i| (i.pitch, i.shift)).collect();
        assert_eq!(intervals, [(4, 0), (3, 24), (0, 24)]);
    }

    #[test]
    fn a_note_doubled_by_another_voice_is_one_and_drums_alone_are_a_line_too() {
        let doubled: Score = "tracks: a 0, b 40\n\na: c4/1 |\nb: c4/1 |".parse().unwrap();
        assert_eq!(steps(&doubled).len(), 1);
        let drums: Score = "tracks: kit drums\n\nkit: c2/4 d2 c2 d2 |".parse().unwrap();
        assert_eq!(steps(&drums).len(), 4);
    }
}
