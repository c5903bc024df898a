//! Any bytes as compressed MusicXML.
#![no_main]

use cantilena_formats::Limits;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let _ = cantilena_formats::musicxml::read_compressed(bytes, &Limits::default());
});
