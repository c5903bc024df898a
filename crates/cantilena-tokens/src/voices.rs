//! How many notes a track sounds at once, and from where to where.

use cantilena_score::{Ticks, Track};

/// The share of a track's notes, in hundredths, that decide: a double stop in a fiddle tune makes
/// no chords of it.
const DECIDING: usize = 99;

/// The fewest voices that 99 of 100 notes get by with, themselves counted; `None` for drums, whose
/// notes have no end that counts, and for a track without notes.
pub(crate) fn voices(track: &Track) -> Option<u8> {
    if track.is_drums {
        return None;
    }
    let mut releases: Vec<Ticks> = Vec::new();
    let mut strokes = [0; u8::MAX as usize + 1];
    for note in &track.notes {
        releases.retain(|release| *release > note.onset);
        releases.push(note.release());
        strokes[releases.len().min(strokes.len() - 1)] += 1;
    }
    let mut rest = (track.notes.len() * DECIDING).div_ceil(100);
    (1..=u8::MAX)
        .find(|&voices| {
            rest = rest.saturating_sub(strokes[usize::from(voices)]);
            rest == 0
        })
        .filter(|_| !track.notes.is_empty())
}

/// The lowest and the highest pitch; `None` for drums, which have none, and without notes.
pub(crate) fn range(track: &Track) -> Option<(u8, u8)> {
    let pitches = || track.notes.iter().map(|note| note.pitch.number());
    let range = pitches().min().zip(pitches().max());
    range.filter(|_| !track.is_drums)
}

#[cfg(test)]
mod tests {
    use cantilena_score::{Note, Pitch, Velocity};

    use super::*;

    fn track(notes: impl IntoIterator<Item = (u32, u8, u32)>) -> Track {
        let note = |(onset, pitch, duration)| Note {
            onset: Ticks(onset),
            pitch: Pitch::new(pitch).unwrap(),
            duration: Ticks(duration),
            velocity: Velocity::DEFAULT,
        };
        Track { notes: notes.into_iter().map(note).collect(), ..Track::default() }
    }

    #[test]
    fn a_melody_has_one_voice_and_a_rare_double_stop_gives_it_no_second() {
        let melody = (0..200).map(|index| (index * 24, 60, 24));
        assert_eq!(voices(&track(melody.clone())), Some(1));
        let graced = melody.chain([(4776, 64, 24), (4776, 67, 24)]);
        assert_eq!(voices(&track(graced)), Some(1));
        let overlapping = (0..200).map(|index| (index * 24, 60, 30));
        assert_eq!(voices(&track(overlapping)), Some(2));
    }

    #[test]
    fn chords_have_as_many_voices_as_notes_and_drums_none_that_count() {
        let chords = (0..50).flat_map(|index| [60, 64, 67].map(|pitch| (index * 24, pitch, 24)));
        let mut chords = track(chords);
        assert_eq!((voices(&chords), range(&chords)), (Some(3), Some((60, 67))));
        chords.is_drums = true;
        assert_eq!((voices(&chords), range(&chords)), (None, None));
        assert_eq!((voices(&track([])), range(&track([]))), (None, None));
    }
}
