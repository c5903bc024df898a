//! Chords, bass and drums under a melody, in the manner of a genre.

use cantilena_score::{
    Meter, MeterMap, Note, Pitch, Program, Score, Ticks, TicksPerQuarter, Track, Velocity,
};

use crate::genre::{Genre, Hit};

/// Places of a quarter, and so ticks of it.
const QUARTER: u32 = 24;
const BAR: u32 = 4 * QUARTER;

/// Lays a genre's band under a melody of quarters: sequence `chords` (0 or 1) of its two, a chord
/// a bar, round and round, and a bar of the first chord to end on.
///
/// The melody is played in the genre's program and tempo, from the first bar line on, as many
/// whole bars as it fills; its last note is held to the end.
///
/// # Panics
///
/// If `chords` is neither 0 nor 1.
pub fn accompany(melody: &[Pitch], genre: &Genre, chords: usize) -> Score {
    let sequence = &genre.chords[chords];
    let clock = TicksPerQuarter::new(QUARTER as u16).expect("it is above zero");
    let mut score = Score::new(clock);
    score.tempo.insert_bpm(Ticks::ZERO, genre.bpm);
    score.meters = MeterMap::new(Meter::COMMON);
    let bars = (melody.len() as u32).div_ceil(4).max(1);
    let end = bars * BAR;

    let mut lead = Track::new(program(genre.program));
    lead.name = "Melody".to_owned();
    for (index, &pitch) in melody.iter().enumerate() {
        let onset = index as u32 * QUARTER;
        let is_last = index + 1 == melody.len();
        let duration = if is_last { end + BAR - onset } else { QUARTER };
        // The first beat of a bar leads, the third follows it.
        let velocity = [96, 82, 90, 82][index % 4];
        lead.notes.push(note(onset, duration, pitch, velocity));
    }
    let mut comping = Track::new(program(genre.program));
    comping.name = "Chords".to_owned();
    let mut bass = Track::new(program(genre.bass_program));
    bass.name = "Bass".to_owned();
    let mut drums = Track::drums();
    drums.name = "Drums".to_owned();
    let onset = |bar: u32, hit: &Hit| bar * BAR + place(hit.eighth, genre.off_beat);
    for bar in 0..bars {
        let chord = sequence[bar as usize % sequence.len()];
        for hit in genre.comping {
            strike(&mut comping, chord, onset(bar, hit), length(hit, genre), hit.velocity);
        }
        for hit in genre.bass {
            let low = below(chord[usize::from(hit.what) % chord.len()]);
            bass.notes.push(note(onset(bar, hit), length(hit, genre), low, hit.velocity));
        }
        for hit in genre.drums {
            let key = Pitch::new(hit.what);
            drums.notes.extend(
                key.map(|key| note(onset(bar, hit), length(hit, genre), key, hit.velocity)),
            );
        }
    }
    // The end: the first chord once more, held.
    strike(&mut comping, sequence[0], end, BAR, 60);
    bass.notes.push(note(end, BAR, below(sequence[0][0]), 72));
    if !genre.drums.is_empty() {
        const CRASH: u8 = 49;
        const KICK: u8 = 36;
        let keys = [CRASH, KICK].into_iter().flat_map(Pitch::new);
        drums.notes.extend(keys.map(|key| note(end, QUARTER, key, 88)));
    }
    score.tracks = vec![lead, comping, bass, drums];
    score.tracks.retain(|track| !track.notes.is_empty());
    score.tracks.iter_mut().for_each(Track::sort);
    score
}

fn strike(track: &mut Track, chord: &[u8], onset: u32, duration: u32, velocity: u8) {
    let pitches = chord.iter().copied().flat_map(Pitch::new);
    track.notes.extend(pitches.map(|pitch| note(onset, duration, pitch, velocity)));
}

/// The place of an eighth in its bar, where the second one of a quarter may come late.
fn place(eighth: u32, off_beat: u32) -> u32 {
    eighth / 2 * QUARTER + if eighth % 2 == 1 { off_beat } else { 0 }
}

/// How long a hit lasts: to where it would be struck that much later.
fn length(hit: &Hit, genre: &Genre) -> u32 {
    place(hit.eighth + hit.eighths, genre.off_beat) - place(hit.eighth, genre.off_beat)
}

/// The same pitch class where a bass plays: E1 to D#2, as low as four strings go.
fn below(pitch: u8) -> Pitch {
    const LOW_E: u8 = 28;
    let number = LOW_E + (pitch + 12 - LOW_E % 12) % 12;
    Pitch::new(number).expect("28 to 39 are pitches")
}

fn program(number: u8) -> Program {
    Program::new(number).expect("the table's programs are General MIDI's")
}

fn note(onset: u32, duration: u32, pitch: Pitch, velocity: u8) -> Note {
    let velocity = Velocity::clamped(i32::from(velocity));
    Note { onset: Ticks(onset), pitch, duration: Ticks(duration), velocity }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::genre::GENRES;

    fn melody() -> Vec<Pitch> {
        [60, 64, 67, 72, 71, 67, 65, 62, 60].into_iter().flat_map(Pitch::new).collect()
    }

    #[test]
    fn every_genre_plays_its_program_its_chords_in_time_and_an_end() {
        for genre in &GENRES {
            for chords in 0..2 {
                let score = accompany(&melody(), genre, chords);
                assert_eq!(score.bars(), 4, "nine quarters fill three bars, and one to end on");
                assert_eq!(score.tracks[0].program.number(), genre.program, "{}", genre.name);
                assert_eq!(score.tracks[0].notes.len(), 9);
                let comping = &score.tracks[1];
                assert_eq!(comping.program.number(), genre.program);
                for note in &comping.notes {
                    let bar = (note.onset.0 / BAR) as usize;
                    let chord = genre.chords[chords][if bar == 3 { 0 } else { bar }];
                    assert!(chord.contains(&note.pitch.number()), "{} bar {bar}", genre.name);
                    assert!(
                        note.release().0 <= (bar as u32 + 1) * BAR,
                        "a chord ends with its bar"
                    );
                }
                let releases = score.tracks.iter().filter(|track| !track.is_drums);
                for track in releases {
                    let last = track.notes.iter().map(|note| note.release()).max();
                    assert_eq!(last, Some(Ticks(4 * BAR)), "all end together");
                }
            }
        }
    }

    #[test]
    fn the_bass_is_the_chord_s_root_on_the_first_stroke() {
        for genre in &GENRES {
            let score = accompany(&melody(), genre, 0);
            let bass = score.tracks.iter().find(|track| track.name == "Bass").unwrap();
            let first = bass.notes[0].pitch;
            assert_eq!(first.class(), genre.chords[0][0][0] % 12, "{}", genre.name);
            assert!((28..40).contains(&first.number()));
        }
    }

    #[test]
    fn no_key_is_struck_again_while_it_is_held() {
        for (genre, chords) in GENRES.iter().flat_map(|genre| [(genre, 0), (genre, 1)]) {
            for track in accompany(&melody(), genre, chords).tracks {
                let mut released = [Ticks::ZERO; 128];
                for note in &track.notes {
                    let free = &mut released[usize::from(note.pitch.number())];
                    assert!(*free <= note.onset, "{} of {} at {:?}", track.name, genre.name, note);
                    *free = note.release();
                }
            }
        }
    }

    #[test]
    fn a_swung_eighth_comes_late() {
        assert_eq!(place(3, 12), 36);
        assert_eq!(place(3, 16), 40);
        assert_eq!(place(4, 16), 48);
    }
}
