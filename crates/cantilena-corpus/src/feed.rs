//! Pieces as windows of events, side by side, for training and judging.

use cantilena_score::Score;
use cantilena_tokens::{Events, NONE, Tokenizer};
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::augmentation::{Augmentation, augmented};

/// What one shard of a batch reads in one step. Arrays are time-major: row = time × batch.
#[derive(Clone, Debug, Default)]
pub struct Window {
    /// Steps in time.
    pub time: usize,
    /// Streams side by side.
    pub batch: usize,
    /// The event before; all [`NONE`] where a piece begins.
    pub previous: Vec<u16>, // (time, batch, fields)
    /// The event to be predicted; all [`NONE`] behind the last piece.
    pub current: Vec<u16>, // (time, batch, fields)
    /// Where a piece begins, so that the state must be forgotten first.
    pub begins: Vec<bool>, // (time, batch)
}

/// Streams of events: each reads one piece after another, and its state carries from window to
/// window until the piece ends.
///
/// Everything follows from the seed: the order of pieces in each epoch and what augmentation
/// does to each.
#[derive(Debug)]
pub struct Feed<'a> {
    tokenizer: &'a Tokenizer,
    scores: Vec<&'a Score>,
    augmentation: Augmentation,
    seed: u64,
    /// Whether pieces come again, shuffled, when all have been read.
    endless: bool,
    /// What is told of each piece, a token a condition; empty where nothing is.
    told: Vec<Vec<u16>>,
    /// How often all that is told of a piece is left open, and of the rest how often each.
    drop: f64,
    /// Columns of what is told.
    conditions: usize,
    /// Columns in all.
    width: usize,
    /// Pieces handed to streams so far, over all epochs.
    drawn: u64,
    /// The order of the epoch that is being handed out.
    order: (u64, Vec<usize>),
    streams: Vec<Stream>,
}

#[derive(Debug, Default)]
struct Stream {
    /// Which drawing the piece is, counted over all epochs; `None` before and behind the last.
    drawing: Option<u64>,
    /// What is told of the piece.
    told: Vec<u16>,
    events: Events,
    /// The next event to be predicted.
    next: usize,
}

/// Where a feed stands; with the same corpus and recipe, [`Feed::at`] goes on from here.
#[derive(Clone, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct FeedPosition {
    drawn: u64,
    /// Each stream's drawing and next event.
    streams: Vec<Option<(u64, usize)>>,
}

