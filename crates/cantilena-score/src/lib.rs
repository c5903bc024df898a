//! What music is, in ticks: pure data and pure changes.
//!
//! A [`Score`] is a piece of music as data: [`Track`]s of [`Note`]s over a [`TempoMap`], a
//! [`MeterMap`], keys, chord symbols and lyrics. Nothing here reads, writes, plays, draws or
//! tokenizes; other crates do that to a score. Musical time is [`Ticks`]; clock time appears
//! only through the tempo map.

mod bars;
mod chord;
mod compass;
mod control;
mod error;
mod grid;
mod key;
mod lyric;
mod merge;
mod meter;
pub mod notation;
mod note;
mod program;
mod quantize;
mod score;
mod slice;
mod spelling;
mod tempo;
mod time;
mod track;
mod transpose;

pub use bars::Bars;
pub use chord::{Chord, ChordSymbol, Quality};
pub use control::{Change, Control, SystemExclusive, controller};
pub use error::ScoreError;
pub use grid::Grid;
pub use key::{Key, KeyChange, Mode};
pub use lyric::{Lyric, Text, TextKind};
pub use meter::{BarPosition, Meter, MeterChange, MeterMap};
pub use note::{Note, Pitch, Velocity};
pub use program::{Family, Program};
pub use score::Score;
pub use spelling::Spelling;
pub use tempo::{TempoChange, TempoMap};
pub use time::{Seconds, Ticks, TicksPerQuarter};
pub use track::Track;
