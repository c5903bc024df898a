//! Bytes to scores and back.
//!
//! [`read`] takes the bytes of a file and gives a [`Score`](cantilena_score::Score) with a list
//! of every [`Repair`] it needed; [`midi::write`] goes the other way. Damaged files are read as
//! far as they make sense, nothing is left out without saying so, and bytes that are no music
//! give a [`ReadError`] that says what they are. Nothing here opens a path.
//!

mod error;
mod fault;
mod format;
mod limits;
pub mod midi;
mod reading;
mod repair;

pub use error::{ReadError, WriteError};
pub use fault::Fault;
pub use format::Format;
pub use limits::Limits;
pub use reading::{Reading, read};
pub use repair::{Place, Repair};
