//! A piece in a file, which may hold several.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use cantilena_formats::{Limits, Reading, read_all};

use crate::error::StudioError;
use crate::store;

/// A piece that was read from a file.
#[derive(Clone, Debug)]
pub struct Source {
    /// The file.
    pub file: PathBuf,
    /// The piece, and what had to be done to read it.
    pub reading: Reading,
    /// Which of the file's tunes it is, counted from 1.
    pub tune: usize,
    /// How many tunes the file holds: one, but for books in ABC.
    pub tunes: usize,
}

impl Source {
    /// Reads a file's tune of a number, the first if none is asked for.
    pub fn open(file: &Path, tune: Option<NonZeroUsize>) -> Result<Source, StudioError> {
        let bytes = store::read(file)?;
        let mut readings = read_all(&bytes, &Limits::default())
            .map_err(|source| StudioError::Music { path: file.to_owned(), source })?;
        let (tune, tunes) = (tune.map_or(1, NonZeroUsize::get), readings.len());
        if tune > tunes {
            let holds = if tunes == 1 { "1 tune".to_owned() } else { format!("{tunes} tunes") };
            let why =
                format!("{} holds {holds}, and none of them is number {tune}", file.display());
            return Err(StudioError::Unsuited { field: "tune", why });
        }
        let reading = readings.swap_remove(tune - 1);
        Ok(Source { file: file.to_owned(), reading, tune, tunes })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tune_is_chosen_by_its_number_and_the_first_where_none_is_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let book = folder.path().join("book.abc");
        let tunes = "X:7\nT:Seven\nL:1/4\nK:C\nCDEF|\n\nX:3\nT:Three\nL:1/4\nK:C\nGABc|\n";
        std::fs::write(&book, tunes).unwrap();
        let open = |tune| Source::open(&book, NonZeroUsize::new(tune));
        for (asked, tune, title) in [(0, 1, "Seven"), (1, 1, "Seven"), (2, 2, "Three")] {
            let source = open(asked).unwrap();
            assert_eq!((source.tune, source.tunes), (tune, 2));
            assert_eq!(source.reading.score.title, title);
            assert!(source.reading.repairs.is_empty(), "the rest is a choice, and no repair");
        }
        let said = open(3).unwrap_err().to_string();
        assert!(said.contains("book.abc holds 2 tunes") && said.contains("number 3"), "{said}");
    }
}
