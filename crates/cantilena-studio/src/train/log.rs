//! `training.jsonl`: every step of a run, one JSON object a line.

use std::fs::{File, OpenOptions};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use cantilena_train::{Moment, StepReport};
use serde::{Deserialize, Serialize};

use crate::error::StudioError;

/// The log's name in the model folder.
pub(crate) const LOG: &str = "training.jsonl";

/// A log that is appended to, a whole line at a time.
pub(crate) struct Log {
    file: File,
    path: PathBuf,
}

/// One line.
#[derive(Serialize)]
struct Line {
    /// Updates so far.
    step: u64,
    /// Whether the weights were judged on the pieces held back, after this step.
    validation: bool,
    /// Nats a note: of the step's windows, or of the pieces held back.
    nats: f64,
    /// Epochs so far, in parts.
    epoch: f64,
    /// Time at work so far, over all sittings.
    seconds: f64,
    #[serde(flatten)]
    of: Of,
}

/// What only a step or only a validation has.
#[derive(Serialize)]
#[serde(untagged)]
enum Of {
    Step { learning_rate: f32, gradient_norm: f32, notes: u64, notes_per_second: f64 },
    Validation { pitch_accuracy: f64, best: bool },
}

impl Log {
    /// A new log in `folder`, which is made if need be.
    pub(crate) fn begin(folder: &Path) -> Result<Log, StudioError> {
        let path = folder.join(LOG);
        let file = std::fs::create_dir_all(folder).and_then(|()| File::create(&path));
        let file = file.map_err(|source| StudioError::Write { path: path.clone(), source })?;
        Ok(Log { file, path })
    }

    /// The log of a run that goes on after `step`. What it says of later steps is cut off, as is
    /// a line that was not finished: these steps are made again.
    pub(crate) fn resume(folder: &Path, step: u64) -> Result<Log, StudioError> {
        let path = folder.join(LOG);
        let cut = || -> std::io::Result<File> {
            let mut options = OpenOptions::new();
            let file = options.create(true).read(true).append(true).open(&path)?;
            file.set_len(kept(&mut BufReader::new(&file), step)?)?;
            Ok(file)
        };
        let file = cut().map_err(|source| StudioError::Write { path: path.clone(), source })?;
        Ok(Log { file, path })
    }

    /// Adds a step.
    pub(crate) fn step(
        &mut self,
        report: &StepReport,
        notes_per_second: f64,
        time: Duration,
    ) -> Result<(), StudioError> {
        let StepReport { step, epoch, nats, notes, learning_rate, gradient_norm } = *report;
        let of = Of::Step { learning_rate, gradient_norm, notes, notes_per_second };
        let seconds = time.as_secs_f64();
        self.append(&Line { step, validation: false, nats, epoch, seconds, of })
    }

    /// Adds a validation.
    pub(crate) fn judged(
        &mut self,
        moment: &Moment,
        best: bool,
        time: Duration,
    ) -> Result<(), StudioError> {
        self.append(&Line {
            step: moment.step,
            validation: true,
            nats: moment.validation.nats_per_note(),
            epoch: moment.epoch,
            seconds: time.as_secs_f64(),
            of: Of::Validation { pitch_accuracy: moment.validation.pitch_accuracy(), best },
        })
    }

    /// Sees to it that all lines outlast a power cut, so that none is missing before a state that
    /// is saved next.
    pub(crate) fn sync(&self) -> Result<(), StudioError> {
        self.file.sync_data().map_err(|source| self.cannot(source))
    }

    fn append(&mut self, line: &Line) -> Result<(), StudioError> {
        let mut text = serde_json::to_string(line).expect("numbers and names are plain data");
        text.push('\n');
        self.file.write_all(text.as_bytes()).map_err(|source| self.cannot(source))
    }

    fn cannot(&self, source: std::io::Error) -> StudioError {
        StudioError::Write { path: self.path.clone(), source }
    }
}

