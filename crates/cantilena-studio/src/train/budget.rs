//! When a run is over.

use std::time::Duration;

use cantilena_train::Recipe;

use super::clock;

/// When a run is over.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Budget {
    /// After so much time at work; what is achieved depends on the machine.
    Minutes(f64),
    /// After so many updates: the same weights wherever the kernels are the same.
    Steps(u64),
    /// After every piece was learnt from so many times.
    Epochs(f64),
}

/// How far a run has come, in all that a budget may count.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Spent {
    /// Time at work, over all sittings.
    pub(crate) time: Duration,
    /// Updates.
    pub(crate) steps: u64,
    /// Passes over all pieces, in parts.
    pub(crate) epochs: f64,
}

impl Budget {
    /// How much of it is used up, 0 to 1 and beyond.
    fn progress(self, spent: &Spent) -> f64 {
        match self {
            Budget::Minutes(minutes) => spent.time.as_secs_f64() / (minutes * 60.0).max(1e-9),
            Budget::Steps(steps) => spent.steps as f64 / steps.max(1) as f64,
            Budget::Epochs(epochs) => spent.epochs / epochs.max(1e-9),
        }
    }
}

/// Notes that judge, at most, in a run of so many minutes, for each of them: on a slow machine a
/// judgement takes seconds, and a short run would else be spent on the first and the last.
const JUDGED_A_MINUTE: f64 = 10_000.0;

/// A recipe with no more notes to judge than its limit in minutes, if there is one, leaves time for.
pub(crate) fn within(recipe: &Recipe, budgets: &[Budget]) -> Recipe {
    let minutes = budgets.iter().filter_map(|budget| match budget {
        Budget::Minutes(minutes) => Some(*minutes),
        _ => None,
    });
    let most = minutes.map(|minutes| (minutes * JUDGED_A_MINUTE).ceil().max(1.0) as usize).min();
    let mut recipe = recipe.clone();
    // 0 asks for all, whatever it takes.
    if let (Some(most), 1..) = (most, recipe.training.judged) {
        recipe.training.judged = recipe.training.judged.min(most);
    }
    recipe
}

/// How much of a run is over, 0 to 1 and beyond: of several budgets, the one used up most counts.
pub(crate) fn progress(budgets: &[Budget], spent: &Spent) -> f64 {
    budgets.iter().map(|budget| budget.progress(spent)).fold(0.0, f64::max)
}

/// Time to go at the pace so far.
pub(crate) fn remaining(budgets: &[Budget], spent: &Spent) -> Duration {
    clock::remaining(spent.time, progress(budgets, spent))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_budgets_the_first_used_up_counts() {
        let budgets = [Budget::Minutes(10.0), Budget::Steps(1000), Budget::Epochs(4.0)];
        let spent = Spent { time: Duration::from_secs(60), steps: 500, epochs: 1.0 };
        assert_eq!(progress(&budgets, &spent), 0.5);
        assert_eq!(remaining(&budgets, &spent), Duration::from_secs(60));
        assert_eq!(progress(&budgets, &Spent { epochs: 4.0, ..spent }), 1.0);
        assert_eq!(progress(&budgets[..1], &spent), 0.1);
    }

    #[test]
    fn in_a_short_run_few_notes_judge_unless_all_are_asked_for() {
        let judged = |judged, budgets: &[Budget]| {
            let mut recipe = Recipe::default();
            recipe.training.judged = judged;
            within(&recipe, budgets).training.judged
        };
        assert_eq!(judged(50_000, &[Budget::Minutes(0.5), Budget::Steps(9)]), 5_000);
        assert_eq!(judged(50_000, &[Budget::Minutes(60.0)]), 50_000);
        assert_eq!(judged(50_000, &[Budget::Steps(9)]), 50_000);
        assert_eq!(judged(0, &[Budget::Minutes(0.5)]), 0);
    }
}
