//! A score as the bytes of a file.

use crate::repair::Repair;

/// A score as a file, and what had to be changed to write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Writing {
    /// The file.
    pub bytes: Vec<u8>,
    /// What the format cannot say as the score has it, in the order of the score's tracks.
    pub repairs: Vec<Repair>,
}
