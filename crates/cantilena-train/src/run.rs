//! One training, step by step.

use cantilena_corpus::{Feed, Window};
use cantilena_model::{Batch, Model, Network, PackedNetwork, WeightsKind, Workspace};
use cantilena_neural::{Adam, Average, Steps, for_each_shard};
use cantilena_score::Score;
use cantilena_tokens::{KnownConditions, Opening, Tokenizer};

use crate::evaluation::Evaluation;
use crate::history::{History, Moment};
use crate::recipe::Recipe;
use crate::schedule::{learning_rate, window};
use crate::told::Told;

/// How often a run is judged, at most, over its length.
const JUDGED: f64 = 40.0;

/// Notes learnt from, at least, for each note judged. Learning goes forward and back, which is
/// three times the work of judging: with 3, judging takes a tenth of the time.
const NOTES_LEARNT_A_NOTE_JUDGED: u64 = 3;

/// By how much the nats of weights kept for composing may exceed those of the weights learnt.
const LOSS_OF_SHORTER_WEIGHTS: f64 = 0.002;

/// A training under way. Whoever owns it steps it; it holds no clock and writes nothing.
pub struct Run<'a> {
    /// What it follows.
    pub recipe: Recipe,
    /// What it has achieved.
    pub history: History,
    pub(crate) network: Network,
    pub(crate) tokenizer: &'a Tokenizer,
    pub(crate) validation: Vec<&'a Score>,
    /// The conditions that the network is told.
    known: KnownConditions,
    /// What is told of each piece held back.
    told: Vec<Vec<u16>>,
    /// How many notes these have.
    held_back: u64,
    pub(crate) feed: Feed<'a>,
    pub(crate) threads: usize,
    pub(crate) values: Vec<f32>,
    /// The weights of the best moment.
    pub(crate) best: Vec<f32>,
    pub(crate) adam: Adam,
    /// The weights' moving average, if the recipe asks for one.
    pub(crate) average: Option<Average>,
    pub(crate) shards: Vec<Shard>,
    packed: PackedNetwork,
    /// Updates so far.
    pub(crate) step: u64,
    /// Nats and notes learnt from since the last moment.
    pub(crate) since: (f64, u64),
}

/// A fixed part of the streams, and the thread's own arrays for it.
#[derive(Default)]
pub(crate) struct Shard {
    window: Window,
    pub(crate) work: Workspace,
}

/// How one step went.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepReport {
    /// Updates so far, this one counted.
    pub step: u64,
    /// Epochs so far, in parts.
    pub epoch: f64,
    /// Mean nats a note in this window, dropout and all.
    pub nats: f64,
    /// Notes learnt from in this step.
    pub notes: u64,
    /// Adam's learning rate.
    pub learning_rate: f32,
    /// The gradient's norm before it was clipped.
    pub gradient_norm: f32,
}

