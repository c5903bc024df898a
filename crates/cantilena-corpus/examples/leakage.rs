//! Says how much of the held-back side of a corpus stands in its training side.
//!
//! ```text
//! cargo run --release -p cantilena-corpus --example leakage -- FOLDER…
//! ```
//!
//! The split is the published one where a table beside the music has it, else a fifth of the
//! notes, duplicates together. Prints a table of `docs/doctor.md`.

#![expect(clippy::print_stdout, reason = "printing a table is what it is for")]

use std::path::PathBuf;

use cantilena_corpus::{Side, gather};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let paths: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let corpus = gather(&paths, 2, &|_, _| {})?.corpus;
    let split = corpus.split(0.2, 1)?;
    println!("| side | pieces | window | windows | exactly in training | in some key |");
    println!("|---|---|---|---|---|---|");
    for side in [Side::Validation, Side::Test] {
        let pieces = split.side(side).count();
        for window in corpus.leakage(&split, side).windows.iter().filter(|_| pieces > 0) {
            println!(
                "| {side:?} | {pieces} | {} notes | {} | {:.2} % | {:.2} % |",
                window.notes,
                window.windows,
                100.0 * window.exact_share(),
                100.0 * window.transposed_share()
            );
        }
    }
    Ok(())
}
