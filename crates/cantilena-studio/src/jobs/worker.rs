//! The thread of one training: it learns, tells of it, and keeps what comes of it.

use std::ops::ControlFlow;
use std::panic::AssertUnwindSafe;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use cantilena_corpus::OutcomeKind;
use cantilena_formats::midi;
use cantilena_generate::Length;
use cantilena_model::Model;

use super::job::{Job, JobStage};
use super::news::JobNews;
use super::turns::Turns;
use super::{brought, record};
use crate::clock::{now, unix_seconds};
use crate::commission::{Commission, perform_with};
use crate::error::{StudioError, explained};
use crate::pieces::{Piece, PieceId, Pieces, Verb};
use crate::priority::StandBack;
use crate::train::{Training, TrainingEnd, TrainingNews, saves, train};

/// Bars of a sample: long enough to hear what it is about, and composed in a moment.
const SAMPLE_BARS: u32 = 8;

/// Where the chance of every sample begins.
const SAMPLE_SEED: u64 = 1;

/// How often a step is told: as often as people can see it.
const STEP_EVERY: Duration = Duration::from_millis(200);

/// The thread of one job.
pub(super) struct Worker {
    pub(super) job: Arc<Job>,
    pub(super) pieces: Arc<Pieces>,
    /// The line in which jobs wait, and this one's place in it.
    pub(super) turns: Arc<Turns>,
    pub(super) place: u64,
    /// Where the files lie that are learnt from.
    pub(super) files: PathBuf,
}

impl Worker {
    pub(super) fn work(&self, training: &Training) {
        StandBack::Learning.here();
        let turn = self.turns.wait(self.place, || self.job.is_to_stop());
        let result = std::panic::catch_unwind(AssertUnwindSafe(|| self.train(training)));
        let (stage, why) = match result {
            Ok(Ok(stage)) => (stage, String::new()),
            Ok(Err(error)) => (JobStage::Failed, self.nameless(&explained(&error))),
            Err(_) => (JobStage::Failed, "the training broke off through a fault of ours".into()),
        };
        self.job.tell(JobNews::Ended { stage, why });
        self.write_down();
        drop(turn);
    }

    fn train(&self, training: &Training) -> Result<JobStage, StudioError> {
        if self.job.is_to_stop() {
            return Ok(JobStage::Stopped);
        }
        self.job.begin();
        // A job that was stopped before its first step has nothing to go on from.
        let resume = training.resume && saves::exist(&training.out);
        let training = Training { resume, ..training.clone() };
        let mut told = None;
        let outcome = train(&training, &|_, _| {}, &mut |news| {
            self.tell(news, &mut told);
            match self.job.is_to_stop() {
                true => ControlFlow::Break(()),
                false => ControlFlow::Continue(()),
            }
        })?;
        Ok(match outcome.end {
            TrainingEnd::Interrupted => JobStage::Stopped,
            _ => JobStage::Done,
        })
    }

    /// Puts news into the form that is kept; of steps, not more than people can see.
    fn tell(&self, news: TrainingNews, told: &mut Option<Instant>) {
        let news = match news {
            TrainingNews::Gathered { outcomes, .. } => {
                let (mut read, mut repaired, mut refused) = (0, Vec::new(), Vec::new());
                for outcome in outcomes {
                    let name = || brought(&self.nameless(&outcome.name)).to_owned();
                    match &outcome.kind {
                        OutcomeKind::Read => read += 1,
                        OutcomeKind::Repaired(faults) => {
                            let faults = faults.iter().map(ToString::to_string).collect();
                            repaired.push((name(), faults));
                        }
                        OutcomeKind::Refused(why) => refused.push((name(), why.clone())),
                    }
                }
                JobNews::Gathered { read, repaired, refused }
            }
            TrainingNews::Damaged { why, .. } => JobNews::Damaged { why: why.to_owned() },
            TrainingNews::Begun { pieces, duplicates, notes, weights, .. } => {
                JobNews::Begun { pieces, duplicates, notes, weights }
            }
            TrainingNews::Leakage(leakage) => JobNews::Leakage { words: leakage.to_string() },
            TrainingNews::Baseline(evaluation) => JobNews::Baseline {
                nats: evaluation.nats_per_note(),
                pitch_accuracy: evaluation.pitch_accuracy(),
            },
            TrainingNews::Step { report, progress, notes_per_second, remaining } => {
                if told.is_some_and(|last: Instant| last.elapsed() < STEP_EVERY) {
                    return;
                }
                *told = Some(now());
                JobNews::Step {
                    step: report.step,
                    nats: report.nats,
                    learning_rate: report.learning_rate,
                    progress,
                    notes_per_second,
                    remaining: remaining.as_secs_f64(),
                }
            }
            TrainingNews::Saved { step, sketch } => match self.sample(step, &sketch.model()) {
                Ok(piece) => JobNews::Sampled { step, piece: piece.to_string() },
                // The training is worth more than a sample of it.
                Err(_) => return,
            },
            TrainingNews::Judged { moment, is_best } => JobNews::Judged {
                step: moment.step,
                epoch: moment.epoch,
                training: moment.train_nats,
                validation: moment.validation.nats_per_note(),
                pitch_accuracy: moment.validation.pitch_accuracy(),
                best: is_best,
            },
        };
        let keep = matches!(
            news,
            JobNews::Judged { .. } | JobNews::Gathered { .. } | JobNews::Sampled { .. }
        );
        self.job.tell(news);
        if keep {
            self.write_down();
        }
    }

    /// Has a model that is still learning compose a few bars, and keeps them out of the way: they
    /// are told of, and are no part of the history until somebody wants them there.
    fn sample(&self, step: u64, model: &Model) -> Result<PieceId, StudioError> {
        // The same seed every time, so that what is heard to change is the model.
        let commission = Commission::new(Length::Bars(SAMPLE_BARS), SAMPLE_SEED);
        let name = &self.job.request.name;
        let composition =
            perform_with(model, name, &commission, &mut |_| ControlFlow::Continue(()))?;
        let mut score = composition.score;
        score.title = format!("{name} after {step} steps");
        let bytes = midi::write(&score)?.bytes;
        let piece = Piece {
            id: PieceId::of(&[b"sampled ".as_slice(), &bytes].concat()),
            verb: Verb::Sampled,
            request: score.title.clone(),
            title: score.title.clone(),
            bars: score.bars(),
            notes: score.note_count(),
            seconds: score.seconds().0,
            bytes,
        };
        self.pieces.keep(&piece, &self.job.owner, None, unix_seconds())?;
        self.pieces.remove(&self.job.owner, piece.id, true)?;
        Ok(piece.id)
    }

    /// A text without the folder that the files lie in, which is nobody's business.
    fn nameless(&self, text: &str) -> String {
        let folder = self.files.display().to_string();
        text.replace(&format!("{folder}/"), "").replace(&folder, "the files")
    }

    fn write_down(&self) {
        // A store that cannot be written to now will say so to the next who asks; the model is
        // worth more than its log.
        let _ = record::keep(&self.pieces, &self.job);
    }
}
