//! What can be wrong with a checkpoint.

/// Why a checkpoint cannot be used. Paths are added by whoever opened the files.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// The JSON beside the weights is not ours, or damaged.
    #[error("model.json is not a Cantilena model: {0}")]
    Config(#[from] serde_json::Error),
    /// The weights cannot be read as safetensors.
    #[error("model.safetensors is damaged: {0}")]
    Weights(#[from] safetensors::SafeTensorError),
    /// A version that this build does not know.
    #[error("model.json has format {found}, and this build reads format {known}")]
    Version {
        /// What the file says.
        found: u32,
        /// What this build writes.
        known: u32,
    },
    /// A shape no network of ours has.
    #[error("model.json asks for {what} of {found}, and {limit} is the limit")]
    OverLimit {
        /// Which dimension.
        what: &'static str,
        /// What the file says.
        found: usize,
        /// The most that is accepted.
        limit: usize,
    },
    /// A weight that the configuration needs is not there.
    #[error("model.safetensors lacks {0}, which model.json calls for")]
    Missing(String),
    /// A weight of another type or shape than the configuration calls for.
    #[error("model.safetensors has {name} as {found}, and model.json calls for {expected}")]
    Shape {
        /// The weight's name.
        name: String,
        /// What the file has.
        found: String,
        /// What there should be.
        expected: String,
    },
    /// Weights are not those that were saved with this configuration.
    #[error(
        "model.safetensors and model.json do not belong together, or one of them is damaged: \
             the weights' BLAKE3 is {found}, and {expected} was saved"
    )]
    Checksum {
        /// Of the weights that are there.
        found: String,
        /// In the configuration.
        expected: String,
    },
}