/// How a run went, as its log tells: points of (epochs, value).
#[derive(Debug, Default)]
pub(crate) struct Logged {
    /// Nats a note of the steps' own windows, a mean of those since the last validation.
    pub(crate) training: Vec<(f64, f64)>,
    /// Nats a note of the pieces held back.
    pub(crate) validation: Vec<(f64, f64)>,
    /// The share of their pitches that were right.
    pub(crate) accuracy: Vec<(f64, f64)>,
}

impl Logged {
    /// What stands in a folder's log; nothing, where there is none. Lines that are damaged are
    /// left out.
    pub(crate) fn read(folder: &Path) -> Logged {
        #[derive(Deserialize)]
        struct Point {
            validation: bool,
            nats: f64,
            epoch: f64,
            #[serde(default)]
            pitch_accuracy: Option<f64>,
        }
        let mut logged = Logged::default();
        let text = std::fs::read_to_string(folder.join(LOG)).unwrap_or_default();
        let (mut sum, mut steps) = (0.0, 0u32);
        for point in text.lines().filter_map(|line| serde_json::from_str::<Point>(line).ok()) {
            if !point.validation {
                (sum, steps) = (sum + point.nats, steps + 1);
                continue;
            }
            if steps > 0 {
                logged.training.push((point.epoch, sum / f64::from(steps)));
                (sum, steps) = (0.0, 0);
            }
            logged.validation.push((point.epoch, point.nats));
            logged.accuracy.extend(point.pitch_accuracy.map(|right| (point.epoch, right)));
        }
        logged
    }
}

/// The bytes from the beginning that hold whole lines of steps up to `step`.
fn kept(lines: &mut impl BufRead, step: u64) -> std::io::Result<u64> {
    #[derive(Deserialize)]
    struct Step {
        step: u64,
    }
    let (mut kept, mut line) = (0, Vec::new());
    while lines.read_until(b'\n', &mut line)? > 0 {
        let whole = line.last() == Some(&b'\n');
        match serde_json::from_slice::<Step>(&line) {
            Ok(found) if whole && found.step <= step => kept += line.len() as u64,
            _ => break,
        }
        line.clear();
    }
    Ok(kept)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(step: u64) -> StepReport {
        let (epoch, nats) = (step as f64 / 8.0, 2.5);
        StepReport { step, epoch, nats, notes: 64, learning_rate: 1e-3, gradient_norm: 0.5 }
    }

    fn lines(folder: &Path) -> Vec<serde_json::Value> {
        let text = std::fs::read_to_string(folder.join(LOG)).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    #[test]
    fn steps_that_are_made_again_stand_there_once() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = Log::begin(&folder.path().join("new")).unwrap();
        let folder = folder.path().join("new");
        let second = Duration::from_secs(1);
        for step in 1..=7 {
            log.step(&report(step), 100.0, second * step as u32).unwrap();
            if step == 4 {
                let moment = Moment {
                    step,
                    epoch: 0.5,
                    progress: 0.5,
                    train_nats: 2.0,
                    validation: Default::default(),
                };
                log.judged(&moment, true, second * 4).unwrap();
            }
        }
        // The kill came amid the eighth.
        log.file.write_all(b"{\"step\":8,\"na").unwrap();
        drop(log);
        let mut log = Log::resume(&folder, 4).unwrap();
        for step in 5..=8 {
            log.step(&report(step), 100.0, second * step as u32).unwrap();
        }
        let lines = lines(&folder);
        let steps: Vec<_> = lines.iter().map(|line| line["step"].as_u64().unwrap()).collect();
        assert_eq!(steps, [1, 2, 3, 4, 4, 5, 6, 7, 8]);
        let validations: Vec<_> = lines.iter().filter(|line| line["validation"] == true).collect();
        assert_eq!(validations.len(), 1);
        assert_eq!(validations[0]["best"], true);
        for name in ["nats", "learning_rate", "gradient_norm", "notes_per_second", "seconds"] {
            assert!(lines[0][name].is_number(), "{name} in {}", lines[0]);
        }
    }

    #[test]
    fn a_log_that_is_gone_begins_where_the_run_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = Log::resume(folder.path(), 40).unwrap();
        log.step(&report(41), 1.0, Duration::ZERO).unwrap();
        assert_eq!(lines(folder.path()).len(), 1);
    }
}
