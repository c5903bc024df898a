//! Any bytes as the JSON of a score, and back.
#![no_main]

use cantilena_formats::Limits;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(reading) = cantilena_formats::json::read(bytes, &Limits::default()) {
        // What was read can be written, and what was written needs no repair.
        let Ok(writing) = cantilena_formats::json::write(&reading.score) else { return };
        let again = cantilena_formats::json::read(&writing.bytes, &Limits::default());
        assert!(again.is_ok_and(|again| again.repairs.is_empty()));
    }
});
