//! Spectra, mel bands and the ways back, held to librosa 0.11; see `golden/write_goldens.py`.

#![expect(clippy::unwrap_used, reason = "a test may")]

use std::num::NonZero;

use cantilena_audio::{
    Audio, GriffinLim, LogMel, MelBands, MelFilters, MelNorm, MelOptions, MelScale, Padding,
    Reference, SampleRate, Spectrogram, Stft, StftOptions, audio_from_log_mel, griffin_lim,
    log_mel, mel_powers, spectrum_from_mel,
};

const ONE: NonZero<usize> = NonZero::<usize>::MIN;
const TWO: NonZero<usize> = NonZero::new(2).unwrap();

fn rate() -> SampleRate {
    SampleRate::new(22_050).unwrap()
}

/// A rising tone, a steady one and noise, as the goldens' script makes it.
fn sound(samples: u64) -> Audio {
    let sample = |n: u64| {
        let bits = (n + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        let bits = (bits ^ (bits >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let noise = (bits >> 40) as f64 / f64::from(1 << 23) - 1.0;
        let t = n as f64 / 22_050.0;
        let rising = (std::f64::consts::TAU * (200.0 * t + 1_500.0 * t * t)).sin();
        let steady = (std::f64::consts::TAU * 440.0 * t).sin() * (-3.0 * t).exp();
        (0.3 * rising + 0.4 * steady + 0.01 * noise) as f32
    };
    Audio::new(rate(), vec![(0..samples).map(sample).collect()]).unwrap()
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.chunks_exact(4).map(|bytes| f32::from_le_bytes(bytes.try_into().unwrap())).collect()
}

/// A figure that the script wrote down.
fn figure(name: &str) -> f64 {
    let lines = include_str!("golden/figures.txt").lines();
    let line = lines.filter_map(|line| line.split_once(' ')).find(|line| line.0 == name).unwrap();
    line.1.parse().unwrap()
}

/// The largest difference relative to each value, or to a hundred-millionth of the largest value
/// where that is more: single precision says nothing below.
#[track_caller]
fn check(found: &Spectrogram, golden: &[u8]) {
    let golden = floats(golden);
    assert_eq!(found.values().len(), golden.len());
    let least = golden.iter().copied().fold(0.0, f32::max) * 1e-8;
    let differences = found.values().iter().zip(&golden);
    let worst = differences.map(|(a, b)| (a - b).abs() / b.abs().max(least)).fold(0.0, f32::max);
    assert!(worst < 1e-4, "{worst}");
}

const SLANEY: MelBands = MelBands {
    count: 128,
    hertz_min: 0.0,
    hertz_max: Some(8_000.0),
    scale: MelScale::Slaney,
    norm: MelNorm::Area,
};

#[test]
fn slaneys_bands_of_equal_area_are_librosas() {
    let stft = StftOptions::default();
    let found = mel_powers(&sound(8_000), &stft, &SLANEY, ONE).unwrap();
    check(&found, include_bytes!("golden/mel_slaney_area_zero.f32"));
}

#[test]
fn htks_bands_with_peaks_of_one_are_librosas() {
    let stft = StftOptions { fft_size: 1024, window: 800, hop: 256, padding: Padding::Reflect };
    let bands = MelBands {
        count: 40,
        hertz_min: 50.0,
        hertz_max: None,
        scale: MelScale::Htk,
        norm: MelNorm::Peak,
    };
    let found = mel_powers(&sound(8_000), &stft, &bands, ONE).unwrap();
    check(&found, include_bytes!("golden/mel_htk_peak_reflect.f32"));
}

#[test]
fn htks_bands_that_sum_to_one_are_librosas() {
    let stft = StftOptions { fft_size: 1000, window: 1000, hop: 300, padding: Padding::Edge };
    let bands = MelBands {
        count: 64,
        hertz_min: 20.0,
        hertz_max: Some(11_025.0),
        scale: MelScale::Htk,
        norm: MelNorm::Sum,
    };
    let found = mel_powers(&sound(8_000), &stft, &bands, ONE).unwrap();
    check(&found, include_bytes!("golden/mel_htk_sum_edge.f32"));
}

#[test]
fn frames_that_begin_with_the_sound_are_librosas() {
    let stft = StftOptions { fft_size: 512, window: 512, hop: 512, padding: Padding::None };
    let found = mel_powers(&sound(8_000), &stft, &MelBands { count: 80, ..SLANEY }, ONE).unwrap();
    check(&found, include_bytes!("golden/mel_slaney_area_uncentred.f32"));
}

#[test]
fn levels_are_librosas_decibels_over_their_range() {
    let found = log_mel(&sound(8_000), &MelOptions::default(), ONE).unwrap();
    let golden = floats(include_bytes!("golden/decibels_slaney_area_zero.f32"));
    for (level, decibels) in found.levels.values().iter().zip(golden) {
        let expected = 1.0 + decibels / 80.0;
        assert!((level - expected).abs() < 1e-5, "{level} for {expected}");
    }
    assert_eq!(found.levels.max(), 1.0);
}

/// How far the spectra of some samples are from the magnitudes they were made for, relative to
/// these: spectral convergence.
fn distance(stft: &Stft, samples: &[f32], wanted: &Spectrogram) -> f64 {
    let found = stft.magnitudes(samples, TWO);
    relative_distance(found.values(), wanted.values())
}

fn relative_distance(found: &[f32], wanted: &[f32]) -> f64 {
    let square = |value: f32| f64::from(value) * f64::from(value);
    let apart: f64 = found.iter().zip(wanted).map(|(a, b)| square(a - b)).sum();
    (apart / wanted.iter().map(|value| square(*value)).sum::<f64>()).sqrt()
}

#[test]
fn phases_are_found_as_well_as_by_librosa() {
    let stft = Stft::new(StftOptions::default()).unwrap();
    let magnitudes = stft.magnitudes(&sound(3 * 22_050).mono(), TWO);
    for momentum in [0.0, 0.99] {
        let mean = (0..5)
            .map(|seed| {
                let options = GriffinLim { momentum, seed, ..GriffinLim::default() };
                let samples = griffin_lim(&magnitudes, &stft, &options, TWO).unwrap();
                distance(&stft, &samples, &magnitudes)
            })
            .sum::<f64>()
            / 5.0;
        let theirs = figure(if momentum == 0.0 { "griffin_lim_0.0" } else { "griffin_lim_0.99" });
        // Random starts differ: five seeds' means of either program lie within some percent.
        assert!((mean / theirs - 1.0).abs() < 0.1, "momentum {momentum}: {mean}, theirs {theirs}");
    }
}

#[test]
fn bands_become_bins_at_least_as_well_as_by_librosa() {
    let stft = Stft::new(StftOptions::default()).unwrap();
    let audio = sound(3 * 22_050);
    let magnitudes = stft.magnitudes(&audio.mono(), TWO);
    let mel = mel_powers(&audio, stft.options(), &SLANEY, TWO).unwrap();
    let filters = MelFilters::new(rate(), 2048, &SLANEY).unwrap();
    let powers = spectrum_from_mel(&mel, &filters, TWO).unwrap();
    assert!(powers.values().iter().all(|power| *power >= 0.0));

    let mut again = vec![0.0; mel.values().len()];
    for (bins, bands) in powers.rows().zip(again.chunks_exact_mut(128)) {
        filters.apply(bins, bands);
    }
    let residual = relative_distance(&again, mel.values());
    assert!(residual <= figure("nnls_residual"), "{residual}");

    let roots: Vec<f32> = powers.values().iter().map(|power| power.sqrt()).collect();
    let spectrum = relative_distance(&roots, magnitudes.values());
    assert!(spectrum <= figure("nnls_spectrum") * 1.02, "{spectrum}");
}

#[test]
fn levels_survive_the_way_to_sound_and_back() {
    let options = MelOptions::default();
    let before = log_mel(&sound(3 * 22_050), &options, TWO).unwrap();
    let audio = audio_from_log_mel(&before, &options, &GriffinLim::default(), TWO).unwrap();
    let same = MelOptions { reference: Reference::Power(before.reference), ..options };
    let after = log_mel(&audio, &same, TWO).unwrap();
    assert_eq!(before.levels.frames(), after.levels.frames());
    // The loud tones must stand where they stood; between them lies noise, whose phases nobody
    // can know.
    let pairs = before.levels.values().iter().zip(after.levels.values());
    let loud: Vec<f32> =
        pairs.filter(|(level, _)| **level > 0.75).map(|(a, b)| (a - b).abs()).collect();
    let mean_decibels = loud.iter().sum::<f32>() / loud.len() as f32 * 80.0;
    assert!(loud.len() > 400 && mean_decibels < 1.5, "{} {mean_decibels} dB", loud.len());
}

#[test]
fn silence_becomes_silence() {
    let options = MelOptions::default();
    let silence = Audio::new(rate(), vec![vec![0.0; 4_000]]).unwrap();
    let levels = LogMel {
        levels: Spectrogram::new(128, vec![0.0; 128 * 8]).unwrap(),
        ..log_mel(&silence, &options, ONE).unwrap()
    };
    let audio = audio_from_log_mel(&levels, &options, &GriffinLim::default(), ONE).unwrap();
    assert!(audio.is_silent());
    assert_eq!(audio.frames(), 7 * 512);
}

#[test]
fn threads_change_nothing() {
    let options = MelOptions::default();
    let audio = sound(22_050);
    let (one, two) = (log_mel(&audio, &options, ONE), log_mel(&audio, &options, TWO));
    assert_eq!(one, two);
    let phases = GriffinLim { iterations: 3, ..GriffinLim::default() };
    let back = |threads| audio_from_log_mel(one.as_ref().unwrap(), &options, &phases, threads);
    assert_eq!(back(ONE), back(TWO));
}

#[test]
fn samples_near_the_largest_number_give_numbers() {
    let loud = Audio::new(rate(), vec![vec![3e38, -3e38, 3e38]]).unwrap();
    let levels = log_mel(&loud, &MelOptions::default(), ONE).unwrap().levels;
    assert!(levels.values().iter().all(|level| (0.0..=1.0).contains(level)));
}
