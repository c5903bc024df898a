//! Scores become a report.
//!
//! The judge does not know the defendant: everything here is measured on scores, whoever made
//! them, and no model is ever seen. [`Distributions`] say what a body of music is made of and how
//! near another comes; [`Repetition`] says how much a piece repeats itself; [`Originality`] finds
//! the longest run it shares with a corpus, in any key. A [`Report`] gathers them.

mod distributions;
mod histogram;
mod originality;
mod repetition;
mod report;
mod sequence;

pub use distributions::{Comparison, Distributions};
pub use histogram::Histogram;
pub use originality::{Originality, Shared};
pub use repetition::Repetition;
pub use report::Report;
