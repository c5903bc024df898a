//! Loudness on signals whose loudness is known, and against a meter that is not ours.

#![expect(clippy::unwrap_used, reason = "a test may")]

use cantilena_audio::{Audio, SampleRate, decibels_of, gain_of, integrated_loudness, true_peak};

/// Stereo sines of 1 kHz after each other: level in dBFS, length in seconds.
fn tones(rate: SampleRate, parts: &[(f64, f64)]) -> Audio {
    let mut samples = Vec::new();
    for &(level, seconds) in parts {
        for _ in 0..rate.frame_at(seconds) {
            let phase =
                std::f64::consts::TAU * 1_000.0 * samples.len() as f64 / f64::from(rate.hertz());
            samples.push((gain_of(level) * phase.sin()) as f32);
        }
    }
    Audio::new(rate, vec![samples.clone(), samples]).unwrap()
}

/// EBU Tech 3341, table 1: the integrated loudness within 0.1 LU.
#[track_caller]
fn check(parts: &[(f64, f64)], expected: f64) {
    for rate in [SampleRate::CD, SampleRate::FILM] {
        let found = integrated_loudness(&tones(rate, parts)).unwrap();
        assert!((found - expected).abs() < 0.1, "{found} LUFS, and {expected} was expected");
    }
}

#[test]
fn a_steady_tone_is_as_loud_as_its_level() {
    check(&[(-23.0, 20.0)], -23.0); // case 1
    check(&[(-33.0, 20.0)], -33.0); // case 2
}

#[test]
fn quiet_passages_are_gated() {
    check(&[(-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0)], -23.0); // case 3
    check(&[(-72.0, 10.0), (-36.0, 10.0), (-23.0, 60.0), (-36.0, 10.0), (-72.0, 10.0)], -23.0); // 4
}

#[test]
fn loud_passages_count_by_their_energy() {
    check(&[(-26.0, 20.0), (-20.0, 20.1), (-26.0, 20.0)], -23.0); // case 5
}

#[test]
fn silence_has_no_loudness() {
    assert_eq!(integrated_loudness(&tones(SampleRate::CD, &[(-120.0, 5.0)])), None);
    assert_eq!(integrated_loudness(&tones(SampleRate::CD, &[(-20.0, 0.3)])), None);
}

/// Something like music: decaying notes of many partials, with noise.
fn music(rate: SampleRate) -> Audio {
    let hertz = f64::from(rate.hertz());
    let mut noise = 1u32;
    let mut channel = |pitch: f64| -> Vec<f32> {
        (0..rate.frame_at(12.0))
            .map(|frame| {
                let t = frame as f64 / hertz;
                noise = noise.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                let hiss = f64::from(noise) / f64::from(u32::MAX) - 0.5;
                let decay = (-3.0 * (t % 0.75)).exp() * (0.2 + 0.8 * (t / 12.0));
                let partials: f64 =
                    (1..40).map(|n| (std::f64::consts::TAU * pitch * f64::from(n) * t).sin()).sum();
                (decay * (0.04 * partials + 0.1 * hiss)) as f32
            })
            .collect()
    };
    let channels = vec![channel(110.3), channel(277.1)];
    Audio::new(rate, channels).unwrap()
}

#[test]
fn another_meter_agrees_on_loudness_and_true_peak() {
    for rate in [SampleRate::CD, SampleRate::FILM] {
        let audio = music(rate);
        let mode = ebur128::Mode::I | ebur128::Mode::TRUE_PEAK;
        let mut other = ebur128::EbuR128::new(2, rate.hertz(), mode).unwrap();
        let channels: Vec<&[f32]> = audio.channels().iter().map(Vec::as_slice).collect();
        other.add_frames_planar_f32(&channels).unwrap();

        let loudness = integrated_loudness(&audio).unwrap();
        let expected = other.loudness_global().unwrap();
        assert!((loudness - expected).abs() < 0.05, "{loudness} LUFS against {expected}");

        let peak = decibels_of(true_peak(&audio));
        let expected = decibels_of(other.true_peak(0).unwrap().max(other.true_peak(1).unwrap()));
        assert!((peak - expected).abs() < 0.2, "{peak} dBTP against {expected}");
    }
}

#[test]
fn a_true_peak_between_samples_is_found() {
    // EBU Tech 3341, table 1, case 15 and following: a quarter of the rate, 45° off the samples.
    let samples: Vec<f32> = (0..48_000)
        .map(|frame| (0.5 * (std::f64::consts::FRAC_PI_2 * (f64::from(frame) + 0.5)).sin()) as f32)
        .collect();
    let audio = Audio::new(SampleRate::FILM, vec![samples]).unwrap();
    let found = decibels_of(true_peak(&audio));
    // The tolerance there is +0.2 and −0.4 dB; the tone's abrupt ends add a little of their own.
    assert!((-6.4..-5.7).contains(&found), "{found} dBTP");
}

#[test]
fn a_peak_on_the_very_last_sample_counts() {
    let mut samples = vec![0.0; 100];
    samples[99] = 0.75;
    let audio = Audio::new(SampleRate::CD, vec![samples]).unwrap();
    assert!(true_peak(&audio) >= 0.75);
}
