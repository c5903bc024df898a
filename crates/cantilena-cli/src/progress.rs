//! A training as a person watches it: its curves in a terminal, plain lines elsewhere.

use std::path::Path;
use std::time::Duration;

use cantilena_studio::{Beside, Outcome, OutcomeKind, SystemNews, TrainingNews, judging_windows};
use indicatif::{ProgressBar, ProgressStyle};

use crate::sparkline::sparkline;
use crate::words::{clock, count, counted, say};

/// Shows how a training goes, on stderr.
pub(crate) struct TrainingLine {
    bar: ProgressBar,
    /// Whether the bar was begun; a hidden one cannot tell.
    is_begun: bool,
    /// Nats a note of the windows between two validations.
    learnt: Vec<f64>,
    /// Nats a note on the pieces held back, each time they were judged.
    held_back: Vec<f64>,
    markov: f64,
    weights: usize,
}

/// Characters of a curve: two of them and what is said beside them fit a narrow terminal.
const CURVE_WIDTH: usize = 40;

/// Steps of the bar over a whole run.
const RESOLUTION: u64 = 1000;

impl TrainingLine {
    /// A line that shows nothing yet.
    pub(crate) fn new() -> TrainingLine {
        let bar = ProgressBar::hidden();
        let (learnt, held_back) = (Vec::new(), Vec::new());
        TrainingLine { bar, is_begun: false, learnt, held_back, markov: 0.0, weights: 0 }
    }

    /// Shows what is new.
    pub(crate) fn show(&mut self, news: &TrainingNews) {
        match news {
            TrainingNews::Gathered { outcomes, beside } => {
                self.say(&gathered(outcomes, beside));
            }
            TrainingNews::Damaged { path, why } => self.say(&damaged(path, why)),
            TrainingNews::Leakage(leakage) => self.say(&format!("Held back: {leakage}")),
            TrainingNews::Begun {
                pieces,
                duplicates,
                notes,
                judged,
                disregards_beats,
                bars_of_one_beat,
                weights,
                resumed_at,
                is_precision_native,
            } => {
                let same = match duplicates {
                    0 => String::new(),
                    n => format!(", {} of them the same as another in some key", count(*n as u64)),
                };
                self.say(&format!(
                    "Learning from {} ({} notes{same}); {} held back ({} notes)",
                    counted(pieces.0, "piece", "pieces"),
                    count(notes.0 as u64),
                    counted(pieces.1, "piece", "pieces"),
                    count(notes.1 as u64),
                ));
                if judged.0 < pieces.1 {
                    self.say(&format!(
                        "{} of those held back, evenly spread, {} what is learnt ({} notes)",
                        counted(judged.0, "piece", "pieces"),
                        if judged.0 == 1 { "judges" } else { "judge" },
                        count(judged.1 as u64),
                    ));
                }
                if *bars_of_one_beat > 0 {
                    self.say(&format!(
                        "{} bars of one beat, as programs write that know no meter; what is \
                         composed like them has such bars too, so say its length as --seconds or \
                         --notes",
                        counted(*bars_of_one_beat, "piece has", "pieces have"),
                    ));
                }
                if *disregards_beats {
                    self.say(
                        "Most of it is played without regard to the beats that its files name; \
                         --representation notes-clock learns its times to 10 ms, and the pedal",
                    );
                }
                if !is_precision_native {
                    self.say(
                        "The recipe asks for bf16, and this processor has no instruction for it \
                         that pays: learning in f32",
                    );
                }
                self.weights = *weights;
                if *resumed_at > 0 {
                    self.say(&format!("Going on after step {}", count(*resumed_at)));
                }
            }
            TrainingNews::Baseline(baseline) => {
                self.markov = baseline.nats_per_note();
                self.say(&format!(
                    "To beat: {:.3} nats a note, pitch right {:.1} % (Markov model, order 3); the \
                     network has {} weights",
                    self.markov,
                    baseline.pitch_accuracy() * 100.0,
                    count(self.weights as u64),
                ));
            }
            TrainingNews::Step { report, progress, notes_per_second, remaining } => {
                if !self.is_begun {
                    self.begin();
                }
                self.bar.set_position((progress * RESOLUTION as f64) as u64);
                self.bar.set_message(format!(
                    "step {} · loss {:.3} · rate {:.1e} · {} notes/s · {} to go{}",
                    count(report.step),
                    report.nats,
                    report.learning_rate,
                    count(*notes_per_second as u64),
                    clock(*remaining),
                    self.curves(),
                ));
            }
            TrainingNews::Saved { .. } => {}
            TrainingNews::Judged { moment, is_best } => {
                self.held_back.push(moment.validation.nats_per_note());
                if moment.step > 0 {
                    self.learnt.push(moment.train_nats);
                }
                if self.bar.is_hidden() {
                    let loss = match moment.step {
                        0 => String::new(),
                        _ => format!(" · loss {:.3}", moment.train_nats),
                    };
                    self.say(&format!(
                        "step {} · epoch {:.1}{loss} · held back {:.3} · pitch right {:.1} %{}",
                        moment.step,
                        moment.epoch,
                        moment.validation.nats_per_note(),
                        moment.validation.pitch_accuracy() * 100.0,
                        if *is_best { " · best" } else { "" },
                    ));
                }
            }
        }
    }

    /// Takes the live line away.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    /// The curves so far, a line each; a run has some forty points of each.
    fn curves(&self) -> String {
        let curve = |name: &str, values: &[f64]| match values.last() {
            Some(last) => format!("\n{name:>12} {last:6.3} {}", sparkline(values, CURVE_WIDTH)),
            None => String::new(),
        };
        curve("learning", &self.learnt) + &curve("held back", &self.held_back)
    }

