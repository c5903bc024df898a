//! What can stand between a folder and a corpus.

use std::path::PathBuf;

use crate::passed_over::PassedOver;

/// Why no corpus could be gathered. A file that cannot be read is no error: it is refused, and
/// [`Outcome`](crate::Outcome) says why.
#[derive(Debug, thiserror::Error)]
pub enum CorpusError {
    /// A path that was asked for cannot be opened.
    #[error("cannot open {path}")]
    Open {
        /// The path as given.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// Nothing among the paths is music we read.
    #[error(
        "no music in {place}: {files} files, none of them MIDI (.mid, .midi, .kar, .rmi, .smf), \
         MusicXML (.musicxml, .mxl), ABC (.abc), an archive of such (.zip) or a prepared corpus \
         (.corpus); scores in .json and .xml files are read where they are named themselves{}",
        also(.passed_over)
    )]
    NoMusic {
        /// The paths as given.
        place: String,
        /// How many files of any kind there were.
        files: usize,
        /// What of them could be learnt from otherwise.
        passed_over: PassedOver,
    },
    /// Music files were there, and none could be read or held a note.
    #[error("none of {files} music files in {place} could be used; the first: {first}")]
    AllRefused {
        /// The paths as given.
        place: String,
        /// How many music files there were.
        files: usize,
        /// What became of the first.
        first: String,
    },
    /// Too few different pieces to learn from some and be judged by others.
    #[error(
        "{pieces} different pieces are too few to hold one back for validation; add files (two \
         that are no transposition of one another will do)"
    )]
    TooFew {
        /// How many groups of duplicates there are.
        pieces: usize,
    },
    /// A prepared corpus that cannot be used.
    #[error("{path} cannot be used as a prepared corpus: {what}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// Parts that make no corpus.
    #[error("these parts make no corpus: {what}; prepare all of one folder with --shard i/N")]
    Parts {
        /// What is wrong with them.
        what: String,
    },
    /// A corpus could not be written.
    #[error("cannot write the corpus")]
    Write(#[source] std::io::Error),
    /// Preparing was stopped.
    #[error("stopped before the corpus was whole")]
    Stopped,
}

/// What was passed over, as the end of a sentence.
fn also(passed_over: &PassedOver) -> String {
    match passed_over.is_nothing() {
        true => String::new(),
        false => format!("; passed over: {passed_over}"),
    }
}
