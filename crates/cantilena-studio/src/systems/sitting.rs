//! A run of a system at work: the run, the clock and the disk.

use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use cantilena_systems::{Epoch, SystemRun};

use crate::error::StudioError;
use crate::systems::prepared::Prepared;
use crate::systems::train::{SystemNews, SystemTraining};
use crate::train::{TrainingEnd, now, remaining, saves};

/// Windows that judge a point of the history.
pub(super) const JUDGED: usize = 2048;

/// How often a run is judged, at least, over its length.
const POINTS: f64 = 40.0;

/// How many windows are learnt from, at least, for each that judges. One that is learnt from costs
/// what three that judge do, so that judging takes a tenth of the time at most. It is no matter of
/// the clock: which weights are the best must follow from the steps alone.
const LEARNT_FOR_EACH_JUDGED: u64 = 3;

/// One call's part of a run, from its beginning or from where it was interrupted.
pub(super) struct SystemSitting<'a> {
    pub(super) run: SystemRun<'a>,
    request: &'a SystemTraining,
    prepared: &'a Prepared,
    /// When learning began; before that, nothing counts as time at work.
    begun: Option<Instant>,
    /// Time at work in earlier sittings.
    before: Duration,
}

impl<'a> SystemSitting<'a> {
    /// Begins the run, or takes it up where the last whole state has it.
    pub(super) fn new(
        run: SystemRun<'a>,
        request: &'a SystemTraining,
        prepared: &'a Prepared,
        watch: &mut dyn FnMut(SystemNews) -> ControlFlow<()>,
    ) -> Result<SystemSitting<'a>, StudioError> {
        let folder = &request.out;
        let (run, before) = if request.resume {
            let (bytes, damages) = saves::load(folder)?;
            for damage in &damages {
                let (path, why) = (&damage.path, damage.why.as_str());
                // A break here would leave nothing to save; the next news is asked again.
                let _ = watch(SystemNews::Damaged { path, why });
            }
            let (run, seconds) = run.resume(&prepared.fingerprint, &bytes)?;
            (run, Duration::try_from_secs_f64(seconds).unwrap_or_default())
        } else {
            // Whoever begins anew over an old run has been asked, and must not go on with it.
            saves::forget(folder);
            (run, Duration::ZERO)
        };
        Ok(SystemSitting { run, request, prepared, begun: None, before })
    }

    /// Time at work, over all sittings.
    pub(super) fn elapsed(&self) -> Duration {
        self.before + self.begun.map_or(Duration::ZERO, |begun| begun.elapsed())
    }

    /// Steps until the recipe's epochs or the time are used up, validation stalls or `watch` stops
    /// it.
    ///
    /// What is learnt and when it is judged follows from the steps alone, unless the time is
    /// limited: a run that was killed and goes on ends with the same bits.
    pub(super) fn learn(
        &mut self,
        watch: &mut dyn FnMut(SystemNews) -> ControlFlow<()>,
    ) -> Result<TrainingEnd, StudioError> {
        if self.run.history.is_empty() {
            // Whatever judging costs here, the time that was given is for learning.
            self.judge(watch);
        }
        self.begun = Some(now());
        let mut saved = now();
        loop {
            if self.is_due() {
                self.judge(watch);
            }
            let progress = self.progress();
            if progress >= 1.0 {
                return Ok(TrainingEnd::Budget);
            }
            if self.run.has_stalled() {
                return Ok(TrainingEnd::Stalled);
            }
            if saved.elapsed() >= self.request.save_every {
                self.save()?;
                saved = now();
            }
            let report = self.run.step(progress);
            if !report.loss.is_finite() {
                let rate = self.request.recipe.training.learning_rate;
                return Err(StudioError::Diverged { step: report.step, rate });
            }
            let remaining = remaining(self.elapsed(), progress);
            if watch(SystemNews::Step { report, progress, remaining }).is_break() {
                return self.stop(watch);
            }
        }
    }

    /// Puts the run aside, and then judges its weights as they are. The judgement is no part of
    /// what goes on: an undisturbed run would not have made it.
    pub(super) fn stop(
        &mut self,
        watch: &mut dyn FnMut(SystemNews) -> ControlFlow<()>,
    ) -> Result<TrainingEnd, StudioError> {
        self.save()?;
        self.judge(watch);
        Ok(TrainingEnd::Interrupted)
    }

    /// How much of the run is over, 0 to 1 and beyond.
    fn progress(&self) -> f64 {
        self.progress_at(self.elapsed().as_secs_f64(), self.run.epochs())
    }

    /// How much of the run is over after so many seconds and epochs, whichever is nearer its limit.
    fn progress_at(&self, seconds: f64, epochs: f64) -> f64 {
        let by_clock = self.request.minutes.map_or(0.0, |most| seconds / (most * 60.0).max(1e-9));
        by_clock.max(epochs / self.request.recipe.training.epochs as f64)
    }

    /// Whether the windows that judge are to be predicted now: at the end, and after an epoch or
    /// a part of the run, unless judging would take more of the time than it may.
    fn is_due(&self) -> bool {
        let (steps, progress) = (self.run.steps(), self.progress());
        let Some(Epoch { step, seconds, epoch, .. }) = self.run.history.last() else { return true };
        if *step == steps {
            return false;
        }
        let is_epoch = steps.is_multiple_of(self.run.steps_an_epoch());
        let is_part = progress - self.progress_at(*seconds, *epoch) > 1.0 / POINTS;
        let learnt = (steps - step) * self.request.recipe.training.batch as u64;
        let judging = self.prepared.material.windows().1.min(JUDGED);
        let may = learnt >= LEARNT_FOR_EACH_JUDGED * judging as u64;
        progress >= 1.0 || (is_epoch || is_part) && may
    }

    fn judge(&mut self, watch: &mut dyn FnMut(SystemNews) -> ControlFlow<()>) {
        let is_best = self.run.validate(JUDGED, self.elapsed().as_secs_f64());
        if let Some(point) = self.run.history.last() {
            // Stopping is asked for again at the next step, where there is something to save.
            let _ = watch(SystemNews::Judged { point, is_best });
        }
    }

    /// Saves all that is needed to go on.
    fn save(&self) -> Result<(), StudioError> {
        let bytes = self.run.save(&self.prepared.fingerprint, self.elapsed().as_secs_f64());
        saves::save(&self.request.out, self.run.steps(), &bytes)
    }
}
