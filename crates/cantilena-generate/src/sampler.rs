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
    /// How densely notes follow one another: 0 as the model has it, above 0 more densely.
    ///
    /// The distribution of the time to the next note is tilted exponentially: `p(t)` becomes
    /// proportional to `p(t) · exp(−density · t)`, t in quarters. What the model holds impossible
    /// stays impossible.
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
        self.draw_tilted(logits, allowed, |_| 0.0)
    }

    /// As [`Sampler::draw`], with `tilt` added to the logit of each token.
    pub fn draw_tilted(
        &mut self,
        logits: &[f32],
        allowed: impl Fn(u16) -> bool,
        tilt: impl Fn(u16) -> f64,
    ) -> Option<u16> {
        self.chances.clear();
        let tokens = logits.iter().zip(0u16..).filter(|&(_, token)| allowed(token));
        self.chances.extend(tokens.map(|(&logit, token)| (f64::from(logit) + tilt(token), token)));
        self.chances.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        let &(highest, likeliest) = self.chances.first()?;
        // Drawn even when not needed: a seed then means the same draws at any temperature.
        let chance: f64 = self.rng.random();
        if self.how.temperature == 0.0 {
            return Some(likeliest);
        }
        for (logit, _) in &mut self.chances {
            *logit = ((*logit - highest) / self.how.temperature).exp();
        }
        let keep = self.kept();
        let kept = &self.chances[..keep];
        let mut rest = chance * kept.iter().map(|(weight, _)| weight).sum::<f64>();
        for &(weight, token) in kept {
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
    fn a_tilt_moves_the_likeliest() {
        let mut sampler = Sampler::new(Sampling { temperature: 0.0, ..OPEN }, 1).unwrap();
        assert_eq!(sampler.draw(&LOGITS, |_| true), Some(1));
        let towards_two = |token| if token == 2 { 1.5 } else { 0.0 };
        assert_eq!(sampler.draw_tilted(&LOGITS, |_| true, towards_two), Some(2));
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
