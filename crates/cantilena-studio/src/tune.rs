//! Which recipe learns best from this music on this machine, in so many minutes.
//!
//! Successive halving (Jamieson and Talwalkar, "Non-stochastic best arm identification and
//! hyperparameter optimization", 2016): many recipes are tried for a short time, the better half
//! of them anew for twice as long, until two are left. Each trial is a whole run with its
//! learning rate rising and falling, so that what is compared is what a run of that length gives.

mod candidate;

use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Duration;

use cantilena_corpus::Side;
use cantilena_score::Score;
use cantilena_train::{Recipe, Run, Told, jury};
use serde::Serialize;

pub use self::candidate::Candidate;
use crate::error::StudioError;
use crate::output::Overwrite;
use crate::store;
use crate::train::{Music, Prepared, TrainingNews, now};

/// What is to be found out.
#[derive(Clone, Debug)]
pub struct Tuning {
    /// What is learnt from.
    pub music: Music,
    /// The recipe that is varied, and the first to be tried.
    pub recipe: Recipe,
    /// How long is tried in all.
    pub minutes: f64,
    /// The folder for the winning recipe and the table.
    pub out: PathBuf,
    /// Whether those of an earlier tuning may be replaced.
    pub overwrite: Overwrite,
    /// Threads.
    pub threads: usize,
}

/// What is told while it runs.
#[derive(Debug)]
pub enum TuningNews<'a> {
    /// The music is read.
    Reading(TrainingNews<'a>),
    /// The trials begin.
    Begun {
        /// How many recipes.
        candidates: usize,
        /// How many rounds, each with half as many.
        rounds: usize,
        /// How long each trial of the first round takes.
        first_trial: Duration,
    },
    /// A trial is under way.
    Working {
        /// How much of all trials is over, 0 to 1.
        progress: f64,
    },
    /// A trial is over.
    Tried(&'a Trial),
}

/// One recipe, tried for so long.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Trial {
    /// What was varied.
    #[serde(flatten)]
    pub candidate: Candidate,
    /// The round, from 1.
    pub round: usize,
    /// Weights of the network.
    pub weights: usize,
    /// Updates made.
    pub steps: u64,
    /// Time at work.
    pub seconds: f64,
    /// Nats a note on pieces held back; none where the loss became no number.
    pub nats_per_note: Option<f64>,
}

/// What was found.
#[derive(Debug)]
pub struct TuningOutcome {
    /// The recipe that learnt best.
    pub winner: Recipe,
    /// The last trial of each candidate, the best first.
    pub table: Vec<Trial>,
    /// Whether somebody stopped it before the last round was over.
    pub interrupted: bool,
}

/// The shortest trial that says anything: a few dozen updates of a small network.
const TRIAL_SECONDS_MIN: f64 = 5.0;

/// The most rounds: 64 candidates cover the ranges well enough.
const ROUNDS_MAX: u32 = 6;

/// Notes held back that a trial is judged on: more would take longer than a short trial itself.
const JUDGED_NOTES: usize = 10_000;

/// Tries recipes until the time is used up, and writes `recipe.toml` and `candidates.json`.
///
/// `watch` may stop it at any time: what was tried so far is then what the winner is chosen from.
pub fn tune(
    request: &Tuning,
    reading: &(dyn Fn(usize, usize) + Sync),
    watch: &mut dyn FnMut(TuningNews) -> ControlFlow<()>,
) -> Result<TuningOutcome, StudioError> {
    request.recipe.check()?;
    let files = ["recipe.toml", "candidates.json"].map(|name| request.out.join(name));
    let there = files.iter().find(|file| file.exists());
    if let Some(path) = there.filter(|_| request.overwrite == Overwrite::Refuse) {
        return Err(StudioError::Exists { path: path.clone() });
    }
    store::check_writable(&request.out)?;
    let music = {
        let watch = &mut |news: TrainingNews| watch(TuningNews::Reading(news));
        Prepared::new(&request.music, &request.recipe, request.threads, reading, watch)?
    };

    let seconds = request.minutes * 60.0;
    let rounds = rounds(seconds);
    let candidates = candidate::draw(&request.recipe, 1 << rounds);
    let first_trial = seconds / (rounds as f64 * candidates.len() as f64);
    let begun = TuningNews::Begun {
        candidates: candidates.len(),
        rounds,
        first_trial: Duration::try_from_secs_f64(first_trial).unwrap_or_default(),
    };
    let stopped = watch(begun).is_break();
    let held_back = music.scores(Side::Validation);
    let places = jury(&held_back, JUDGED_NOTES);
    let bench = Bench {
        music: &music,
        learnt: music.scores(Side::Train),
        told: music.told.judging(&places),
        held_back: places.iter().map(|&place| held_back[place]).collect(),
        request,
    };
    let (table, interrupted) = match stopped {
        true => (Vec::new(), true),
        false => halve(&bench, candidates, first_trial, rounds, watch),
    };
    let Some(best) = table.first().filter(|trial| trial.nats_per_note.is_some()) else {
        return Err(StudioError::Request(
            "no recipe was tried to its end; give it more --minutes".to_owned(),
        ));
    };
    let winner = best.candidate.applied_to(&request.recipe);
    let [recipe_file, table_file] = &files;
    store::write(recipe_file, winner.to_toml().as_bytes(), request.overwrite)?;
    let json = serde_json::to_string_pretty(&table).expect("trials are plain data") + "\n";
    store::write(table_file, json.as_bytes(), request.overwrite)?;
    Ok(TuningOutcome { winner, table, interrupted })
}

