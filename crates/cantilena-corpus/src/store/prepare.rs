//! From a folder to a corpus file, in parts or at once.

use std::io::Write;
use std::ops::ControlFlow;
use std::path::PathBuf;

use super::writer::Writer;
use super::{CorpusFile, Header, piece};
use crate::error::CorpusError;
use crate::gather::read_pieces;
use crate::in_order::in_order;
use crate::labels::Labels;
use crate::piece::{Outcome, Piece};
use crate::sources::Sources;

/// A part of a corpus: of its files in order, as even a share as can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    /// Which, counted from 1.
    number: u32,
    /// Of how many; at least 1.
    of: u32,
}

impl Shard {
    /// All of it.
    pub const WHOLE: Shard = Shard { number: 1, of: 1 };

    /// Part `number` of `of`, counted from 1; `None` where there is no such part.
    pub fn new(number: u32, of: u32) -> Option<Shard> {
        (1..=of).contains(&number).then_some(Shard { number, of })
    }

    /// How many files are its, of so many.
    pub fn files(self, files: usize) -> usize {
        self.range(files).len()
    }

    /// Its files, of so many.
    fn range(self, files: usize) -> std::ops::Range<usize> {
        let at = |part: u32| (files as u128 * u128::from(part) / u128::from(self.of)) as usize;
        at(self.number - 1)..at(self.number)
    }
}

/// What was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Prepared {
    /// Files that were read, refused ones among them.
    pub files: usize,
    /// Pieces written.
    pub pieces: u64,
    /// Length of the corpus file in bytes.
    pub bytes: u64,
}

/// Reads the files of a shard and writes every piece into `out`, in the order of the files.
///
/// `watch` is told what became of each file, in order, and may stop it; what was written by then
/// is no corpus. However many files there are, a few pieces a thread are held at a time. The
/// bytes do not depend on the number of threads.
///
/// # Errors
/// [`CorpusError::Write`] where `out` takes no more, [`CorpusError::Stopped`] where `watch` stopped
/// it.
pub fn prepare(
    sources: &Sources,
    labels: &Labels,
    shard: Shard,
    threads: usize,
    out: &mut dyn Write,
    watch: &mut dyn FnMut(&Outcome) -> ControlFlow<()>,
) -> Result<Prepared, CorpusError> {
    let header = Header {
        part: shard.number,
        parts: shard.of,
        files: sources.len() as u64,
        listing: listing(sources),
    };
    let range = shard.range(sources.len());
    let mut writer = Writer::new(out, header).map_err(CorpusError::Write)?;
    let mut failure = None;
    let work = |index: usize| {
        let index = range.start + index;
        let (pieces, outcome) = read_pieces(sources, labels, index);
        let (name, inside) = (sources.name(index), sources.name_inside(index));
        let record = |piece: &Piece| {
            // Of a book's tune, the number behind the name.
            let number = piece.name.strip_prefix(&name).unwrap_or_default();
            let record = piece::write(piece, &format!("{inside}{number}"));
            let checksum = *blake3::hash(&record).as_bytes();
            (record, checksum)
        };
        (pieces.iter().map(record).collect::<Vec<_>>(), outcome)
    };
    in_order(range.len(), threads, &work, &mut |_, (records, outcome)| {
        for (record, checksum) in records {
            if let Err(error) = writer.add(&record, &checksum) {
                failure = Some(CorpusError::Write(error));
                return ControlFlow::Break(());
            }
        }
        let flow = watch(&outcome);
        if flow.is_break() {
            failure = Some(CorpusError::Stopped);
        }
        flow
    });
    if let Some(failure) = failure {
        return Err(failure);
    }
    let pieces = writer.count();
    let bytes = writer.finish().map_err(CorpusError::Write)?;
    Ok(Prepared { files: range.len(), pieces, bytes })
}

/// Joins all parts of a corpus, in whatever order they are named, into what preparing it at once
/// would have written.
///
/// # Errors
/// [`CorpusError::Parts`] where a part is missing, there twice, or of another corpus; those of
/// [`CorpusFile::open`]; [`CorpusError::Write`].
pub fn merge(parts: &[PathBuf], out: &mut dyn Write) -> Result<Prepared, CorpusError> {
    let mut files = Vec::with_capacity(parts.len());
    for path in parts {
        files.push((CorpusFile::open(path)?, path));
    }
    files.sort_by_key(|(file, _)| file.part());
    let wrong = |what: String| Err(CorpusError::Parts { what });
    let Some((first, first_path)) = files.first() else {
        return wrong("there are none".to_owned());
    };
    let header = first.header();
    for (expected, (file, path)) in (1..).zip(&files) {
        let theirs = file.header();
        if (theirs.parts, theirs.files, theirs.listing)
            != (header.parts, header.files, header.listing)
        {
            return wrong(format!(
                "{} and {} are parts of different corpora, or of one whose files changed in \
                 between",
                first_path.display(),
                path.display()
            ));
        }
        if theirs.part != expected {
            let of = theirs.parts;
            return wrong(match theirs.part < expected {
                true => format!("part {} of {of} is there twice", theirs.part),
                false => format!("part {expected} of {of} is missing"),
            });
        }
    }
    if files.len() < header.parts as usize {
        return wrong(format!("part {} of {} is missing", files.len() + 1, header.parts));
    }
    let whole = Header { part: 1, parts: 1, ..header };
    let mut writer = Writer::new(out, whole).map_err(CorpusError::Write)?;
    for (file, _) in &files {
        for index in 0..file.len() {
            let (record, checksum) = file.record(index)?;
            writer.add(&record, &checksum).map_err(CorpusError::Write)?;
        }
    }
    let pieces = writer.count();
    let bytes = writer.finish().map_err(CorpusError::Write)?;
    Ok(Prepared { files: header.files as usize, pieces, bytes })
}

/// What makes a list of files this one and no other.
fn listing(sources: &Sources) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    for index in 0..sources.len() {
        hasher.update(sources.name_inside(index).as_bytes()).update(&[0]);
    }
    *hasher.finalize().as_bytes()
}
