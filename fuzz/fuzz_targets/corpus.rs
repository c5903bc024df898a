//! Any bytes as a prepared corpus: as they are, with their checksums made right, and as the one
//! piece of a corpus that is otherwise sound.
#![no_main]

use std::path::Path;

use cantilena_corpus::CorpusFile;
use libfuzzer_sys::fuzz_target;

const HEADER: usize = 16 + 3 * 4 + 8 + 32;
const RECORD: usize = 4 + 32;
const FOOTER: usize = 2 * 8 + 32 + 16;

fuzz_target!(|bytes: &[u8]| {
    // A corpus is read from where it lies; one file is written over and over.
    thread_local!(static FILE: tempfile::NamedTempFile =
        tempfile::NamedTempFile::new().expect("a folder for passing files"));
    FILE.with(|file| {
        let path = file.path();
        read(path, bytes);
        if let Some(sealed) = sealed(bytes) {
            read(path, &sealed);
        }
        read(path, &corpus_of(bytes));
    });
});

fn read(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).expect("room for a passing file");
    let Ok(file) = CorpusFile::open(path) else { return };
    for index in 0..file.len() {
        let _ = file.piece(index);
    }
}

/// The same bytes with the checksums that they should have; `None` where no index is to be found.
fn sealed(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = bytes.to_vec();
    let footer = bytes.len().checked_sub(FOOTER).filter(|place| *place >= HEADER)?;
    let number = |bytes: &[u8], at: usize| {
        let eight = bytes.get(at..at + 8)?;
        usize::try_from(u64::from_le_bytes(eight.try_into().ok()?)).ok()
    };
    let index = number(&bytes, footer).filter(|index| *index <= footer)?;
    let mut places: Vec<usize> =
        (index..footer).step_by(8).filter_map(|at| number(&bytes, at)).collect();
    places.push(index);
    for pair in places.windows(2) {
        let record = bytes.get(pair[0].saturating_add(RECORD)..pair[1]);
        let Some(hash) = record.map(blake3::hash) else { continue };
        bytes[pair[0] + 4..pair[0] + RECORD].copy_from_slice(hash.as_bytes());
    }
    seal(&mut bytes, index, footer);
    Some(bytes)
}

/// A corpus of one piece.
fn corpus_of(record: &[u8]) -> Vec<u8> {
    let mut bytes = b"cantilena corpus".to_vec();
    bytes.extend([1_u32, 1, 1].map(u32::to_le_bytes).as_flattened());
    bytes.extend(1_u64.to_le_bytes());
    bytes.extend([0; 32]);
    bytes.extend((record.len() as u32).to_le_bytes());
    bytes.extend(blake3::hash(record).as_bytes());
    bytes.extend(record);
    let index = bytes.len();
    bytes.extend((HEADER as u64).to_le_bytes());
    let footer = bytes.len();
    bytes.extend((index as u64).to_le_bytes());
    bytes.extend(1_u64.to_le_bytes());
    bytes.extend([0; 32]);
    bytes.extend(b"cantilena corpus");
    seal(&mut bytes, index, footer);
    bytes
}

/// Makes the footer's checksum right.
fn seal(bytes: &mut [u8], index: usize, footer: usize) {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&bytes[..HEADER]).update(&bytes[index..footer + 16]);
    let hash = hasher.finalize();
    bytes[footer + 16..footer + 48].copy_from_slice(hash.as_bytes());
}
