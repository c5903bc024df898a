//! What can go wrong with samples.

/// Why samples are no audio, or audio no file.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AudioError {
    /// A sample rate outside [`SampleRate`](crate::SampleRate)'s range.
    #[error("a sample rate of {0} Hz, and rates are 8,000 to 384,000 Hz")]
    SampleRate(u32),

    /// Sound needs somewhere to be.
    #[error("audio without channels, and one is the least")]
    NoChannels,

    /// Channels that do not end together.
    #[error("channel {channel} has {found} frames, and the first has {expected}")]
    UnevenChannels {
        /// Which channel, counted from 0.
        channel: usize,
        /// Its frames.
        found: usize,
        /// The first channel's frames.
        expected: usize,
    },

    /// NaN or an infinity, which no loudspeaker can do.
    #[error("the sample of channel {channel} at frame {frame} is no finite number")]
    NotFinite {
        /// Which channel, counted from 0.
        channel: usize,
        /// Which frame, counted from 0.
        frame: usize,
    },

    /// More than the 32 bits of a RIFF size can count, or channels than its 16 bits.
    #[error(
        "{bytes} bytes of samples in {channels} channels, and a WAV file holds 4 GiB in 65,535"
    )]
    TooLargeForWav {
        /// What the samples would take.
        bytes: u64,
        /// How many channels there are.
        channels: usize,
    },
}
