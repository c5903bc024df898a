//! `cantilena tune`: which recipe learns best from this music, on this machine, in so much time.

use std::fmt::Write;
use std::path::PathBuf;

use cantilena_studio::{Music, Overwrite, Trial, Tuning, TuningOutcome, tune};
use clap::Args;

use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::progress::reading_bar;
use crate::tuning_line::TuningLine;
use crate::words::{count, give, pasted};

/// Find the recipe that learns best from your music: sizes, dropout, batch, learning rate.
#[derive(Args)]
#[command(allow_negative_numbers = true)]
#[command(after_help = "\
Examples:
  cantilena tune ~/midi --minutes 20 --out tuned
  cantilena train ~/midi --recipe tuned/recipe.toml --out my-model

Many recipes are tried for a short time, the better half for twice as long, and so on. The more
minutes, the more recipes. Ctrl-C ends the trying and gives the best so far.")]
pub(crate) struct Tune {
    /// Folders, files and archives to learn from.
    #[arg(required_unless_present = "songbook")]
    music: Vec<PathBuf>,
    /// Learn from the built-in songbook.
    #[arg(long, conflicts_with = "music")]
    songbook: bool,
    /// The folder for recipe.toml and candidates.json.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// How long to try.
    #[arg(long, value_name = "M", default_value = "10", value_parser = super::positive)]
    minutes: f64,
    /// The recipe to vary, in TOML, or the name of one for models of notes that `cantilena recipes`
    /// lists.
    #[arg(long, value_name = "FILE")]
    recipe: Option<PathBuf>,
    /// The seed of the recipes that are drawn and of everything random in the learning.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Threads.
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Replace the result that is there.
    #[arg(long)]
    force: bool,
    /// Print the table on stdout as JSON.
    #[arg(long)]
    json: bool,
}

impl Tune {
    pub(crate) fn execute(self) -> Result<(), Failure> {
        let mut recipe = super::recipe(self.recipe.as_deref())?;
        if let Some(seed) = self.seed {
            recipe.training.seed = seed;
        }
        let interrupt = Interrupt::listen();
        let request = Tuning {
            music: if self.songbook { Music::Songbook } else { Music::Paths(self.music) },
            recipe,
            minutes: self.minutes,
            out: self.out.clone(),
            overwrite: if self.force { Overwrite::Replace } else { Overwrite::Refuse },
            threads: super::threads(self.threads),
        };
        let reading = reading_bar();
        let mut line = TuningLine::new();
        let outcome = tune(
            &request,
            &|done, total| {
                reading.set_length(total as u64);
                reading.set_position(done as u64);
            },
            &mut |news| {
                reading.finish_and_clear();
                line.show(&news);
                interrupt.flow()
            },
        );
        line.finish();
        let outcome = outcome?;
        let file = self.out.join("recipe.toml");
        match self.json {
            true => give(&serde_json::json!({ "table": outcome.table }).to_string())?,
            false => give(&format!(
                "{}\n\nThe best is in {file}. Learn with it for as long as you like:\n\
                 cantilena train FOLDER --recipe {pasted} --out my-model",
                table(&outcome),
                file = file.display(),
                pasted = pasted(&file),
            ))?,
        }
        match outcome.interrupted {
            true => Err(Failure::Interrupted("Stopped; the best of what was tried.".to_owned())),
            false => Ok(()),
        }
    }
}

/// All candidates, the best first.
fn table(outcome: &TuningOutcome) -> String {
    let mut text = format!(
        "{:>5} {:>6} {:>6} {:>7} {:>7} {:>9} {:>11} {:>7} {:>12}",
        "round", "units", "layers", "dropout", "streams", "rate", "weights", "steps", "nats a note"
    );
    for trial in &outcome.table {
        let Trial { candidate, round, weights, steps, nats_per_note, .. } = trial;
        let nats = nats_per_note.map_or("no number".to_owned(), |nats| format!("{nats:.3}"));
        let _ = write!(
            text,
            "\n{round:>5} {:>6} {:>6} {:>7} {:>7} {:>9} {:>11} {:>7} {nats:>12}",
            candidate.units,
            candidate.layers,
            candidate.dropout,
            candidate.streams,
            candidate.learning_rate,
            count(*weights as u64),
            count(*steps),
        );
    }
    text
}
