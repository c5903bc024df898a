//! Commissions from the outside: what was there stays, what was asked for comes.
//!
//! The weights are random, the hardest case: only what the studio itself does is left to help.

#![expect(clippy::unwrap_used, reason = "a test may")]

use std::ops::ControlFlow;

use cantilena_formats::{Limits, midi};
use cantilena_generate::{Length, Sampling, Scale};
use cantilena_model::{CellKind, Checkpoint, Model, ModelConfig, Network, Provenance};
use cantilena_score::{Lyric, Note, Pitch, Program, Score, Ticks, Track, Velocity};
use cantilena_studio::{Commission, PieceNews, key_named, perform};
use cantilena_tokens::{Notes, Tokenizer};

fn checkpoint() -> Checkpoint {
    let tokenizer = Tokenizer::Notes(Notes::new(2));
    let cell = CellKind::Gru;
    let config = ModelConfig {
        cell,
        units: 16,
        layers: 1,
        embedding: 8,
        head: 8,
        dropout: 0.0,
        ..ModelConfig::default()
    };
    let network = Network::new(&config, tokenizer.fields());
    let values = network.initialize(4);
    let model = Model::new(network, tokenizer, Vec::new(), values);
    Checkpoint { model, provenance: Provenance::default() }
}

fn composed(commission: &Commission) -> Score {
    perform(&checkpoint(), commission, &mut |_| ControlFlow::Continue(())).unwrap().score
}

/// Twelve bars at 480 ticks a quarter, off the beat, with a pedal and an empty track between two
/// that sing.
fn played_by_hand() -> Score {
    let mut score = Score::new(480.try_into().unwrap());
    score.title = "By hand".to_owned();
    score.tempo.insert_bpm(Ticks::ZERO, 97.0);
    score.tempo.insert_bpm(Ticks(4 * 1920 + 17), 88.0);
    for (program, low) in [(0, 60), (40, 48), (73, 72)] {
        let mut track = Track::new(Program::new(program).unwrap());
        let notes = if program == 40 { 0 } else { 48 };
        for index in 0..notes {
            track.notes.push(Note {
                onset: Ticks(index * 480 + 13 * (index % 3)),
                duration: Ticks(700 + index),
                pitch: Pitch::new(low + (index * 5 % 12) as u8).unwrap(),
                velocity: Velocity::new(40 + index as u8).unwrap(),
            });
        }
        score.tracks.push(track);
    }
    score
}

#[test]
fn a_piece_continued_at_a_bar_is_untouched_before_it() {
    let before = played_by_hand();
    let cut = Ticks(8 * 1920);
    let rings = |note: &&Note| note.onset < cut && note.release() > cut;
    assert!(before.tracks.iter().flat_map(|track| &track.notes).filter(rings).count() > 1);
    let notes = |track: &Track, new: bool| -> Vec<Note> {
        track.notes.iter().filter(|note| (note.onset >= cut) == new).copied().collect()
    };
    for seed in 0..40 {
        let commission = Commission {
            prompt: Some(before.clone()),
            at_bar: Some(9),
            ..Commission::new(Length::Bars(4), seed)
        };
        let after = composed(&commission);
        assert_eq!(after.ticks_per_quarter(), before.ticks_per_quarter());
        assert_eq!(after.bars(), 12, "eight and four");
        assert_eq!(after.tempo, before.tempo);
        for track in before.tracks.iter().filter(|track| !track.notes.is_empty()) {
            let same = after.tracks.iter().find(|t| t.program == track.program).unwrap();
            // What rings over the cut, too: it is not struck anew while it does.
            assert_eq!(notes(same, false), notes(track, false), "seed {seed}");
            assert!(notes(same, true).iter().all(|note| note.release() <= Ticks(12 * 1920)));
        }
        let of_all = |score: &Score, new| -> usize {
            score.tracks.iter().map(|track| notes(track, new).len()).sum()
        };
        assert_eq!(of_all(&after, false), of_all(&before, false));
        assert!(of_all(&after, true) > 0);
    }
}

