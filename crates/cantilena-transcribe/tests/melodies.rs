//! Melodies as sound, and what is heard.

#![expect(clippy::unwrap_used, reason = "a test may")]

use std::f64::consts::TAU;
use std::num::NonZero;

use cantilena_audio::{Audio, PitchOptions, SampleRate};
use cantilena_score::{Program, Score, TempoMap, Ticks};
use cantilena_transcribe::transcribe;

const ONE: NonZero<usize> = NonZero::<usize>::MIN;

/// A melody of (pitch, quarters) at 120 bpm, each note with eight partials that die away by
/// `decay` a second; `detuned` semitones off, with vibrato of `vibrato` semitones.
fn sound(melody: &[(u8, f64)], decay: f64, detuned: f64, vibrato: f64) -> Audio {
    let mut samples = vec![0.0f32; 4_410];
    for &(pitch, quarters) in melody {
        let mut phase = 0.0;
        let frames = (quarters * 0.5 * 44_100.0) as usize;
        for n in 0..frames {
            let t = n as f64 / 44_100.0;
            let swing = vibrato * (TAU * 5.5 * t).sin();
            let height = f64::from(pitch) + detuned + swing;
            phase += TAU * 440.0 * 2f64.powf((height - 69.0) / 12.0) / 44_100.0;
            let partials =
                (1..=8).map(|p| (phase * f64::from(p)).sin() / f64::from(p)).sum::<f64>();
            let ends = (t / 0.005).min((frames - n) as f64 / 220.0).min(1.0);
            samples.push((0.2 * partials * ends * (-decay * t).exp()) as f32);
        }
    }
    samples.extend([0.0; 4_410]);
    Audio::new(SampleRate::CD, vec![samples]).unwrap()
}

fn heard(audio: &Audio) -> Score {
    let tempo = TempoMap::new(NonZero::new(480).unwrap());
    transcribe(audio, Program::PIANO, &tempo, &PitchOptions::default(), ONE)
}

/// The melody must come back: its pitches, and onsets within 40 ms.
#[track_caller]
fn check(melody: &[(u8, f64)], audio: &Audio) {
    let score = heard(audio);
    let notes = &score.tracks[0].notes;
    let pitches: Vec<u8> = notes.iter().map(|note| note.pitch.number()).collect();
    let wanted: Vec<u8> = melody.iter().map(|note| note.0).collect();
    assert_eq!(pitches, wanted);
    let mut onset = 0.1;
    for (note, (pitch, quarters)) in notes.iter().zip(melody) {
        let found = score.tempo.seconds_at(note.onset).0;
        assert!((found - onset).abs() < 0.04, "{pitch} at {found} s for {onset} s");
        onset += quarters * 0.5;
    }
}

const TUNE: [(u8, f64); 8] =
    [(60, 1.0), (62, 0.5), (64, 0.5), (65, 1.0), (67, 2.0), (72, 0.5), (71, 0.5), (48, 1.0)];

#[test]
fn a_steady_tune_comes_back() {
    check(&TUNE, &sound(&TUNE, 0.0, 0.0, 0.0));
}

#[test]
fn vibrato_and_a_voice_out_of_tune_change_no_pitch() {
    check(&TUNE, &sound(&TUNE, 0.0, 0.4, 0.4));
    check(&TUNE, &sound(&TUNE, 0.0, -0.35, 0.3));
}

#[test]
fn plucked_notes_on_one_pitch_are_parted() {
    let strokes = [(64, 1.0), (64, 1.0), (64, 0.5), (64, 0.5), (67, 1.0)];
    check(&strokes, &sound(&strokes, 6.0, 0.0, 0.0));
}

#[test]
fn a_tempo_map_places_the_same_sound_on_other_ticks() {
    let mut tempo = TempoMap::new(NonZero::new(480).unwrap());
    tempo.insert_bpm(Ticks::ZERO, 60.0);
    let audio = sound(&[(69, 2.0)], 0.0, 0.0, 0.0);
    let score = transcribe(&audio, Program::PIANO, &tempo, &PitchOptions::default(), ONE);
    let note = score.tracks[0].notes[0];
    assert_eq!(score.tempo, tempo);
    assert!(note.onset.0.abs_diff(48) < 20, "a tenth of a second: {:?}", note.onset);
    assert!(note.duration.0.abs_diff(480) < 30, "one quarter: {:?}", note.duration);
}

#[test]
fn silence_is_an_empty_score() {
    let silence = Audio::new(SampleRate::CD, vec![vec![0.0; 44_100]]).unwrap();
    assert_eq!(heard(&silence).note_count(), 0);
    let nothing = Audio::new(SampleRate::CD, vec![vec![]]).unwrap();
    assert_eq!(heard(&nothing).note_count(), 0);
}
