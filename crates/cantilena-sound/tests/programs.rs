//! Every program of the built-in bank, heard.

mod listening;

use cantilena_audio::Levels;
use cantilena_score::{Pitch, Program};

use listening::{cents_above, decibels, mono, part, play, release, strike, synth};

/// Programs that are noises, or happen once: what holds for instruments does not for them.
const NOISES: std::ops::Range<u8> = 118..128;

#[test]
fn every_program_is_heard_and_falls_silent() {
    let mut wrong = Vec::new();
    for program in 0..128 {
        let name = Program::new(program).expect("a program").name();
        for pitch in [40, 55, 67, 84] {
            let mut synth = synth(&[part(program)]);
            synth.send(0, strike(pitch, 100)).expect("a part");
            // What rises slowly or comes late is there after a second or two.
            let held = play(&mut synth, if program == 119 { 2.0 } else { 0.6 });
            let (peak, rms) = decibels(&held);
            let levels = Levels::of(held.iter().flatten().copied());
            synth.send(0, release(pitch)).expect("a part");
            play(&mut synth, 3.5);
            let (after, _) = decibels(&play(&mut synth, 0.1));

            let mut check = |what: &str, right: bool| {
                if !right {
                    wrong.push(format!(
                        "{program} {name} at {pitch}: {what} (peak {peak:.1} dB, rms {rms:.1} dB, \
                         mean {:.5}, after {after:.1} dB)",
                        levels.mean
                    ));
                }
            };
            let audible = if NOISES.contains(&program) { -55.0 } else { -42.0 };
            check("too soft", rms > audible);
            check("too loud", rms < -19.0);
            check("one note takes half of full scale", peak < -6.0);
            check("direct current", levels.mean.abs() < 0.001);
            check("it does not end", after < -60.0);
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_instrument_is_in_tune() {
    let mut wrong = Vec::new();
    // The bells' pitch is no partial of theirs, the hit has a drum in it, and the last ones are
    // played by pitch, but from another one on.
    let untuned = [14, 55, 113, 115, 116, 117];
    // These waver on purpose.
    let wavering = [101, 103];
    for program in (0..NOISES.start)
        .filter(|program| !untuned.contains(program) && !wavering.contains(program))
    {
        for pitch in [45, 60, 69, 79] {
            let mut synth = synth(&[part(program)]);
            synth.send(0, strike(pitch, 90)).expect("a part");
            // Past the attack.
            play(&mut synth, 0.12);
            let heard = mono(&play(&mut synth, 0.8));
            let cents = cents_above(&heard, Pitch::new(pitch).expect("a pitch").hertz());
            // Sections and pads are out of tune with themselves, by more than ten cents.
            let allowed = if matches!(program, 48..56 | 88..104) { 15.0 } else { 10.0 };
            if cents.abs() > allowed {
                let name = Program::new(program).expect("a program").name();
                wrong.push(format!("{program} {name} at {pitch}: {cents} cents"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn soft_notes_are_softer_and_duller() {
    // The higher partials of a piano, against its fundamental.
    let brightness = |velocity| {
        let mut synth = synth(&[part(0)]);
        synth.send(0, strike(48, velocity)).expect("a part");
        let heard = play(&mut synth, 0.4);
        let hertz = Pitch::new(48).expect("a pitch").hertz();
        let samples = mono(&heard);
        let high: f64 = (8..20).map(|n| listening::strength(&samples, f64::from(n) * hertz)).sum();
        (decibels(&heard).1, high / listening::strength(&samples, hertz))
    };
    let (soft, dull) = brightness(30);
    let (loud, bright) = brightness(120);
    assert!(loud > soft + 15.0, "{loud} dB against {soft}");
    assert!(bright > 2.0 * dull, "{bright} against {dull}");
}

#[test]
fn programs_of_a_family_differ() {
    // The spectrum of a held note, in bands of 100 Hz, at its start and after half a second.
    let portrait = |program: u8| {
        let mut synth = synth(&[part(program)]);
        synth.send(0, strike(57, 100)).expect("a part");
        let samples = mono(&play(&mut synth, 0.7));
        let mut portrait: Vec<f64> = [0, 4_410, 22_050]
            .into_iter()
            .flat_map(|at| {
                let window = &samples[at..at + 882];
                (2..80).map(|band| listening::strength(window, 100.0 * f64::from(band)))
            })
            .collect();
        let whole = portrait.iter().map(|part| part * part).sum::<f64>().sqrt();
        portrait.iter_mut().for_each(|part| *part /= whole);
        portrait
    };
    for family in (0..14).map(|family| family * 8) {
        let portraits: Vec<Vec<f64>> = (family..family + 8).map(portrait).collect();
        for a in 0..8 {
            for b in a + 1..8 {
                let likeness: f64 =
                    portraits[a].iter().zip(&portraits[b]).map(|(a, b)| a * b).sum();
                assert!(
                    likeness < 0.999_9,
                    "{} and {} are alike: {likeness}",
                    family as usize + a,
                    family as usize + b,
                );
            }
        }
    }
}
