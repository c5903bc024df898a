//! `cantilena train`: music becomes a model.

use std::path::{Path, PathBuf};
use std::time::Duration;

use cantilena_studio::{
    Budget, Music, Overwrite, RateFound, RateSearch, SystemTraining, Training, TrainingEnd,
    TrainingOutcome, find_learning_rate, train,
};
use cantilena_systems::{Protocol, SystemRecipe};
use cantilena_tokens::Representation;
use cantilena_train::Recipe;
use clap::Args;

use crate::cmd::recipes::Named;
use crate::cmd::until;
use crate::failure::Failure;
use crate::interrupt::Interrupt;
use crate::progress::{TrainingLine, reading_bar};
use crate::words::{clock, give, pasted};

/// Learn from your own music: folders of MIDI, MusicXML or ABC, single files, .zip archives.
#[derive(Args)]
#[command(allow_negative_numbers = true)]
#[command(after_help = "\
Examples:
  cantilena train ~/midi --minutes 5 --out my-model
  cantilena train bach.zip more/ --epochs 20 --seed 2 --out bach
  cantilena train ~/midi --out my-model --resume      go on where Ctrl-C stopped it
  cantilena train --songbook --steps 200 --out tiny
  cantilena train ~/midi --recipe melody --minutes 3 --out tunes      one of the five systems
  cantilena train ~/humming --listen --out hummed     from recordings of one voice
  cantilena train ~/midi --find-learning-rate --out rate
  cantilena train ~/midi --epochs 50 --minutes 30 --patience 6 --out my-model

Ctrl-C stops the learning and saves the model so far. Nothing is replaced without --force.")]
pub(crate) struct Train {
    /// Folders, files and archives to learn from.
    #[arg(required_unless_present = "songbook")]
    music: Vec<PathBuf>,
    /// Learn from the built-in songbook, by a recipe of its own if none is given.
    #[arg(long, conflicts_with = "music")]
    songbook: bool,
    /// Hear notes in recordings of one voice, sung or played, and learn from those.
    #[arg(long, conflicts_with = "songbook")]
    listen: bool,
    /// The model's folder.
    #[arg(long, value_name = "FOLDER")]
    out: PathBuf,
    /// How long to learn; 5 if neither --steps nor --epochs is given.
    #[arg(long, value_name = "M", value_parser = super::positive)]
    minutes: Option<f64>,
    /// Learn for so many updates. Of several limits, the first that is reached ends the learning.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..))]
    steps: Option<u64>,
    /// Learn from every piece so many times.
    #[arg(long, value_name = "N", value_parser = super::positive)]
    epochs: Option<f64>,
    /// Stop when so many validations in a row were no better; 0 never does [default: the recipe's].
    #[arg(long, value_name = "N")]
    patience: Option<usize>,
    /// A recipe in TOML, or the name of one that `cantilena recipes` lists.
    #[arg(long, value_name = "FILE|NAME")]
    recipe: Option<PathBuf>,
    /// Who judges a system: legacy (shuffled windows, as its authors did) or by-piece.
    #[arg(long, value_name = "HOW")]
    protocol: Option<Protocol>,
    /// How scores are written for the network: notes, notes-clock, notes-chords, pitches,
    /// performance, remi, tsd, midi-like, frames or pitch-step-duration.
    #[arg(long, value_name = "NAME")]
    representation: Option<Representation>,
    /// The seed of everything random in the learning.
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
    /// Threads; they change the time it takes and nothing else.
    #[arg(long, value_name = "N")]
    threads: Option<usize>,
    /// Save the state of the learning so often, in seconds; a killed training loses no more.
    #[arg(long, value_name = "S", default_value = "60", value_parser = super::positive)]
    save_every: f64,
    /// Go on with a training that was interrupted, with the same music, recipe and limits.
    #[arg(long, conflicts_with = "force")]
    resume: bool,
    /// Replace the model that is there.
    #[arg(long)]
    force: bool,
    /// Instead of learning, find the learning rate for this recipe and music; leaves a picture and
    /// the figures in the folder.
    #[arg(long, conflicts_with_all = ["minutes", "steps", "epochs", "resume", "patience"])]
    find_learning_rate: bool,
    /// Print the result on stdout as JSON.
    #[arg(long)]
    json: bool,
}