/// How many rounds so much time is good for: one at least.
fn rounds(seconds: f64) -> usize {
    let first_trial = |rounds: u32| seconds / f64::from(rounds << rounds);
    let rounds = (2..=ROUNDS_MAX).take_while(|&rounds| first_trial(rounds) >= TRIAL_SECONDS_MIN);
    rounds.last().unwrap_or(1) as usize
}

/// What all trials share.
struct Bench<'a> {
    music: &'a Prepared,
    learnt: Vec<&'a Score>,
    held_back: Vec<&'a Score>,
    told: Told,
    request: &'a Tuning,
}

/// Tries all candidates, then the better half for twice as long, and so on; gives the last trial
/// of each, the best first, and whether it was stopped.
fn halve(
    bench: &Bench,
    mut candidates: Vec<Candidate>,
    first_trial: f64,
    rounds: usize,
    watch: &mut dyn FnMut(TuningNews) -> ControlFlow<()>,
) -> (Vec<Trial>, bool) {
    let mut table: Vec<Trial> = Vec::new();
    for round in 1..=rounds {
        let seconds = first_trial * f64::from(1u32 << (round - 1));
        let mut tried: Vec<Trial> = Vec::new();
        for (index, candidate) in candidates.iter().enumerate() {
            let mut working = |share: f64| {
                let of_round = (index as f64 + share) / candidates.len() as f64;
                let progress = ((round - 1) as f64 + of_round) / rounds as f64;
                watch(TuningNews::Working { progress })
            };
            let trial = bench.attempt(candidate, round, seconds, &mut working);
            let stopped = trial.is_none();
            if let Some(trial) = trial {
                let _ = watch(TuningNews::Tried(&trial));
                tried.push(trial);
            }
            if stopped {
                return (ranked(table, tried), true);
            }
        }
        table = ranked(table, tried);
        candidates.truncate(candidates.len().div_ceil(2));
        for (place, trial) in candidates.iter_mut().zip(&table) {
            *place = trial.candidate.clone();
        }
    }
    (table, false)
}

/// The trials of a round in place of their candidates' earlier ones: who came further stands
/// before who did not, and of these the one with fewer nats.
fn ranked(earlier: Vec<Trial>, latest: Vec<Trial>) -> Vec<Trial> {
    let is_tried = |trial: &Trial| latest.iter().any(|later| later.candidate == trial.candidate);
    let mut table: Vec<Trial> = earlier.into_iter().filter(|trial| !is_tried(trial)).collect();
    table.extend(latest.iter().cloned());
    let nats = |trial: &Trial| trial.nats_per_note.unwrap_or(f64::INFINITY);
    table.sort_by(|a, b| b.round.cmp(&a.round).then(nats(a).total_cmp(&nats(b))));
    table
}

