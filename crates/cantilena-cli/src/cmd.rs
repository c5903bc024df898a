//! One file for each subcommand: what it takes, what it calls, what it prints.

pub(crate) mod bench;
pub(crate) mod completions;
pub(crate) mod compose;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod inspect;
pub(crate) mod man;
pub(crate) mod prepare;
pub(crate) mod recipes;
pub(crate) mod render;
pub(crate) mod report;
pub(crate) mod serve;
pub(crate) mod summary;
mod system;
pub(crate) mod train;
pub(crate) mod tune;

use std::num::NonZeroUsize;
use std::path::Path;

use cantilena_score::{Key, Program};
use cantilena_studio::{Source, TrainingEnd, Written};
use cantilena_systems::SystemRecipe;
use cantilena_train::Recipe;

use crate::cmd::recipes::Named;
use crate::failure::Failure;
use crate::words::{count, counted, say, within_line};
pub(crate) use system::words as system_words;

/// A number above zero, as an argument.
fn positive(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(number) if number > 0.0 && number.is_finite() => Ok(number),
        _ => Err("a number above 0 will do".to_owned()),
    }
}

/// Whole seconds, a day at most.
fn seconds(text: &str) -> Result<u32, String> {
    let seconds = text.parse().ok().filter(|seconds| (1..=86_400).contains(seconds));
    seconds.ok_or_else(|| "whole seconds, 1 to 86400, will do".to_owned())
}

/// Reads the piece of a file; where there are several and none was asked for, says so.
fn open(file: &Path, tune: Option<NonZeroUsize>) -> Result<Source, Failure> {
    let source = Source::open(file, tune)?;
    if tune.is_none() && source.tunes > 1 {
        let title = match source.reading.score.title.as_str() {
            "" => String::new(),
            title => format!(" ({})", within_line(title)),
        };
        let tunes = counted(source.tunes, "tune", "tunes");
        let name = file.display();
        say(&format!("{name} holds {tunes}; this is the first{title}; --tune N takes another"));
    }
    Ok(source)
}

/// Repairs that are named one by one; more are counted.
const REPAIRS_SHOWN: usize = 3;

/// Says with what a score was played, and what its files leave out.
fn tell(written: &Written) {
    if let Some(bank) = &written.bank {
        say(&format!("The sound is of {bank}"));
        if written.silent > 0 {
            let notes = counted(written.silent, "note makes", "notes make");
            say(&format!("{notes} no sound, for it has nothing on their keys"));
        }
    }
    for file in &written.reduced {
        say(&format!(
            "{} holds {}; its format cannot say all of the score:",
            file.path.display(),
            counted(file.notes, "note", "notes"),
        ));
        file.repairs.iter().take(REPAIRS_SHOWN).for_each(|repair| say(&format!("  {repair}")));
        let more = file.repairs.len().saturating_sub(REPAIRS_SHOWN);
        if more > 0 {
            say(&format!("  and {} more", count(more as u64)));
        }
    }
    for page in &written.crowded {
        say(&format!(
            "{} is hard to read: {} of {} need a 64th, a 32nd of a triplet or more than two \
             ties; --quantize with a coarser grid, such as 1/16 or of triplets 1/8t, makes a \
             plainer page",
            page.path.display(),
            count(page.hard_to_read as u64),
            counted(page.notes, "note", "notes"),
        ));
    }
}

/// Says so where the weights that are saved, those after the step `best` of all `steps`, are those
/// that a network begins with; gives whether they are.
fn warn_of_nothing_learnt(best: Option<u64>, steps: u64) -> bool {
    let is_learnt = best.is_some_and(|best| best > 0);
    match steps {
        _ if is_learnt => {}
        0 => say(
            "warning: nothing was learnt, as the training ended before its first step; what is \
             saved is a network of random weights. More --minutes will do",
        ),
        _ => say(&format!(
            "warning: nothing was learnt that holds: after {} what is held back is predicted no \
             better than before; what is saved is a network of random weights. More --minutes, or \
             more music, may do",
            counted(usize::try_from(steps).unwrap_or(usize::MAX), "step", "steps"),
        )),
    }
    !is_learnt
}

/// Why a training ended, behind how long it learnt; nothing where that is what it was given.
fn until(end: TrainingEnd) -> &'static str {
    match end {
        TrainingEnd::Budget => "",
        TrainingEnd::Stalled => ", until it no longer improved",
        TrainingEnd::Interrupted => ", until it was interrupted",
    }
}

/// The recipe of a name or in a file, or the default one; of a model of notes.
fn recipe(path: Option<&Path>) -> Result<Recipe, Failure> {
    let Some(path) = path else { return Ok(Recipe::default()) };
    let refused =
        |why: String| Failure::Usage(format!("cannot follow the recipe {}: {why}", path.display()));
    let system = || refused("it is that of a system, and one for models of notes will do".into());
    match Named::meant(path) {
        Some(Named::Notes(shipped)) => return Ok(shipped.recipe()),
        Some(Named::System(_)) => return Err(system()),
        None => {}
    }
    let text = std::fs::read_to_string(path).map_err(|error| refused(error.to_string()))?;
    if SystemRecipe::is_one(&text) {
        return Err(system());
    }
    // A tokenizer's file is named from where the recipe lies.
    let beside = path.parent().unwrap_or(Path::new(""));
    Recipe::opening(&text, |name| std::fs::read_to_string(beside.join(name)))
        .map_err(|error| refused(error.to_string()))
}

/// A General MIDI program by number or by part of its name.
fn program(text: &str) -> Result<Program, String> {
    cantilena_studio::program_named(text).map_err(|error| error.to_string())
}

/// A key by its name.
fn key(text: &str) -> Result<Key, String> {
    cantilena_studio::key_named(text).map_err(|error| error.to_string())
}

/// The threads asked for, or as many as this machine has.
fn threads(asked: Option<usize>) -> usize {
    asked.unwrap_or_else(|| std::thread::available_parallelism().map_or(1, usize::from)).max(1)
}

/// A seed nobody chose: small enough to be read out.
#[expect(clippy::disallowed_methods, reason = "the door may ask the clock")]
fn drawn_seed() -> u64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    now.map_or(1, |time| time.as_micros() as u64 % 1_000_000)
}
