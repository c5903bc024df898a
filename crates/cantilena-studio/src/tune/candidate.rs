//! What is varied in a recipe, and the ranges it is drawn from.

use cantilena_train::Recipe;
use rand::seq::IndexedRandom;
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use crate::learning_rate::two_digits;

/// The entries of a recipe that tuning varies.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Candidate {
    /// `model.units`.
    pub units: usize,
    /// `model.layers`.
    pub layers: usize,
    /// `model.dropout`.
    pub dropout: f32,
    /// `training.streams`: the batch.
    pub streams: usize,
    /// `training.learning_rate`.
    pub learning_rate: f32,
}

/// Widths between which a step is felt; beyond the last a CPU has no time to learn.
const UNITS: [usize; 6] = [96, 128, 192, 256, 384, 512];

/// Depths; a fourth layer has never paid in minutes of learning.
const LAYERS: [usize; 3] = [1, 2, 3];

/// Shares of dropped values; more than half leaves too little to learn from.
const DROPOUT: [f32; 6] = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5];

/// Batches: fewer streams leave the processor idle, more make few updates of many notes.
const STREAMS: [usize; 5] = [8, 16, 24, 32, 48];

/// Learning rates of Adam between which recurrent networks of this size learn.
const RATES: [f32; 2] = [5e-4, 1.2e-2];

impl Candidate {
    /// What a recipe says of itself.
    pub fn of(recipe: &Recipe) -> Candidate {
        Candidate {
            units: recipe.model.units,
            layers: recipe.model.layers,
            dropout: recipe.model.dropout,
            streams: recipe.training.streams,
            learning_rate: recipe.training.learning_rate,
        }
    }

    /// The recipe with these entries in place of its own.
    pub fn applied_to(&self, recipe: &Recipe) -> Recipe {
        let mut recipe = recipe.clone();
        recipe.model.units = self.units;
        recipe.model.layers = self.layers;
        recipe.model.dropout = self.dropout;
        recipe.training.streams = self.streams;
        recipe.training.learning_rate = self.learning_rate;
        recipe.training.shards = recipe.training.shards.min(self.streams);
        recipe
    }

    fn drawn(rng: &mut impl Rng) -> Candidate {
        fn one<T: Copy>(of: &[T], rng: &mut impl Rng) -> T {
            *of.choose(rng).expect("no range is empty")
        }
        let [low, high] = RATES;
        Candidate {
            units: one(&UNITS, rng),
            layers: one(&LAYERS, rng),
            dropout: one(&DROPOUT, rng),
            streams: one(&STREAMS, rng),
            // Rates matter by their ratio.
            learning_rate: two_digits(low * (high / low).powf(rng.random::<f32>())),
        }
    }
}

/// The recipe itself and as many others as make `count`, no two alike, from the recipe's seed.
pub(crate) fn draw(recipe: &Recipe, count: usize) -> Vec<Candidate> {
    let mut rng = ChaCha8Rng::seed_from_u64(recipe.training.seed);
    let mut candidates = vec![Candidate::of(recipe)];
    while candidates.len() < count {
        let candidate = Candidate::drawn(&mut rng);
        if !candidates.contains(&candidate) {
            candidates.push(candidate);
        }
    }
    candidates
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn candidates_are_the_recipe_and_others_that_can_be_followed() {
        let recipe = Recipe::default();
        let candidates = draw(&recipe, 64);
        assert_eq!(candidates.len(), 64);
        assert_eq!(candidates[0].applied_to(&recipe), recipe);
        assert_eq!(candidates, draw(&recipe, 64), "the same for the same seed");
        for (index, candidate) in candidates.iter().enumerate() {
            candidate.applied_to(&recipe).check().unwrap();
            assert!(!candidates[..index].contains(candidate));
        }
        let mut other = recipe;
        other.training.seed += 1;
        assert_ne!(candidates[1..], draw(&other, 64)[1..]);
    }
}
