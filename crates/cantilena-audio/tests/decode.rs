//! Files of every format that is read, and bytes that only pretend.

#![expect(clippy::unwrap_used, reason = "a test may")]

use std::f64::consts::TAU;

use cantilena_audio::{
    Audio, AudioError, BitDepth, DecodeError, DecodeLimits, Decoding, SampleRate, decode, wav,
};

const MP3: &[u8] = include_bytes!("sounds/tones.mp3");
const OGG: &[u8] = include_bytes!("sounds/tones.ogg");
const FLAC: &[u8] = include_bytes!("sounds/tones.flac");
const AAC: &[u8] = include_bytes!("sounds/tones-aac.m4a");
const ALAC: &[u8] = include_bytes!("sounds/tones-alac.m4a");
const AIFF: &[u8] = include_bytes!("sounds/tones.aiff");
const FLOAT_WAV: &[u8] = include_bytes!("sounds/tones-float.wav");

fn decoded(bytes: &[u8]) -> Result<Decoding, DecodeError> {
    decode(bytes, &DecodeLimits::default())
}

/// The amplitude of a tone in samples of 44,100 Hz, away from their ends.
fn amplitude(samples: &[f32], hertz: f64) -> f64 {
    // A tenth of a second holds whole periods of both tones.
    let middle = &samples[3_000..7_410];
    let (mut sine, mut cosine) = (0.0, 0.0);
    for (n, sample) in middle.iter().enumerate() {
        let phase = TAU * hertz * n as f64 / 44_100.0;
        sine += f64::from(*sample) * phase.sin();
        cosine += f64::from(*sample) * phase.cos();
    }
    2.0 * f64::hypot(sine, cosine) / middle.len() as f64
}

/// Two tones a quarter of a second long, one on each side, of these amplitudes.
#[track_caller]
fn check_tones(bytes: &[u8], amplitudes: [f64; 2], frames_more: usize) {
    let Decoding { audio, damaged_packets } = decoded(bytes).unwrap();
    assert_eq!(damaged_packets, 0);
    assert_eq!(audio.sample_rate(), SampleRate::CD);
    let [left, right] = audio.channels() else { panic!("{} channels", audio.channels().len()) };
    let sides = [(left, 440.0, 660.0), (right, 660.0, 440.0)];
    for ((samples, there, elsewhere), expected) in sides.into_iter().zip(amplitudes) {
        let found = amplitude(samples, there);
        assert!((found - expected).abs() < 1e-4, "{found} for {expected}");
        assert!(amplitude(samples, elsewhere) < 0.001);
    }
    let more = audio.frames() as i64 - 11_025;
    assert!((0..=frames_more as i64).contains(&more), "{more} frames more");
}

#[test]
fn formats_without_loss_give_every_frame() {
    check_tones(FLAC, [0.5, 0.5], 0);
    check_tones(ALAC, [0.5, 0.5], 0);
    check_tones(AIFF, [0.5, 0.5], 0);
    check_tones(FLOAT_WAV, [0.5, 0.5], 0);
}

#[test]
fn formats_with_loss_give_the_tones_with_little_around_them() {
    // The amplitudes are those that FFmpeg 8's decoders give.
    check_tones(OGG, [0.503_947, 0.503_650], 0);
    // Encoders fill their last packet, and those of AAC and MP3 begin before the sound.
    check_tones(MP3, [0.475_006, 0.475_004], 1_152 * 3);
    check_tones(AAC, [0.497_535, 0.456_758], 1_024 * 3);
}

/// A steady WAV file of 16 bits.
fn wav_of(frames: usize) -> Vec<u8> {
    let audio = Audio::new(SampleRate::CD, vec![vec![0.25; frames]]).unwrap();
    wav::encode(&audio, BitDepth::Sixteen).unwrap()
}

fn refused(bytes: &[u8]) -> DecodeError {
    decoded(bytes).unwrap_err()
}

#[test]
fn an_empty_file_is_called_empty() {
    assert_eq!(refused(&[]), DecodeError::Empty);
}

#[test]
fn ten_milliseconds_are_too_short() {
    let found = refused(&wav_of(441));
    assert_eq!(found, DecodeError::TooShort { seconds: 0.01, least: 0.05 });
    assert!(matches!(refused(&wav_of(0)), DecodeError::TooShort { seconds: 0.0, .. }));
}

