//! Feeds from the outside: every event once an epoch, in order, whole pieces.

#![expect(clippy::unwrap_used, reason = "a test may")]

use cantilena_corpus::{Augmentation, Feed, Window, songbook};
use cantilena_score::Score;
use cantilena_tokens::{Events, Representation, Tokenizer};

const HOW: Augmentation = Augmentation { transpose: true, velocity: 0.2, open_bars: 0.3 };

fn tokenizer(scores: &[Score]) -> Tokenizer {
    Tokenizer::fit(Representation::Notes, scores, 1).unwrap()
}

fn scores() -> Vec<Score> {
    songbook::corpus().pieces.into_iter().map(|piece| piece.score).take(12).collect()
}

/// The events of each stream, window after window, until the feed ends or `windows` are read.
fn streams(feed: &mut Feed, time: usize, shards: usize, windows: usize) -> Vec<Vec<Vec<u16>>> {
    let mut streams: Vec<Vec<Vec<u16>>> = Vec::new();
    let mut read = vec![Window::default(); shards];
    for _ in 0..windows {
        if feed.fill(time, &mut read) == 0 {
            break;
        }
        let mut stream = 0;
        for window in &read {
            let width = window.current.len() / (window.time * window.batch).max(1);
            for place in 0..window.batch {
                streams.resize_with(streams.len().max(stream + 1), Vec::new);
                for step in 0..window.time {
                    let row = (step * window.batch + place) * width;
                    streams[stream].push(window.current[row..row + width].to_vec());
                }
                stream += 1;
            }
        }
    }
    streams
}

#[test]
fn a_feed_that_ends_reads_every_piece_whole_and_once() {
    let scores = scores();
    let tokenizer = tokenizer(&scores);
    let mut feed = Feed::once(&tokenizer, scores.iter().collect(), 5);
    let streams = streams(&mut feed, 7, 2, usize::MAX);
    let padding = vec![0; tokenizer.fields().len()];
    let mut read: Vec<Vec<u16>> = streams.into_iter().flatten().filter(|r| *r != padding).collect();
    let encoded: Vec<Events> = scores.iter().map(|score| tokenizer.encode(score).0).collect();
    let mut expected: Vec<Vec<u16>> =
        encoded.iter().flat_map(|events| events.rows().map(<[u16]>::to_vec)).collect();
    read.sort();
    expected.sort();
    assert_eq!(read, expected);
}

#[test]
fn the_event_before_is_the_one_before_and_pieces_begin_with_none() {
    let scores = scores();
    let tokenizer = tokenizer(&scores);
    let mut feed = Feed::endless(&tokenizer, scores.iter().collect(), 3, HOW, 1);
    let mut window = [Window::default()];
    feed.fill(400, &mut window);
    let [window] = window;
    let width = tokenizer.fields().len();
    let row = |of: &[u16], step: usize, stream: usize| {
        of[(step * window.batch + stream) * width..][..width].to_vec()
    };
    for stream in 0..3 {
        assert!(window.begins[stream]);
        for step in 1..400 {
            let before = row(&window.previous, step, stream);
            match window.begins[step * window.batch + stream] {
                true => assert!(before.iter().all(|&token| token == 0)),
                false => assert_eq!(before, row(&window.current, step - 1, stream)),
            }
        }
    }
}

#[test]
fn shards_cut_the_same_streams() {
    let scores = scores();
    let tokenizer = tokenizer(&scores);
    let feed = || Feed::endless(&tokenizer, scores.iter().collect(), 6, HOW, 3);
    let once = streams(&mut feed(), 60, 1, 1);
    assert_eq!(once, streams(&mut feed(), 60, 4, 1));
    assert_ne!(
        once,
        streams(&mut Feed::endless(&tokenizer, scores.iter().collect(), 6, HOW, 4), 60, 1, 1)
    );
}

#[test]
fn a_feed_goes_on_from_its_position_as_if_it_had_not_stopped() {
    let scores = scores();
    let tokenizer = tokenizer(&scores);
    let feed = || Feed::endless(&tokenizer, scores.iter().collect(), 4, HOW, 9);
    let mut whole = feed();
    streams(&mut whole, 50, 2, 30);
    let position = whole.position();
    let expected = streams(&mut whole, 50, 2, 20);
    assert_eq!(streams(&mut feed().at(&position), 50, 2, 20), expected);
}