impl<'a> Run<'a> {
    /// A run from fresh weights.
    pub fn new(
        recipe: &Recipe,
        tokenizer: &'a Tokenizer,
        train: Vec<&'a Score>,
        validation: Vec<&'a Score>,
        threads: usize,
    ) -> Run<'a> {
        Run::telling(recipe, tokenizer, train, validation, Told::default(), threads)
    }

    /// A run from fresh weights in which the network is told of every piece what `told` says.
    pub fn telling(
        recipe: &Recipe,
        tokenizer: &'a Tokenizer,
        train: Vec<&'a Score>,
        validation: Vec<&'a Score>,
        told: Told,
        threads: usize,
    ) -> Run<'a> {
        let network = Network::new(&recipe.model, told.known.with_fields(tokenizer.fields()));
        let training = &recipe.training;
        let values = network.initialize(training.seed);
        let feed =
            Feed::endless(tokenizer, train, training.streams, recipe.augmentation(), training.seed)
                .telling(told.train, recipe.conditions.drop);
        let mut adam = Adam::new(network.layout.len());
        adam.options.weight_decay = training.weight_decay;
        Run {
            recipe: recipe.clone(),
            history: History::default(),
            best: values.clone(),
            adam,
            average: (training.average > 0.0)
                .then(|| Average::new(training.average, network.layout.len())),
            shards: (0..training.shards).map(|_| Shard::default()).collect(),
            packed: PackedNetwork::with(recipe.training.precision.here().0),
            network,
            tokenizer,
            held_back: validation.iter().map(|score| score.note_count() as u64).sum(),
            validation,
            known: told.known,
            told: told.validation,
            feed,
            threads,
            values,
            step: 0,
            since: (0.0, 0),
        }
    }

    /// How many weights are learnt.
    pub fn weights(&self) -> usize {
        self.values.len()
    }

    /// Learns from the next window of every stream.
    ///
    /// `progress`, 0 to 1, says how much of the run is over and sets the learning rate.
    pub fn step(&mut self, progress: f64) -> StepReport {
        self.step_at(learning_rate(&self.recipe.training, progress))
    }

    /// As [`Run::step`], at a learning rate that no schedule gave.
    pub fn step_at(&mut self, rate: f32) -> StepReport {
        let training = &self.recipe.training;
        let time = window(training, self.step);
        // A longer window has a steadier gradient, and is as many events nearer to the end.
        let rate = rate * (time as f32 / training.window as f32);
        let mut windows: Vec<Window> =
            self.shards.iter_mut().map(|shard| std::mem::take(&mut shard.window)).collect();
        let events = self.feed.fill(time, &mut windows);
        for (shard, window) in self.shards.iter_mut().zip(windows) {
            shard.window = window;
        }

        let first_key = dropout_key(training.seed, self.step);
        self.network.pack_dropping(&self.values, first_key, self.threads, &mut self.packed);
        let (network, values, packed) = (&self.network, &self.values, &self.packed);
        let scale = 1.0 / events.max(1) as f32;
        for_each_shard(self.threads, &mut self.shards, |index, shard| {
            shard.work.tallies.clear();
            let batch = batch(&shard.window);
            let key = first_key.wrapping_add((index as u64) << 32);
            network.learn(values, packed, &batch, scale, key, &mut shard.work);
        });

        // Shard after shard, whichever thread was first: sums must not depend on that.
        let (mut nats, mut notes) = (0.0, 0);
        for shard in &self.shards {
            nats += shard.work.tallies.iter().map(|tally| tally.nats).sum::<f64>();
            // The last field is predicted for every note and for no end of a piece.
            let last = shard.work.tallies.last();
            notes += last.map_or(0, |tally| tally.counted);
        }
        let mut gradients: Vec<Vec<f32>> =
            self.shards.iter_mut().map(|s| std::mem::take(&mut s.work.gradients)).collect();
        let clip = (training.clip > 0.0).then_some(training.clip);
        let gradient_norm =
            self.adam.update(&mut self.values, &mut gradients, rate, clip, self.threads);
        for (shard, gradients) in self.shards.iter_mut().zip(gradients) {
            shard.work.gradients = gradients;
        }
        if let Some(average) = &mut self.average {
            average.add(&self.values, self.threads);
        }
        self.step += 1;
        self.since.0 += nats;
        self.since.1 += notes;
        StepReport {
            step: self.step,
            epoch: self.feed.epochs(),
            nats: nats / notes.max(1) as f64,
            notes,
            learning_rate: rate,
            gradient_norm,
        }
    }

    /// Judges the weights, or their average, on the pieces held back and adds the moment to the
    /// history; `progress` says how much of the run is over, 0 to 1.
    ///
    /// Gives whether it was the best so far; its weights are then kept.
    pub fn validate(&mut self, progress: f64) -> bool {
        let averaged = self.average.as_ref().map(|average| {
            let mut averaged = self.values.clone();
            average.write(&mut averaged);
            averaged
        });
        let values = averaged.as_ref().unwrap_or(&self.values);
        self.network.pack(values, &mut self.packed);
        let evaluation = judge(
            &self.network,
            values,
            &self.packed,
            self.tokenizer,
            (&self.validation, &self.told),
            &self.recipe,
            self.threads,
        );
        let (nats, notes) = std::mem::take(&mut self.since);
        let better = self.history.push(Moment {
            step: self.step,
            epoch: self.feed.epochs(),
            progress: progress.min(1.0),
            train_nats: nats / notes.max(1) as f64,
            validation: evaluation,
        });
        if better {
            self.best.copy_from_slice(values);
        }
        better
    }

    /// Whether the weights should be judged before the next step: at the beginning and the end,
    /// and between them forty times unless that takes too long. It is counted in notes and
    /// not by a clock, so that the best weights do not depend on the machine.
    pub fn is_due(&self, progress: f64) -> bool {
        let Some(last) = self.history.moments.last() else { return true };
        if last.step == self.step || progress >= 1.0 {
            return last.step < self.step;
        }
        let slot = |progress: f64| (progress * JUDGED) as u64;
        let rested = self.since.1 >= self.held_back * NOTES_LEARNT_A_NOTE_JUDGED;
        rested && slot(progress) != slot(last.progress)
    }

    /// Whether validation has not improved for as long as the recipe waits.
    pub fn has_stalled(&self) -> bool {
        let patience = self.recipe.training.patience;
        patience > 0 && self.history.since_best() >= patience
    }

    /// Updates so far.
    pub fn steps(&self) -> u64 {
        self.step
    }

    /// Epochs so far, in parts.
    pub fn epochs(&self) -> f64 {
        self.feed.epochs()
    }

    /// A model of the weights as they are now, or of their average, to hear how it is coming on.
    pub fn sketch(&self, openings: &[Opening]) -> Model {
        let mut values = self.values.clone();
        if let Some(average) = &self.average {
            average.write(&mut values);
        }
        let fields = self.known.with_fields(self.tokenizer.fields());
        let network = Network::new(&self.recipe.model, fields);
        Model::new(network, self.tokenizer.clone(), openings.to_vec(), values)
            .knowing(self.known.clone())
    }

    /// The shortest weights with which the best so far lose at most 0.2 % on the pieces held back,
    /// and how many nats a note each kind was found to have; f32 where no piece is held back.
    pub fn weights_for_composing(&self) -> (WeightsKind, Vec<(WeightsKind, f64)>) {
        let mut found = Vec::new();
        if self.validation.is_empty() {
            return (WeightsKind::F32, found);
        }
        let mut nats = |kind: WeightsKind| {
            let mut packed = PackedNetwork::compact(kind.into());
            self.network.pack(&self.best, &mut packed);
            let nats = judge(
                &self.network,
                &self.best,
                &packed,
                self.tokenizer,
                (&self.validation, &self.told),
                &self.recipe,
                self.threads,
            )
            .nats_per_note();
            found.push((kind, nats));
            nats
        };
        let bound = nats(WeightsKind::F32) * (1.0 + LOSS_OF_SHORTER_WEIGHTS);
        let shortest = WeightsKind::SHORTER.into_iter().find(|&kind| nats(kind) <= bound);
        (shortest.unwrap_or_default(), found)
    }

    /// The network and the best weights so far.
    pub fn into_best(self) -> (Network, Vec<f32>) {
        (self.network, self.best)
    }
}

