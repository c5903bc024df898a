//! A corpus file, open for reading.

use std::path::{Path, PathBuf};

use super::{FOOTER, HEADER, Header, MAGIC, RECORD, footer_checksum, piece};
use crate::error::CorpusError;
use crate::piece::Piece;
use crate::read_at::SharedFile;

/// A prepared corpus on disk. Its pieces are read one by one, from as many threads as may be.
#[derive(Clone, Debug)]
pub struct CorpusFile {
    path: PathBuf,
    file: SharedFile,
    header: Header,
    /// Where the records begin, and where the index does behind the last.
    places: Vec<u64>,
}

impl CorpusFile {
    /// Opens a corpus and checks its header and index; records are checked as they are read.
    ///
    /// # Errors
    /// [`CorpusError::Open`] where it cannot be read, [`CorpusError::Damaged`] where it is no
    /// prepared corpus, is cut short, or was changed.
    pub fn open(path: &Path) -> Result<CorpusFile, CorpusError> {
        let cannot = |source| CorpusError::Open { path: path.to_owned(), source };
        let damaged = |what: &str| damaged(path, what);
        let file = SharedFile::open(path).map_err(cannot)?;
        let length = file.length();
        if length < (HEADER + FOOTER) as u64 {
            return Err(damaged("it is too short to be a prepared corpus"));
        }
        let mut header_bytes = [0; HEADER];
        file.read_exact_at(0, &mut header_bytes).map_err(cannot)?;
        let header = Header::from_bytes(&header_bytes).map_err(|what| damaged(&what))?;
        let mut footer = [0; FOOTER];
        file.read_exact_at(length - FOOTER as u64, &mut footer).map_err(cannot)?;
        let (numbers, rest) = footer.split_at(16);
        let (checksum, magic) = rest.split_at(32);
        if magic != MAGIC {
            return Err(damaged("it is cut short, or something follows it"));
        }
        let number =
            |bytes: &[u8]| u64::from_le_bytes(bytes.try_into().expect("a slice of eight bytes"));
        let (place, count) = (number(&numbers[..8]), number(&numbers[8..]));
        // The claim is checked against the file before room is made for it.
        let index_length = count.checked_mul(8);
        let end = index_length.and_then(|index| place.checked_add(index));
        if place < HEADER as u64 || end != Some(length - FOOTER as u64) {
            return Err(damaged("its index does not lie where its footer says"));
        }
        let mut index = vec![0; (length - FOOTER as u64 - place) as usize];
        file.read_exact_at(place, &mut index).map_err(cannot)?;
        if footer_checksum(&header_bytes, &index, place, count) != *checksum {
            return Err(damaged("its header or index was changed: the checksum differs"));
        }
        let places = index.chunks_exact(8).map(number).chain([place]);
        let places: Vec<u64> = places.collect();
        let follow =
            |pair: &[u64]| pair[1].checked_sub(pair[0]).is_some_and(|l| l >= RECORD as u64);
        if places[0] != HEADER as u64 || !places.windows(2).all(follow) {
            return Err(damaged("its records overlap"));
        }
        Ok(CorpusFile { path: path.to_owned(), file, header, places })
    }

    /// How many pieces it holds.
    pub fn len(&self) -> usize {
        self.places.len() - 1
    }

    /// Whether it holds none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Which part of a corpus it is, counted from 1, and of how many; (1, 1) is a whole one.
    pub fn part(&self) -> (u32, u32) {
        (self.header.part, self.header.parts)
    }

    /// A piece by its number, below [`CorpusFile::len`], under the name it had in its folder.
    ///
    /// # Errors
    /// [`CorpusError::Damaged`] where its bytes were changed.
    pub fn piece(&self, index: usize) -> Result<Piece, CorpusError> {
        let (record, _) = self.record(index)?;
        piece::read(&record).map_err(|what| damaged(&self.path, what))
    }

    /// The name of a piece alone.
    pub(crate) fn name(&self, index: usize) -> Result<String, CorpusError> {
        let most = self.places[index + 1] - self.places[index] - RECORD as u64;
        // Names are short: one look is enough for all but a few.
        let mut start = vec![0; most.min(512) as usize];
        self.read_at(self.places[index] + RECORD as u64, &mut start)?;
        match piece::name(&start) {
            Ok(name) => Ok(name),
            Err(_) => {
                let (record, _) = self.record(index)?;
                piece::name(&record).map_err(|what| damaged(&self.path, what))
            }
        }
    }

    /// The bytes of a record and their checksum, which was found to be right.
    pub(super) fn record(&self, index: usize) -> Result<(Vec<u8>, [u8; 32]), CorpusError> {
        let length = (self.places[index + 1] - self.places[index]) as usize;
        let mut bytes = vec![0; length];
        self.read_at(self.places[index], &mut bytes)?;
        let claimed = u32::from_le_bytes(bytes[..4].try_into().expect("a slice of four bytes"));
        let checksum: [u8; 32] = bytes[4..RECORD].try_into().expect("a slice of 32 bytes");
        let record = bytes.split_off(RECORD);
        if claimed as usize != record.len() || *blake3::hash(&record).as_bytes() != checksum {
            let what = format!("piece {index} was changed: its checksum differs");
            return Err(damaged(&self.path, &what));
        }
        Ok((record, checksum))
    }

    pub(super) fn header(&self) -> Header {
        self.header
    }

    fn read_at(&self, place: u64, bytes: &mut [u8]) -> Result<(), CorpusError> {
        let cannot = |source| CorpusError::Open { path: self.path.clone(), source };
        self.file.read_exact_at(place, bytes).map_err(cannot)
    }
}

fn damaged(path: &Path, what: &str) -> CorpusError {
    CorpusError::Damaged { path: path.to_owned(), what: what.to_owned() }
}
