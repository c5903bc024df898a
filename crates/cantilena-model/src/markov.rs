//! The baseline: what follows the last few events, counted.
//!
//! Each field is predicted from the last `order` events and the fields before it in its own
//! event. Where such a context is rare, shorter ones take over: interpolated Witten–Bell
//! smoothing (Witten and Bell, "The zero-frequency problem", IEEE Trans. Inf. Theory 37(4),
//! 1991), from `order` events down to none, then without the fields before, then uniform.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use cantilena_tokens::{Events, Field, NONE};

use crate::tally::FieldTally;

/// A Markov model of events with fields, and the pieces that it is judged on.
///
/// It counts only what follows the contexts of those pieces. The figures are those of a model
/// that has counted everything, in memory that grows with what is judged and not with what is
/// learnt from.
#[derive(Debug)]
pub struct Markov {
    order: usize,
    /// The columns that are predicted, in order.
    predicted: Vec<usize>,
    fields: Vec<Field>,
    judged: Vec<Events>,
    /// The contexts of the pieces that are judged, numbered as they come.
    numbers: Numbers,
    /// Sorted by context and token; no pair twice.
    counts: Vec<Count>,
    /// Seen since `counts` was last put in order.
    fresh: Vec<Count>,
}

/// Numbers of contexts. These are well mixed already and need no hash of their own.
type Numbers = HashMap<u64, u32, BuildHasherDefault<AsItIs>>;

/// How often a token followed a context.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Count {
    context: u32,
    token: u16,
    times: u32,
}

/// How many counts may wait to be put in order: 12 bytes each, so 96 MB.
const FRESH_MAX: usize = 8_000_000;

impl Markov {
    /// A model of so many events' memory that has learnt nothing yet, to be judged on `judged`.
    pub fn new(order: usize, fields: Vec<Field>, judged: Vec<Events>) -> Markov {
        let predicted = (0..fields.len()).filter(|&field| fields[field].is_predicted()).collect();
        let mut markov = Markov {
            order,
            predicted,
            fields,
            judged,
            numbers: Numbers::default(),
            counts: Vec::new(),
            fresh: Vec::new(),
        };
        let mut numbers = Numbers::default();
        for events in &markov.judged {
            let pasts = markov.pasts(events);
            for event in 0..events.len() {
                for index in 0..markov.predicted.len() {
                    for context in markov.contexts(events, &pasts, event, index) {
                        let next = numbers.len() as u32;
                        numbers.entry(context).or_insert(next);
                    }
                }
            }
        }
        markov.numbers = numbers;
        markov
    }

    /// Counts what follows what in a piece.
    pub fn learn(&mut self, events: &Events) {
        let pasts = self.pasts(events);
        for (event, row) in events.rows().enumerate() {
            for index in 0..self.predicted.len() {
                let token = row[self.predicted[index]];
                if token != NONE {
                    let contexts = self.contexts(events, &pasts, event, index);
                    let asked = contexts.iter().filter_map(|context| self.numbers.get(context));
                    let count = |&context: &u32| Count { context, token, times: 1 };
                    self.fresh.extend(asked.map(count));
                }
            }
        }
        if self.fresh.len() > FRESH_MAX {
            self.put_in_order();
        }
    }

    fn put_in_order(&mut self) {
        self.counts.append(&mut self.fresh);
        self.counts.sort_unstable();
        self.counts.dedup_by(|next, kept| {
            let same = (next.context, next.token) == (kept.context, kept.token);
            if same {
                kept.times += next.times;
            }
            same
        });
    }

    /// How well each predicted field of the pieces is predicted by what was learnt.
    pub fn judge(mut self) -> Vec<FieldTally> {
        self.put_in_order();
        let name = |&field: &usize| FieldTally::new(self.fields[field].name);
        let mut tallies: Vec<FieldTally> = self.predicted.iter().map(name).collect();
        for events in &self.judged {
            let pasts = self.pasts(events);
            for (event, row) in events.rows().enumerate() {
                for (index, tally) in tallies.iter_mut().enumerate() {
                    let token = row[self.predicted[index]];
                    if token == NONE {
                        continue;
                    }
                    let chances = self.distribution(events, &pasts, event, index);
                    let best =
                        (0..chances.len()).max_by(|&a, &b| chances[a].total_cmp(&chances[b]));
                    tally.nats -= chances[usize::from(token)].ln();
                    tally.correct += u64::from(best == Some(usize::from(token)));
                    tally.counted += 1;
                }
            }
        }
        tallies
    }

