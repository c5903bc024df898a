//! Who is learnt from and who judges.

use crate::corpus::Corpus;
use crate::duplicate::groups;
use crate::error::CorpusError;

/// A side of a split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Side {
    /// Learnt from.
    Train,
    /// Held back: says when to stop, and how good the model is.
    Validation,
}

/// Which piece stands on which side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Split {
    /// One for each piece of the corpus.
    pub sides: Vec<Side>,
    /// How many groups of duplicates there are; at most the number of pieces.
    pub groups: usize,
}

impl Split {
    /// The pieces on one side, by their number in the corpus.
    pub fn side(&self, side: Side) -> impl Iterator<Item = usize> {
        let sides = self.sides.iter().enumerate();
        sides.filter(move |(_, of)| **of == side).map(|(piece, _)| piece)
    }
}

impl Corpus {
    /// Holds back about `share` of the notes, whole pieces at a time, duplicates together.
    ///
    /// Pieces that are the same music, transposed or not, stand on one side. Which ones are held
    /// back follows from their content and `seed` alone, not from names or order.
    pub fn split(&self, share: f64, seed: u64) -> Result<Split, CorpusError> {
        let group_of = groups(&self.pieces);
        let count = group_of.iter().max().map_or(0, |last| last + 1);
        if count < 2 {
            return Err(CorpusError::TooFew { pieces: count });
        }
        // A group is drawn by the least digest in it, so that its order in the folder is no matter.
        let mut drawn: Vec<([u8; 32], usize, usize)> =
            (0..count).map(|group| ([0xff; 32], group, 0)).collect();
        for (piece, &group) in self.pieces.iter().zip(&group_of) {
            let mut hasher = blake3::Hasher::new();
            hasher.update(&seed.to_le_bytes()).update(&piece.digest);
            let (key, _, notes) = &mut drawn[group];
            *key = (*key).min(*hasher.finalize().as_bytes());
            *notes += piece.score.note_count();
        }
        drawn.sort_unstable();

        let wanted = self.note_count() as f64 * share;
        let (mut held_back, mut side_of) = (0.0, vec![Side::Train; count]);
        for (_, group, notes) in &drawn[..count - 1] {
            if held_back >= wanted && held_back > 0.0 {
                break;
            }
            // A group that overshoots by more than it adds is left for a smaller one.
            let notes = *notes as f64;
            if held_back > 0.0 && held_back + notes - wanted > wanted - held_back {
                continue;
            }
            side_of[*group] = Side::Validation;
            held_back += notes;
        }
        let sides = group_of.iter().map(|&group| side_of[group]).collect();
        Ok(Split { sides, groups: count })
    }
}
