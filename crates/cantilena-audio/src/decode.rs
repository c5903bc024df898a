//! Sound from the bytes of a file: WAV, AIFF, FLAC, Ogg Vorbis, MP3, and M4A with AAC or ALAC.

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::{AudioCodecParameters, AudioDecoder, AudioDecoderOptions};
use symphonia::core::errors::Error;
use symphonia::core::formats::probe::Hint;
use symphonia::core::formats::{FormatOptions, FormatReader, TrackType};
use symphonia::core::io::MediaSourceStream;
use symphonia::core::meta::MetadataOptions;

use crate::audio::{Audio, SampleRate};
use crate::error::DecodeError;

/// How much sound a file may hold.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DecodeLimits {
    /// Below this a file is refused, in seconds.
    pub seconds_min: f64,
    /// Above this a file is refused: samples of all channels together, four bytes each.
    pub samples_max: usize,
}

impl Default for DecodeLimits {
    /// From 50 ms, in which the lowest note of a piano swings just once, to a gigabyte: 50 minutes
    /// of compact disc.
    fn default() -> DecodeLimits {
        DecodeLimits { seconds_min: 0.05, samples_max: 1 << 28 }
    }
}

/// What a file held.
#[derive(Clone, Debug, PartialEq)]
pub struct Decoding {
    /// The first track that could be played, as the file has it: its rate, all its channels.
    pub audio: Audio,
    /// Packets left out since they were damaged; fewer than those that were not.
    pub damaged_packets: usize,
}

/// Decodes the bytes of a file, whatever it is called.
///
/// Memory stays within what the limits allow and some copies of the bytes, whatever a header
/// promises.
///
/// # Errors
/// [`DecodeError`] says what was found.
pub fn decode(bytes: &[u8], limits: &DecodeLimits) -> Result<Decoding, DecodeError> {
    if bytes.is_empty() {
        return Err(DecodeError::Empty);
    }
    // Symphonia 0.6.1 panics on some damaged headers: a product that overflows in its RIFF reader
    // was the first found. Nothing of it is used after that, so there is nothing left half done.
    let decoding = catch_unwind(AssertUnwindSafe(|| decode_trusting(bytes, limits)));
    let crashed = "its header makes no sense".to_owned();
    decoding.unwrap_or(Err(DecodeError::Malformed(crashed)))
}

/// The same for bytes that do not crash the decoder.
fn decode_trusting(bytes: &[u8], limits: &DecodeLimits) -> Result<Decoding, DecodeError> {
    let mut reader = probe(bytes)?;
    let (track, parameters, promised) = first_track(&*reader, bytes)?;
    let rate = parameters.sample_rate.map(SampleRate::new).transpose()?;
    let mut decoder = symphonia::default::get_codecs()
        .make_audio_decoder(&parameters, &AudioDecoderOptions::default())
        .map_err(|error| refusal(&error))?;
    let decoded = decode_track(&mut *reader, track, &mut *decoder, limits)?;
    let rate = match rate {
        Some(rate) => rate,
        None => SampleRate::new(decoded.hertz)?,
    };
    if rate.hertz() != decoded.hertz {
        return Err(changes_midway());
    }
    let audio = Audio::new(rate, decoded.channels)?;
    if let Some(promised) = promised.filter(|promised| *promised / 2 > audio.frames() as u64) {
        let (promised, found) = (rate.seconds_of(promised), audio.seconds());
        return Err(DecodeError::CutShort { promised, found });
    }
    if audio.seconds() < limits.seconds_min {
        let (seconds, least) = (audio.seconds(), limits.seconds_min);
        return Err(DecodeError::TooShort { seconds, least });
    }
    Ok(Decoding { audio, damaged_packets: decoded.damaged_packets })
}

/// Finds out which format the bytes have.
fn probe(bytes: &[u8]) -> Result<Box<dyn FormatReader + '_>, DecodeError> {
    let stream = MediaSourceStream::new(Box::new(Cursor::new(bytes)), Default::default());
    let (options, tags) = (FormatOptions::default(), MetadataOptions::default());
    let found = symphonia::default::get_probe().probe(&Hint::new(), stream, options, tags);
    found.map_err(|error| match looks_like(bytes) {
        Some(looks_like) => DecodeError::NotAudio { looks_like },
        None => refusal(&error),
    })
}

/// The first track of sound: its number, how it is coded, and how many frames it promises.
fn first_track(
    reader: &dyn FormatReader,
    bytes: &[u8],
) -> Result<(u32, AudioCodecParameters, Option<u64>), DecodeError> {
    if let Some(entry) = protection(bytes) {
        return Err(DecodeError::Protected { entry });
    }
    let track = reader.default_track(TrackType::Audio);
    let track = track.or_else(|| reader.tracks().first());
    let Some(track) = track else {
        return Err(DecodeError::Unsupported("a file without any track".to_owned()));
    };
    match &track.codec_params {
        Some(CodecParameters::Audio(parameters)) => {
            Ok((track.id, parameters.clone(), track.num_frames))
        }
        _ => Err(DecodeError::Unsupported("a file without a track of sound".to_owned())),
    }
}

