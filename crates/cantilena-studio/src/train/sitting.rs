//! A run at work: the run, the clock and the disk.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use cantilena_tokens::Opening;
use cantilena_train::{Recipe, Run};

use super::budget::{self, Spent};
use super::clock::{Pace, now};
use super::log::Log;
use super::saves::{self, Damage};
use super::{Sketch, Training, TrainingEnd, TrainingNews};
use crate::error::StudioError;

/// One call's part of a run, from its beginning or from where it was interrupted.
pub(crate) struct Sitting<'a> {
    pub(crate) run: Run<'a>,
    request: &'a Training,
    fingerprint: &'a str,
    log: Log,
    /// When learning began, in this sitting.
    begun: Option<Instant>,
    /// Time at work in earlier sittings.
    before: Duration,
}

/// The recipe of a request, with as many notes to judge as the run had from its beginning: its
/// judgements could not be compared otherwise.
pub(crate) fn recipe_of(request: &Training, saved: &[u8]) -> Result<Recipe, StudioError> {
    let begun = cantilena_train::recipe_of(saved)
        .map_err(|source| StudioError::Resume { path: request.out.clone(), source })?;
    let mut recipe = request.recipe.clone();
    recipe.training.judged = begun.training.judged;
    Ok(recipe)
}

impl<'a> Sitting<'a> {
    /// Begins the run, or takes it up where the last whole state, if one is given, has it.
    pub(crate) fn new(
        run: Run<'a>,
        request: &'a Training,
        fingerprint: &'a str,
        saved: Option<(Vec<u8>, Vec<Damage>)>,
        watch: &mut dyn FnMut(TrainingNews) -> ControlFlow<()>,
    ) -> Result<Sitting<'a>, StudioError> {
        let folder = &request.out;
        let (run, log, before) = if let Some((bytes, damages)) = saved {
            for damage in &damages {
                let (path, why) = (&damage.path, &damage.why);
                // A break here would leave nothing to save; the next news is asked again.
                let _ = watch(TrainingNews::Damaged { path, why });
            }
            let (run, seconds) = run
                .resume(fingerprint, &bytes)
                .map_err(|source| StudioError::Resume { path: folder.clone(), source })?;
            let log = Log::resume(folder, run.steps())?;
            (run, log, Duration::try_from_secs_f64(seconds).unwrap_or_default())
        } else {
            let log = Log::begin(folder)?;
            // Whoever begins anew over an old run has been asked, and must not go on with it.
            saves::forget(folder);
            (run, log, Duration::ZERO)
        };
        Ok(Sitting { run, request, fingerprint, log, begun: None, before })
    }

    /// Time at work, over all sittings.
    pub(crate) fn elapsed(&self) -> Duration {
        self.before + self.begun.map_or(Duration::ZERO, |begun| begun.elapsed())
    }

    fn spent(&self) -> Spent {
        Spent { time: self.elapsed(), steps: self.run.steps(), epochs: self.run.epochs() }
    }

    /// Steps until a budget is used up, validation stalls or `watch` stops it.
    ///
    /// Whenever the state is saved, `watch` can have a model of the weights as they are, which
    /// opens pieces by `openings`. What is learnt and when it is judged follows from the steps
    /// alone, unless a budget is in minutes: a run that was killed and goes on ends with the same
    /// bits. Minutes begin when what knows nothing yet has been judged.
    pub(crate) fn learn(
        &mut self,
        openings: &[Opening],
        watch: &mut dyn FnMut(TrainingNews) -> ControlFlow<()>,
    ) -> Result<TrainingEnd, StudioError> {
        let budgets = &self.request.budgets;
        if self.run.steps() == 0 && self.run.is_due(0.0) {
            self.judge(0.0, watch)?;
        }
        self.begun = Some(now());
        let (mut saved, mut pace) = (now(), Pace::new());
        loop {
            let progress = budget::progress(budgets, &self.spent());
            if self.run.is_due(progress) {
                self.judge(progress, watch)?;
                if self.run.has_stalled() {
                    return Ok(TrainingEnd::Stalled);
                }
            }
            if progress >= 1.0 {
                return Ok(TrainingEnd::Budget);
            }
            if saved.elapsed() >= self.request.save_every {
                self.save()?;
                saved = now();
                // Stopping is asked for again at the next step.
                let sketch = || self.run.sketch(openings);
                let (step, sketch) = (self.run.steps(), Sketch(&sketch));
                let _ = watch(TrainingNews::Saved { step, sketch });
            }
            let report = self.run.step(progress);
            if !report.nats.is_finite() {
                let rate = self.request.recipe.training.learning_rate;
                return Err(StudioError::Diverged { step: report.step, rate });
            }
            let notes_per_second = pace.after(report.notes);
            let spent = self.spent();
            self.log.step(&report, notes_per_second, spent.time)?;
            let news = TrainingNews::Step {
                report,
                progress: budget::progress(budgets, &spent).min(1.0),
                notes_per_second,
                remaining: budget::remaining(budgets, &spent),
            };
            if watch(news).is_break() {
                self.stop(watch)?;
                return Ok(TrainingEnd::Interrupted);
            }
        }
    }

    /// Puts the run aside, and then judges its weights as they are. The judgement is no part of
    /// what goes on: an undisturbed run would not have made it.
    pub(crate) fn stop(
        &mut self,
        watch: &mut dyn FnMut(TrainingNews) -> ControlFlow<()>,
    ) -> Result<(), StudioError> {
        self.save()?;
        let is_best = self.run.validate(budget::progress(&self.request.budgets, &self.spent()));
        if let Some(moment) = self.run.history.moments.last() {
            let _ = watch(TrainingNews::Judged { moment, is_best });
        }
        Ok(())
    }

    fn judge(
        &mut self,
        progress: f64,
        watch: &mut dyn FnMut(TrainingNews) -> ControlFlow<()>,
    ) -> Result<(), StudioError> {
        let is_best = self.run.validate(progress);
        let elapsed = self.elapsed();
        if let Some(moment) = self.run.history.moments.last() {
            self.log.judged(moment, is_best, elapsed)?;
            // Stopping is asked for again at the next step, where there is something to save.
            let _ = watch(TrainingNews::Judged { moment, is_best });
        }
        Ok(())
    }

    /// Saves all that is needed to go on.
    fn save(&self) -> Result<(), StudioError> {
        self.log.sync()?;
        let bytes = self.run.save(self.fingerprint, self.elapsed().as_secs_f64());
        saves::save(&self.request.out, self.run.steps(), &bytes)
    }
}
