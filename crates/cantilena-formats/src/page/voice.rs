//! Which notes share a staff, and which share a voice.

use cantilena_score::{Family, Note, Ticks, Track};

use crate::fault::Fault;
use crate::repair::Repairs;

/// Notation programs know four voices a staff.
pub(crate) const MOST_VOICES: usize = 4;

/// Notes that begin and end together, by pitch.
#[derive(Clone, Debug)]
pub(crate) struct ChordGroup {
    pub(crate) onset: Ticks,
    pub(crate) duration: Ticks,
    /// Never empty.
    pub(crate) notes: Vec<Note>,
}

impl ChordGroup {
    fn end(&self) -> Ticks {
        self.onset + self.duration
    }
}

/// One staff of a part.
#[derive(Clone, Debug)]
pub(crate) struct Staff {
    pub(crate) clef: Clef,
    /// One or more; the groups of a voice follow one another and do not overlap.
    pub(crate) voices: Vec<Vec<ChordGroup>>,
}

/// How the lines of a staff are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Clef {
    Treble,
    Bass,
    Percussion,
}

/// The lowest note of a right hand that has a staff of its own: middle C.
const SPLIT: u8 = 60;

/// The staves of a track with these notes, which are in order.
pub(crate) fn staves(track: &Track, notes: &[Note], repairs: &mut Repairs) -> Vec<Staff> {
    if track.is_drums {
        return vec![Staff { clef: Clef::Percussion, voices: voices(notes, repairs) }];
    }
    let lowest = notes.iter().map(|note| note.pitch.number()).min().unwrap_or(SPLIT);
    let highest = notes.iter().map(|note| note.pitch.number()).max().unwrap_or(SPLIT);
    // A hand needs more than three semitones beyond middle C to be worth a staff.
    if has_two_hands(track) && lowest + 4 < SPLIT && highest > SPLIT + 4 {
        let (right, left): (Vec<Note>, Vec<Note>) =
            notes.iter().partition(|note| note.pitch.number() >= SPLIT);
        return vec![
            Staff { clef: Clef::Treble, voices: voices(&right, repairs) },
            Staff { clef: Clef::Bass, voices: voices(&left, repairs) },
        ];
    }
    let mut pitches: Vec<u8> = notes.iter().map(|note| note.pitch.number()).collect();
    pitches.sort_unstable();
    // Around the B below middle C both clefs need as many ledger lines.
    let is_low = pitches.get(pitches.len() / 2).is_some_and(|&median| median < 59);
    let clef = if is_low { Clef::Bass } else { Clef::Treble };
    vec![Staff { clef, voices: voices(notes, repairs) }]
}

/// Whether it is written on two staves: keyboards, mallets of that range, and the harp.
fn has_two_hands(track: &Track) -> bool {
    /// The General MIDI program of the harp, counted from 0.
    const HARP: u8 = 46;
    let family = track.program.family();
    matches!(family, Family::Piano | Family::Organ) || track.program.number() == HARP
}

/// Parts overlapping notes: each goes to the first voice that is free.
///
/// Where four are not enough, the note that would end first is cut; of five that begin together,
/// the last takes the length of another.
fn voices(notes: &[Note], repairs: &mut Repairs) -> Vec<Vec<ChordGroup>> {
    let mut voices: Vec<Vec<ChordGroup>> = Vec::new();
    for group in groups(notes) {
        let free = voices
            .iter()
            .position(|voice| voice.last().is_none_or(|last| last.end() <= group.onset));
        match free {
            Some(voice) => voices[voice].push(group),
            None if voices.len() < MOST_VOICES => voices.push(vec![group]),
            None => {
                repairs.add(Fault::Voices, None, Some(group.onset));
                squeeze(&mut voices, group);
            }
        }
    }
    if voices.is_empty() {
        voices.push(Vec::new());
    }
    voices
}

