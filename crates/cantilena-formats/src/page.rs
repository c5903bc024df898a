//! What a printed page asks for and ticks do not know: values, tuplets, voices, staves, spelling.
//!
//! Both formats that are pages, MusicXML and ABC, are written from here.

pub(crate) mod accidental;
pub(crate) mod bar;
pub(crate) mod beam;
pub(crate) mod grid;
pub(crate) mod spelling;
pub(crate) mod tuplet;
pub(crate) mod value;
pub(crate) mod voice;
