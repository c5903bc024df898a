//! Sound as the bytes of a WAV file.
//!
//! "Multimedia Programming Interface and Data Specifications 1.0" (IBM and Microsoft, 1991), part
//! "Waveform Audio File Format"; for 24 bits "Multiple Channel Audio Data and WAVE Files"
//! (Microsoft, 2001), which asks for the extensible form above 16 bits.

use crate::audio::{Audio, SampleRate};
use crate::error::AudioError;
use crate::scramble::scrambled;

/// How finely a WAV file writes each sample.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BitDepth {
    /// 16 bits with triangular dither: what every player reads.
    #[default]
    Sixteen,
    /// 24 bits: what studios exchange. Its rounding lies below any converter's noise, so there
    /// is no dither.
    TwentyFour,
}

impl BitDepth {
    /// Bits of a sample.
    pub fn bits(self) -> u16 {
        match self {
            BitDepth::Sixteen => 16,
            BitDepth::TwentyFour => 24,
        }
    }

    /// Bytes of a sample.
    pub fn bytes(self) -> u16 {
        self.bits() / 8
    }
}

/// The whole file.
pub fn encode(audio: &Audio, depth: BitDepth) -> Result<Vec<u8>, AudioError> {
    let channels: Vec<&[f32]> = audio.channels().iter().map(Vec::as_slice).collect();
    let mut bytes = header(audio.sample_rate(), channels.len(), audio.frames() as u64, depth)?;
    bytes.reserve_exact(data_bytes(channels.len(), audio.frames() as u64, depth) as usize + 1);
    Encoder::new(depth).encode(&channels, &mut bytes);
    if bytes.len() % 2 == 1 {
        // RIFF chunks are padded to whole words; the pad is outside the chunk's size.
        bytes.push(0);
    }
    Ok(bytes)
}

/// Everything in front of the samples of a file of so many frames.
///
/// Whoever streams sound sends this, then blocks from one [`Encoder`], then one zero byte should
/// the samples take an odd number of them.
pub fn header(
    sample_rate: SampleRate,
    channels: usize,
    frames: u64,
    depth: BitDepth,
) -> Result<Vec<u8>, AudioError> {
    let data_bytes = data_bytes(channels, frames, depth);
    let too_large = || AudioError::TooLargeForWav { bytes: data_bytes, channels };
    // Whatever stands around the samples takes fewer than 128 bytes.
    let data_size = u32::try_from(data_bytes + 128).map_err(|_| too_large())? - 128;
    let channel_count = u16::try_from(channels).map_err(|_| too_large())?;
    let frame_bytes = channel_count.checked_mul(depth.bytes()).ok_or_else(too_large)?;

    let format = format(sample_rate, channel_count, frame_bytes, depth);
    let format_size = format.len() as u32;
    let riff_size = 4 + (8 + format_size) + (8 + data_size + data_size % 2);
    let mut bytes = Vec::with_capacity(128);
    bytes.extend(b"RIFF");
    bytes.extend(riff_size.to_le_bytes());
    bytes.extend(b"WAVEfmt ");
    bytes.extend(format_size.to_le_bytes());
    bytes.extend(format);
    bytes.extend(b"data");
    bytes.extend(data_size.to_le_bytes());
    Ok(bytes)
}

fn data_bytes(channels: usize, frames: u64, depth: BitDepth) -> u64 {
    frames.saturating_mul(channels as u64 * u64::from(depth.bytes()))
}

/// The contents of the format chunk.
fn format(rate: SampleRate, channels: u16, frame_bytes: u16, depth: BitDepth) -> Vec<u8> {
    const PCM: u16 = 1;
    const EXTENSIBLE: u16 = 0xFFFE;
    let tag = if depth == BitDepth::Sixteen { PCM } else { EXTENSIBLE };
    let mut bytes = Vec::with_capacity(40);
    bytes.extend(tag.to_le_bytes());
    bytes.extend(channels.to_le_bytes());
    bytes.extend(rate.hertz().to_le_bytes());
    bytes.extend((rate.hertz() * u32::from(frame_bytes)).to_le_bytes());
    bytes.extend(frame_bytes.to_le_bytes());
    bytes.extend(depth.bits().to_le_bytes());
    if tag == EXTENSIBLE {
        bytes.extend(22u16.to_le_bytes()); // what follows
        bytes.extend(depth.bits().to_le_bytes()); // valid bits
        // Which loudspeakers: front centre for one channel, front left and right for two.
        let speakers: u32 = match channels {
            1 => 0x4,
            2 => 0x3,
            _ => 0,
        };
        bytes.extend(speakers.to_le_bytes());
        // KSDATAFORMAT_SUBTYPE_PCM: 00000001-0000-0010-8000-00AA00389B71.
        bytes.extend(PCM.to_le_bytes());
        bytes.extend([0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]);
    }
    bytes
}

/// Turns samples into a file's bytes, block after block.
///
/// The dither is counted, not drawn: the same sound gives the same bytes, in whatever blocks it
/// arrives.
#[derive(Clone, Debug)]
pub struct Encoder {
    depth: BitDepth,
    /// Samples written so far, the dither's only state.
    written: u64,
}

impl Encoder {
    /// An encoder at the start of a file.
    pub fn new(depth: BitDepth) -> Encoder {
        Encoder { depth, written: 0 }
    }

    /// Appends a block, (channels, frames), frame by frame; what passes full scale is cut there.
    pub fn encode(&mut self, channels: &[&[f32]], bytes: &mut Vec<u8>) {
        let frames = channels.iter().map(|samples| samples.len()).min().unwrap_or(0);
        for frame in 0..frames {
            for samples in channels {
                let sample = f64::from(samples[frame]);
                match self.depth {
                    BitDepth::Sixteen => {
                        let dither = self.dither(sample);
                        let level = (sample * 32_768.0 + dither).round();
                        let level = level.clamp(-32_768.0, 32_767.0) as i16;
                        bytes.extend(level.to_le_bytes());
                    }
                    BitDepth::TwentyFour => {
                        let level = (sample * 8_388_608.0).round();
                        let level = level.clamp(-8_388_608.0, 8_388_607.0) as i32;
                        bytes.extend(&level.to_le_bytes()[..3]);
                    }
                }
                self.written += 1;
            }
        }
    }

    /// Triangular noise of −1 to 1 steps, which makes the rounding's error independent of the
    /// sound (Lipshitz, Wannamaker and Vanderkooy, "Quantization and Dither", JAES 40, 1992).
    /// Exact silence has no error and stays silent.
    fn dither(&self, sample: f64) -> f64 {
        if sample == 0.0 {
            return 0.0;
        }
        let bits = scrambled(self.written);
        let uniform = |bits: u64| bits as f64 / f64::from(u32::MAX);
        uniform(bits >> 32) - uniform(bits & u64::from(u32::MAX))
    }
}
