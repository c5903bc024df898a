//! Adam: how gradients become new weights.
//!
//! Kingma and Ba, "Adam: a method for stochastic optimization", 2015; the weight decay apart from
//! the gradient is that of Loshchilov and Hutter, "Decoupled weight decay regularization", 2019.

use crate::isa::{Isa, isa};
use crate::shards::for_each_shard;
use crate::simd::{Kernel, Simd, dispatch};

/// How many values one thread takes at a time: five arrays of them fit the second-level cache, so
/// that the sum of the gradients is still there when the weights are moved. The norm is summed
/// piece by piece in this size, whatever the number of threads.
const PIECE: usize = 16 * 1024;

/// The constants of [`Adam`]. The defaults are the paper's, without weight decay.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamOptions {
    /// How much of the mean gradient an update keeps, β₁.
    pub beta1: f32,
    /// How much of the mean squared gradient an update keeps, β₂.
    pub beta2: f32,
    /// Added to the root of the mean squared gradient, ε.
    pub epsilon: f32,
    /// The share of each value that is taken off in an update, as a multiple of the learning rate.
    pub weight_decay: f32,
}

impl Default for AdamOptions {
    fn default() -> AdamOptions {
        AdamOptions { beta1: 0.9, beta2: 0.999, epsilon: 1e-8, weight_decay: 0.0 }
    }
}

/// The optimizer and its two moments, which have the layout of the weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Adam {
    /// May be changed between updates.
    pub options: AdamOptions,
    first: Vec<f32>,
    second: Vec<f32>,
    step: u64,
}

impl Adam {
    /// An optimizer of `len` values that has seen no gradient.
    pub fn new(len: usize) -> Adam {
        Adam::restore(AdamOptions::default(), vec![0.0; len], vec![0.0; len], 0)
    }

    /// An optimizer as it was when a checkpoint was taken.
    ///
    /// # Panics
    ///
    /// If the moments differ in length.
    pub fn restore(options: AdamOptions, first: Vec<f32>, second: Vec<f32>, step: u64) -> Adam {
        assert_eq!(first.len(), second.len(), "the two moments belong to the same values");
        Adam { options, first, second, step }
    }

    /// The running mean of the gradients, before its bias is corrected.
    pub fn first(&self) -> &[f32] {
        &self.first
    }

    /// The running mean of the squared gradients, before its bias is corrected.
    pub fn second(&self) -> &[f32] {
        &self.second
    }

    /// How many updates were made.
    pub fn step(&self) -> u64 {
        self.step
    }

    /// Moves `values` against the sum of `shard_gradients`, which are left at zero, and returns
    /// the Euclidean norm of that sum.
    ///
    /// A sum with a norm above `clip_norm` is shortened to it. Shards are summed in their order,
    /// whatever the number of threads: the same bits come out for any.
    ///
    /// # Panics
    ///
    /// If there is no shard, or a length differs from that of the moments.
    pub fn update(
        &mut self,
        values: &mut [f32],
        shard_gradients: &mut [Vec<f32>],
        learning_rate: f32,
        clip_norm: Option<f32>,
        threads: usize,
    ) -> f32 {
        let len = self.first.len();
        assert!(values.len() == len && shard_gradients.iter().all(|shard| shard.len() == len));
        self.step += 1;
        let isa = isa();
        let move_by = |shortened: f32| Move::new(self.options, self.step, learning_rate, shortened);
        let mut pieces = pieces(values, &mut self.first, &mut self.second, shard_gradients);
        if let Some(clip_norm) = clip_norm {
            for_each_shard(threads, &mut pieces, |_, piece| piece.sum(isa));
            let norm = norm(&pieces);
            let step = move_by(if norm > clip_norm { clip_norm / norm } else { 1.0 });
            for_each_shard(threads, &mut pieces, |_, piece| piece.move_by(isa, step));
            norm
        } else {
            let step = move_by(1.0);
            for_each_shard(threads, &mut pieces, |_, piece| {
                piece.sum(isa);
                piece.move_by(isa, step);
            });
            norm(&pieces)
        }
    }
}

/// The norm of the summed gradients.
fn norm(pieces: &[Piece<'_>]) -> f32 {
    pieces.iter().map(|piece| piece.squared).sum::<f64>().sqrt() as f32
}

/// The same stretch of all arrays.
struct Piece<'a> {
    values: &'a mut [f32],
    first: &'a mut [f32],
    second: &'a mut [f32],
    /// Receives the sum of all shards.
    gradients: &'a mut [f32],
    /// The gradients of the other shards, in order.
    others: Vec<&'a mut [f32]>,
    /// The squared norm of this stretch of the sum.
    squared: f64,
}

