//! The drum kit, heard.

mod listening;

use cantilena_sound::SoundFont;
use listening::{DRUMS, decibels, mono, play, release, strength, strike, synth};

#[test]
fn every_percussion_key_is_heard_and_ends() {
    let mut wrong = Vec::new();
    for key in 13..=87 {
        let mut synth = synth(&[DRUMS]);
        synth.send(0, strike(key, 100)).expect("a part");
        let (peak, _) = decibels(&play(&mut synth, 0.3));
        synth.send(0, release(key)).expect("a part");
        play(&mut synth, 3.5);
        let (after, _) = decibels(&play(&mut synth, 0.1));
        if !(-32.0..-5.0).contains(&peak) || after > -60.0 {
            wrong.push(format!("{key}: peak {peak:.1} dB, then {after:.1} dB"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_drum_rings_on_after_its_key_is_let_go_of() {
    let heard = |held: f64| {
        let mut synth = synth(&[DRUMS]);
        synth.send(0, strike(49, 100)).expect("a part");
        play(&mut synth, held);
        synth.send(0, release(49)).expect("a part");
        play(&mut synth, 0.5 - held);
        decibels(&play(&mut synth, 0.2)).1
    };
    assert!((heard(0.05) - heard(0.45)).abs() < 3.0);
}

#[test]
fn a_closed_hat_silences_an_open_one() {
    let tail = |closing: bool| {
        let mut synth = synth(&[DRUMS]);
        synth.send(0, strike(46, 110)).expect("a part");
        play(&mut synth, 0.1);
        if closing {
            synth.send(0, strike(42, 40)).expect("a part");
        }
        play(&mut synth, 0.25);
        decibels(&play(&mut synth, 0.1)).1
    };
    assert!(tail(true) < tail(false) - 10.0, "{} against {}", tail(true), tail(false));
}

// An eighth of the strokes of grooves that were played on a Roland kit made no sound at all.
#[test]
fn the_edge_of_a_hi_hat_sounds_as_its_middle_and_silences_it() {
    let heard = |keys: &[u8]| {
        let mut synth = synth(&[DRUMS]);
        keys.iter().for_each(|&key| synth.send(0, strike(key, 100)).expect("a part"));
        play(&mut synth, 0.2)
    };
    assert_eq!(heard(&[22]), heard(&[42]));
    assert_eq!(heard(&[26]), heard(&[46]));
    let tail = |keys: &[u8]| {
        let mut synth = synth(&[DRUMS]);
        for &key in keys {
            synth.send(0, strike(key, 40)).expect("a part");
            play(&mut synth, 0.1);
        }
        play(&mut synth, 0.25);
        decibels(&play(&mut synth, 0.1)).1
    };
    assert!(tail(&[26, 22]) < tail(&[26]) - 10.0);
}

#[test]
fn notes_that_nothing_plays_are_counted() {
    let with = |score: &str, is_drums: bool| {
        let mut score: cantilena_score::Score = score.parse().expect("notation");
        score.tracks[0].is_drums = is_drums;
        SoundFont::built_in().silent_notes(&score)
    };
    assert_eq!(with("c0/4 g9 c4+e4 r |", false), 0, "programs have all pitches");
    // Keys 12, 22, 36 and 90.
    assert_eq!(with("c0/4 a#0 c2 f#6 |", true), 2);
}

#[test]
fn toms_fall_from_high_to_low() {
    // The loudest frequency of each, from the highest tom down.
    let pitch = |key| {
        let mut synth = synth(&[DRUMS]);
        synth.send(0, strike(key, 100)).expect("a part");
        play(&mut synth, 0.1);
        let samples = mono(&play(&mut synth, 0.25));
        (60..260)
            .map(|hertz| (strength(&samples, f64::from(hertz)), hertz))
            .fold((0.0, 0), |best, next| if next.0 > best.0 { next } else { best })
            .1
    };
    let pitches: Vec<i32> = [50, 48, 47, 45, 43, 41].into_iter().map(pitch).collect();
    assert!(pitches.is_sorted_by(|a, b| a > b), "{pitches:?}");
}
