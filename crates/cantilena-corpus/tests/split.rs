//! Splits from the outside: no piece, in whatever key, stands on both sides.

#![expect(clippy::unwrap_used, reason = "a test may")]

use std::num::NonZero;

use cantilena_corpus::{Conditions, Corpus, CorpusError, Piece, Side, songbook};
use cantilena_score::Score;

fn piece(name: &str, score: Score) -> Piece {
    let digest = *blake3::hash(name.as_bytes()).as_bytes();
    Piece { name: name.to_owned(), conditions: Conditions::of(&score), score, digest }
}

/// The songbook, and every third piece again in another key and on another clock.
fn corpus_with_duplicates() -> Corpus {
    let mut corpus = songbook::corpus();
    for index in (0..corpus.pieces.len()).step_by(3) {
        let original = &corpus.pieces[index];
        let moved = original.score.transposed(2).unwrap().rescaled(NonZero::new(480).unwrap());
        corpus.pieces.push(piece(&format!("{} again", original.name), moved));
    }
    corpus
}

#[test]
fn a_transposed_duplicate_stands_with_its_original() {
    let corpus = corpus_with_duplicates();
    let originals = songbook::corpus().pieces.len();
    for seed in 0..20 {
        let split = corpus.split(0.2, seed).unwrap();
        for (copy, index) in (0..originals).step_by(3).enumerate() {
            assert_eq!(split.sides[index], split.sides[originals + copy]);
        }
        assert_eq!(split.groups, originals, "no two pieces of the songbook are the same");
    }
}

#[test]
fn about_the_share_asked_for_is_held_back_whatever_the_order() {
    let corpus = songbook::corpus();
    let split = corpus.split(0.2, 1).unwrap();
    let notes = |side| -> usize {
        split.side(side).map(|piece| corpus.pieces[piece].score.note_count()).sum()
    };
    let share = notes(Side::Validation) as f64 / corpus.note_count() as f64;
    assert!((0.15..0.25).contains(&share), "{share}");

    let mut reversed = corpus.clone();
    reversed.pieces.reverse();
    let mut sides = reversed.split(0.2, 1).unwrap().sides;
    sides.reverse();
    assert_eq!(sides, split.sides);
    assert_eq!(reversed.fingerprint(), corpus.fingerprint());
    assert_ne!(corpus.split(0.2, 2).unwrap().sides, split.sides);
}

#[test]
fn one_piece_in_many_keys_is_too_few() {
    let score = &songbook::corpus().pieces[0].score;
    let pieces = (0..5).map(|key| piece(&format!("{key}"), score.transposed(key).unwrap()));
    let corpus = Corpus { pieces: pieces.collect() };
    assert!(matches!(corpus.split(0.1, 1), Err(CorpusError::TooFew { pieces: 1 })));
}

#[test]
fn a_published_split_is_kept_and_its_test_pieces_are_left_out() {
    let mut corpus = songbook::corpus();
    for (index, piece) in corpus.pieces.iter_mut().enumerate() {
        piece.conditions.side = [None, Some(Side::Validation), Some(Side::Test)][index % 3];
    }
    let split = corpus.split(0.2, 1).unwrap();
    for (index, side) in split.sides.iter().enumerate() {
        assert_eq!(*side, [Side::Train, Side::Validation, Side::Test][index % 3]);
    }

    // One that only tests leaves the rest to be divided.
    for piece in &mut corpus.pieces {
        piece.conditions.side = piece.conditions.side.filter(|side| *side == Side::Test);
    }
    let split = corpus.split(0.2, 1).unwrap();
    assert!(split.side(Side::Validation).count() > 0);
    assert!(split.side(Side::Test).all(|index| index % 3 == 2));
    assert_eq!(split.side(Side::Test).count(), corpus.pieces.len() / 3);
}
