//! A folder of music becomes pieces, and pieces become batches.
//!
//! [`gather`] reads folders, files and archives and says of every file what became of it;
//! [`Corpus::split`] divides the pieces so that no duplicate, transposed or not, stands on both
//! sides; a [`Feed`] turns a side into windows for training, every piece in all keys that suit
//! it. The [`songbook`] is the corpus that is always there.

mod augmentation;
mod corpus;
pub mod csv;
mod duplicate;
mod error;
mod feed;
mod gather;
mod piece;
pub mod songbook;
mod split;

pub use augmentation::Augmentation;
pub use corpus::Corpus;
pub use error::CorpusError;
pub use feed::{Feed, FeedPosition, Window};
pub use gather::{Gathered, gather};
pub use piece::{Outcome, OutcomeKind, Piece};
pub use split::{Side, Split};
