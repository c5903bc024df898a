//! ABC notation, in which folk musicians write tunes down as text.
//!
//! [`read_all`] reads every tune of a file as the standard (abc 2.1, and what older files do)
//! would have it played: keys and modes, accidentals that hold to the end of the bar, broken
//! rhythm, tuplets, repeats and endings, chords, chord symbols, voices and words. [`write()`]
//! writes a tune of one voice. What is understood is told in `docs/abc.md`.

mod bar;
mod book;
mod field;
mod key;
mod notes;
mod sounding;
mod tune;
mod voice;
mod write;

pub use book::{read, read_all};
pub use write::write;

pub(crate) use book::looks_like;

/// Fine enough for any note that is written: 2⁸·3³·5·7·11 places in a quarter, so that 512ths,
/// triplets in triplets, and tuplets of 5, 7, 9 and 11 are whole numbers.
const UNITS_PER_QUARTER: u64 = 256 * 27 * 5 * 7 * 11;
