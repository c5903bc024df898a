//! Music written in letters: a notation for tests and for the songbook.
//!
//! A line of music reads from left to right and needs nothing else:
//!
//! ```
//! use cantilena_score::{Score, Ticks};
//!
//! let score: Score = "c4+e4/2 g4/4 r | c5/1 |".parse()?;
//! assert_eq!(score.tracks[0].notes.len(), 4);
//! assert_eq!(score.length(), Ticks(2 * 96));
//! # Ok::<(), cantilena_score::notation::NotationError>(())
//! ```
//!
//! A whole piece has a title, headers, named tracks and chord symbols, and is written in systems
//! as on a page of music:
//!
//! ```text
//! = Morning
//! origin: Study
//! key: D dorian
//! meter: 3/4
//! tempo: 96
//! tracks: melody 0, left 0 -12
//!
//! chords: Dm         | G            | Dm   |
//! melody: mf a4 b4 c5 | b4/2 g4/4 <  | f a4/2. |
//! left:   d3/2 a3/4  | g2+d3/2 b3/4 | d3/2. |
//! ```
//!
//! # Notes
//!
//! | written | means |
//! |---|---|
//! | `c4` `f#3` `bb5` | a pitch: letter, accidentals (`#` or `b`, doubled if need be), octave; `c4` is middle C. Keys alter nothing: `f4` is F natural in G major, too |
//! | `c4+e4+g4` | a chord |
//! | `r` | a rest |
//! | `c4/4` | a value: the part of a whole note, 1 to 64 |
//! | `c4/4.` `c4/2..` `c4/8t` | dotted, doubly dotted, of a triplet |
//! | `c4` | without a value: that of the note before, and a quarter at the start of a line |
//! | `c4/4~` | tied: goes on in the next note or chord of the same voice |
//! | `c4'` | staccato: sounds for half its value |
//! | `c4!` | accented: 16 velocities harder |
//! | `c4@72` | of velocity 72, whatever stands around it |
//! | `\|` | a bar line. The bar before it must add up to the meter; only the last bar of a piece may stay open |
//! | `&` | back to the start of the bar, for one more voice in it |
//!
//! Time is counted in [`TICKS_PER_QUARTER`] = 24, on which all these values are whole numbers
//! (values that are not, such as `/64`, are refused unless a dot or triplet mends them).
//!
//! # Loudness
//!
//! `ppp pp p mp mf f ff fff` stand for velocities 16, 32, 48, 64, 80, 96, 112 and 127, and `@72`
//! standing alone for any other; each holds until the next. `<` and `>` begin a swell to the
//! next, linear in time. A piece begins `mp`. A track without any such mark takes those of the
//! first track. A number behind a track's program makes the track that much louder or softer.
//!
//! # Lines
//!
//! | line | means |
//! |---|---|
//! | `= Title` | the title; the first line of a piece |
//! | `origin: words` | where it comes from, kept as a comment |
//! | `key: D dorian` | major, minor or a church mode; see [below](#modes) |
//! | `meter: 6/8` | the meter from here on |
//! | `pickup: 1/8` | the first bar is only so long, and is bar 0 in messages |
//! | `tempo: 96` or `tempo: 4. = 60` | quarters, or such values, a minute |
//! | `pulse: 8 0 4 0` | so much is added to the velocities of notes on the beats of the meter; none between them |
//! | `tracks: melody 0, bass 32 -8, kit drums` | name, General MIDI program or `drums`, loudness |
//! | `form: A A B A` | the order in which the sections are played, at most 64 |
//! | `[A]` | a section begins; kept as a marker |
//! | `chords: Am \| F G7 \| C . E7 .` | chord symbols share the bar evenly, and `.` holds the last one |
//! | `melody: …` | music of a track |
//! | `…` | music of the track without a name, a piano if no `tracks:` says otherwise |
//! | `# …` | nothing |
//!
//! A blank line, a header or a section ends a system. Tracks that play in a system must be
//! equally long in it; the others rest. `key:`, `meter:`, `tempo:` and `pulse:` may come again and
//! hold from there.
//!
//! # Modes
//!
//! A [`Key`](crate::Key) is major or minor, as in MIDI. A mode keeps its tonic and becomes the one
//! of the two that has its third: D dorian is kept as D minor, G mixolydian as G major.

mod dynamics;
mod error;
mod header;
mod lane;
mod line;
mod part;
mod reader;
mod spell;
mod stroke;
mod value;

use std::num::NonZero;
use std::str::FromStr;

pub use error::{NotationError, Unspellable};
pub use spell::spell;

use crate::score::Score;
use crate::time::TicksPerQuarter;

/// The clock of a written score: 24, so that eighth triplets and 32nds are whole ticks.
pub const TICKS_PER_QUARTER: TicksPerQuarter = NonZero::new(24).expect("24 is not zero");

impl FromStr for Score {
    type Err = NotationError;

    /// Reads the [notation](crate::notation).
    fn from_str(text: &str) -> Result<Score, NotationError> {
        reader::read(text)
    }
}

/// The pieces of a book: each begins with its title line, `= Title`, and ends before the next.
///
/// What stands before the first title is the book's own preface and no piece.
pub fn pieces(book: &str) -> impl Iterator<Item = &str> {
    let mut titles = Vec::new(); // byte offsets, with the end of the book as the last
    let mut offset = 0;
    for line in book.split_inclusive('\n') {
        if line.starts_with('=') {
            titles.push(offset);
        }
        offset += line.len();
    }
    titles.push(book.len());
    (1..titles.len()).map(move |next| &book[titles[next - 1]..titles[next]])
}