/// Judges weights on whole pieces, each from silence to its end.
fn judge(
    network: &Network,
    values: &[f32],
    packed: &PackedNetwork,
    tokenizer: &Tokenizer,
    (scores, told): (&[&Score], &[Vec<u16>]),
    recipe: &Recipe,
    threads: usize,
) -> Evaluation {
    let training = &recipe.training;
    let mut feed = Feed::once(tokenizer, scores.to_vec(), training.streams.min(scores.len()))
        .telling(told.to_vec(), 0.0);
    let count = training.shards.min(scores.len()).max(1);
    let mut shards: Vec<Shard> = (0..count).map(|_| Shard::default()).collect();
    let mut windows: Vec<Window> = vec![Window::default(); count];
    while feed.fill(training.window, &mut windows) > 0 {
        for (shard, window) in shards.iter_mut().zip(&mut windows) {
            std::mem::swap(&mut shard.window, window);
        }
        for_each_shard(threads, &mut shards, |_, shard| {
            network.judge(values, packed, &batch(&shard.window), &mut shard.work);
        });
        for (shard, window) in shards.iter_mut().zip(&mut windows) {
            std::mem::swap(&mut shard.window, window);
        }
    }
    let mut fields = network.field_tallies();
    for shard in &shards {
        fields.iter_mut().zip(&shard.work.tallies).for_each(|(field, tally)| field.add(tally));
    }
    Evaluation::of(fields, scores.len())
}

fn batch(window: &Window) -> Batch<'_> {
    Batch {
        steps: Steps { time: window.time, batch: window.batch },
        previous: &window.previous,
        current: &window.current,
        begins: &window.begins,
    }
}

/// A key for the dropout of a step; shards and layers add to it.
fn dropout_key(seed: u64, step: u64) -> u64 {
    // SplitMix64's increment keeps the keys of neighbouring steps far apart.
    seed.wrapping_add(step.wrapping_mul(0x9e37_79b9_7f4a_7c15)) << 8
}
