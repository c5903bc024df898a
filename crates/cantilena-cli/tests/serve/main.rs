//! The studio over HTTP, through the real binary.

#![expect(clippy::unwrap_used, reason = "a test may")]
#![expect(clippy::disallowed_methods, reason = "a test waits, but not for ever")]

mod conditions;
mod ending;
mod genres;
mod hostile;
mod pieces;
mod recordings;
mod server;
mod strangers;
mod training;
