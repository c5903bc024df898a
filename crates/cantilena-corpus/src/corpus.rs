//! All music for learning.

use crate::piece::Piece;

/// Pieces in the order of their names.
#[derive(Clone, Debug, Default)]
pub struct Corpus {
    /// Sorted by name, so that a corpus does not depend on the order a disk lists files in.
    pub pieces: Vec<Piece>,
}

impl Corpus {
    /// How many notes all pieces have together.
    pub fn note_count(&self) -> usize {
        self.pieces.iter().map(|piece| piece.score.note_count()).sum()
    }

    /// What makes this corpus this one and no other: BLAKE3 over the digests of its pieces in
    /// rising order, in hexadecimal. File names do not count.
    pub fn fingerprint(&self) -> String {
        let mut digests: Vec<&[u8; 32]> = self.pieces.iter().map(|piece| &piece.digest).collect();
        digests.sort_unstable();
        let mut hasher = blake3::Hasher::new();
        for digest in digests {
            hasher.update(digest);
        }
        hasher.finalize().to_hex().to_string()
    }
}
