//! Any bytes as a book of tunes.
#![no_main]

use cantilena_formats::Limits;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(readings) = cantilena_formats::abc::read_all(bytes, &Limits::default()) else { return };
    for reading in readings {
        let _ = cantilena_formats::abc::write(&reading.score);
        let _ = cantilena_formats::musicxml::write(&reading.score);
    }
});
