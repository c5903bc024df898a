//! Why a text is no music, and why music is no text.

use std::fmt;

/// Why a text could not be read, and where.
///
/// Whoever wrote the text can mend it, so there is one kind: a place and a sentence that says
/// what was found and what would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NotationError {
    /// The line of the text, counted from 1.
    pub line: usize,
    /// The character in that line, counted from 1.
    pub column: usize,
    /// The bar of the piece, counted from 1, a pickup being bar 0; `None` outside music.
    pub bar: Option<u32>,
    /// What was found, and what would do.
    pub message: String,
}

impl fmt::Display for NotationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}, column {}", self.line, self.column)?;
        if let Some(bar) = self.bar {
            write!(f, ", bar {bar}")?;
        }
        write!(f, ": {}", self.message)
    }
}

impl std::error::Error for NotationError {}

/// Where a word stands in the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// Counted from 1.
    pub(super) line: usize,
    /// Counted from 1.
    pub(super) column: usize,
}

impl Place {
    /// An error at this place, outside music.
    pub(super) fn error(self, message: impl Into<String>) -> NotationError {
        NotationError { line: self.line, column: self.column, bar: None, message: message.into() }
    }
}

/// What is in a score that the notation has no way to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unspellable(pub(super) String);

impl fmt::Display for Unspellable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the notation cannot write {}", self.0)
    }
}

impl std::error::Error for Unspellable {}
