//! A prepared corpus: every piece of a folder in one file, ready to be learnt from.
//!
//! ```text
//! header    magic (16 bytes), version, part, parts (u32 each), files listed (u64),
//!           BLAKE3 of the list of files (32 bytes)
//! records   each: length (u32), BLAKE3 of what follows (32 bytes), a piece
//! index     the place of each record (u64)
//! footer    place of the index, number of records (u64 each),
//!           BLAKE3 of header, index and those two (32 bytes), magic (16 bytes)
//! ```
//!
//! Numbers are little-endian. Which bytes are written follows from the files and their labels
//! alone, whatever the threads: a run that was killed and begun again gives the same file, and
//! so do the parts of a corpus that were prepared apart and merged.

mod bytes;
mod file;
mod piece;
mod prepare;
mod score;
mod writer;

pub use file::CorpusFile;
pub use prepare::{Prepared, Shard, merge, prepare};

/// What a corpus file begins and ends with.
const MAGIC: [u8; 16] = *b"cantilena corpus";

/// The version of the format. What cannot be read is refused, never guessed at.
const VERSION: u32 = 1;

/// Bytes of the header, of what stands before a record, and of the footer.
const HEADER: usize = 16 + 3 * 4 + 8 + 32;
const RECORD: usize = 4 + 32;
const FOOTER: usize = 2 * 8 + 32 + 16;

/// What the header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Header {
    /// Which part it is, counted from 1, and of how many.
    part: u32,
    parts: u32,
    /// How many music files were found in the folder, for all parts together.
    files: u64,
    /// BLAKE3 of their names.
    listing: [u8; 32],
}

impl Header {
    fn to_bytes(self) -> [u8; HEADER] {
        let mut bytes = [0; HEADER];
        bytes[..16].copy_from_slice(&MAGIC);
        for (place, number) in [VERSION, self.part, self.parts].into_iter().enumerate() {
            bytes[16 + 4 * place..20 + 4 * place].copy_from_slice(&number.to_le_bytes());
        }
        bytes[28..36].copy_from_slice(&self.files.to_le_bytes());
        bytes[36..].copy_from_slice(&self.listing);
        bytes
    }

    fn from_bytes(bytes: &[u8; HEADER]) -> Result<Header, String> {
        if bytes[..16] != MAGIC {
            return Err("it does not begin as a prepared corpus does".to_owned());
        }
        let number = |at: usize| {
            u32::from_le_bytes(bytes[at..at + 4].try_into().expect("a slice of four bytes"))
        };
        if number(16) != VERSION {
            return Err(format!(
                "it is of version {}, and this program reads version {VERSION}; prepare it anew",
                number(16)
            ));
        }
        let (part, parts) = (number(20), number(24));
        if part == 0 || part > parts {
            return Err(format!("it says it is part {part} of {parts}"));
        }
        let files = u64::from_le_bytes(bytes[28..36].try_into().expect("a slice of eight bytes"));
        let listing = bytes[36..].try_into().expect("the last 32 bytes");
        Ok(Header { part, parts, files, listing })
    }
}

/// What the footer's checksum covers: all that is not a record.
fn footer_checksum(header: &[u8], index: &[u8], place: u64, count: u64) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(header).update(index);
    hasher.update(&place.to_le_bytes()).update(&count.to_le_bytes());
    *hasher.finalize().as_bytes()
}
