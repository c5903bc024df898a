//! What a model composes when it is asked for each value of a condition, beside the corpus.
//!
//! ```sh
//! cargo run -p cantilena-studio --example conditions -- MUSIC RECIPE CONDITION SECONDS MODEL
//! ```
//!
//! MUSIC is a prepared corpus or a folder; takes are of so many seconds, eight of each value; MODEL
//! is the folder of a model that is written if it is not there, after two minutes of training.

#![expect(clippy::print_stdout, reason = "a table is what this program is for")]

use std::error::Error;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Duration;

use cantilena_corpus::{Conditions, gather};
use cantilena_generate::Length;
use cantilena_score::Score;
use cantilena_studio::{
    Budget, Commission, Music, Overwrite, Training, load_model, perform, train,
};
use cantilena_train::Recipe;

/// Takes of each value.
const TAKES: u64 = 8;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [music, recipe, condition, seconds, model] = &arguments[..] else {
        return Err("MUSIC RECIPE CONDITION SECONDS MODEL".into());
    };
    let (paths, model) = (vec![PathBuf::from(music)], PathBuf::from(model));
    if !model.join("model.json").exists() {
        let training = Training {
            music: Music::Paths(paths.clone()),
            recipe: Recipe::from_toml(&std::fs::read_to_string(recipe)?)?,
            budgets: vec![Budget::Minutes(2.0)],
            out: model.clone(),
            overwrite: Overwrite::Refuse,
            resume: false,
            save_every: Duration::from_secs(3600),
            threads: 2,
        };
        let outcome = train(&training, &|_, _| {}, &mut |_| ControlFlow::Continue(()))?;
        if let Some(best) = outcome.history.best() {
            println!("{:.3} nats a note held back", best.validation.nats_per_note());
        }
    }
    let checkpoint = load_model(&model)?;
    let corpus = gather(&paths, 2, &|_, _| {})?.corpus;
    let known = &checkpoint.model.conditions.0;
    let known = known.iter().find(|c| c.kind.name() == condition).ok_or("it was not told that")?;
    println!("| {condition} | | notes a second | sounding at once | mean pitch |");
    println!("|---|---|---|---|---|");
    let index = checkpoint.model.conditions.0.iter().position(|c| c == known).unwrap_or(0);
    for (value, token) in known.values.iter().zip(1u16..) {
        let told = |piece: &Conditions| {
            cantilena_corpus::told(&checkpoint.model.conditions, piece)[index] == token
        };
        let pieces = corpus.pieces.iter().filter(|piece| told(&piece.conditions));
        row(value, "corpus", pieces.map(|piece| &piece.score));
        let takes: Result<Vec<Score>, _> = (1..=TAKES)
            .map(|seed| {
                let length = Length::Seconds(seconds.parse().unwrap_or(30));
                let mut commission = Commission::new(length, seed);
                commission.conditions = vec![(condition.clone(), value.clone())];
                let take = perform(&checkpoint, &commission, &mut |_| ControlFlow::Continue(()));
                take.map(|take| take.score)
            })
            .collect();
        row(value, "takes", takes?.iter());
    }
    Ok(())
}

/// One line of the table: means over pieces.
fn row<'a>(value: &str, of: &str, scores: impl Iterator<Item = &'a Score>) {
    let (mut pieces, mut sums) = (0.0, [0.0; 3]);
    for score in scores {
        let conditions = Conditions::of(score);
        let pitches: Vec<f64> = score
            .tracks
            .iter()
            .filter(|track| !track.is_drums)
            .flat_map(|track| track.notes.iter().map(|note| f64::from(note.pitch.number())))
            .collect();
        let pitch = pitches.iter().sum::<f64>() / pitches.len().max(1) as f64;
        let values = [conditions.notes_per_second, conditions.polyphony, pitch];
        sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value);
        pieces += 1.0;
    }
    let [density, polyphony, pitch] = sums.map(|sum| sum / f64::max(pieces, 1.0));
    println!("| {value} | {of} ({pieces}) | {density:.2} | {polyphony:.2} | {pitch:.1} |");
}
