//! A tuning as a person watches it.

use std::time::Duration;

use cantilena_studio::{TrainingNews, TuningNews};
use indicatif::ProgressBar;

use crate::progress::{gathered, style};
use crate::words::{clock, counted, say};

/// Shows how a tuning goes, on stderr.
pub(crate) struct TuningLine {
    bar: ProgressBar,
    best: Option<f64>,
}

/// Steps of the bar over the whole.
const RESOLUTION: u64 = 1000;

impl TuningLine {
    /// A line that shows nothing yet.
    pub(crate) fn new() -> TuningLine {
        TuningLine { bar: ProgressBar::hidden(), best: None }
    }

    /// Shows what is new.
    pub(crate) fn show(&mut self, news: &TuningNews) {
        match news {
            TuningNews::Reading(TrainingNews::Gathered { outcomes, beside }) => {
                self.say(&gathered(outcomes, beside));
            }
            TuningNews::Reading(_) => {}
            TuningNews::Begun { candidates, rounds, first_trial } => {
                self.say(&format!(
                    "Trying {} in {}, the first for {} each",
                    counted(*candidates, "recipe", "recipes"),
                    counted(*rounds, "round", "rounds"),
                    clock(*first_trial),
                ));
                // indicatif hides it where stderr is no terminal.
                let style = style("{bar:24} {percent:>3} % {msg} {elapsed}");
                self.bar = ProgressBar::new(RESOLUTION).with_style(style);
                self.bar.enable_steady_tick(Duration::from_millis(250));
            }
            TuningNews::Working { progress } => {
                self.bar.set_position((progress * RESOLUTION as f64) as u64);
            }
            TuningNews::Tried(trial) => {
                let nats = trial.nats_per_note.unwrap_or(f64::INFINITY);
                let best = self.best.map_or(nats, |best| best.min(nats));
                self.best = Some(best);
                self.bar.set_message(format!("best {best:.3} nats a note"));
                if self.bar.is_hidden() {
                    let it = &trial.candidate;
                    self.say(&format!(
                        "round {} · {} units, {}, dropout {}, {} streams, rate {} · {nats:.3}",
                        trial.round,
                        it.units,
                        counted(it.layers, "layer", "layers"),
                        it.dropout,
                        it.streams,
                        it.learning_rate,
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
