//! A system learns, step by step.

use cantilena_neural::{Adam, for_each_shard};

use crate::evaluation::{Epoch, Evaluation, Measure};
use crate::material::{Material, Role};
use crate::network::{Batch, PackedSystem, SystemNetwork, Workspace};
use crate::recipe::{SystemRecipe, Targets};

/// A training under way. Whoever owns it steps it; it holds no clock and writes nothing.
pub struct SystemRun<'a> {
    /// What it follows.
    pub recipe: SystemRecipe,
    /// What it has achieved, a point a validation.
    pub history: Vec<Epoch>,
    pub(crate) network: SystemNetwork,
    material: &'a Material,
    threads: usize,
    pub(crate) values: Vec<f32>,
    /// The weights of the best point.
    pub(crate) best: Vec<f32>,
    pub(crate) adam: Adam,
    shards: Vec<Shard>,
    packed: PackedSystem,
    /// Updates so far.
    pub(crate) step: u64,
    /// The order of the epoch under way, and which it is.
    order: (u64, Vec<u32>),
    /// What was learnt from since the last point.
    pub(crate) since: Evaluation,
}

/// A fixed part of a batch, and the thread's own arrays for it.
#[derive(Default)]
struct Shard {
    windows: Vec<u32>,
    batch: Batch,
    work: Workspace,
}

/// How one update went.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StepReport {
    /// Updates so far, this one counted.
    pub step: u64,
    /// Passes over all windows so far, in parts.
    pub epoch: f64,
    /// The loss of this batch, dropout and all.
    pub loss: f64,
    /// Windows learnt from in this step.
    pub windows: usize,
}

/// Windows of one shard when judging: enough rows to keep the kernels busy.
const JUDGED_TOGETHER: usize = 64;

