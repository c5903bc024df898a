//! What can go wrong between bytes and a score.

use crate::Format;

/// Why bytes could not be read as a score.
///
/// No variant names a path, for bytes have none: whoever opened the file adds it, once. Each
/// message says what was found, where, and what would have done.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// No bytes at all.
    #[error("empty: 0 bytes")]
    Empty,

    /// The bytes are no format that we read.
    #[error(
        "{found}, not MIDI (.mid, .midi, .kar, .rmi), MusicXML (.musicxml, .mxl), ABC (.abc) or the \
         JSON of a score"
    )]
    UnknownFormat {
        /// What the first bytes look like.
        found: &'static str,
    },

    /// The bytes break a rule of the format so that nothing could be saved.
    #[error("malformed {format}: {what} at byte {offset}")]
    Malformed {
        /// What the bytes claim to be.
        format: Format,
        /// What is wrong.
        what: &'static str,
        /// Where, in bytes from the start.
        offset: usize,
    },

    /// Well formed, but beyond the limits that keep a hostile file from filling memory.
    #[error("too large: {found} {what}, and the limit is {limit}")]
    OverLimit {
        /// What there is too much of.
        what: &'static str,
        /// How much was found before reading stopped.
        found: usize,
        /// How much there may be.
        limit: usize,
    },
}

/// Why a score could not be written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WriteError {
    /// The tracks need more channels than MIDI ports can name.
    #[error("tracks for more than {limit} MIDI channels, which sound differently at one time")]
    Channels {
        /// How many channels there are, 16 on each port.
        limit: usize,
    },

    /// MIDI counts tracks with 16 bits.
    #[error("{found} tracks, and MIDI counts at most {limit}")]
    Tracks {
        /// Tracks of the score.
        found: usize,
        /// As many as fit beside the conductor's.
        limit: usize,
    },

    /// A score without tracks, of which no page can be made.
    #[error("a score without tracks, and a page has at least one part")]
    NoTracks,

    /// Drums, and nothing else that sounds.
    #[error("drums, which ABC has no way to write; MusicXML (.musicxml) holds them")]
    Drums,

    /// Notes that overlap, or are on several tracks, where only one voice can be written.
    #[error("several voices, and ABC is written for one; MusicXML (.musicxml) holds them all")]
    SeveralVoices,

    /// More bars than anybody would print.
    #[error("{found} bars, and the limit is {limit}")]
    Bars {
        /// Bars of the score.
        found: u32,
        /// As many as are written.
        limit: u32,
    },

    /// MIDI counts the bytes of a text or message with 28 bits and of a track with 32.
    #[error("{what} of {found} bytes, and MIDI counts at most {limit}")]
    Length {
        /// What is too long.
        what: &'static str,
        /// Its bytes.
        found: usize,
        /// The bytes that can be counted.
        limit: usize,
    },
}