impl<'a> Feed<'a> {
    /// Streams that never end: every piece once an epoch, in an order of its own each time.
    pub fn endless(
        tokenizer: &'a Tokenizer,
        scores: Vec<&'a Score>,
        streams: usize,
        augmentation: Augmentation,
        seed: u64,
    ) -> Feed<'a> {
        let mut feed = Feed::once(tokenizer, scores, streams);
        (feed.augmentation, feed.seed, feed.endless) = (augmentation, seed, true);
        feed
    }

    /// Streams in which every piece is read once, as it is and in order.
    pub fn once(tokenizer: &'a Tokenizer, scores: Vec<&'a Score>, streams: usize) -> Feed<'a> {
        let order = (0..scores.len()).collect();
        Feed {
            tokenizer,
            scores,
            augmentation: Augmentation::NONE,
            seed: 0,
            endless: false,
            told: Vec::new(),
            drop: 0.0,
            conditions: 0,
            width: tokenizer.fields().len(),
            drawn: 0,
            order: (u64::MAX, order),
            streams: (0..streams).map(|_| Stream::default()).collect(),
        }
    }

    /// The same streams with what is told of each piece, in the order of the scores, as the first
    /// columns of every event. In `drop` of all drawings everything is left open, and in the
    /// others each condition is, as often.
    pub fn telling(mut self, told: Vec<Vec<u16>>, drop: f64) -> Feed<'a> {
        self.conditions = told.first().map_or(0, Vec::len);
        self.width = self.conditions + self.tokenizer.fields().len();
        (self.told, self.drop) = (told, drop);
        self
    }

    /// How many pieces have been begun.
    pub fn pieces_begun(&self) -> u64 {
        self.drawn
    }

    /// Epochs begun so far, in parts: pieces begun by pieces there are.
    pub fn epochs(&self) -> f64 {
        self.drawn as f64 / self.scores.len().max(1) as f64
    }

    /// Where this feed stands.
    pub fn position(&self) -> FeedPosition {
        let place = |stream: &Stream| Some((stream.drawing?, stream.next));
        FeedPosition { drawn: self.drawn, streams: self.streams.iter().map(place).collect() }
    }

    /// Goes to where another feed of the same corpus and recipe stood.
    pub fn at(mut self, position: &FeedPosition) -> Feed<'a> {
        for (index, place) in position.streams.iter().enumerate().take(self.streams.len()) {
            self.streams[index] = match place {
                Some((drawing, next)) => Stream { next: *next, ..self.open(*drawing) },
                None => Stream::default(),
            };
        }
        self.drawn = position.drawn;
        self
    }

    /// Fills one window for each shard with the next `time` events of its streams.
    ///
    /// Streams are dealt to shards in order, as evenly as can be. Gives the number of events to
    /// be predicted; behind the end of a feed that is not endless, 0.
    pub fn fill(&mut self, time: usize, windows: &mut [Window]) -> usize {
        let (streams, shards) = (self.streams.len(), windows.len().max(1));
        let mut events = 0;
        for (shard, window) in windows.iter_mut().enumerate() {
            let (from, to) = (shard * streams / shards, (shard + 1) * streams / shards);
            let rows = time * (to - from);
            (window.time, window.batch) = (time, to - from);
            window.previous.clear();
            window.previous.resize(rows * self.width, NONE);
            window.current.clear();
            window.current.resize(rows * self.width, NONE);
            window.begins.clear();
            window.begins.resize(rows, false);
            for stream in from..to {
                for step in 0..time {
                    let row = step * (to - from) + stream - from;
                    events += usize::from(self.next_event(stream, row, window));
                }
            }
        }
        events
    }

    /// Writes the next event of a stream into `row`; whether there was one.
    fn next_event(&mut self, stream: usize, row: usize, window: &mut Window) -> bool {
        while self.streams[stream].next >= self.streams[stream].events.len() {
            if !self.endless && self.drawn >= self.scores.len() as u64 {
                self.streams[stream].drawing = None;
                return false;
            }
            self.streams[stream] = self.open(self.drawn);
            self.drawn += 1;
        }
        let Stream { told, events, next, .. } = &mut self.streams[stream];
        let first = row * self.width;
        let place = first + self.conditions..first + self.width;
        // Of the event before nothing is told, for that would be the same.
        window.current[first..place.start].copy_from_slice(told);
        window.current[place.clone()].copy_from_slice(events.row(*next));
        match next.checked_sub(1) {
            Some(before) => window.previous[place].copy_from_slice(events.row(before)),
            None => window.begins[row] = true,
        }
        *next += 1;
        true
    }

    /// The piece of a drawing, as it is heard then.
    fn open(&mut self, drawing: u64) -> Stream {
        let count = self.scores.len() as u64;
        let (epoch, place) = (drawing / count, (drawing % count) as usize);
        if self.endless && self.order.0 != epoch {
            let mut order: Vec<usize> = (0..self.scores.len()).collect();
            order.shuffle(&mut self.rng(epoch, u64::MAX));
            self.order = (epoch, order);
        }
        let piece = self.order.1[place];
        let score = self.scores[piece];
        let mut rng = self.rng(epoch, place as u64);
        let heard = augmented(score, &self.augmentation, &mut rng);
        let open = rng.random::<f64>() < self.augmentation.open_bars;
        let (events, _) = self.tokenizer.encode_with(&heard, |setting| {
            if open {
                setting.bars = None;
            }
        });
        let mut told = self.told.get(piece).cloned().unwrap_or_default();
        // Nothing is drawn where nothing is told, so that other runs stay what they were.
        if self.drop > 0.0 && !told.is_empty() {
            let all = rng.random::<f64>() < self.drop;
            for token in &mut told {
                if rng.random::<f64>() < self.drop || all {
                    *token = NONE;
                }
            }
        }
        Stream { drawing: Some(drawing), told, events, next: 0 }
    }

    /// Chance for one purpose: a stream of its own for every epoch and place.
    fn rng(&self, epoch: u64, place: u64) -> ChaCha8Rng {
        let mut seed = [0; 32];
        for (bytes, word) in seed.chunks_exact_mut(8).zip([self.seed, epoch, place, 0]) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        ChaCha8Rng::from_seed(seed)
    }
}
