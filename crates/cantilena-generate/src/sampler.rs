//! Logits and chance become a token.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::{Deserialize, Serialize};

use crate::error::GenerateError;

/// How adventurous a sampler is. The defaults draw from the model's own distribution, less its
/// improbable tail, where small models err most.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Sampling {
    /// Divides the logits: below 1 plays safe, above 1 dares; 0 always takes the likeliest.
    pub temperature: f64,
    /// Only so many of the likeliest tokens are drawn from; 0 is no limit.
    pub top_k: usize,
    /// Only the likeliest tokens that together have this probability; 1 is no limit.
    pub top_p: f64,
    /// Only tokens at least this probable, as a share of the likeliest one's; 0 is no limit.
    pub min_p: f64,
    /// How densely notes follow one another, in doublings of what the model has: 1 is about twice
    /// as many in the same time, −1 half as many or fewer.
    ///
    /// The distribution of the time t to the next note (of a part of one voice, which the next note
    /// waits for, of how long a note lasts) is tilted exponentially, `p(t)` to
    /// `p(t) · exp(−θ · t)`, with that θ for which the mean of t is 2^−density of what it was: of
    /// all distributions with this mean the one nearest to the model's (I. Csiszár, "I-divergence
    /// geometry of probability distributions and minimization problems", 1975). What would not be
    /// drawn at 0 is drawn at no density.
    pub density: f64,
}

impl Default for Sampling {
    fn default() -> Sampling {
        Sampling { temperature: 1.0, top_k: 0, top_p: 0.98, min_p: 0.03, density: 0.0 }
    }
}

/// Draws tokens; owns its chance, so that the same seed draws the same.
#[derive(Clone, Debug)]
pub struct Sampler {
    how: Sampling,
    rng: ChaCha8Rng,
    /// The allowed tokens and their probabilities, likeliest first.
    chances: Vec<(f64, u16)>,
}

impl Sampler {
    /// A sampler whose draws follow from `seed`.
    pub fn new(how: Sampling, seed: u64) -> Result<Sampler, GenerateError> {
        let within = |name, found: f64, ok: bool, range| match ok && found.is_finite() {
            true => Ok(()),
            false => Err(GenerateError::Sampling { name, found, range }),
        };
        let Sampling { temperature, top_p, min_p, density, .. } = how;
        within("temperature", temperature, (0.0..=10.0).contains(&temperature), "0 to 10")?;
        within("top-p", top_p, top_p > 0.0 && top_p <= 1.0, "above 0, to 1")?;
        within("min-p", min_p, (0.0..1.0).contains(&min_p), "0 to below 1")?;
        within("density", density, (-4.0..=4.0).contains(&density), "-4 to 4")?;
        Ok(Sampler { how, rng: ChaCha8Rng::seed_from_u64(seed), chances: Vec::new() })
    }

    /// What it follows.
    pub fn how(&self) -> Sampling {
        self.how
    }

    /// Draws one of the tokens that `allowed` lets through, given logits of shape (vocab,).
    ///
    /// `None` where it lets none through. Ties go to the lower token, and probabilities are
    /// summed in one order, so the draw depends on nothing but logits, mask and seed.
    pub fn draw(&mut self, logits: &[f32], allowed: impl Fn(u16) -> bool) -> Option<u16> {
        self.draw_paced(logits, allowed, |_| 0.0)
    }

