//! WAV bytes, read back by a reader that is not ours.

#![expect(clippy::unwrap_used, reason = "a test may")]

use std::io::Cursor;

use cantilena_audio::{Audio, AudioError, BitDepth, SampleRate, wav};

/// A second of a sine at `hertz`, `amplitude` on the left and half of it on the right.
fn sine(hertz: f64, amplitude: f32) -> Audio {
    let sample = |frame: u32| {
        let phase = std::f64::consts::TAU * hertz * f64::from(frame) / 44_100.0;
        amplitude * phase.sin() as f32
    };
    let left: Vec<f32> = (0..44_100).map(sample).collect();
    let right = left.iter().map(|sample| sample / 2.0).collect();
    Audio::new(SampleRate::CD, vec![left, right]).unwrap()
}

/// Reads the file back and gives its samples in steps, (frame, channel).
#[track_caller]
fn read_back(audio: &Audio, depth: BitDepth) -> Vec<i32> {
    let bytes = wav::encode(audio, depth).unwrap();
    let riff_size = u32::from_le_bytes(bytes[4..8].try_into().unwrap());
    assert_eq!(riff_size as usize + 8, bytes.len(), "the size in front counts the rest");
    let mut reader = hound::WavReader::new(Cursor::new(bytes)).unwrap();
    let spec = reader.spec();
    assert_eq!(u32::from(spec.channels), audio.channels().len() as u32);
    assert_eq!(spec.sample_rate, audio.sample_rate().hertz());
    assert_eq!(spec.bits_per_sample, depth.bits());
    assert_eq!(reader.duration() as usize, audio.frames());
    reader.samples::<i32>().map(Result::unwrap).collect()
}

#[test]
fn twenty_four_bits_come_back_within_half_a_step() {
    let audio = sine(997.0, 0.9);
    for (frame, steps) in read_back(&audio, BitDepth::TwentyFour).chunks(2).enumerate() {
        for (channel, step) in steps.iter().enumerate() {
            let written = f64::from(audio.channels()[channel][frame]) * 8_388_608.0;
            assert!((f64::from(*step) - written).abs() <= 0.5);
        }
    }
}

#[test]
fn sixteen_bits_come_back_within_their_dither() {
    let audio = sine(997.0, 0.9);
    for (frame, steps) in read_back(&audio, BitDepth::Sixteen).chunks(2).enumerate() {
        let written = f64::from(audio.channels()[0][frame]) * 32_768.0;
        assert!((f64::from(steps[0]) - written).abs() <= 1.5);
    }
}

#[test]
fn dither_lets_a_tone_below_one_step_be_heard() {
    // 0.4 steps: plain rounding would write nothing but zeros.
    let audio = sine(441.0, 0.4 / 32_768.0);
    let steps = read_back(&audio, BitDepth::Sixteen);
    let left = steps.iter().step_by(2);
    let correlation: f64 = left
        .enumerate()
        .map(|(frame, &step)| {
            let phase = std::f64::consts::TAU * 441.0 * frame as f64 / 44_100.0;
            2.0 * f64::from(step) * phase.sin() / 44_100.0
        })
        .sum();
    assert!((correlation - 0.4).abs() < 0.02, "an amplitude of {correlation} steps");
}

#[test]
fn the_same_sound_gives_the_same_bytes_in_whatever_blocks() {
    let audio = sine(440.0, 0.5);
    let whole = wav::encode(&audio, BitDepth::Sixteen).unwrap();
    let mut parts =
        wav::header(SampleRate::CD, 2, audio.frames() as u64, BitDepth::Sixteen).unwrap();
    let mut encoder = wav::Encoder::new(BitDepth::Sixteen);
    let channels = audio.channels();
    for start in (0..44_100).step_by(1_234) {
        let end = (start + 1_234).min(44_100);
        encoder.encode(&[&channels[0][start..end], &channels[1][start..end]], &mut parts);
    }
    assert!(whole == parts);
}

#[test]
fn silence_stays_silent_and_an_odd_file_is_padded() {
    let audio = Audio::new(SampleRate::FILM, vec![vec![0.0; 3]]).unwrap();
    assert_eq!(read_back(&audio, BitDepth::Sixteen), [0, 0, 0]);
    assert_eq!(read_back(&audio, BitDepth::TwentyFour), [0, 0, 0]);
    assert_eq!(wav::encode(&audio, BitDepth::TwentyFour).unwrap().len() % 2, 0);
}

#[test]
fn what_passes_full_scale_is_cut_there() {
    let audio = Audio::new(SampleRate::CD, vec![vec![7.0, -7.0]]).unwrap();
    assert_eq!(read_back(&audio, BitDepth::Sixteen), [32_767, -32_768]);
    assert_eq!(read_back(&audio, BitDepth::TwentyFour), [8_388_607, -8_388_608]);
}

#[test]
fn a_file_beyond_riff_is_refused_before_it_is_made() {
    let frames = 1 << 30;
    let refused = wav::header(SampleRate::CD, 2, frames, BitDepth::Sixteen);
    assert_eq!(refused, Err(AudioError::TooLargeForWav { bytes: 4 << 30, channels: 2 }));
    assert!(wav::header(SampleRate::CD, 2, frames - 40, BitDepth::Sixteen).is_ok());
}