/// What came out of a track.
struct Decoded {
    channels: Vec<Vec<f32>>,
    hertz: u32,
    damaged_packets: usize,
}

fn decode_track(
    reader: &mut dyn FormatReader,
    track: u32,
    decoder: &mut dyn AudioDecoder,
    limits: &DecodeLimits,
) -> Result<Decoded, DecodeError> {
    let mut channels: Vec<Vec<f32>> = Vec::new();
    let mut block: Vec<Vec<f32>> = Vec::new();
    let (mut hertz, mut packets, mut damaged_packets) = (0, 0, 0);
    let mut fault = None;
    loop {
        let packet = match reader.next_packet() {
            Ok(Some(packet)) => packet,
            Ok(None) => break,
            // Where a file ends early, what came before still sounds.
            Err(error) => {
                fault = Some(error);
                break;
            }
        };
        if packet.track_id != track {
            continue;
        }
        packets += 1;
        let samples = match decoder.decode(&packet) {
            Ok(samples) => samples,
            Err(error) => {
                damaged_packets += 1;
                fault = Some(error);
                continue;
            }
        };
        let spec = samples.spec();
        if channels.is_empty() {
            hertz = spec.rate();
            channels.resize(samples.num_planes(), Vec::new());
        }
        if spec.rate() != hertz || samples.num_planes() != channels.len() {
            return Err(changes_midway());
        }
        samples.copy_to_vecs_planar(&mut block);
        for (channel, samples) in channels.iter_mut().zip(&block) {
            channel.extend_from_slice(samples);
        }
        if channels.iter().map(Vec::len).sum::<usize>() > limits.samples_max {
            return Err(DecodeError::TooLong(limits.samples_max));
        }
    }
    let sounds = channels.first().is_some_and(|samples| !samples.is_empty());
    match fault {
        Some(error) if !sounds || damaged_packets * 2 > packets => Err(refusal(&error)),
        _ if !sounds => Err(DecodeError::TooShort { seconds: 0.0, least: limits.seconds_min }),
        _ => Ok(Decoded { channels, hertz, damaged_packets }),
    }
}

fn changes_midway() -> DecodeError {
    DecodeError::Unsupported("the sample rate or the channels change midway".to_owned())
}

/// The decoder's own words as one of our errors.
fn refusal(error: &Error) -> DecodeError {
    match error {
        Error::IoError(_) => DecodeError::Malformed("it ends where more was expected".to_owned()),
        Error::DecodeError(what) => DecodeError::Malformed((*what).to_owned()),
        Error::Unsupported(what) => DecodeError::Unsupported((*what).to_owned()),
        Error::ResetRequired => changes_midway(),
        error => DecodeError::Malformed(error.to_string()),
    }
}

/// How files that are no sound begin, and what they are; `%PDF` and the like are no news to
/// anybody, but a file's name may hide them.
const OTHERS: [(&[u8], &str); 9] = [
    (b"MThd", "a MIDI file"),
    (b"PK\x03\x04", "a ZIP archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\x1a\x45\xdf\xa3", "a Matroska or WebM file"),
    (b"\x30\x26\xb2\x75", "a Windows Media file"),
    (b"MAC ", "a Monkey's Audio file"),
];

/// What bytes are that are no sound, as far as their beginning shows; `None` where it belongs to a
/// format that we read.
fn looks_like(bytes: &[u8]) -> Option<&'static str> {
    const OURS: [&[u8]; 6] = [b"RIFF", b"FORM", b"fLaC", b"OggS", b"ID3", b"\xff\xfb"];
    if OURS.iter().any(|start| bytes.starts_with(start)) || bytes.get(4..8) == Some(b"ftyp") {
        return None;
    }
    if let Some((_, name)) = OTHERS.iter().find(|(start, _)| bytes.starts_with(start)) {
        return Some(name);
    }
    let head = &bytes[..bytes.len().min(1024)];
    let is_text = |byte: &u8| matches!(byte, b'\t' | b'\n' | b'\r' | 0x20..=0x7e | 0x80..);
    let words = String::from_utf8_lossy(head);
    // A cut through a letter leaves one replacement at most.
    let is_utf8 = words.matches('\u{fffd}').count() <= 1;
    Some(if head.iter().all(is_text) && is_utf8 { "text" } else { "no format known here" })
}

/// The kind of an MP4 file's first sample entry if it is an encrypted one.
///
/// ISO/IEC 14496-12, 8.5.2: in the box `stsd` stand a version with flags and a count of four bytes
/// each, then entries that begin with their size and kind. `enca` is the standard's own kind for
/// encrypted sound (8.12), `drms` that of Apple's older shop.
fn protection(bytes: &[u8]) -> Option<&'static str> {
    if bytes.get(4..8) != Some(b"ftyp") {
        return None;
    }
    let at = bytes.windows(4).position(|name| name == b"stsd")?;
    let kind = bytes.get(at + 16..at + 20)?;
    ["drms", "enca"].into_iter().find(|entry| entry.as_bytes() == kind)
}