    fn begin(&mut self) {
        self.is_begun = true;
        // indicatif hides it where stderr is no terminal.
        self.bar = ProgressBar::new(RESOLUTION).with_style(style("{bar:24} {percent:>3} % {msg}"));
        self.bar.enable_steady_tick(Duration::from_millis(250));
    }

    fn say(&self, line: &str) {
        self.bar.suspend(|| say(line));
    }
}

/// Shows how the training of a system goes, on stderr.
pub(crate) struct SystemLine {
    bar: ProgressBar,
    /// The last validation loss, for the line.
    validation: Option<f64>,
}

impl SystemLine {
    /// A line that shows nothing yet.
    pub(crate) fn new() -> SystemLine {
        SystemLine { bar: ProgressBar::hidden(), validation: None }
    }

    /// Shows what is new.
    pub(crate) fn show(&mut self, news: &SystemNews) {
        match news {
            SystemNews::Gathered { outcomes, beside } => {
                self.say(&gathered(outcomes, beside));
            }
            SystemNews::Damaged { path, why } => self.say(&damaged(path, why)),
            SystemNews::Begun { pieces, windows, symbols, weights, resumed_at } => {
                self.say(&format!(
                    "Learning from {} ({} windows); {} judge ({} windows); {} symbols, {} weights",
                    counted(pieces.0, "piece", "pieces"),
                    count(windows.0 as u64),
                    count(pieces.1 as u64),
                    count(windows.1 as u64),
                    count(*symbols as u64),
                    count(*weights as u64),
                ));
                let (while_learning, at_last) = judging_windows(windows.1);
                if while_learning < at_last {
                    self.say(&format!(
                        "{} of the windows that judge, evenly spread, judge while it learns; {} \
                         judge the model that is saved",
                        count(while_learning as u64),
                        count(at_last as u64),
                    ));
                }
                if *resumed_at > 0 {
                    self.say(&format!("Going on after step {}", count(*resumed_at)));
                }
                self.bar =
                    ProgressBar::new(RESOLUTION).with_style(style("{bar:24} {percent:>3} % {msg}"));
                self.bar.enable_steady_tick(Duration::from_millis(250));
            }
            SystemNews::Step { report, progress, remaining } => {
                self.bar.set_position((progress * RESOLUTION as f64) as u64);
                let validation = self
                    .validation
                    .map_or_else(String::new, |loss| format!(" · validation {loss:.4}"));
                self.bar.set_message(format!(
                    "epoch {:.2} · loss {:.4}{validation} · {} to go",
                    report.epoch,
                    report.loss,
                    clock(*remaining),
                ));
            }
            SystemNews::Judged { point, is_best } => {
                self.validation = Some(point.validation.loss());
                if self.bar.is_hidden() {
                    let training = match point.train.measures.is_empty() {
                        true => String::new(),
                        false => format!("training loss {:.4} · ", point.train.loss()),
                    };
                    self.say(&format!(
                        "epoch {:.2} · {training}validation {}{}",
                        point.epoch,
                        crate::cmd::system_words(&point.validation),
                        if *is_best { " · best" } else { "" },
                    ));
                }
            }
        }
    }

    /// Takes the live line away.
    pub(crate) fn finish(&self) {
        self.bar.finish_and_clear();
    }

    fn say(&self, line: &str) {
        self.bar.suspend(|| say(line));
    }
}

/// A state of a run that cannot be believed.
fn damaged(path: &Path, why: &str) -> String {
    format!("{} is damaged ({why}); going on from the state before it", path.display())
}

/// A bar that counts files, to be shared between threads.
pub(crate) fn reading_bar() -> ProgressBar {
    ProgressBar::new(0).with_style(style("{bar:24} {pos} of {len} files read, {per_sec}"))
}

pub(crate) fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template)
        .expect("the template is one of ours")
        .progress_chars("━╸ ")
}

/// What became of the files, in a line or a few.
pub(crate) fn gathered(outcomes: &[Outcome], beside: &Beside) -> String {
    let refused: Vec<_> = outcomes
        .iter()
        .filter_map(|outcome| match &outcome.kind {
            OutcomeKind::Refused(why) => Some(format!("  refused {}: {why}", outcome.name)),
            _ => None,
        })
        .collect();
    let repaired = outcomes.iter().filter(|o| matches!(o.kind, OutcomeKind::Repaired(_))).count();
    let mut text = format!(
        "{}: {} read as they are, {} repaired, {} refused",
        counted(outcomes.len(), "music file", "music files"),
        count((outcomes.len() - refused.len() - repaired) as u64),
        count(repaired as u64),
        count(refused.len() as u64),
    );
    if beside.other_files > 0 {
        let others = counted(beside.other_files, "file is", "files are");
        text.push_str(&format!("; {others} no music"));
    }
    if !beside.passed_over.is_nothing() {
        text.push_str(&format!("\n  passed over: {}", beside.passed_over));
    }
    // A screenful; all of them are in the report.
    for line in refused.iter().take(REFUSED_SHOWN) {
        text.push('\n');
        text.push_str(line);
    }
    if refused.len() > REFUSED_SHOWN {
        text.push_str(&format!("\n  … and {} more, in files.json", refused.len() - REFUSED_SHOWN));
    }
    text
}

/// Refused files that are named in the terminal.
const REFUSED_SHOWN: usize = 8;