    /// p(token | what came before), shape (the field's vocabulary,).
    fn distribution(
        &self,
        events: &Events,
        pasts: &[Past],
        event: usize,
        index: usize,
    ) -> Vec<f64> {
        let size = self.fields[self.predicted[index]].size;
        // NONE is never predicted.
        let mut chances = vec![1.0 / (size - 1) as f64; size];
        chances[usize::from(NONE)] = 0.0;
        for context in self.contexts(events, pasts, event, index) {
            let followers = self.followers(context);
            let kinds = followers.len() as f64;
            let total = followers.iter().map(|count| f64::from(count.times)).sum::<f64>();
            if total > 0.0 {
                chances.iter_mut().for_each(|chance| *chance *= kinds / (total + kinds));
                for count in followers {
                    chances[usize::from(count.token)] += f64::from(count.times) / (total + kinds);
                }
            }
        }
        chances
    }

    /// What followed a context, token by token.
    fn followers(&self, context: u64) -> &[Count] {
        let Some(&context) = self.numbers.get(&context) else { return &[] };
        let from = self.counts.partition_point(|count| count.context < context);
        let length = self.counts[from..].iter().take_while(|c| c.context == context).count();
        &self.counts[from..from + length]
    }

    /// The contexts of a field from none to the longest.
    ///
    /// Of events before, all predicted fields but the last count; for the last field (velocity,
    /// where there are several) its own values count, for it says most about itself.
    fn contexts(&self, events: &Events, pasts: &[Past], event: usize, index: usize) -> Vec<u64> {
        let last = self.predicted.len() - 1;
        let is_of_last = index == last && last > 0;
        let row = events.row(event);
        let known = self.predicted[..index].iter();
        let known = known.fold(0, |hash, &column| mixed(hash, u64::from(row[column])));
        let field = index as u64;
        let before = pasts[..event + self.order].iter().rev().take(self.order);
        let mut contexts = Vec::with_capacity(self.order + 2);
        contexts.push(mixed(field, 0));
        contexts.push(mixed(mixed(field, 1), known));
        for past in before {
            let seen = if is_of_last { past.last } else { past.but_last };
            let shorter = contexts[contexts.len() - 1];
            contexts.push(mixed(shorter, seen));
        }
        contexts
    }

    /// What every event shows to those after it, behind as many beginnings as are remembered.
    fn pasts(&self, events: &Events) -> Vec<Past> {
        let (&last, but_last) = match self.predicted.split_last() {
            Some((last, [])) => (last, std::slice::from_ref(last)),
            Some(split) => split,
            None => return Vec::new(),
        };
        let past = |token: &dyn Fn(usize) -> u16| Past {
            but_last: but_last.iter().fold(0, |hash, &column| mixed(hash, token(column).into())),
            last: token(last).into(),
        };
        let beginning = std::iter::repeat_n(past(&|_| NONE), self.order);
        beginning.chain(events.rows().map(|row| past(&|column| row[column]))).collect()
    }
}

/// What an event shows to those after it.
#[derive(Clone, Copy, Debug)]
struct Past {
    /// All predicted fields but the last, in one number; of a single field, that one.
    but_last: u64,
    /// The last predicted field.
    last: u64,
}

