//! MusicXML 4.0, the file type that notation programs exchange.
//!
//! [`write()`] sets a score: bars that add up, note values with their ties and tuplets, voices,
//! beams, clefs, two staves for a piano, accidentals as the key asks for them, drums where drum
//! parts have them, chord symbols and lyrics. [`read`] plays a score from the page: repeats,
//! endings and jumps are followed, ties joined, transposing instruments sounded. Both know
//! `.musicxml` and the compressed `.mxl`.
//!
//! What is kept, moved to the nearest place that can be notated, or left out is told in
//! `docs/musicxml.md`.

mod drum;
mod harmony;
mod instrument;
mod loudness;
mod measure;
mod mxl;
mod part_list;
mod read;
mod text;
mod write;
mod xml;

pub use mxl::{read_compressed, write_compressed};
pub use read::read;
pub use write::write;

pub(crate) use mxl::looks_compressed;
pub(crate) use read::looks_like;

/// A velocity of 90 is a `dynamics` of 100 (MusicXML 4.0, `note`).
const FORTE: f64 = 90.0;
