//! What players can do besides striking keys.

mod listening;

use cantilena_score::{Change, Pitch};
use cantilena_sound::{Message, SoundError, SoundFont, Synth};

use listening::{
    DRUMS, cents_above, controller, decibels, mono, part, play, release, strength, strike, synth,
};

fn hertz(pitch: u8) -> f64 {
    Pitch::new(pitch).expect("a pitch").hertz()
}

#[test]
fn a_pedal_lets_notes_ring() {
    let after = |pedal: u8| {
        let mut synth = synth(&[part(0)]);
        synth.send(0, controller(64, pedal)).expect("a part");
        synth.send(0, strike(60, 100)).expect("a part");
        play(&mut synth, 0.2);
        synth.send(0, release(60)).expect("a part");
        play(&mut synth, 0.8);
        let ringing = decibels(&play(&mut synth, 0.2)).1;
        synth.lift_pedals().expect("the engine holds");
        play(&mut synth, 2.0);
        (ringing, decibels(&play(&mut synth, 0.1)).1)
    };
    let (with, lifted) = after(127);
    let (without, _) = after(0);
    assert!(with > without + 20.0, "{with} dB against {without}");
    assert!(lifted < -60.0, "a lifted pedal damps");
}

#[test]
fn the_wheel_bends_by_two_semitones_and_as_far_as_it_is_told() {
    let bent = |setup: &[(u8, u8)], bend: i16| {
        let mut synth = synth(&[part(80)]);
        for &(number, value) in setup {
            synth.send(0, controller(number, value)).expect("a part");
        }
        synth.send(0, Message::Change(Change::PitchBend(bend))).expect("a part");
        synth.send(0, strike(60, 100)).expect("a part");
        play(&mut synth, 0.05);
        mono(&play(&mut synth, 0.3))
    };
    assert!(cents_above(&bent(&[], 8_191), hertz(62)).abs() < 10.0);
    assert!(cents_above(&bent(&[], -8_192), hertz(58)).abs() < 10.0);
    let octave = [(101, 0), (100, 0), (6, 12)];
    assert!(cents_above(&bent(&octave, 8_191), hertz(72)).abs() < 10.0);
    // Ten octaves are cut to two; the engine would leap out of its samples.
    let absurd = [(101, 0), (100, 0), (6, 127)];
    assert!(cents_above(&bent(&absurd, 8_191), hertz(84)).abs() < 10.0);
}

#[test]
fn volume_expression_and_pan_are_heeded() {
    let levels = |setup: &[(u8, u8)]| {
        let mut synth = synth(&[part(73)]);
        for &(number, value) in setup {
            synth.send(0, controller(number, value)).expect("a part");
        }
        synth.send(0, strike(72, 100)).expect("a part");
        let [left, right] = play(&mut synth, 0.3);
        let level = |samples: Vec<f32>| decibels(&[samples, Vec::new()]).1;
        (level(left), level(right))
    };
    let (plain, _) = levels(&[]);
    assert!(levels(&[(7, 50)]).0 < plain - 9.0);
    assert!(levels(&[(11, 64)]).0 < plain - 9.0);
    let (left, right) = levels(&[(10, 0)]);
    assert!(left > right + 10.0, "{left} against {right}");
}

#[test]
fn forty_parts_are_all_heard() {
    // Flutes a semitone apart in pairs of parts, on more channels than one engine has.
    let parts: Vec<_> = (0..40).map(|_| part(79)).collect();
    let mut synth = synth(&parts);
    for index in 0..40 {
        synth.send(index, strike(50 + index as u8, 100)).expect("a part");
    }
    play(&mut synth, 0.2);
    let samples = mono(&play(&mut synth, 1.0));
    // What is at a pitch that nobody plays: the breath of all.
    let beside = strength(&samples, hertz(100));
    for pitch in 50..90 {
        let at = strength(&samples, hertz(pitch));
        assert!(at > 0.004 && at > 2.0 * beside, "pitch {pitch} has {at}, and the air {beside}");
    }
}

#[test]
fn any_part_may_be_drums_and_stays_so() {
    // The tenth part would be MIDI's percussion channel; here it is a flute like the others, and
    // the first one is the kit.
    let mut parts = vec![part(73); 12];
    parts[0] = DRUMS;
    let mut synth = synth(&parts);
    synth.send(0, controller(0, 0)).expect("a part");
    synth.send(0, strike(69, 110)).expect("a part");
    play(&mut synth, 0.15);
    let cabasa = mono(&play(&mut synth, 0.3));
    assert!(strength(&cabasa, 440.0) < 0.000_5, "key 69 is a cabasa, not an A");
    for index in [8, 9, 10] {
        synth.send(index, strike(69, 100)).expect("a part");
        play(&mut synth, 0.2);
        let flute = mono(&play(&mut synth, 0.3));
        assert!(cents_above(&flute, 440.0).abs() < 10.0 && strength(&flute, 440.0) > 0.01);
        synth.send(index, release(69)).expect("a part");
        play(&mut synth, 2.0);
    }
}

#[test]
fn too_many_parts_are_refused() {
    let refused = Synth::new(&SoundFont::built_in(), &vec![part(0); 1_025]).err();
    assert_eq!(refused, Some(SoundError::OverLimit { what: "parts", found: 1_025, limit: 1_024 }));
}

#[test]
fn controllers_of_any_number_and_value_do_no_harm() {
    let mut synth = synth(&[part(81), DRUMS]);
    let mut state = 1u32;
    let mut chance = |below: u32| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) % below
    };
    for _ in 0..3_000 {
        let index = chance(2) as usize;
        let message = match chance(6) {
            0 => strike(chance(128) as u8, 1 + chance(127) as u8),
            1 => release(chance(128) as u8),
            2 => Message::Change(Change::PitchBend((chance(65_536) as i32 - 32_768) as i16)),
            3 => Message::Change(Change::ChannelPressure(chance(256) as u8)),
            4 => controller([0, 1, 6, 32, 38, 100, 101][chance(7) as usize], chance(256) as u8),
            _ => controller(chance(256) as u8, chance(256) as u8),
        };
        synth.send(index, message).expect("the engine holds");
        let sound = play(&mut synth, 0.002);
        assert!(sound.iter().flatten().all(|sample| sample.is_finite()));
    }
}