fn pieces<'a>(
    values: &'a mut [f32],
    first: &'a mut [f32],
    second: &'a mut [f32],
    shard_gradients: &'a mut [Vec<f32>],
) -> Vec<Piece<'a>> {
    let mut shards = shard_gradients.iter_mut().map(|shard| shard.chunks_mut(PIECE));
    let gradients = shards.next().expect("there is at least one shard");
    let mut others: Vec<_> = shards.collect();
    let arrays =
        values.chunks_mut(PIECE).zip(first.chunks_mut(PIECE)).zip(second.chunks_mut(PIECE));
    arrays
        .zip(gradients)
        .map(|(((values, first), second), gradients)| {
            let others = others.iter_mut().filter_map(Iterator::next).collect();
            Piece { values, first, second, gradients, others, squared: 0.0 }
        })
        .collect()
}

impl Piece<'_> {
    /// Sums the shards, and leaves all but the first at zero.
    fn sum(&mut self, isa: Isa) {
        for other in &mut self.others {
            for (gradient, other) in self.gradients.iter_mut().zip(other.iter_mut()) {
                *gradient += std::mem::take(other);
            }
        }
        self.squared = dispatch(isa, Squared(self.gradients));
    }

    /// Moves the values against the summed gradient, and leaves that at zero.
    fn move_by(&mut self, isa: Isa, step: Move) {
        dispatch(isa, MovePiece(step, self));
    }
}

/// The sum of the squares of a piece.
struct Squared<'a>(&'a [f32]);

impl Kernel for Squared<'_> {
    type Output = f64;

    #[inline(always)]
    fn run<S: Simd>(self, s: S) -> f64 {
        let mut sums = s.splat(0.0);
        for values in self.0.chunks(S::LANES) {
            let values = s.load(values);
            sums = s.mul_add(values, values, sums);
        }
        f64::from(s.sum(sums))
    }
}

/// The constants of one update, as its inner loop takes them.
#[derive(Clone, Copy)]
struct Move {
    /// By how much the gradient is shortened.
    shortened: f32,
    options: AdamOptions,
    /// The learning rate over 1 - β₁ᵗ, which corrects the bias of the first moment.
    rate: f32,
    /// One over the root of 1 - β₂ᵗ, which corrects the bias of the second.
    root_correction: f32,
    /// What an update leaves of a value before it is moved.
    kept: f32,
}

impl Move {
    fn new(options: AdamOptions, step: u64, learning_rate: f32, shortened: f32) -> Move {
        let bias = |beta: f32| 1.0 - f64::from(beta).powf(step as f64);
        Move {
            shortened,
            options,
            rate: (f64::from(learning_rate) / bias(options.beta1)) as f32,
            root_correction: (1.0 / bias(options.beta2).sqrt()) as f32,
            kept: 1.0 - learning_rate * options.weight_decay,
        }
    }
}

struct MovePiece<'a, 'b>(Move, &'a mut Piece<'b>);

impl Kernel for MovePiece<'_, '_> {
    type Output = ();

