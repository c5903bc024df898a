//! Words: sung syllables, and the texts that stand in a file.

use crate::time::Ticks;

/// A syllable and the tick at which it is sung.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lyric {
    /// When it is sung.
    pub onset: Ticks,
    /// The syllable as written; a trailing hyphen or space says how the word goes on.
    pub text: String,
}

/// What a text is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum TextKind {
    /// Anything (FF 01).
    Comment,
    /// Who holds the copyright (FF 02).
    Copyright,
    /// A place with a name: a rehearsal mark, "Verse" (FF 06).
    Marker,
    /// What happens here on stage or screen (FF 07).
    Cue,
}

/// A text and its place; it makes no sound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Where it stands.
    pub onset: Ticks,
    /// What it is for.
    pub kind: TextKind,
    /// The words.
    pub text: String,
}
