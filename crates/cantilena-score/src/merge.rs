//! Two scores as one: side by side, or one after the other.

use crate::score::Score;
use crate::time::Ticks;
use crate::track::Track;

impl Score {
    /// Adds the tracks of `other`, played at the same time.
    ///
    /// Times go to this score's clock; tempo, meter and key stay this score's. Chords, texts and
    /// system exclusive messages of both are kept.
    pub fn merge(&mut self, other: &Score) {
        self.add_from(other, Ticks::ZERO);
    }

    /// Adds `other` behind the last bar that holds notes, with its tempo, meter and key.
    pub fn append(&mut self, other: &Score) {
        let ticks_per_quarter = self.ticks_per_quarter();
        let onset = self.meters.bar_onset(self.bars(), ticks_per_quarter);
        let rescaled = other.rescaled(ticks_per_quarter);
        for change in rescaled.tempo.changes() {
            self.tempo.insert(onset + change.onset, change.micros_per_quarter);
        }
        for change in rescaled.meters.changes() {
            self.meters.insert(onset + change.onset, change.meter);
        }
        for change in &rescaled.keys {
            let mut change = *change;
            change.onset += onset;
            self.keys.push(change);
        }
        self.add_from(&rescaled, onset);
    }

    /// Adds everything but tempo, meter and key, moved to `onset`.
    ///
    /// Behind the music, a track in the same place with the same name and program goes on; any
    /// other is added.
    fn add_from(&mut self, other: &Score, onset: Ticks) {
        let other = other.rescaled(self.ticks_per_quarter());
        self.chords.extend(other.chords.iter().map(|symbol| {
            let mut symbol = *symbol;
            symbol.onset += onset;
            symbol
        }));
        self.texts.extend(other.texts.into_iter().map(|mut text| {
            text.onset += onset;
            text
        }));
        self.system_exclusive.extend(other.system_exclusive.into_iter().map(|mut message| {
            message.onset += onset;
            message
        }));
        for (index, mut track) in other.tracks.into_iter().enumerate() {
            track.notes.iter_mut().for_each(|note| note.onset += onset);
            track.controls.iter_mut().for_each(|control| control.onset += onset);
            track.lyrics.iter_mut().for_each(|lyric| lyric.onset += onset);
            let goes_on = |t: &&mut Track| {
                onset > Ticks::ZERO
                    && (t.program, t.is_drums, &t.name)
                        == (track.program, track.is_drums, &track.name)
            };
            match self.tracks.get_mut(index).filter(goes_on) {
                Some(existing) => {
                    existing.notes.append(&mut track.notes);
                    existing.controls.append(&mut track.controls);
                    existing.lyrics.append(&mut track.lyrics);
                }
                None => self.tracks.push(track),
            }
        }
        self.sort();
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZero;

    use crate::{Meter, MeterMap, Note, Pitch, Program, Score, Ticks, Track, Velocity};

    /// One note of a quarter in 3/4.
    fn waltz(ticks_per_quarter: u16) -> Score {
        let quarter = Ticks(u32::from(ticks_per_quarter));
        let mut track = Track::new(Program::PIANO);
        track.notes.push(Note {
            onset: quarter,
            duration: quarter,
            pitch: Pitch::MIDDLE_C,
            velocity: Velocity::DEFAULT,
        });
        let mut score = Score::new(NonZero::new(ticks_per_quarter).unwrap());
        score.meters = MeterMap::new(Meter::new(3, 4).unwrap());
        score.tracks.push(track);
        score
    }

    #[test]
    fn what_is_appended_begins_at_the_next_bar_in_its_own_meter() {
        let mut score = waltz(24);
        let mut march = waltz(480);
        march.meters = MeterMap::default();
        score.append(&march);
        let onsets: Vec<u32> = score.tracks[0].notes.iter().map(|note| note.onset.0).collect();
        assert_eq!(onsets, [24, 72 + 24]);
        assert_eq!(score.meters.changes()[1].onset, Ticks(72));
        assert_eq!(score.meters.changes()[1].meter, Meter::COMMON);
    }

    #[test]
    fn what_is_merged_sounds_at_the_same_time_in_tracks_of_its_own() {
        let mut score = waltz(24);
        score.merge(&waltz(480));
        assert_eq!(score.tracks.len(), 2);
        assert_eq!(score.tracks[0], score.tracks[1]);
    }

    #[test]
    fn a_slice_moved_back_behind_its_first_half_is_the_whole() {
        let mut whole = waltz(24);
        whole.append(&waltz(24));
        let mut first = whole.slice(Ticks(0)..Ticks(72));
        first.append(&whole.slice(Ticks(72)..Ticks(144)));
        assert_eq!(first.tracks, whole.tracks);
    }
}
