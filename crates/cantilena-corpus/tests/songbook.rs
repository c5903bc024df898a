//! The songbook from the outside: enough music, of many kinds, all of it playable.
//!
//! That bars add up is the notation's own law: a piece whose bars do not cannot be read at all.

use std::collections::BTreeSet;

use cantilena_corpus::songbook;
use cantilena_score::Mode;

#[test]
fn it_holds_enough_music_of_many_kinds() {
    let corpus = songbook::corpus();
    assert!(corpus.pieces.len() >= 48, "{} pieces", corpus.pieces.len());
    assert!(corpus.note_count() >= 5_000, "{} notes", corpus.note_count());

    let scores = || corpus.pieces.iter().map(|piece| &piece.score);
    let meters: BTreeSet<String> =
        scores().flat_map(|s| s.meters.changes()).map(|c| c.meter.to_string()).collect();
    for meter in ["4/4", "3/4", "2/4", "6/8", "5/4", "9/8"] {
        assert!(meters.contains(meter), "nothing in {meter} among {meters:?}");
    }
    for mode in [Mode::Major, Mode::Minor] {
        let of_mode = scores().filter(|s| s.keys[0].key.mode == mode).count();
        assert!(of_mode >= 12, "{of_mode} pieces in {mode:?}");
    }
    let voices = scores().filter(|score| score.tracks.len() >= 3).count();
    assert!(voices >= 4, "{voices} pieces in three voices or more");
    let modal = include_str!("../../../songbook/studies.txt");
    for mode in ["dorian", "mixolydian", "lydian", "phrygian"] {
        assert!(modal.contains(mode), "nothing {mode}");
    }
}

#[test]
fn every_piece_has_a_name_chords_and_notes_that_hands_can_reach() {
    let mut names = BTreeSet::new();
    for piece in songbook::corpus().pieces {
        let score = &piece.score;
        assert!(!score.title.is_empty() && names.insert(score.title.clone()), "{}", piece.name);
        assert!((8..=64).contains(&score.bars()), "{}: {} bars", piece.name, score.bars());
        assert!(score.tracks.len() >= 2, "{}: one hand", piece.name);
        assert!(!score.chords.is_empty(), "{}: no chords", piece.name);
        for track in &score.tracks {
            let pitches = || track.notes.iter().map(|note| note.pitch.number());
            let (low, high) = (pitches().min(), pitches().max());
            assert!(low >= Some(28) && high <= Some(92), "{}: {low:?} to {high:?}", piece.name);
        }
    }
}

/// The first beat of most bars fits the chord written over it: a melody beside its harmony.
#[test]
fn melodies_agree_with_their_chords() {
    for piece in songbook::corpus().pieces {
        let score = &piece.score;
        let melody = &score.tracks[0];
        let (mut agree, mut counted) = (0, 0);
        for note in &melody.notes {
            let place = score.meters.position(note.onset, score.ticks_per_quarter());
            let after = score.chords.partition_point(|symbol| symbol.onset <= note.onset);
            if place.position.0 == 0 && after > 0 {
                let chord = score.chords[after - 1].chord;
                agree += usize::from(chord.classes().any(|class| class == note.pitch.class()));
                counted += 1;
            }
        }
        assert!(agree * 10 >= counted * 6, "{}: {agree} of {counted} agree", piece.name);
    }
}
