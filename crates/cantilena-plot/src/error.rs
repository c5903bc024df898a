//! Why a picture has no pixels.

/// Why a picture has no pixels.
#[derive(Debug, thiserror::Error)]
pub enum PlotError {
    /// No pixels were asked for, or more than memory should be given to.
    #[error(
        "a picture of {width} × {height} pixels; 1 to {side_max} on a side and {pixels_max} in \
         all will do"
    )]
    Size {
        /// Pixels across.
        width: u32,
        /// Pixels down.
        height: u32,
        /// The most on a side.
        side_max: u32,
        /// The most in all.
        pixels_max: u32,
    },
    /// The pixels could not be packed.
    #[error("the pixels cannot be written as PNG: {0}")]
    Encoding(String),
}