/// Finds room for a group where every voice sounds.
fn squeeze(voices: &mut [Vec<ChordGroup>], mut group: ChordGroup) {
    let lasts = voices.iter().enumerate();
    let lasts = lasts.filter_map(|(voice, groups)| Some((voice, groups.last()?)));
    let earlier = lasts.clone().filter(|(_, last)| last.onset < group.onset);
    if let Some((voice, _)) = earlier.min_by_key(|(_, last)| last.end()) {
        if let Some(last) = voices[voice].last_mut() {
            last.duration = group.onset - last.onset;
        }
        voices[voice].push(group);
        return;
    }
    let nearest = lasts.min_by_key(|(_, last)| last.duration.0.abs_diff(group.duration.0));
    if let Some((voice, _)) = nearest
        && let Some(last) = voices[voice].last_mut()
    {
        for note in group.notes.drain(..) {
            if last.notes.iter().all(|other| other.pitch != note.pitch) {
                last.notes.push(note);
            }
        }
        last.notes.sort_by_key(|note| note.pitch);
    }
}

/// Notes that begin and end together; by onset, then the highest first.
fn groups(notes: &[Note]) -> Vec<ChordGroup> {
    let mut sorted = notes.to_vec();
    sorted.sort_by_key(|note| (note.onset, note.duration, note.pitch));
    let mut groups: Vec<ChordGroup> = Vec::new();
    // Where the second of two equal notes goes: one chord cannot hold both.
    for note in sorted {
        let together = groups.iter_mut().rev().take_while(|group| group.onset == note.onset);
        let mut together = together.filter(|group| group.duration == note.duration);
        match together.find(|group| group.notes.iter().all(|other| other.pitch != note.pitch)) {
            Some(group) => group.notes.push(note),
            None => {
                let (onset, duration) = (note.onset, note.duration);
                groups.push(ChordGroup { onset, duration, notes: vec![note] });
            }
        }
    }
    let top = |group: &ChordGroup| group.notes.iter().map(|note| note.pitch).max();
    groups.sort_by(|a, b| a.onset.cmp(&b.onset).then(top(b).cmp(&top(a))));
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use cantilena_score::{Pitch, Program, Velocity};

    fn note(onset: u32, duration: u32, pitch: u8) -> Note {
        Note {
            onset: Ticks(onset),
            duration: Ticks(duration),
            pitch: Pitch::new(pitch).unwrap(),
            velocity: Velocity::DEFAULT,
        }
    }

    #[test]
    fn a_note_that_rings_on_has_a_voice_of_its_own() {
        let mut repairs = Repairs::default();
        let notes = [note(0, 480, 48), note(0, 240, 72), note(0, 240, 76), note(240, 240, 74)];
        let voices = voices(&notes, &mut repairs);
        let sizes: Vec<Vec<usize>> =
            voices.iter().map(|v| v.iter().map(|group| group.notes.len()).collect()).collect();
        assert_eq!(sizes, [vec![2, 1], vec![1]]);
        assert!(repairs.into_list().is_empty());
    }

    #[test]
    fn a_fifth_voice_cuts_the_note_that_would_end_first() {
        let mut repairs = Repairs::default();
        let long: Vec<Note> =
            (0..4u8).map(|n| note(n.into(), 900 + 10 * u32::from(n), 60 + n)).collect();
        let notes = [long, vec![note(500, 100, 80)]].concat();
        let voices = voices(&notes, &mut repairs);
        assert_eq!(voices.len(), 4);
        assert_eq!(voices[0][0].duration, Ticks(500));
        assert_eq!(repairs.into_list()[0].what, Fault::Voices);
    }

    #[test]
    fn a_piano_with_both_hands_has_two_staves_and_a_flute_has_one() {
        let mut repairs = Repairs::default();
        let notes = [note(0, 480, 40), note(0, 480, 72)];
        let piano = Track::new(Program::PIANO);
        let clefs = |track: &Track, repairs: &mut Repairs| -> Vec<Clef> {
            staves(track, &notes, repairs).iter().map(|staff| staff.clef).collect()
        };
        assert_eq!(clefs(&piano, &mut repairs), [Clef::Treble, Clef::Bass]);
        let flute = Track::new(Program::new(73).unwrap());
        assert_eq!(clefs(&flute, &mut repairs), [Clef::Treble]);
    }
}
