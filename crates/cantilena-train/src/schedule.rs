//! The learning rate and the window over a run.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::recipe::TrainingRecipe;

/// Rises in a straight line during the warm-up, then falls along half a cosine to the final rate
/// (Loshchilov and Hutter, "SGDR", 2017, without restarts). `progress` goes from 0 to 1.
pub(crate) fn learning_rate(recipe: &TrainingRecipe, progress: f64) -> f32 {
    let progress = progress.clamp(0.0, 1.0);
    let share = if progress < recipe.warm_up {
        progress / recipe.warm_up
    } else {
        let fallen = (progress - recipe.warm_up) / (1.0 - recipe.warm_up).max(f64::EPSILON);
        let cosine = 0.5 + 0.5 * (std::f64::consts::PI * fallen).cos();
        recipe.final_rate + (1.0 - recipe.final_rate) * cosine
    };
    (f64::from(recipe.learning_rate) * share) as f32
}

/// How many events the window of a step has: at least one, and always the same for this seed and
/// step, so that a run that goes on draws what it would have drawn.
pub(crate) fn window(recipe: &TrainingRecipe, step: u64) -> usize {
    let spread = (recipe.window as f64 * recipe.varied_window) as usize;
    if spread == 0 {
        return recipe.window;
    }
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&recipe.seed.to_le_bytes());
    seed[8..16].copy_from_slice(&step.to_le_bytes());
    let (least, most) = ((recipe.window - spread).max(1), recipe.window + spread);
    ChaCha8Rng::from_seed(seed).random_range(least..=most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_vary_about_their_mean_and_only_if_asked_to() {
        let recipe = TrainingRecipe { window: 40, varied_window: 0.5, ..Default::default() };
        let windows: Vec<usize> = (0..2000).map(|step| window(&recipe, step)).collect();
        assert_eq!(windows.iter().min(), Some(&20));
        assert_eq!(windows.iter().max(), Some(&60));
        // Three standard errors of 2000 draws from 41 lengths: 0.8.
        let mean = windows.iter().sum::<usize>() as f64 / 2000.0;
        assert!((mean - 40.0).abs() < 0.8, "{mean}");
        assert_eq!(windows, (0..2000).map(|step| window(&recipe, step)).collect::<Vec<_>>());
        let steady = TrainingRecipe { varied_window: 0.0, ..recipe };
        assert!((0..100).all(|step| window(&steady, step) == 40));
    }

    #[test]
    fn the_rate_rises_to_its_highest_and_falls_to_its_last() {
        let recipe = TrainingRecipe {
            learning_rate: 1.0,
            warm_up: 0.1,
            final_rate: 0.05,
            ..Default::default()
        };
        assert_eq!(learning_rate(&recipe, 0.0), 0.0);
        assert_eq!(learning_rate(&recipe, 0.05), 0.5);
        assert_eq!(learning_rate(&recipe, 0.1), 1.0);
        assert!((learning_rate(&recipe, 0.55) - 0.525).abs() < 1e-6);
        assert!((learning_rate(&recipe, 1.0) - 0.05).abs() < 1e-6);
        assert!((learning_rate(&recipe, 7.0) - 0.05).abs() < 1e-6);
    }
}