#[test]
fn a_rate_of_zero_is_named() {
    let mut bytes = wav_of(44_100);
    bytes[24..28].copy_from_slice(&0u32.to_le_bytes());
    assert_eq!(refused(&bytes), DecodeError::Audio(AudioError::SampleRate(0)));
}

#[test]
fn a_claim_of_four_gigabytes_is_held_against_what_is_there() {
    let mut bytes = wav_of(44_100);
    bytes[4..8].copy_from_slice(&(u32::MAX - 8).to_le_bytes());
    bytes[40..44].copy_from_slice(&(u32::MAX - 44).to_le_bytes());
    let DecodeError::CutShort { promised, found } = refused(&bytes) else {
        panic!("{}", refused(&bytes))
    };
    assert!(promised > 48_000.0 && found == 1.0);
}

#[test]
fn samples_that_are_no_numbers_are_found() {
    let mut bytes = FLOAT_WAV.to_vec();
    let at = bytes.len() - 8 * 100;
    bytes[at..at + 4].copy_from_slice(&f32::NAN.to_le_bytes());
    let DecodeError::Audio(AudioError::NotFinite { channel: 0, frame }) = refused(&bytes) else {
        panic!("{}", refused(&bytes))
    };
    assert_eq!(frame, 11_025 - 100);
}

#[test]
fn protected_files_say_so() {
    for (entry, kind) in [("drms", b"drms"), ("enca", b"enca")] {
        let mut bytes = AAC.to_vec();
        let at = bytes.windows(4).position(|name| name == b"mp4a").unwrap();
        bytes[at..at + 4].copy_from_slice(kind);
        assert_eq!(refused(&bytes), DecodeError::Protected { entry });
    }
}

#[test]
fn what_is_no_sound_is_called_what_it_is() {
    let refused_as = |bytes: &[u8]| match refused(bytes) {
        DecodeError::NotAudio { looks_like } => looks_like,
        error => panic!("{error}"),
    };
    assert_eq!(refused_as("Liebe Grüße\n".repeat(100).as_bytes()), "text");
    assert_eq!(refused_as(b"MThd\0\0\0\x06\0\0\0\x01\0\x60"), "a MIDI file");
    assert_eq!(refused_as(b"PK\x03\x04rest of an archive"), "a ZIP archive");
    assert_eq!(refused_as(&[0; 4000]), "no format known here");
}

#[test]
fn more_than_memory_should_hold_is_refused_while_it_is_read() {
    let limits = DecodeLimits { samples_max: 10_000, ..DecodeLimits::default() };
    assert_eq!(decode(FLAC, &limits), Err(DecodeError::TooLong(10_000)));
}

#[test]
fn a_file_cut_a_little_short_still_sounds() {
    let whole = wav_of(44_100);
    let Decoding { audio, .. } = decoded(&whole[..whole.len() - 10_001]).unwrap();
    assert!((39_000..=39_099).contains(&audio.frames()), "{}", audio.frames());
}

/// Changes bytes at places that follow from the round alone.
fn damaged(bytes: &[u8], round: u64) -> Vec<u8> {
    let mut state = round.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut next = |below: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state >> 11) as usize % below
    };
    let mut bytes = bytes.to_vec();
    for _ in 0..1 + next(8) {
        // Half of the changes fall on the first kilobyte, where headers are.
        let reach = if next(2) == 0 { bytes.len() } else { bytes.len().min(1_024) };
        let at = next(reach);
        bytes[at] = [0x00, 0xff, 0x7f, 0x80, next(256) as u8][next(5)];
    }
    if next(4) == 0 {
        bytes.truncate(1 + next(bytes.len()));
    }
    bytes
}

/// Every damage gives sound or an error, and never more sound than the limit.
#[test]
fn damage_gives_an_error_or_sound_but_never_a_panic() {
    let rounds = std::env::var("CANTILENA_DAMAGE_ROUNDS").ok();
    let rounds = rounds.and_then(|rounds| rounds.parse().ok()).unwrap_or(150);
    let limits = DecodeLimits { samples_max: 1 << 22, ..DecodeLimits::default() };
    let short_wav = wav_of(8_000);
    for file in [MP3, OGG, FLAC, AAC, ALAC, AIFF, FLOAT_WAV, &short_wav] {
        for round in 0..rounds {
            if let Ok(Decoding { audio, .. }) = decode(&damaged(file, round), &limits) {
                let samples = audio.frames() * audio.channels().len();
                assert!(samples <= limits.samples_max);
            }
        }
    }
}
