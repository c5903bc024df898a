//! The baseline: what follows the last few events, counted.
//!
//! Each field is predicted from the last `order` events and the fields before it in its own
//! event. Where such a context is rare, shorter ones take over: interpolated Witten–Bell
//! smoothing (Witten and Bell, "The zero-frequency problem", IEEE Trans. Inf. Theory 37(4),
//! 1991), from `order` events down to none, then without the fields before, then uniform.

use cantilena_tokens::{Events, Field, NONE};

use crate::tally::FieldTally;

/// A Markov model of events with fields.
#[derive(Debug)]
pub struct Markov {
    order: usize,
    /// The columns that are predicted, in order.
    predicted: Vec<usize>,
    fields: Vec<Field>,
    /// Sorted by context and token; no pair twice.
    counts: Vec<Count>,
    /// Seen since `counts` was last put in order.
    fresh: Vec<Count>,
}

/// How often a token followed a context.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Count {
    /// The field, how much is known, and what: 64 bits of BLAKE3.
    context: u64,
    token: u16,
    times: u32,
}

/// How many counts may wait to be put in order: 16 bytes each, so 128 MB.
const FRESH_MAX: usize = 8_000_000;

impl Markov {
    /// A model that has learnt `pieces`, of so many events' memory.
    pub fn learn(order: usize, fields: Vec<Field>, pieces: impl Iterator<Item = Events>) -> Markov {
        let predicted = (0..fields.len()).filter(|&field| fields[field].is_predicted()).collect();
        let mut markov = Markov { order, predicted, fields, counts: Vec::new(), fresh: Vec::new() };
        for events in pieces {
            markov.count(&events);
        }
        markov.put_in_order();
        markov
    }

    fn count(&mut self, events: &Events) {
        for (event, row) in events.rows().enumerate() {
            for index in 0..self.predicted.len() {
                let token = row[self.predicted[index]];
                if token != NONE {
                    let contexts = self.contexts(events, event, index);
                    self.fresh.extend(contexts.into_iter().map(|context| Count {
                        context,
                        token,
                        times: 1,
                    }));
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

    /// What followed a context, token by token.
    fn followers(&self, context: u64) -> &[Count] {
        let from = self.counts.partition_point(|count| count.context < context);
        let length = self.counts[from..].iter().take_while(|c| c.context == context).count();
        &self.counts[from..from + length]
    }

    /// How well each predicted field of a piece is predicted; adds to `tallies`.
    pub fn judge(&self, events: &Events, tallies: &mut [FieldTally]) {
        for (event, row) in events.rows().enumerate() {
            for (index, tally) in tallies.iter_mut().enumerate() {
                let token = row[self.predicted[index]];
                if token == NONE {
                    continue;
                }
                let chances = self.distribution(events, event, index);
                let best = (0..chances.len()).max_by(|&a, &b| chances[a].total_cmp(&chances[b]));
                tally.nats -= chances[usize::from(token)].ln();
                tally.correct += u64::from(best == Some(usize::from(token)));
                tally.counted += 1;
            }
        }
    }

    /// Nothing counted yet, for each predicted field.
    pub fn field_tallies(&self) -> Vec<FieldTally> {
        self.predicted.iter().map(|&field| FieldTally::new(self.fields[field].name)).collect()
    }

    /// p(token | what came before), shape (the field's vocabulary,).
    fn distribution(&self, events: &Events, event: usize, index: usize) -> Vec<f64> {
        let size = self.fields[self.predicted[index]].size;
        // NONE is never predicted.
        let mut chances = vec![1.0 / (size - 1) as f64; size];
        chances[usize::from(NONE)] = 0.0;
        for context in self.contexts(events, event, index).into_iter().rev() {
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

    /// The contexts of a field from the longest to none.
    ///
    /// Of events before, all predicted fields but the last count; for the last field (velocity,
    /// where there are several) its own values count, for it says most about itself.
    fn contexts(&self, events: &Events, event: usize, index: usize) -> Vec<u64> {
        let (field, last) = (self.predicted[index], self.predicted.len() - 1);
        let seen = match index {
            _ if last == 0 => &self.predicted[..],
            _ if index == last => &self.predicted[last..],
            _ => &self.predicted[..last],
        };
        let known = &self.predicted[..index];
        let orders = (0..=self.order).rev().map(|order| (order, known));
        let context = |(order, known): (usize, &[usize])| {
            let mut hasher = blake3::Hasher::new();
            hasher.update(&[field as u8, order as u8, known.len() as u8]);
            for &column in known {
                hasher.update(&events.row(event)[column].to_le_bytes());
            }
            for back in 1..=order {
                for &column in seen {
                    let token = event.checked_sub(back).map_or(NONE, |at| events.row(at)[column]);
                    hasher.update(&token.to_le_bytes());
                }
            }
            let mut first = [0; 8];
            first.copy_from_slice(&hasher.finalize().as_bytes()[..8]);
            u64::from_le_bytes(first)
        };
        orders.chain([(0, &[][..])]).map(context).collect()
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

    fn nats(markov: &Markov, tokens: &[u16]) -> (f64, u64) {
        let mut tallies = markov.field_tallies();
        markov.judge(&events(tokens), &mut tallies);
        (tallies[0].nats, tallies[0].correct)
    }

    #[test]
    fn a_model_that_has_seen_nothing_knows_nothing() {
        let markov = Markov::learn(3, field(), std::iter::empty());
        let (nats, _) = nats(&markov, &[2, 3, END]);
        assert!((nats - 3.0 * 3f64.ln()).abs() < 1e-12);
    }

    #[test]
    fn what_always_follows_is_expected_ever_more() {
        let alternating: Vec<u16> = (0..40).map(|event| 2 + event % 2).chain([END]).collect();
        let markov = Markov::learn(2, field(), std::iter::once(events(&alternating)));
        let (nats, correct) = nats(&markov, &alternating);
        // All but the beginning and the end, which could not be known.
        assert!(correct >= 39 && nats < 8.0, "{correct} right, {nats} nats");
    }

    #[test]
    fn chances_sum_to_one() {
        let piece = events(&[2, 2, 3, 2, 3, 3, END]);
        let markov = Markov::learn(3, field(), std::iter::once(piece.clone()));
        for event in 0..piece.len() {
            let sum: f64 = markov.distribution(&piece, event, 0).iter().sum();
            assert!((sum - 1.0).abs() < 1e-12);
        }
    }
}
