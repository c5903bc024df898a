//! Moving times to another clock or onto a grid.

use crate::score::Score;
use crate::time::{Ticks, TicksPerQuarter};

impl Score {
    /// The same music on a clock of another resolution.
    ///
    /// Every time goes to the nearest tick; a note keeps at least one. A finer clock loses
    /// nothing; a coarser one is a quantisation to its ticks.
    pub fn rescaled(&self, ticks_per_quarter: TicksPerQuarter) -> Score {
        let from = self.ticks_per_quarter();
        let mut score = self.clone();
        score.tempo = self.tempo.rescaled(ticks_per_quarter);
        score.meters = self.meters.rescaled(from, ticks_per_quarter);
        score.map_times(|tick| tick.rescaled(from, ticks_per_quarter), Ticks(1));
        score
    }

    /// The same music with notes, chords and lyrics on a grid of so many places to a quarter.
    ///
    /// The clock stays; where it cannot show the grid exactly, places are rounded to ticks.
    /// A note keeps at least one place of the grid. Tempi and meters stay where they are.
    pub fn quantized(&self, grid: TicksPerQuarter) -> Score {
        let clock = self.ticks_per_quarter();
        let mut score = self.clone();
        let place = Ticks(1).rescaled(grid, clock).max(Ticks(1));
        score.map_times(|tick| tick.rescaled(clock, grid).rescaled(grid, clock), place);
        score
    }

    /// Moves every onset and release outside the tempo and meter maps.
    fn map_times(&mut self, to: impl Fn(Ticks) -> Ticks, shortest: Ticks) {
        self.keys.iter_mut().for_each(|change| change.onset = to(change.onset));
        self.chords.iter_mut().for_each(|symbol| symbol.onset = to(symbol.onset));
        self.texts.iter_mut().for_each(|text| text.onset = to(text.onset));
        self.system_exclusive.iter_mut().for_each(|message| message.onset = to(message.onset));
        for track in &mut self.tracks {
            for note in &mut track.notes {
                let (onset, release) = (to(note.onset), to(note.release()));
                note.onset = onset;
                note.duration = release.since(onset).max(shortest);
            }
            track.controls.iter_mut().for_each(|control| control.onset = to(control.onset));
            track.lyrics.iter_mut().for_each(|lyric| lyric.onset = to(lyric.onset));
        }
        self.sort();
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZero;

    use crate::{Note, Pitch, Program, Score, Ticks, Track, Velocity};

    fn score(notes: &[(u32, u32)]) -> Score {
        let mut track = Track::new(Program::PIANO);
        for &(onset, duration) in notes {
            track.notes.push(Note {
                onset: Ticks(onset),
                duration: Ticks(duration),
                pitch: Pitch::MIDDLE_C,
                velocity: Velocity::DEFAULT,
            });
        }
        let mut score = Score::new(NonZero::new(480).unwrap());
        score.tracks.push(track);
        score
    }

    fn times(score: &Score) -> Vec<(u32, u32)> {
        score.tracks[0].notes.iter().map(|n| (n.onset.0, n.duration.0)).collect()
    }

    #[test]
    fn a_finer_clock_loses_nothing_and_the_way_back_is_equal() {
        let played = score(&[(0, 3), (481, 240), (961, 1)]);
        let finer = played.rescaled(NonZero::new(960).unwrap());
        assert_eq!(times(&finer), [(0, 6), (962, 480), (1922, 2)]);
        assert_eq!(finer.rescaled(NonZero::new(480).unwrap()), played);
    }

    #[test]
    fn a_short_note_keeps_one_place_of_the_grid() {
        let sixteenths = score(&[(10, 20), (130, 100)]).quantized(NonZero::new(4).unwrap());
        assert_eq!(times(&sixteenths), [(0, 120), (120, 120)]);
    }
}
