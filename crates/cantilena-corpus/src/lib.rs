//! A folder of music becomes pieces, and pieces become batches.
//!
//! [`Sources`] lists what lies in folders and archives, [`Labels`] say what people wrote about it,
//! and [`gather`] reads it all and says of every file what became of it; [`prepare`] keeps it in
//! one file instead, which is read as a folder is. [`Facts`] and [`duplicates()`] tell what is odd
//! and what is there twice. [`Corpus::split`] divides the pieces so that no duplicate, transposed
//! or not, stands on both sides, [`Corpus::leakage`] counts what is on both all the same, and a
//! [`Feed`] turns a side into windows for training, every piece in all keys that suit it. The
//! [`songbook`] is the corpus that is always there.

mod augmentation;
mod conditions;
mod corpus;
pub mod csv;
mod duplicate;
mod error;
mod facts;
mod feed;
mod file_pattern;
mod gather;
mod harmony;
mod in_order;
mod labels;
mod leakage;
mod passed_over;
mod piece;
mod read_at;
pub mod songbook;
mod sources;
mod split;
mod store;
mod told;

pub use augmentation::Augmentation;
pub use conditions::{Conditions, KeyName, Known, Origin};
pub use corpus::Corpus;
pub use duplicate::{Duplicate, DuplicateKind, duplicates};
pub use error::CorpusError;
pub use facts::{Facts, Oddity, facts};
pub use feed::{Feed, FeedPosition, Window};
pub use file_pattern::FilePattern;
pub use gather::{Gathered, gather, gather_sources};
pub use harmony::{Harmony, HeardChord};
pub use labels::{Label, Labelled, Labels};
pub use leakage::{LEAKAGE_WINDOWS, Leakage, WindowLeakage};
pub use passed_over::{Beside, PassedOver, RECORDINGS};
pub use piece::{Mended, Outcome, OutcomeKind, Piece};
pub use sources::Sources;
pub use split::{Side, Split};
pub use store::{CorpusFile, Prepared, Shard, merge, prepare};
pub use told::{known_conditions, told};
