//! Measures how often the estimates of `cantilena-analysis` are right, on annotated music.
//!
//! ```text
//! cargo run --release -p cantilena-corpus --example estimates [learn] [DATA]
//! ```
//!
//! `DATA` is the folder with `pop909`, `genre`, `maestro-v3` and the others; without it,
//! `$CANTILENA_DATA` or `../shared/data`. Prints the tables of `docs/doctor.md`, or, to
//! `learn`, the weights by which meters are estimated.

#![expect(clippy::print_stdout, reason = "printing tables is what it is for")]

mod archive;
mod beat;
mod chords;
mod drums;
mod grid;
mod key;
mod meter;
mod one_beat;

use std::path::PathBuf;

type Error = Box<dyn std::error::Error>;
type Outcome = Result<(), Error>;

fn main() -> Outcome {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let learns = arguments.first().is_some_and(|argument| argument == "learn");
    if learns {
        arguments.remove(0);
    }
    let data = arguments.pop().or_else(|| std::env::var("CANTILENA_DATA").ok());
    let data = PathBuf::from(data.unwrap_or_else(|| "../shared/data".to_owned()));
    if !data.is_dir() {
        println!("{} is absent: there is nothing to measure on", data.display());
        return Ok(());
    }
    if learns {
        return meter::learn(&data);
    }
    key::measure(&data)?;
    chords::measure(&data)?;
    meter::measure(&data)?;
    one_beat::measure(&data)?;
    beat::measure(&data)?;
    grid::measure(&data)?;
    drums::measure(&data)
}

/// A percentage with one place.
fn percent(part: f64, whole: f64) -> String {
    if whole > 0.0 { format!("{:5.1} %", 100.0 * part / whole) } else { "    – ".to_owned() }
}
