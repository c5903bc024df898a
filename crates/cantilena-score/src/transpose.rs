//! The same music higher or lower.

use crate::score::Score;

impl Score {
    /// The score `semitones` higher, or `None` where a note would leave MIDI's range.
    ///
    /// Keys and chord symbols move along; drum tracks stay, for their pitches are drums.
    pub fn transposed(&self, semitones: i32) -> Option<Score> {
        let mut score = self.clone();
        for note in score.tracks.iter_mut().filter(|t| !t.is_drums).flat_map(|t| &mut t.notes) {
            note.pitch = note.pitch.transposed(semitones)?;
        }
        score.keys.iter_mut().for_each(|change| change.key = change.key.transposed(semitones));
        score
            .chords
            .iter_mut()
            .for_each(|symbol| symbol.chord = symbol.chord.transposed(semitones));
        Some(score)
    }
}
