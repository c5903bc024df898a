//! Any bytes as a sound file: WAV, AIFF, FLAC, Ogg Vorbis, MP3, M4A.
#![no_main]

use cantilena_audio::{DecodeLimits, decode};
use libfuzzer_sys::fuzz_target;

/// Four million samples are 16 MiB: enough to reach every limit, and quick to fill.
const LIMITS: DecodeLimits = DecodeLimits { seconds_min: 0.05, samples_max: 1 << 22 };

fuzz_target!(
    // The decoders behind `decode` are known to panic and are caught there. The hook that would
    // end the fuzzer at any panic is put away; what gets out of `decode` still ends it.
    init: std::panic::set_hook(Box::new(|_| {})),
    |bytes: &[u8]| {
        if let Ok(decoding) = decode(bytes, &LIMITS) {
            let audio = decoding.audio;
            assert!(audio.frames() * audio.channels().len() <= LIMITS.samples_max);
            assert!(audio.seconds() >= LIMITS.seconds_min);
        }
    }
);
