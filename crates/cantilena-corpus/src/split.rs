//! Who is learnt from and who judges.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use crate::corpus::Corpus;
use crate::duplicate::groups;
use crate::error::CorpusError;
use crate::piece::Piece;

/// A side of a split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Side {
    /// Learnt from.
    Train,
    /// Held back: says when to stop, and how good the model is.
    Validation,
    /// Kept for the last judgement, by those who published the corpus; never looked at before.
    Test,
}

impl Side {
    /// The side that a word in a table names, in whatever case.
    pub fn from_word(word: &str) -> Option<Side> {
        match word.trim().to_lowercase().as_str() {
            "train" | "training" => Some(Side::Train),
            "validation" | "valid" | "val" | "dev" | "development" => Some(Side::Validation),
            "test" | "testing" => Some(Side::Test),
            _ => None,
        }
    }
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
    ///
    /// Where the corpus comes with a split ([`Conditions::side`](crate::Conditions::side)), that
    /// one is kept, duplicates or not, so that figures compare with those of others: pieces to be
    /// tested stand on neither side asked for here, those that it leaves out are learnt from, and
    /// only if it validates with none are pieces held back from those for training.
    ///
    /// # Errors
    /// [`CorpusError::TooFew`] where there is nothing to hold back without holding back all.
    pub fn split(&self, share: f64, seed: u64) -> Result<Split, CorpusError> {
        let group_of = groups(&self.pieces);
        let count = group_of.iter().max().map_or(0, |last| last + 1);
        let side = |piece: &Piece| piece.conditions.side.unwrap_or(Side::Train);
        let mut sides: Vec<Side> = self.pieces.iter().map(side).collect();
        if !sides.contains(&Side::Validation) || !sides.contains(&Side::Train) {
            let free: Vec<usize> =
                (0..sides.len()).filter(|piece| sides[*piece] != Side::Test).collect();
            for piece in self.held_back(&free, &group_of, share, seed)? {
                sides[piece] = Side::Validation;
            }
        }
        Ok(Split { sides, groups: count })
    }

    /// The pieces to be held back out of `free`, whole groups at a time.
    fn held_back(
        &self,
        free: &[usize],
        group_of: &[usize],
        share: f64,
        seed: u64,
    ) -> Result<Vec<usize>, CorpusError> {
        // A group is drawn by the least digest in it, so that its order in the folder is no matter.
        let mut drawn = BTreeMap::<usize, ([u8; 32], usize)>::new();
        for &index in free {
            let piece = &self.pieces[index];
            let mut hasher = blake3::Hasher::new();
            hasher.update(&seed.to_le_bytes()).update(&piece.digest);
            let (key, notes) = drawn.entry(group_of[index]).or_insert(([0xff; 32], 0));
            *key = (*key).min(*hasher.finalize().as_bytes());
            *notes += piece.score.note_count();
        }
        if drawn.len() < 2 {
            return Err(CorpusError::TooFew { pieces: drawn.len() });
        }
        let all: usize = drawn.values().map(|(_, notes)| notes).sum();
        let mut drawn: Vec<([u8; 32], usize, usize)> =
            drawn.into_iter().map(|(group, (key, notes))| (key, group, notes)).collect();
        drawn.sort_unstable();

        let wanted = all as f64 * share;
        let (mut held_back, mut chosen) = (0.0, BTreeSet::new());
        for (_, group, notes) in &drawn[..drawn.len() - 1] {
            if held_back >= wanted && held_back > 0.0 {
                break;
            }
            // A group that overshoots by more than it adds is left for a smaller one.
            let notes = *notes as f64;
            if held_back > 0.0 && held_back + notes - wanted > wanted - held_back {
                continue;
            }
            chosen.insert(*group);
            held_back += notes;
        }
        Ok(free.iter().copied().filter(|piece| chosen.contains(&group_of[*piece])).collect())
    }
}