    /// As [`Sampler::draw`], at the density asked for, given how long each token waits.
    pub fn draw_paced(
        &mut self,
        logits: &[f32],
        allowed: impl Fn(u16) -> bool,
        quarters: impl Fn(u16) -> f64,
    ) -> Option<u16> {
        self.chances.clear();
        let tokens = logits.iter().zip(0u16..).filter(|&(_, token)| allowed(token));
        self.chances.extend(tokens.map(|(&logit, token)| (f64::from(logit), token)));
        self.chances.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let &(highest, _) = self.chances.first()?;
        // Drawn even when not needed: a seed then means the same draws at any temperature.
        let chance: f64 = self.rng.random();
        let is_certain = self.how.temperature == 0.0;
        let temperature = if is_certain { 1.0 } else { self.how.temperature };
        for (logit, _) in &mut self.chances {
            *logit = ((*logit - highest) / temperature).exp();
        }
        let keep = self.kept();
        let kept = &mut self.chances[..keep];
        if self.how.density != 0.0 {
            pace(kept, self.how.density, quarters);
        }
        if is_certain {
            let likeliest = kept.iter().rev().max_by(|a, b| a.0.total_cmp(&b.0));
            return likeliest.map(|&(_, token)| token);
        }
        let mut rest = chance * kept.iter().map(|(weight, _)| weight).sum::<f64>();
        for &(weight, token) in &*kept {
            rest -= weight;
            if rest < 0.0 {
                return Some(token);
            }
        }
        Some(kept[keep - 1].1)
    }

    /// How many of the likeliest tokens stay; at least one.
    fn kept(&self) -> usize {
        let mut keep = match self.how.top_k {
            0 => self.chances.len(),
            k => k.min(self.chances.len()),
        };
        // The likeliest has weight 1.
        keep = keep.min(self.chances.partition_point(|(weight, _)| *weight >= self.how.min_p));
        let wanted = self.how.top_p * self.chances.iter().map(|(weight, _)| weight).sum::<f64>();
        let mut sum = 0.0;
        for (index, (weight, _)) in self.chances[..keep.max(1)].iter().enumerate() {
            sum += weight;
            if sum >= wanted {
                return index + 1;
            }
        }
        keep.max(1)
    }
}

/// The steepest tilt: beyond it one token is all that is left, a 24th of a quarter being enough
/// for a factor of 60 millions.
const STEEPEST: f64 = 430.0;

/// Halvings of the interval in which the tilt lies; 2^-40 of it is far below what can be told.
const HALVINGS: usize = 40;