    #[inline(always)]
    fn run<S: Simd>(self, s: S) {
        let MovePiece(Move { shortened, options, rate, root_correction, kept }, piece) = self;
        let Piece { values, first, second, gradients, .. } = piece;
        let len = values.len();
        let (first, second) = (&mut first[..len], &mut second[..len]);
        let gradients = &mut gradients[..len];
        for i in (0..len).step_by(S::LANES) {
            let gradient = s.mul(s.load(&gradients[i..]), s.splat(shortened));
            let mean = s.mul(s.load(&first[i..]), s.splat(options.beta1));
            let mean = s.mul_add(gradient, s.splat(1.0 - options.beta1), mean);
            let square = s.mul(s.load(&second[i..]), s.splat(options.beta2));
            let weighted = s.mul(gradient, s.splat(1.0 - options.beta2));
            let square = s.mul_add(gradient, weighted, square);
            let root =
                s.mul_add(s.sqrt(square), s.splat(root_correction), s.splat(options.epsilon));
            let value = s.mul(s.load(&values[i..]), s.splat(kept));
            let value = s.sub(value, s.div(s.mul(mean, s.splat(rate)), root));
            s.store(s.splat(0.0), &mut gradients[i..]);
            s.store(mean, &mut first[i..]);
            s.store(square, &mut second[i..]);
            s.store(value, &mut values[i..]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::fill_uniform;

    const LEN: usize = 2 * PIECE + 37;

    fn noise(key: u64) -> Vec<f32> {
        let mut values = vec![0.0; LEN];
        fill_uniform(&mut values, key, 1.0);
        values
    }

    /// Ten updates of the paper's algorithm in f64, each with the gradients of three shards.
    fn plain(options: AdamOptions, rate: f64, clip: Option<f64>) -> Vec<f64> {
        let (beta1, beta2) = (f64::from(options.beta1), f64::from(options.beta2));
        let mut values: Vec<f64> = noise(0).into_iter().map(f64::from).collect();
        let (mut first, mut second) = (vec![0.0; LEN], vec![0.0; LEN]);
        for step in 1..=10 {
            let shards = [noise(3 * step), noise(3 * step + 1), noise(3 * step + 2)];
            let sum = |i: usize| shards.iter().map(|shard| f64::from(shard[i])).sum::<f64>();
            let norm = (0..LEN).map(|i| sum(i).powi(2)).sum::<f64>().sqrt();
            let shortened = clip.map_or(1.0, |clip| (clip / norm).min(1.0));
            for i in 0..LEN {
                let gradient = sum(i) * shortened;
                first[i] = beta1 * first[i] + (1.0 - beta1) * gradient;
                second[i] = beta2 * second[i] + (1.0 - beta2) * gradient * gradient;
                let mean = first[i] / (1.0 - beta1.powf(step as f64));
                let square: f64 = second[i] / (1.0 - beta2.powf(step as f64));
                let decay = f64::from(options.weight_decay) * values[i];
                values[i] -= rate * (mean / (square.sqrt() + f64::from(options.epsilon)) + decay);
            }
        }
        values
    }

    fn updated(options: AdamOptions, clip: Option<f32>, threads: usize) -> Vec<f32> {
        let mut adam = Adam { options, ..Adam::new(LEN) };
        let mut values = noise(0);
        for step in 1..=10 {
            let mut shards = [noise(3 * step), noise(3 * step + 1), noise(3 * step + 2)];
            adam.update(&mut values, &mut shards, 0.01, clip, threads);
            assert!(shards.iter().flatten().all(|&gradient| gradient == 0.0));
        }
        assert_eq!(adam.step(), 10);
        values
    }

    #[test]
    fn ten_updates_follow_the_paper() {
        let decayed = AdamOptions { weight_decay: 0.1, ..AdamOptions::default() };
        for (options, clip) in [(AdamOptions::default(), None), (decayed, Some(0.5))] {
            let expected = plain(options, 0.01, clip.map(f64::from));
            for (found, expected) in updated(options, clip, 2).into_iter().zip(expected) {
                assert!((f64::from(found) - expected).abs() < 2e-6, "{found} for {expected}");
            }
        }
    }

    #[test]
    fn any_number_of_threads_gives_the_same_bits() {
        for clip in [None, Some(0.5)] {
            let one = updated(AdamOptions::default(), clip, 1);
            for threads in [2, 3, 4] {
                assert_eq!(updated(AdamOptions::default(), clip, threads), one);
            }
        }
    }

    #[test]
    fn the_norm_is_that_of_the_summed_gradients() {
        let mut adam = Adam::new(2);
        let mut shards = [vec![1.0, 1.0], vec![2.0, 3.0]];
        assert_eq!(adam.update(&mut [0.0; 2], &mut shards, 0.1, None, 1), 5.0);
        let mut shards = [vec![30.0, 40.0]];
        assert_eq!(adam.update(&mut [0.0; 2], &mut shards, 0.1, Some(1.0), 1), 50.0);
    }

    #[test]
    fn a_restored_optimizer_goes_on_as_if_nothing_had_happened() {
        let mut adam = Adam::new(3);
        let mut values = vec![0.1, 0.2, 0.3];
        adam.update(&mut values, &mut [vec![1.0, -1.0, 0.5]], 0.1, None, 1);
        let mut restored =
            Adam::restore(adam.options, adam.first().to_vec(), adam.second().to_vec(), adam.step());
        let mut again = values.clone();
        adam.update(&mut values, &mut [vec![1.0, 2.0, 3.0]], 0.1, None, 1);
        restored.update(&mut again, &mut [vec![1.0, 2.0, 3.0]], 0.1, None, 1);
        assert_eq!((values, adam), (again, restored));
    }
}
