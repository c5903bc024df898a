//! What can go wrong between a score and its sound.

/// Why a SoundFont was refused or a score made no sound.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum SoundError {
    /// The bytes are no SoundFont; `offset` counts bytes from the start.
    #[error("malformed SoundFont: {what} at byte {offset}")]
    MalformedSoundFont {
        /// Which rule is broken.
        what: &'static str,
        /// Where the part that breaks it begins.
        offset: usize,
    },

    /// The samples are Ogg Vorbis, as in an .sf3 file.
    #[error("the SoundFont is compressed (.sf3), and only plain ones (.sf2) are read")]
    Compressed,

    /// Beyond what one file or score may ask of a machine.
    #[error("too large: {found} {what}, and the limit is {limit}")]
    OverLimit {
        /// What there is too much of.
        what: &'static str,
        /// How much there is.
        found: usize,
        /// How much there may be.
        limit: usize,
    },

    /// The score lasts longer than [`RenderOptions::seconds_max`](crate::RenderOptions).
    #[error("the score lasts {seconds:.0} seconds, and the limit is {limit:.0}")]
    TooLong {
        /// How long it lasts.
        seconds: f64,
        /// How long it may last.
        limit: f64,
    },

    /// The engine gave up on this SoundFont. It cannot be used any further.
    #[error("the synthesizer failed on this SoundFont")]
    Engine,

    /// Whoever was told of the progress asked to stop.
    #[error("rendering was stopped")]
    Stopped,
}