/// Tilts weights so that the mean wait is 2^−density of what it was, or as near as it can be.
fn pace(chances: &mut [(f64, u16)], density: f64, quarters: impl Fn(u16) -> f64) {
    let waits: Vec<f64> = chances.iter().map(|&(_, token)| quarters(token)).collect();
    let (least, most) = waits
        .iter()
        .fold((f64::INFINITY, 0.0), |(least, most), &wait| (wait.min(least), wait.max(most)));
    if least >= most {
        return;
    }
    // Against the wait it favours, so that no power overflows.
    let factor =
        |tilt: f64, wait: f64| (-tilt * (wait - if tilt > 0.0 { least } else { most })).exp();
    let mean = |tilt: f64| {
        let (mut sum, mut total) = (0.0, 0.0);
        for (&(weight, _), &wait) in chances.iter().zip(&waits) {
            let weight = weight * factor(tilt, wait);
            sum += weight * wait;
            total += weight;
        }
        sum / total
    };
    let goal = mean(0.0) * (-density).exp2();
    let (mut low, mut high) = (-STEEPEST, STEEPEST);
    for _ in 0..HALVINGS {
        let tilt = 0.5 * (low + high);
        match mean(tilt) > goal {
            true => low = tilt,
            false => high = tilt,
        }
    }
    let tilt = 0.5 * (low + high);
    for ((weight, _), wait) in chances.iter_mut().zip(waits) {
        *weight *= factor(tilt, wait);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOGITS: [f32; 4] = [0.0, 2.0, 1.0, -8.0];

    fn drawn(how: Sampling, allowed: impl Fn(u16) -> bool + Copy) -> Vec<u16> {
        let mut sampler = Sampler::new(how, 1).unwrap();
        let mut drawn: Vec<u16> =
            (0..2000).map(|_| sampler.draw(&LOGITS, allowed).unwrap()).collect();
        drawn.sort_unstable();
        drawn.dedup();
        drawn
    }

    const OPEN: Sampling =
        Sampling { temperature: 1.0, top_k: 0, top_p: 1.0, min_p: 0.0, density: 0.0 };

    #[test]
    fn draws_follow_the_softmax() {
        let mut sampler = Sampler::new(OPEN, 7).unwrap();
        let mut counts = [0.0; 4];
        for _ in 0..40_000 {
            counts[usize::from(sampler.draw(&LOGITS, |_| true).unwrap())] += 1.0 / 40_000.0;
        }
        let total: f64 = LOGITS.iter().map(|&l| f64::from(l).exp()).sum();
        for (count, logit) in counts.iter().zip(LOGITS) {
            assert!((count - f64::from(logit).exp() / total).abs() < 0.01, "{counts:?}");
        }
    }

    #[test]
    fn each_limit_leaves_out_what_it_says() {
        assert_eq!(drawn(Sampling { top_k: 2, ..OPEN }, |_| true), [1, 2]);
        // p = 0.665, 0.245, 0.090: two thirds need two tokens.
        assert_eq!(drawn(Sampling { top_p: 0.7, ..OPEN }, |_| true), [1, 2]);
        assert_eq!(drawn(Sampling { min_p: 0.3, ..OPEN }, |_| true), [1, 2]);
        assert_eq!(drawn(Sampling { temperature: 0.0, ..OPEN }, |_| true), [1]);
        assert_eq!(drawn(OPEN, |token| token != 1 && token != 3), [0, 2]);
    }

    #[test]
    fn a_density_halves_or_doubles_the_mean_wait_and_draws_nothing_new() {
        let waits = [0.0, 0.5, 1.0, 64.0];
        let mean = |density: f64| {
            let how = Sampling { top_k: 3, density, ..OPEN };
            let mut sampler = Sampler::new(how, 3).unwrap();
            let draws = 20_000;
            let drawn = (0..draws).map(|_| {
                let wait = |token| waits[usize::from(token)];
                let token = sampler.draw_paced(&LOGITS, |_| true, wait).unwrap();
                assert!(token < 3, "what is not drawn at 0 is drawn at no density");
                wait(token)
            });
            drawn.sum::<f64>() / f64::from(draws)
        };
        // p = 0.090, 0.665, 0.245 of 0, 0.5 and 1 quarters.
        let plain = 0.5 * 0.665 + 0.245;
        for density in [-0.5, 0.0, 1.0, 3.0] {
            let goal = plain * f64::exp2(-density);
            assert!((mean(density) - goal).abs() < 0.01, "{density}: {} {goal}", mean(density));
        }
        // Twice as long is more than any of them waits.
        assert!(mean(-1.0) > 0.999);
    }

    #[test]
    fn the_likeliest_is_that_of_the_density() {
        let waits = [0.0, 0.5, 1.0, 64.0];
        let likeliest = |density| {
            let how = Sampling { temperature: 0.0, top_k: 3, density, ..OPEN };
            let mut sampler = Sampler::new(how, 1).unwrap();
            sampler.draw_paced(&LOGITS, |_| true, |token| waits[usize::from(token)]).unwrap()
        };
        assert_eq!([likeliest(0.0), likeliest(-1.0), likeliest(4.0)], [1, 2, 0]);
    }

    #[test]
    fn a_mask_that_lets_nothing_through_draws_nothing() {
        assert_eq!(Sampler::new(OPEN, 1).unwrap().draw(&LOGITS, |_| false), None);
    }

    #[test]
    fn numbers_no_sampler_can_use_are_refused() {
        for how in [
            Sampling { temperature: -1.0, ..OPEN },
            Sampling { temperature: f64::NAN, ..OPEN },
            Sampling { top_p: 0.0, ..OPEN },
            Sampling { min_p: 1.0, ..OPEN },
            Sampling { density: f64::INFINITY, ..OPEN },
        ] {
            assert!(Sampler::new(how, 1).is_err(), "{how:?}");
        }
    }
}
