//! The drum kit, heard.

mod listening;

use listening::{DRUMS, decibels, mono, play, release, strength, strike, synth};

#[test]
fn every_percussion_key_is_heard_and_ends() {
    let mut wrong = Vec::new();
    for key in 27..=87 {
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