/// A number that stands for `hash` and then `word`: the mixing of SplitMix64 (Steele, Lea and
/// Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014). With a million contexts
/// judged and a hundred million learnt from, two are confused in one training of 100,000.
fn mixed(hash: u64, word: u64) -> u64 {
    let z = (hash.rotate_left(5) ^ word).wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Takes a number that is well mixed for its own hash.
#[derive(Debug, Default)]
struct AsItIs(u64);

impl Hasher for AsItIs {
    fn write(&mut self, _: &[u8]) {
        unreachable!("contexts are numbers of 64 bits")
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = number;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cantilena_tokens::{END, Role};

    /// One predicted field of four tokens: none, end, and two others.
    fn field() -> Vec<Field> {
        vec![Field { name: "symbol", size: 4, role: Role::Predicted }]
    }

    fn events(tokens: &[u16]) -> Events {
        let mut events = Events::new(1);
        tokens.iter().for_each(|&token| events.push(&[token]));
        events
    }

    #[test]
    fn a_model_that_has_seen_nothing_knows_nothing() {
        let tallies = Markov::new(3, field(), vec![events(&[2, 3, END])]).judge();
        assert!((tallies[0].nats - 3.0 * 3f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn what_always_follows_is_expected_ever_more() {
        let alternating: Vec<u16> = (0..40).map(|event| 2 + event % 2).chain([END]).collect();
        let mut markov = Markov::new(2, field(), vec![events(&alternating)]);
        markov.learn(&events(&alternating));
        let tally = &markov.judge()[0];
        // All but the beginning and the end, which could not be known.
        assert!(tally.correct >= 39 && tally.nats < 8.0, "{tally:?}");
    }

    #[test]
    fn chances_sum_to_one() {
        let piece = events(&[2, 2, 3, 2, 3, 3, END]);
        let mut markov = Markov::new(3, field(), vec![piece.clone()]);
        markov.learn(&piece);
        markov.put_in_order();
        let pasts = markov.pasts(&piece);
        for event in 0..piece.len() {
            let sum: f64 = markov.distribution(&piece, &pasts, event, 0).iter().sum();
            assert!((sum - 1.0).abs() < 1e-12);
        }
    }

    /// Two fields as they were counted before contexts were numbers: by the tokens themselves.
    #[test]
    fn numbers_of_contexts_tell_apart_what_tokens_do() {
        let fields =
            ["pitch", "velocity"].map(|name| Field { name, size: 6, role: Role::Predicted });
        let piece = |seed: u64| {
            let mut events = Events::new(2);
            for event in 0..400 {
                let chance = mixed(seed, event);
                events.push(&[2 + (chance % 4) as u16, 2 + (chance / 4 % 4) as u16]);
            }
            events
        };
        let (learnt, judged) = (piece(1), piece(2));
        let mut markov = Markov::new(2, fields.to_vec(), vec![judged.clone()]);
        markov.learn(&learnt);
        let found = markov.judge();
        for (index, tally) in found.iter().enumerate() {
            let nats = plain_nats(&learnt, &judged, index);
            assert!((tally.nats - nats).abs() < 1e-9, "{index}: {} {nats}", tally.nats);
        }
    }

    /// The nats of one of two fields by order 2, contexts compared token by token.
    fn plain_nats(learnt: &Events, judged: &Events, index: usize) -> f64 {
        let context = |events: &Events, event: usize, order: Option<usize>| -> Vec<u16> {
            let Some(order) = order else { return Vec::new() };
            let known = events.row(event)[..index].to_vec();
            let before = (1..=order).map(|back| event.checked_sub(back));
            known
                .into_iter()
                .chain(before.map(|at| at.map_or(NONE, |at| events.row(at)[index])))
                .collect()
        };
        let mut nats = 0.0;
        for event in 0..judged.len() {
            let mut chance = 1.0 / 5.0;
            for order in [None, Some(0), Some(1), Some(2)] {
                let asked = context(judged, event, order);
                let followers: Vec<u16> = (0..learnt.len())
                    .filter(|&at| context(learnt, at, order) == asked)
                    .map(|at| learnt.row(at)[index])
                    .collect();
                if followers.is_empty() {
                    continue;
                }
                let kinds = (0..6).filter(|token| followers.contains(token)).count() as f64;
                let total = followers.len() as f64;
                let right = followers.iter().filter(|&&t| t == judged.row(event)[index]).count();
                chance = (chance * kinds + right as f64) / (total + kinds);
            }
            nats -= f64::ln(chance);
        }
        nats
    }
}
