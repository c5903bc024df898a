//! The token ids of MIDI files, one JSON line a file, for comparison with other tokenizers.
//!
//! ```sh
//! cargo run --release -p cantilena-tokens --example ids -- tokenizer.json FILE...
//! cargo run --release -p cantilena-tokens --example ids -- performance FILE...
//! ```
//!
//! The first argument is a file that MidiTok saved, or `performance` for the 388 events.

use std::error::Error;
use std::io::Write;
use std::path::Path;

use cantilena_formats::Limits;
use cantilena_tokens::{MidiTok, Performance, Tokenizer};

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let name = arguments.next().ok_or("a tokenizer file (or 'performance') and MIDI files")?;
    let words = match name.as_str() {
        "performance" => None,
        path => Some(MidiTok::from_json(&std::fs::read_to_string(path)?)?),
    };
    let mut out = std::io::stdout().lock();
    for file in arguments {
        let bytes = std::fs::read(Path::new(&file))?;
        let score = cantilena_formats::midi::read(&bytes, &Limits::default())?.score;
        let streams = match &words {
            Some(words) => words.ids(&score),
            None => {
                let (events, _) = Tokenizer::Performance(Performance).encode(&score);
                // Less the end, and two places down: the published numbers.
                let tokens = events.rows().take(events.len() - 1).map(|row| row[0] - 2);
                vec![tokens.collect()]
            }
        };
        writeln!(out, "{}", serde_json::json!({ "file": file, "ids": streams }))?;
    }
    Ok(())
}
