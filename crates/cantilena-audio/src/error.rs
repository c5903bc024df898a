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

    /// Sizes that make no transform.
    #[error(
        "an STFT of {fft_size} samples, {window} of them under the window, every {hop}; the \
         transform is even and 2 to 1,048,576, the window 1 to as many, the hop 1 to 1,048,576"
    )]
    Stft {
        /// Samples of a transform.
        fft_size: usize,
        /// Samples under the window.
        window: usize,
        /// Samples from frame to frame.
        hop: usize,
    },

    /// Bands that do not rise between 0 Hz and half the sample rate.
    #[error(
        "{count} mel bands from {hertz_min} to {hertz_max} Hz; there can be 1 to 4,096, rising \
         from 0 Hz or above to {nyquist} Hz or below"
    )]
    MelBands {
        /// How many.
        count: usize,
        /// Where the lowest begins.
        hertz_min: f64,
        /// Where the highest ends.
        hertz_max: f64,
        /// Half the sample rate.
        nyquist: f64,
    },

    /// Values that fill no whole number of frames.
    #[error("{values} values do not make whole frames of {bands} bands")]
    UnevenFrames {
        /// How many values there are.
        values: usize,
        /// How many a frame should have.
        bands: usize,
    },

    /// NaN or an infinity in a spectrogram.
    #[error("band {band} of frame {frame} is no finite number")]
    NotFiniteBand {
        /// Which frame, counted from 0.
        frame: usize,
        /// Which band, counted from 0.
        band: usize,
    },

    /// A spectrogram of other bands than it is read with.
    #[error("a spectrogram of {found} bands, where {expected} were expected")]
    Bands {
        /// How many it has.
        found: usize,
        /// How many the options name.
        expected: usize,
    },

    /// Levels that span nothing.
    #[error("a range of {0} dB; levels need one above 0")]
    DecibelRange(f32),
}

/// Why bytes could not be decoded as sound.
///
/// No variant names a path, for bytes have none: whoever opened the file adds it.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum DecodeError {
    /// A file of no bytes.
    #[error("the file is empty")]
    Empty,

    /// The bytes are of no format that we read.
    #[error("this is {looks_like}, not sound; WAV, AIFF, FLAC, Ogg Vorbis, MP3 and M4A are read")]
    NotAudio {
        /// What the first bytes say it is.
        looks_like: &'static str,
    },

    /// A format that we read, with something in it that we do not.
    #[error("{0}; WAV, AIFF, FLAC, Ogg Vorbis, MP3 and M4A (AAC or ALAC) are read")]
    Unsupported(String),

    /// Encrypted by its seller.
    #[error(
        "the file is protected by its seller (sample entry {entry:?}), and only their player has \
         the key; a copy without protection will do"
    )]
    Protected {
        /// What ISO 14496-12 calls the kind of the encrypted track.
        entry: &'static str,
    },

    /// The bytes break a rule of their format.
    #[error("the file is damaged: {0}")]
    Malformed(String),

    /// Most of what the header promises is missing.
    #[error(
        "the header promises {promised:.1} s of sound and the file ends after {found:.1} s; it was \
         cut short, or its header is wrong"
    )]
    CutShort {
        /// In seconds.
        promised: f64,
        /// In seconds.
        found: f64,
    },

    /// Less sound than anything can be made of.
    #[error("only {seconds:.3} s of sound, and {least} s are the least")]
    TooShort {
        /// How much there is.
        seconds: f64,
        /// The limit.
        least: f64,
    },

    /// More sound than memory should be given to.
    #[error("more than {0} samples in all channels; cut the file into shorter ones")]
    TooLong(usize),

    /// Samples that make no sound.
    #[error(transparent)]
    Audio(#[from] AudioError),
}
