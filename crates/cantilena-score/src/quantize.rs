//! Moving times to another clock or onto a grid.

use crate::bars::Bars;
use crate::grid::Grid;
use crate::score::Score;
use crate::time::{Ticks, TicksPerQuarter};

impl Score {
    /// The same music on a clock of another resolution.
    ///
    /// Every time goes to the nearest tick; a note keeps at least one. A finer clock loses
    /// nothing; a coarser one is a quantisation to its ticks.
    pub fn rescaled(&self, ticks_per_quarter: TicksPerQuarter) -> Score {
        let from = self.ticks_per_quarter();
        let to = |tick: Ticks| tick.rescaled(from, ticks_per_quarter);
        let mut score = self.clone();
        score.tempo = self.tempo.rescaled(ticks_per_quarter);
        score.meters = self.meters.rescaled(from, ticks_per_quarter);
        score.keys.iter_mut().for_each(|change| change.onset = to(change.onset));
        score.texts.iter_mut().for_each(|text| text.onset = to(text.onset));
        score.system_exclusive.iter_mut().for_each(|message| message.onset = to(message.onset));
        for track in &mut score.tracks {
            track.controls.iter_mut().for_each(|control| control.onset = to(control.onset));
        }
        score.move_notes(to, Ticks(1));
        score
    }

    /// The same music with notes, chord symbols and lyrics on a grid, counted from the start of
    /// each bar.
    ///
    /// Onsets and releases go to the nearest place, and never beyond their bar; a note keeps at
    /// least one place, and none is lost: two strokes of one pitch may meet. The rest stays
    /// where it is: tempi, meters, keys, texts, controllers and bends. The clock becomes one that
    /// shows the grid exactly; where MIDI has none, places are rounded to ticks.
    pub fn quantized(&self, grid: Grid) -> Score {
        let grid = grid.places_per_quarter();
        let mut score = self.rescaled(showing(self.ticks_per_quarter(), grid));
        let clock = score.ticks_per_quarter();
        let bars = Bars::new(&score.meters, clock);
        let place = |tick: Ticks| {
            let at = bars.position(tick);
            let inside = at.position.rescaled(clock, grid).rescaled(grid, clock);
            // The next bar line is a place too, wherever the last of this bar is.
            let places = [at.bar_onset + inside, bars.onset(at.bar.saturating_add(1))];
            places.into_iter().min_by_key(|place| place.0.abs_diff(tick.0)).unwrap_or(tick)
        };
        score.move_notes(place, Ticks(1).rescaled(grid, clock).max(Ticks(1)));
        score
    }

    /// Moves the onset and release of every note, and chord symbols and lyrics with them.
    fn move_notes(&mut self, to: impl Fn(Ticks) -> Ticks, shortest: Ticks) {
        self.chords.iter_mut().for_each(|symbol| symbol.onset = to(symbol.onset));
        for track in &mut self.tracks {
            for note in &mut track.notes {
                let (onset, release) = (to(note.onset), to(note.release()));
                note.onset = onset;
                note.duration = release.since(onset).max(shortest);
            }
            track.lyrics.iter_mut().for_each(|lyric| lyric.onset = to(lyric.onset));
        }
        self.sort();
    }
}

/// The smallest multiple of a clock that shows every place of a grid; the clock itself where that
/// is finer than MIDI's finest.
fn showing(clock: TicksPerQuarter, grid: TicksPerQuarter) -> TicksPerQuarter {
    let multiples = (1..=grid.get()).filter_map(|times| clock.get().checked_mul(times));
    let mut fine = multiples.take_while(|&ticks| ticks <= 0x7FFF);
    let exact = fine.find(|ticks| ticks.is_multiple_of(grid.get()));
    exact.and_then(TicksPerQuarter::new).unwrap_or(clock)
}

#[cfg(test)]
mod tests {
    use std::num::NonZero;

    use crate::{
        Change, ChordSymbol, Control, Lyric, Meter, MeterMap, Note, Pitch, Program, Score,
        TempoMap, Ticks, Track, Velocity,
    };

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

    /// Notes as (onset, duration) at 480 ticks a quarter, before and after.
    #[track_caller]
    fn check_grid(grid: &str, played: &[(u32, u32)], expected: &[(u32, u32)]) {
        let quantized = score(played).quantized(grid.parse().unwrap());
        assert_eq!(times(&quantized), expected);
        assert_eq!(quantized.quantized(grid.parse().unwrap()), quantized, "once is enough");
    }

    #[test]
    fn notes_go_to_the_nearest_place_and_keep_at_least_one() {
        check_grid("1/16", &[(10, 20), (130, 100)], &[(0, 120), (120, 120)]);
        check_grid(
            "1/8t",
            &[(10, 140), (150, 180), (330, 155)],
            &[(0, 160), (160, 160), (320, 160)],
        );
        check_grid("1/4", &[(1900, 100), (1910, 5)], &[(1920, 480), (1920, 480)]);
    }

    #[test]
    fn a_grid_begins_anew_with_every_bar() {
        let mut played = score(&[(10, 200), (835, 170), (1000, 170), (1150, 520)]);
        played.meters = MeterMap::new(Meter::new(7, 8).unwrap());
        // A bar lasts 1680 ticks: what is near its end does not become a triplet of the next.
        let quantized = played.quantized("1/8t".parse().unwrap());
        assert_eq!(times(&quantized), [(0, 160), (800, 160), (960, 160), (1120, 560)]);
    }

    #[test]
    fn words_and_chords_go_with_the_notes_and_what_is_played_on_a_pedal_stays() {
        let mut played = score(&[(130, 200)]);
        let text = "la".to_owned();
        played.tracks[0].lyrics.push(Lyric { onset: Ticks(130), text });
        let chord = "Am".parse().unwrap();
        played.chords.push(ChordSymbol { onset: Ticks(115), chord });
        let change = Change::Controller { number: 64, value: 127 };
        played.tracks[0].controls.push(Control { onset: Ticks(133), change });
        played.tempo.insert_bpm(Ticks(50), 90.0);
        let quantized = played.quantized("1/16".parse().unwrap());
        assert_eq!(quantized.tracks[0].lyrics[0].onset, Ticks(120));
        assert_eq!(quantized.chords[0].onset, Ticks(120));
        assert_eq!(quantized.tracks[0].controls, played.tracks[0].controls);
        assert_eq!(quantized.tempo, played.tempo);
    }

    #[test]
    fn a_clock_that_cannot_show_the_grid_becomes_finer() {
        let mut played = Score::new(NonZero::new(100).unwrap());
        played.tracks.push(score(&[(30, 40), (70, 30)]).tracks.remove(0));
        let quantized = played.quantized("1/8t".parse().unwrap());
        assert_eq!(quantized.ticks_per_quarter().get(), 300);
        assert_eq!(times(&quantized), [(100, 100), (200, 100)]);
        // No clock of MIDI is three times as fine: places are rounded to its ticks.
        let finest = Score { tempo: TempoMap::new(NonZero::new(32_000).unwrap()), ..played };
        assert_eq!(finest.quantized("1/8t".parse().unwrap()).ticks_per_quarter().get(), 32_000);
    }
}
