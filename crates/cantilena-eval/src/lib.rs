//! Scores become a report.
//!
//! The judge does not know the defendant: everything here is measured on scores, whoever made
//! them, and no model is ever seen. [`Distributions`] say what a body of music is made of and how
//! near another comes; [`Consistency`], [`Repetition`] and [`Structure`] say how a piece holds
//! together; [`Originality`] finds the longest run it shares with a corpus, in any key. A
//! [`Report`] gathers them for one piece; [`compare_sets`] judges many at once.
//!
//! `docs/metrics.md` defines every measure and says where it comes from.

mod consistency;
mod density;
mod distributions;
mod grid;
mod histogram;
mod means;
mod originality;
mod repetition;
mod report;
mod runs;
mod sequence;
mod sets;
mod structure;

pub use consistency::Consistency;
pub use distributions::{Comparison, Distributions};
pub use histogram::Histogram;
pub use means::Means;
pub use originality::{Originality, Shared};
pub use repetition::Repetition;
pub use report::Report;
pub use sets::{SetComparison, compare_sets};
pub use structure::Structure;
