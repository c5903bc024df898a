//! Reads a file of any format and writes it in another, as the new name's ending says.
//!
//! `cargo run --release -p cantilena-formats --example convert -- FROM TO [FROM TO…]`

#![expect(clippy::print_stdout, reason = "a program for people and scripts")]

use std::error::Error;
use std::path::Path;

use cantilena_formats::{Format, Limits, read, write};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    for pair in arguments.chunks_exact(2) {
        let (from, to) = (&pair[0], &pair[1]);
        let reading = match read(&std::fs::read(from)?, &Limits::default()) {
            Ok(reading) => reading,
            Err(error) => {
                println!("{from}: {error}");
                continue;
            }
        };
        let extension = Path::new(to).extension().and_then(|end| end.to_str()).unwrap_or_default();
        let format = Format::from_extension(extension).ok_or("an ending of no format")?;
        match write(&reading.score, format) {
            Ok(writing) => {
                std::fs::write(to, writing.bytes)?;
                for repair in reading.repairs.iter().chain(&writing.repairs) {
                    println!("{from}: {repair}");
                }
            }
            Err(error) => println!("{from}: {error}"),
        }
    }
    Ok(())
}
