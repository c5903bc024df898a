//! The learning rate over a run.

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

#[cfg(test)]
mod tests {
    use super::*;

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
