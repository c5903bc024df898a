//! Duplicates from the outside: in another key, on another clock, with another ending.

use std::num::NonZero;

use cantilena_corpus::{
    Conditions, Corpus, Duplicate, DuplicateKind, Piece, Side, Split, duplicates, songbook,
};
use cantilena_score::{Note, Pitch, Score, Ticks};

fn piece(name: &str, score: Score) -> Piece {
    let digest = *blake3::hash(name.as_bytes()).as_bytes();
    Piece { name: name.to_owned(), conditions: Conditions::of(&score), score, digest }
}

#[test]
fn a_duplicate_is_told_by_what_was_done_to_it() {
    let mut corpus = songbook::corpus();
    assert_eq!(duplicates(&corpus.pieces), [], "no two pieces of the songbook are the same");
    let (count, original) = (corpus.pieces.len(), corpus.pieces[0].score.clone());
    let half = Ticks(original.length().0 / 2);
    corpus.pieces.push(piece("up", original.transposed(3).unwrap()));
    corpus.pieces.push(piece("fine", original.rescaled(NonZero::new(960).unwrap())));
    corpus.pieces.push(corpus.pieces[0].clone());
    // The first half, and then another piece.
    let mut medley = original.slice(Ticks::ZERO..half);
    let other = &corpus.pieces[1].score.tracks[0];
    medley.tracks[0].notes.extend(other.notes.iter().map(|note| {
        let mut note = *note;
        note.onset += half;
        note
    }));
    medley.sort();
    corpus.pieces.push(piece("medley", medley));

    // Grace notes, as a program writes them that gives them no length.
    let mut graced = original.rescaled(NonZero::new(480).unwrap());
    let notes = &mut graced.tracks[0].notes;
    for index in (0..notes.len()).step_by(5) {
        let pitch = Pitch::new(notes[index].pitch.number() + 2).unwrap();
        notes.push(Note { pitch, duration: Ticks(1), ..notes[index] });
    }
    graced.sort();
    corpus.pieces.push(piece("graced", graced));

    let found = duplicates(&corpus.pieces);
    let expected = |piece, kind, semitones| Duplicate { piece, of: 0, kind, semitones };
    assert_eq!(found[0], expected(count, DuplicateKind::Notes, 3));
    assert_eq!(found[1], expected(count + 1, DuplicateKind::Notes, 0));
    assert_eq!(found[2], expected(count + 2, DuplicateKind::Bytes, 0));
    let DuplicateKind::Version { shared } = found[3].kind else { panic!("{:?}", found[3]) };
    assert!((0.4..0.95).contains(&shared), "{shared}");
    assert_eq!(found[4], expected(count + 4, DuplicateKind::Notes, 0));
    assert_eq!(found.len(), 5);
}

#[test]
fn what_leaks_is_counted_exactly_and_in_other_keys() {
    let originals = songbook::corpus().pieces;
    let same = originals[0].clone();
    let moved = piece("moved", originals[0].score.transposed(2).unwrap());
    let corpus = Corpus { pieces: vec![originals[0].clone(), same, moved] };
    let audit = |sides: [Side; 3]| {
        let split = Split { sides: sides.to_vec(), groups: 1 };
        let leakage = corpus.leakage(&split, Side::Test);
        assert!(leakage.to_string().starts_with("of 8 notes "), "{leakage}");
        leakage.windows
    };
    for leakage in audit([Side::Train, Side::Test, Side::Validation]) {
        assert!(leakage.windows > 0);
        assert_eq!((leakage.exact_share(), leakage.transposed_share()), (1.0, 1.0));
    }
    let moved = audit([Side::Train, Side::Validation, Side::Test]);
    assert!(moved[2].exact_share() < 0.1, "{:?}", moved[2]);
    assert_eq!(moved[2].transposed_share(), 1.0);
}
