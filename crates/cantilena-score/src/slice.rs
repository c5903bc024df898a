//! Part of a score as a score of its own.

use std::ops::Range;

use crate::meter::MeterMap;
use crate::score::Score;
use crate::tempo::TempoMap;
use crate::time::Ticks;

impl Score {
    /// The music that begins within `range`, moved to begin at tick 0.
    ///
    /// Notes that began earlier are left out and those that ring past the end are cut there.
    /// Tempo, meter, key, chord and the state of every controller at the cut come along.
    pub fn slice(&self, range: Range<Ticks>) -> Score {
        let within = |tick: Ticks| range.contains(&tick);
        let moved = |tick: Ticks| tick.since(range.start);
        let mut score = Score::new(self.ticks_per_quarter());
        score.title = self.title.clone();

        score.tempo = TempoMap::new(self.ticks_per_quarter());
        for change in self.tempo.changes().iter().filter(|c| c.onset < range.end) {
            score.tempo.insert(moved(change.onset), change.micros_per_quarter);
        }
        score.meters = MeterMap::new(self.meters.changes()[0].meter);
        for change in self.meters.changes().iter().filter(|c| c.onset < range.end) {
            score.meters.insert(moved(change.onset), change.meter);
        }
        score.keys = held_from(&self.keys, &range, |change| &mut change.onset);
        score.chords = held_from(&self.chords, &range, |symbol| &mut symbol.onset);
        score.texts = self.texts.iter().filter(|text| within(text.onset)).cloned().collect();
        score.texts.iter_mut().for_each(|text| text.onset = moved(text.onset));
        // Messages before the cut set up the instruments, so they are sent at its start.
        score.system_exclusive =
            self.system_exclusive.iter().filter(|m| m.onset < range.end).cloned().collect();
        score.system_exclusive.iter_mut().for_each(|m| m.onset = moved(m.onset));

        for track in &self.tracks {
            let mut part = track.clone();
            part.notes.retain(|note| within(note.onset));
            for note in &mut part.notes {
                note.duration = note.duration.min(range.end.since(note.onset));
                note.onset = moved(note.onset);
            }
            part.controls.retain(|control| control.onset < range.end);
            part.controls.iter_mut().for_each(|control| control.onset = moved(control.onset));
            part.lyrics.retain(|lyric| within(lyric.onset));
            part.lyrics.iter_mut().for_each(|lyric| lyric.onset = moved(lyric.onset));
            score.tracks.push(part);
        }
        score
    }
}

/// The changes within `range` and the last one before it, moved to the new start.
fn held_from<T: Clone>(
    changes: &[T],
    range: &Range<Ticks>,
    onset: impl Fn(&mut T) -> &mut Ticks,
) -> Vec<T> {
    let mut held: Vec<T> = Vec::new();
    for change in changes {
        let mut change = change.clone();
        let at = onset(&mut change);
        if *at >= range.end {
            break;
        }
        let before = *at <= range.start;
        *at = at.since(range.start);
        if before {
            held.clear();
        }
        held.push(change);
    }
    held
}
