//! The corpus that is always there: short pieces written out in our own notation.

use crate::corpus::Corpus;

/// All pieces.
pub fn corpus() -> Corpus {
    Corpus::default()
}