#[test]
fn words_and_remarks_stay_where_a_song_goes_on() {
    let mut before = played_by_hand();
    let sung = |onset, text: &str| Lyric { onset: Ticks(onset), text: text.to_owned() };
    // As karaoke files have it: the words stand on a track of their own, without a note.
    let words = Track {
        name: "Words".to_owned(),
        lyrics: vec![sung(0, "Ky-"), sung(480, "ri-"), sung(960, "e"), sung(9 * 1920, "Chri-")],
        ..Track::default()
    };
    let remark = Track { name: "Played by hand".to_owned(), ..Track::default() };
    before.tracks.extend([words, remark]);
    let commission = Commission {
        prompt: Some(before.clone()),
        at_bar: Some(9),
        ..Commission::new(Length::Bars(4), 3)
    };
    let written = midi::write(&composed(&commission)).unwrap().bytes;
    let after = cantilena_formats::read(&written, &Limits::default()).unwrap().score;
    let named = |name: &str| after.tracks.iter().find(|track| track.name == name);
    assert_eq!(named("Words").unwrap().lyrics, before.tracks[3].lyrics[..3]);
    assert!(named("Played by hand").is_some());
    // What says nothing is left out: the violin that never plays.
    assert!(!after.tracks.iter().any(|track| track.program.number() == 40));
}

#[test]
fn a_bar_that_is_not_there_cannot_be_continued_at() {
    for bar in [0, 1, 99] {
        let commission = Commission {
            prompt: Some(played_by_hand()),
            at_bar: Some(bar),
            ..Commission::new(Length::Bars(1), 1)
        };
        let refused = perform(&checkpoint(), &commission, &mut |_| ControlFlow::Continue(()));
        assert!(refused.unwrap_err().to_string().contains("2 to"), "bar {bar}");
    }
}

#[test]
fn every_pitch_is_of_the_key_that_was_asked_for() {
    let key = key_named("Bb minor").unwrap();
    let score = composed(&Commission { key: Some(key), ..Commission::new(Length::Notes(200), 3) });
    assert_eq!(score.keys[0].key, key);
    let scale = Scale::of(key);
    let pitches = || score.tracks.iter().flat_map(|t| &t.notes).map(|note| note.pitch);
    assert!(pitches().count() > 100 && pitches().all(|pitch| scale.holds(pitch)));
}

#[test]
fn a_key_is_heard_as_itself_and_not_as_another_with_its_notes() {
    let heard = |name: &str, seed| {
        let key = key_named(name).unwrap();
        let commission = Commission { key: Some(key), ..Commission::new(Length::Notes(300), seed) };
        cantilena_analysis::estimate_key(&composed(&commission)).unwrap().key == key
    };
    let asked = ["C", "A minor", "F# minor", "A", "Bb", "G minor"];
    let right = asked.iter().zip(1..).filter(|(name, seed)| heard(name, *seed)).count();
    assert!(right >= 5, "{right} of {}", asked.len());
}

#[test]
fn density_moves_the_onsets_together_and_apart() {
    let notes = |density| {
        let sampling = Sampling { density, ..Sampling::default() };
        composed(&Commission { sampling, ..Commission::new(Length::Bars(16), 5) }).note_count()
    };
    let (sparse, plain, dense) = (notes(-0.5), notes(0.0), notes(2.0));
    assert!(sparse < plain && plain < dense, "{sparse} {plain} {dense}");
}

#[test]
fn a_piece_that_was_stopped_is_the_beginning_of_the_whole_one() {
    let mut whole = Vec::new();
    let commission = Commission::new(Length::Notes(60), 11);
    perform(&checkpoint(), &commission, &mut |news| {
        if let PieceNews::Note(Some(note)) = news {
            whole.push(note);
        }
        ControlFlow::Continue(())
    })
    .unwrap();
    let mut heard = Vec::new();
    let stopped = perform(&checkpoint(), &commission, &mut |news| {
        if let PieceNews::Note(Some(note)) = news {
            heard.push(note);
        }
        if heard.len() == 30 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })
    .unwrap();
    assert!(stopped.stopped);
    assert_eq!(heard, whole[..30]);
    assert_eq!(stopped.score.note_count(), 30);
}