impl Train {
    pub(crate) fn execute(self) -> Result<(), Failure> {
        if let Some(recipe) = self.system()? {
            return super::system::train(self.as_system(recipe)?, self.json);
        }
        if self.find_learning_rate {
            return self.find();
        }
        let recipe = self.recipe()?;
        let interrupt = Interrupt::listen();
        let request = Training {
            music: self.music(),
            recipe,
            budgets: self.budgets(),
            out: self.out.clone(),
            overwrite: self.overwrite(),
            resume: self.resume,
            save_every: self.save_every(),
            threads: super::threads(self.threads),
        };
        let reading = reading_bar();
        let mut line = TrainingLine::new();
        let outcome = train(
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
        let best = outcome.history.best().map(|moment| moment.step);
        let steps = outcome.checkpoint.provenance.steps;
        let is_unlearnt = super::warn_of_nothing_learnt(best, steps);
        match self.json {
            true => give(&json(&outcome))?,
            false => give(&(summary(&outcome, &self.out) + &invitation(&self.out, is_unlearnt)))?,
        }
        match outcome.end {
            TrainingEnd::Interrupted => Err(Failure::Interrupted(format!(
                "Stopped, and saved. To go on: repeat the command with --resume. To compose with \
                 it as it is: cantilena compose {}",
                pasted(&self.out)
            ))),
            _ => Ok(()),
        }
    }

    /// The recipe of a system, if one is named or the file is one.
    fn system(&self) -> Result<Option<SystemRecipe>, Failure> {
        let Some(path) = &self.recipe else { return Ok(None) };
        let mut recipe = match Named::meant(path) {
            Some(Named::System(system)) => SystemRecipe::of(system),
            Some(Named::Notes(_)) => return Ok(None),
            None => {
                let text = std::fs::read_to_string(path)
                    .map_err(|error| refused(path, &unreadable(path, &error)))?;
                if !SystemRecipe::is_one(&text) {
                    return Ok(None);
                }
                SystemRecipe::from_toml(&text).map_err(|error| refused(path, &error.to_string()))?
            }
        };
        if let Some(seed) = self.seed {
            recipe.training.seed = seed;
        }
        if let Some(protocol) = self.protocol {
            recipe.protocol = protocol;
        }
        if let Some(epochs) = self.epochs {
            recipe.training.epochs = epochs.ceil() as u64;
        }
        if let Some(patience) = self.patience {
            recipe.training.patience = patience;
        }
        Ok(Some(recipe))
    }

    /// The training of a system that was asked for.
    fn as_system(&self, recipe: SystemRecipe) -> Result<SystemTraining, Failure> {
        if self.find_learning_rate {
            return Err(Failure::Usage(
                "--find-learning-rate is for models of notes; a system has the learning rate of its \
                 recipe"
                    .to_owned(),
            ));
        }
        if self.steps.is_some() || self.representation.is_some() {
            return Err(Failure::Usage(
                "a system has its own representation and counts epochs: --minutes and --epochs \
                 will do"
                    .to_owned(),
            ));
        }
        Ok(SystemTraining {
            music: self.music(),
            recipe,
            minutes: self.minutes,
            out: self.out.clone(),
            overwrite: self.overwrite(),
            resume: self.resume,
            save_every: self.save_every(),
            threads: super::threads(self.threads),
        })
    }

    /// Finds the learning rate that the recipe should have.
    fn find(self) -> Result<(), Failure> {
        let interrupt = Interrupt::listen();
        let request = RateSearch {
            music: self.music(),
            recipe: self.recipe()?,
            out: self.out.clone(),
            overwrite: self.overwrite(),
            threads: super::threads(self.threads),
        };
        let reading = reading_bar();
        let mut line = TrainingLine::new();
        let found = find_learning_rate(
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
        let RateFound { suggestion, trials } = found?;
        match self.json {
            true => {
                let json = serde_json::json!({ "suggestion": suggestion, "trials": trials });
                give(&json.to_string())?;
            }
            false => give(&format!(
                "A learning rate to try: {suggestion}; the recipe has {}. In the recipe:

                 [training]
learning_rate = {suggestion}

                 How the loss went at each rate: {}/learning-rate.svg",
                request.recipe.training.learning_rate,
                self.out.display()
            ))?,
        }
        Ok(())
    }

    fn music(&self) -> Music {
        match (self.songbook, self.listen) {
            (true, _) => Music::Songbook,
            (false, true) => Music::Recordings(self.music.clone()),
            (false, false) => Music::Paths(self.music.clone()),
        }
    }

    fn overwrite(&self) -> Overwrite {
        if self.force { Overwrite::Replace } else { Overwrite::Refuse }
    }

    fn save_every(&self) -> Duration {
        Duration::try_from_secs_f64(self.save_every).unwrap_or(Duration::MAX)
    }

    /// All limits that were given, or five minutes.
    fn budgets(&self) -> Vec<Budget> {
        let minutes = match (self.minutes, self.steps, self.epochs) {
            (None, None, None) => Some(5.0),
            (minutes, ..) => minutes,
        };
        let (minutes, steps) = (minutes.map(Budget::Minutes), self.steps.map(Budget::Steps));
        minutes.into_iter().chain(steps).chain(self.epochs.map(Budget::Epochs)).collect()
    }

    fn recipe(&self) -> Result<Recipe, Failure> {
        if self.protocol.is_some() {
            return Err(Failure::Usage(
                "--protocol is for systems; the note model is always judged by piece".to_owned(),
            ));
        }
        let mut recipe = match &self.recipe {
            None if self.songbook => Recipe::songbook(),
            None if self.listen => Recipe::recordings(),
            path => super::recipe(path.as_deref())?,
        };
        if let Some(representation) = self.representation {
            recipe.representation = representation;
        }
        if let Some(patience) = self.patience {
            recipe.training.patience = patience;
        }
        if let Some(seed) = self.seed {
            recipe.training.seed = seed;
        }
        Ok(recipe)
    }
}

fn refused(path: &Path, why: &str) -> Failure {
    Failure::Usage(format!("cannot follow the recipe {}: {why}", path.display()))
}

/// Why a recipe's file cannot be read; a name that is no file may have been meant as a system's.
fn unreadable(path: &Path, error: &std::io::Error) -> String {
    match path.extension() {
        None => format!("{error}; nor is it a recipe that `cantilena recipes` lists"),
        Some(_) => error.to_string(),
    }
}

/// How good the model became, and what to do with it.
fn summary(outcome: &TrainingOutcome, out: &Path) -> String {
    let first = outcome.history.moments.first().map(|moment| &moment.validation);
    let best = outcome.history.best().map(|moment| &moment.validation);
    let mut text = format!(
        "{:22}{:>14}{:>16}{:>14}",
        "On the pieces held back", "nats a note", "perplexity", "pitch right"
    );
    let rows = [
        ("before learning", first),
        ("Markov, order 3", Some(&outcome.baseline)),
        ("after learning", best),
    ];
    for (name, evaluation) in rows {
        let Some(evaluation) = evaluation else { continue };
        text.push_str(&format!(
            "\n{name:23}{:>14.3}{:>16.1}{:>12.1} %",
            evaluation.nats_per_note(),
            evaluation.perplexity(),
            evaluation.pitch_accuracy() * 100.0,
        ));
    }
    let counting = outcome.baseline.nats_per_note();
    if best.is_some_and(|best| best.nats_per_note() > counting) {
        text.push_str(
            "\n\nCounting (the Markov model) still foretells more: what it composes will wander. \
             Learn for longer (--minutes), or from more music.",
        );
    }
    let why = until(outcome.end);
    let steps = outcome.checkpoint.provenance.steps;
    text.push_str(&format!("\n\nLearnt for {} ({steps} steps{why})", clock(outcome.elapsed)));
    let folder = out.display();
    text.push_str(&format!(
        "\nThe model is in {folder}, its learning curve in {folder}/training.svg"
    ));
    text
}

/// What to do with a model that learnt something.
fn invitation(out: &Path, is_unlearnt: bool) -> String {
    match is_unlearnt {
        true => String::new(),
        false => format!(
            "\nCompose with it: cantilena compose {} --bars 32 -o piece.mid -o piece.wav",
            pasted(out)
        ),
    }
}

fn json(outcome: &TrainingOutcome) -> String {
    let provenance = &outcome.checkpoint.provenance;
    let value = serde_json::json!({
        "steps": provenance.steps,
        "seconds": outcome.elapsed.as_secs_f64(),
        "corpus": provenance.corpus,
        "metrics": provenance.metrics,
        "history": outcome.history,
        "interrupted": outcome.end == TrainingEnd::Interrupted,
    });
    value.to_string()
}
