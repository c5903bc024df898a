//! Which of the pieces held back judge a run.

use cantilena_score::Score;

/// Places of the pieces that judge: so many, evenly spread, that they have about `notes` notes
/// together, and one at least; all of them where they have no more, or where `notes` is 0.
///
/// A large collection holds back more than could be judged forty times over: a tenth of 200 hours
/// of piano takes as long as several minutes of learning.
pub fn jury(held_back: &[&Score], notes: usize) -> Vec<usize> {
    let there = held_back.len();
    let sum: usize = held_back.iter().map(|score| score.note_count()).sum();
    let count = match notes {
        1.. if sum > notes => (there * notes).div_ceil(sum).clamp(1, there),
        _ => there,
    };
    (0..count).map(|index| index * there / count).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_are_spread_evenly_and_no_more_than_are_needed() {
        let piece: Score = "c4/4 d4 e4 f4 |".parse().unwrap();
        let pieces = vec![&piece; 10];
        assert_eq!(jury(&pieces, 0), (0..10).collect::<Vec<_>>());
        assert_eq!(jury(&pieces, 40), (0..10).collect::<Vec<_>>());
        assert_eq!(jury(&pieces, 12), [0, 3, 6]);
        assert_eq!(jury(&pieces, 1), [0]);
        assert!(jury(&[], 5).is_empty());
    }
}
