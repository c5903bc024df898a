//! From sound to a score.

use std::num::NonZero;

use cantilena_audio::{Audio, PitchOptions, track_pitch};
use cantilena_score::{Note, Pitch, Program, Score, Seconds, TempoMap, Ticks, Track, Velocity};

use crate::heard_note::{HeardNote, hear_notes};

/// The score of a voice, on one track of this program and at these tempi.
///
/// Onsets and durations lie where they were played: a tick is as fine as the tempo map makes it.
/// Pitches are the nearest to what was heard once the whole is in tune with itself.
pub fn transcribe(
    audio: &Audio,
    program: Program,
    tempo: &TempoMap,
    options: &PitchOptions,
    threads: NonZero<usize>,
) -> Score {
    let heard = hear_notes(&track_pitch(audio, options, threads));
    let mut score = Score::new(tempo.ticks_per_quarter());
    score.tempo = tempo.clone();
    let mut track = Track::new(program);
    track.notes = written(&heard, tempo);
    score.tracks.push(track);
    score
}

/// Heard notes as written ones.
fn written(heard: &[HeardNote], tempo: &TempoMap) -> Vec<Note> {
    let detuned = detuning(heard);
    let loudest = heard.iter().map(|note| note.rms).fold(0.0, f32::max);
    let notes = heard.iter().map(|note| {
        let onset = nearest_tick(tempo, note.onset);
        let release = nearest_tick(tempo, Seconds(note.onset.0 + note.duration.0));
        let number = (note.height - detuned).round().clamp(0.0, 127.0) as u8;
        Note {
            onset,
            duration: release.since(onset).max(Ticks(1)),
            pitch: Pitch::new(number).expect("clamped to the range"),
            velocity: velocity(note.rms, loudest),
        }
    });
    notes.collect()
}

/// How far a voice as a whole lies above the tempered scale, in semitones from −0.5 to 0.5: the
/// direction of its notes' mean on the circle of one semitone, longer notes weighing more.
fn detuning(heard: &[HeardNote]) -> f64 {
    let turn = std::f64::consts::TAU;
    let (mut sine, mut cosine) = (0.0, 0.0);
    for note in heard {
        sine += note.duration.0 * (note.height * turn).sin();
        cosine += note.duration.0 * (note.height * turn).cos();
    }
    sine.atan2(cosine) / turn
}

fn nearest_tick(tempo: &TempoMap, seconds: Seconds) -> Ticks {
    let before = tempo.tick_at(seconds);
    let after = before + Ticks(1);
    let distance = |tick| (tempo.seconds_at(tick).0 - seconds.0).abs();
    if distance(after) < distance(before) { after } else { before }
}

/// The loudest note has 110; half the amplitude has 79: General MIDI 2 has amplitude grow with
/// the square of velocity.
fn velocity(rms: f32, loudest: f32) -> Velocity {
    let share = if loudest > 0.0 { rms / loudest } else { 1.0 };
    Velocity::clamped((110.0 * share.sqrt()).round() as i32)
}