impl<'a> SystemRun<'a> {
    /// A run from fresh weights.
    pub fn new(
        recipe: &SystemRecipe,
        network: SystemNetwork,
        material: &'a Material,
        threads: usize,
    ) -> SystemRun<'a> {
        let values = network.initialize(recipe.training.seed);
        SystemRun {
            recipe: recipe.clone(),
            history: Vec::new(),
            best: values.clone(),
            adam: Adam::new(network.layout.len()),
            shards: (0..recipe.training.shards).map(|_| Shard::default()).collect(),
            packed: PackedSystem::default(),
            network,
            material,
            threads,
            values,
            step: 0,
            order: (u64::MAX, Vec::new()),
            since: Evaluation::default(),
        }
    }

    /// Updates in an epoch; the last one may be of fewer windows.
    pub fn steps_an_epoch(&self) -> u64 {
        self.material.windows_an_epoch().div_ceil(self.recipe.training.batch) as u64
    }

    /// Updates so far.
    pub fn steps(&self) -> u64 {
        self.step
    }

    /// How many weights are learnt.
    pub fn weights(&self) -> usize {
        self.values.len()
    }

    /// Passes over all windows so far, in parts.
    pub fn epochs(&self) -> f64 {
        self.step as f64 / self.steps_an_epoch() as f64
    }

    /// Learns from the next batch. `progress`, 0 to 1, sets the learning rate.
    pub fn step(&mut self, progress: f64) -> StepReport {
        let training = &self.recipe.training;
        let (epoch, within) =
            (self.step / self.steps_an_epoch(), self.step % self.steps_an_epoch());
        if self.order.0 != epoch {
            self.order = (epoch, self.material.epoch(training.seed, epoch));
        }
        let from = within as usize * training.batch;
        let windows = &self.order.1[from..self.order.1.len().min(from + training.batch)];
        let count = self.shards.len();
        for (index, shard) in self.shards.iter_mut().enumerate() {
            let (from, to) = (index * windows.len() / count, (index + 1) * windows.len() / count);
            shard.windows = windows[from..to].to_vec();
        }
        let judged = match training.targets {
            Targets::Last => windows.len(),
            Targets::Every => windows.len() * self.material.window,
        };
        self.network.pack(&self.values, &mut self.packed);
        let (network, values, packed) = (&self.network, &self.values, &self.packed);
        let (material, first_key) = (self.material, dropout_key(training.seed, self.step));
        for_each_shard(self.threads, &mut self.shards, |index, shard| {
            shard.work.measures.clear();
            shard.work.gradients.resize(network.layout.len(), 0.0);
            if !shard.windows.is_empty() {
                material.training(&shard.windows, &mut shard.batch);
                let key = first_key.wrapping_add((index as u64) << 32);
                network.learn(values, packed, &shard.batch, judged, key, &mut shard.work);
            }
        });

        // Shard after shard, whichever thread was first: sums must not depend on that.
        let mut batch = Evaluation { measures: self.network.measures() };
        for shard in self.shards.iter().filter(|shard| !shard.windows.is_empty()) {
            batch.add(&shard.work.measures);
        }
        let mut gradients: Vec<Vec<f32>> =
            self.shards.iter_mut().map(|s| std::mem::take(&mut s.work.gradients)).collect();
        let rate = learning_rate(training.learning_rate, training.final_rate, progress);
        self.adam.update(&mut self.values, &mut gradients, rate, None, self.threads);
        for (shard, gradients) in self.shards.iter_mut().zip(gradients) {
            shard.work.gradients = gradients;
        }
        self.step += 1;
        self.since.add(&batch.measures);
        StepReport { step: self.step, epoch: self.epochs(), loss: batch.loss(), windows: judged }
    }

    /// Judges the weights on at most `most` windows, evenly over all that judge, and adds the
    /// point to the history, at so many seconds of the owner's clock. Gives whether it was the best
    /// so far; its weights are then kept.
    pub fn validate(&mut self, most: usize, seconds: f64) -> bool {
        let validation = self.judge(Role::Judge, most);
        let best = self.best_point().map_or(f64::INFINITY, |best| best.validation.loss());
        let better = validation.loss() < best;
        if better {
            self.best.copy_from_slice(&self.values);
        }
        let train = std::mem::take(&mut self.since);
        let (epoch, step) = (self.epochs(), self.step);
        self.history.push(Epoch { epoch, step, seconds, train, validation });
        better
    }

    /// The point with the lowest validation loss.
    pub fn best_point(&self) -> Option<&Epoch> {
        let least = |a: &&Epoch, b: &&Epoch| a.validation.loss().total_cmp(&b.validation.loss());
        self.history.iter().min_by(least)
    }

    /// Whether validation has not improved for as long as the recipe waits: for so many epochs, and
    /// in as many judgements, which may come more seldom than epochs.
    pub fn has_stalled(&self) -> bool {
        let patience = self.recipe.training.patience;
        let (Some(last), Some(best)) = (self.history.last(), self.best_point()) else {
            return false;
        };
        let since = self.history.iter().filter(|point| point.step > best.step).count();
        patience > 0 && since >= patience && last.epoch - best.epoch >= patience as f64
    }

    /// Puts the weights of the best point in place, to be judged or saved.
    pub fn take_best(&mut self) {
        self.values.copy_from_slice(&self.best);
    }

    /// The network and the weights as they are.
    pub fn into_weights(self) -> (SystemNetwork, Vec<f32>) {
        (self.network, self.values)
    }

    /// The weights as they are on at most `most` windows of one side, each by what follows it.
    pub fn judge(&mut self, role: Role, most: usize) -> Evaluation {
        self.network.pack(&self.values, &mut self.packed);
        let (network, values, packed) = (&self.network, &self.values, &self.packed);
        let chosen = self.material.chosen(role, most);
        let mut shards: Vec<Shard> = chosen
            .chunks(JUDGED_TOGETHER)
            .map(|windows| Shard { windows: windows.to_vec(), ..Shard::default() })
            .collect();
        let material = self.material;
        for_each_shard(self.threads, &mut shards, |_, shard| {
            let mut work = Workspace::default();
            material.judging(role, &shard.windows, &mut shard.batch);
            network.judge(values, packed, &shard.batch, Targets::Last, &mut work);
            shard.work.measures = work.measures;
            shard.batch = Batch::default();
        });
        let mut evaluation = Evaluation::default();
        for shard in &shards {
            evaluation.add(&shard.work.measures);
        }
        evaluation
    }

    /// Whether all numbers are still numbers.
    pub fn is_sound(&self) -> bool {
        self.since.measures.iter().map(Measure::loss).all(f64::is_finite)
    }
}

/// The key of an update's dropout masks.
fn dropout_key(seed: u64, step: u64) -> u64 {
    seed.wrapping_mul(0xd134_2543_de82_ef95).wrapping_add(step.wrapping_mul(0x9e37_79b9_7f4a_7c15))
}

/// From `highest` down to its share `last`, by half a cosine.
fn learning_rate(highest: f32, last: f32, progress: f64) -> f32 {
    let half = 0.5 + 0.5 * (std::f64::consts::PI * progress.clamp(0.0, 1.0)).cos();
    highest * (last + (1.0 - last) * half as f32)
}
