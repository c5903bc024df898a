//! Which learning rate a recipe should have, found in a minute of trying.
//!
//! The rate rises a little at each update, from one at which nothing is learnt to one at which
//! all is unlearnt, and the loss is watched (Smith, "Cyclical learning rates for training neural
//! networks", 2017, § 3.3). What is learnt on the way is thrown away.

use std::ops::ControlFlow;
use std::path::PathBuf;

use cantilena_corpus::Side;
use cantilena_plot::{Axis, Best, Curve, curves};
use cantilena_train::{Recipe, Run};
use serde::Serialize;

use crate::error::StudioError;
use crate::output::Overwrite;
use crate::store;
use crate::train::{Music, Pace, Prepared, TrainingNews};

/// What is to be found out.
#[derive(Clone, Debug)]
pub struct RateSearch {
    /// What is learnt from.
    pub music: Music,
    /// How, but for its learning rate.
    pub recipe: Recipe,
    /// The folder for the picture and the figures.
    pub out: PathBuf,
    /// Whether those of an earlier search may be replaced.
    pub overwrite: Overwrite,
    /// Threads.
    pub threads: usize,
}

/// What was found.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RateFound {
    /// The rate to try: a tenth of the one with the lowest loss, as Howard and Gugger have it
    /// ("Deep learning for coders", 2020, ch. 5): there the loss still falls fast, and a run that
    /// begins there does not end in the part where it leaps.
    pub suggestion: f32,
    /// What happened at each rate, by rising rate.
    pub trials: Vec<RateTrial>,
}

/// One update of the search.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct RateTrial {
    /// The learning rate.
    pub rate: f32,
    /// Mean nats a note of its windows.
    pub nats: f64,
    /// The moving mean of them, which is what is judged.
    pub smoothed: f64,
}

/// Updates of a search that nothing ends before. Fewer see too little of each rate; more only
/// take longer.
const UPDATES: u32 = 150;

/// The first rate, at which Adam moves a weight by less than one in 1000 in all.
const LOWEST: f64 = 1e-5;

/// The last rate, at which no network of ours learns.
const HIGHEST: f64 = 1.0;

/// What a moving mean keeps at each update: a mean of about ten.
const KEPT: f64 = 0.9;

/// The search is over when the loss is so many times its lowest.
const UNLEARNT: f64 = 2.0;

/// Tries learning rates, and writes `learning-rate.svg` and `learning-rate.json`.
///
/// `reading` and `watch` are told what they are of a [`train`](crate::train()); to stop the
/// search early is to judge it by what has been tried.
pub fn find_learning_rate(
    request: &RateSearch,
    reading: &(dyn Fn(usize, usize) + Sync),
    watch: &mut dyn FnMut(TrainingNews) -> ControlFlow<()>,
) -> Result<RateFound, StudioError> {
    let mut recipe = request.recipe.clone();
    // One length of window, so that each rate is the one that is drawn.
    recipe.training.varied_window = 0.0;
    recipe.check()?;
    let files = ["learning-rate.svg", "learning-rate.json"].map(|name| request.out.join(name));
    let there = files.iter().find(|file| file.exists());
    if let Some(path) = there.filter(|_| request.overwrite == Overwrite::Refuse) {
        return Err(StudioError::Exists { path: path.clone() });
    }
    store::check_writable(&request.out)?;
    let music = Prepared::new(&request.music, &recipe, request.threads, reading, watch)?;
    let learnt = music.scores(Side::Train);
    let (told, threads) = (music.told.clone(), request.threads);
    let run = Run::telling(&recipe, &music.tokenizer, learnt, Vec::new(), told, threads);
    let found = judged(search(run, watch))?;

    let json = serde_json::to_string_pretty(&found).expect("rates and nats are finite");
    let [svg_file, json_file] = &files;
    store::write(svg_file, picture(&found).as_bytes(), request.overwrite)?;
    store::write(json_file, (json + "\n").as_bytes(), request.overwrite)?;
    Ok(found)
}