impl Bench<'_> {
    /// Learns with a candidate's recipe for so long and judges it; nothing if it was stopped.
    fn attempt(
        &self,
        candidate: &Candidate,
        round: usize,
        seconds: f64,
        working: &mut dyn FnMut(f64) -> ControlFlow<()>,
    ) -> Option<Trial> {
        let recipe = candidate.applied_to(&self.request.recipe);
        let (tokenizer, threads) = (&self.music.tokenizer, self.request.threads);
        let (learnt, held_back) = (self.learnt.clone(), self.held_back.clone());
        let told = self.told.clone();
        let mut run = Run::telling(&recipe, tokenizer, learnt, held_back, told, threads);
        let begun = now();
        let mut is_sound = true;
        while is_sound {
            let progress = begun.elapsed().as_secs_f64() / seconds;
            if progress >= 1.0 {
                break;
            }
            is_sound = run.step(progress).nats.is_finite();
            if working(progress).is_break() {
                return None;
            }
        }
        run.validate(1.0);
        let nats = run.history.best().map(|moment| moment.validation.nats_per_note());
        Some(Trial {
            candidate: candidate.clone(),
            round,
            weights: run.weights(),
            steps: run.steps(),
            seconds: begun.elapsed().as_secs_f64(),
            nats_per_note: nats.filter(|nats| is_sound && nats.is_finite()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trial(units: usize, round: usize, nats: Option<f64>) -> Trial {
        let candidate = Candidate { units, ..Candidate::of(&Recipe::default()) };
        Trial { candidate, round, weights: 1, steps: 1, seconds: 1.0, nats_per_note: nats }
    }

    #[test]
    fn who_came_further_stands_before_who_did_not() {
        let first = vec![trial(1, 1, Some(2.0)), trial(2, 1, None), trial(3, 1, Some(1.0))];
        let table = ranked(first, vec![trial(1, 2, Some(1.5))]);
        let units: Vec<usize> = table.iter().map(|trial| trial.candidate.units).collect();
        assert_eq!(units, [1, 3, 2], "the second round, then the first, and no number at the end");
    }

    #[test]
    fn more_time_is_more_rounds() {
        assert_eq!(rounds(1.0), 1);
        assert_eq!(rounds(120.0), 3, "8 candidates for 5 seconds each");
        assert_eq!(rounds(600.0), 4);
        assert_eq!(rounds(1e9), ROUNDS_MAX as usize);
    }

    #[test]
    fn the_songbook_is_tuned_in_seconds() {
        let folder = tempfile::tempdir().unwrap();
        let mut recipe = Recipe::default();
        (recipe.model.units, recipe.model.layers) = (32, 1);
        let request = Tuning {
            music: Music::Songbook,
            recipe,
            minutes: 4.0 / 60.0,
            out: folder.path().to_owned(),
            overwrite: Overwrite::Refuse,
            threads: 2,
        };
        let mut tried = 0;
        let mut last = 0.0;
        let outcome = tune(&request, &|_, _| (), &mut |news| {
            match news {
                TuningNews::Tried(_) => tried += 1,
                TuningNews::Working { progress } => {
                    assert!((last..=1.0).contains(&progress), "{progress} behind {last}");
                    last = progress;
                }
                _ => {}
            }
            ControlFlow::Continue(())
        })
        .unwrap();
        assert!(!outcome.interrupted);
        assert_eq!((tried, outcome.table.len()), (2, 2));
        let nats: Vec<f64> = outcome.table.iter().filter_map(|trial| trial.nats_per_note).collect();
        assert!(nats.len() == 2 && nats[0] <= nats[1], "{nats:?}");
        let toml = std::fs::read_to_string(folder.path().join("recipe.toml")).unwrap();
        assert_eq!(Recipe::from_toml(&toml).unwrap(), outcome.winner);
        let json = std::fs::read_to_string(folder.path().join("candidates.json")).unwrap();
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json[0]["units"], outcome.winner.model.units);
    }

    #[test]
    fn a_tuning_that_is_stopped_gives_what_was_tried() {
        let folder = tempfile::tempdir().unwrap();
        let request = Tuning {
            music: Music::Songbook,
            recipe: Recipe::default(),
            minutes: 4.0 / 60.0,
            out: folder.path().to_owned(),
            overwrite: Overwrite::Refuse,
            threads: 2,
        };
        let mut tried = 0;
        let outcome = tune(&request, &|_, _| (), &mut |news| {
            tried += usize::from(matches!(news, TuningNews::Tried(_)));
            if tried > 0 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .unwrap();
        assert!(outcome.interrupted);
        assert_eq!(outcome.table.len(), 1);
        assert_eq!(outcome.winner, request.recipe, "the first to be tried is the recipe itself");
    }
}