/// Learns at rates that rise by an equal ratio, until that no longer goes well.
fn search(mut run: Run, watch: &mut dyn FnMut(TrainingNews) -> ControlFlow<()>) -> Vec<RateTrial> {
    let mut trials: Vec<RateTrial> = Vec::new();
    let (mut sum, mut weight, mut lowest) = (0.0, 0.0, f64::INFINITY);
    let mut pace = Pace::new();
    for update in 0..UPDATES {
        let share = f64::from(update) / f64::from(UPDATES - 1);
        let rate = (LOWEST * (HIGHEST / LOWEST).powf(share)) as f32;
        let report = run.step_at(rate);
        if !report.nats.is_finite() {
            break;
        }
        (sum, weight) = (KEPT * sum + report.nats, KEPT * weight + 1.0);
        let smoothed = sum / weight;
        trials.push(RateTrial { rate, nats: report.nats, smoothed });
        lowest = smoothed.min(lowest);
        let progress = f64::from(update + 1) / f64::from(UPDATES);
        let (notes_per_second, remaining) = (pace.after(report.notes), pace.remaining(progress));
        let news = TrainingNews::Step { report, progress, notes_per_second, remaining };
        if watch(news).is_break() || smoothed > UNLEARNT * lowest {
            break;
        }
    }
    trials
}

/// The suggestion of what was tried.
fn judged(trials: Vec<RateTrial>) -> Result<RateFound, StudioError> {
    let best = trials.iter().min_by(|a, b| a.smoothed.total_cmp(&b.smoothed));
    let Some(best) = best else {
        return Err(StudioError::Diverged { step: 1, rate: LOWEST as f32 });
    };
    Ok(RateFound { suggestion: two_digits(best.rate / 10.0), trials })
}

/// A rate as people write it: the search is no more exact than that.
pub(crate) fn two_digits(rate: f32) -> f32 {
    format!("{rate:.1e}").parse().expect("a number that was just written")
}

fn picture(found: &RateFound) -> String {
    let points = |of: &dyn Fn(&RateTrial) -> f64| -> Vec<(f64, f64)> {
        found.trials.iter().map(|trial| (f64::from(trial.rate), of(trial))).collect()
    };
    let smoothed = points(&|trial| trial.smoothed);
    let heights = || smoothed.iter().map(|(_, nats)| *nats);
    let (low, high) = (heights().fold(f64::MAX, f64::min), heights().fold(f64::MIN, f64::max));
    let at = f64::from(found.suggestion);
    curves(
        "Finding the learning rate",
        &Axis::logarithmic("learning rate"),
        &Axis::new("nats a note"),
        &[
            Curve::new("each update", points(&|trial| trial.nats)),
            Curve::new("suggestion", vec![(at, low), (at, high)])
                .telling(&found.suggestion.to_string()),
            Curve::new("moving mean", smoothed).marking(Best::Lowest),
        ],
    )
    .svg()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_suggestion_is_a_tenth_of_the_rate_with_the_lowest_mean() {
        let trial = |rate, smoothed| RateTrial { rate, nats: smoothed, smoothed };
        let trials = vec![trial(1e-3, 4.0), trial(2.37e-2, 2.0), trial(0.4, 3.0)];
        assert_eq!(judged(trials).unwrap().suggestion, 2.4e-3);
        assert!(judged(Vec::new()).is_err());
    }

    #[test]
    fn a_search_leaves_a_picture_and_figures_and_replaces_none() {
        let folder = tempfile::tempdir().unwrap();
        let mut recipe = Recipe::default();
        (recipe.model.units, recipe.model.layers, recipe.model.embedding) = (16, 1, 16);
        (recipe.training.streams, recipe.training.window, recipe.training.shards) = (4, 8, 2);
        let request = RateSearch {
            music: Music::Songbook,
            recipe,
            out: folder.path().join("rate"),
            overwrite: Overwrite::Refuse,
            threads: 2,
        };
        let mut steps = 0;
        let found = find_learning_rate(&request, &|_, _| (), &mut |news| {
            steps += usize::from(matches!(news, TrainingNews::Step { .. }));
            ControlFlow::Continue(())
        })
        .unwrap();
        assert_eq!(found.trials.len(), steps);
        assert!(found.trials.windows(2).all(|pair| pair[0].rate < pair[1].rate));
        assert!((1e-4..0.1).contains(&found.suggestion), "{}", found.suggestion);
        let svg = std::fs::read_to_string(request.out.join("learning-rate.svg")).unwrap();
        assert!(svg.contains(&format!("suggestion {}", found.suggestion)), "and not its height");
        assert!(svg.contains("suggestion"));
        let json = std::fs::read_to_string(request.out.join("learning-rate.json")).unwrap();
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["trials"].as_array().unwrap().len(), steps);
        let again = find_learning_rate(&request, &|_, _| (), &mut |_| ControlFlow::Continue(()));
        assert!(matches!(again, Err(StudioError::Exists { .. })));
    }
}
