//! Conditions from the outside: what folders are called is what a model can be asked for.

#![expect(clippy::unwrap_used, reason = "a test may")]

use std::num::NonZero;
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use cantilena_formats::midi;
use cantilena_generate::Length;
use cantilena_model::Checkpoint;
use cantilena_score::{Note, Pitch, Program, Score, Ticks, Track, Velocity};
use cantilena_studio::{
    Budget, Commission, Label, Labels, Music, Overwrite, Preparation, Shard, Training, perform,
    prepare, train,
};
use cantilena_train::Recipe;

/// Eight bars of steady notes around a pitch.
fn tune(number: u32, around: u8, duration: u32) -> Score {
    let mut track = Track::new(Program::PIANO);
    for index in 0..8 * 96 / duration {
        // Steps that differ from tune to tune, or all but one would be duplicates.
        let step = (index * (number + 2) + index / 3) % 7;
        track.notes.push(Note {
            onset: Ticks(index * duration),
            duration: Ticks(duration),
            pitch: Pitch::new(around + step as u8).unwrap(),
            velocity: Velocity::DEFAULT,
        });
    }
    let mut score = Score::new(NonZero::new(24).unwrap());
    score.tracks.push(track);
    score
}

/// Two folders: `lively` has high eighths, `solemn` low half notes.
fn music(folder: &Path) {
    for (name, around, duration) in [("lively", 76, 12), ("solemn", 40, 48)] {
        std::fs::create_dir_all(folder.join(name)).unwrap();
        for number in 0..8 {
            let bytes = midi::write(&tune(number, around, duration)).unwrap().bytes;
            std::fs::write(folder.join(name).join(format!("{number}.mid")), bytes).unwrap();
        }
    }
}

/// The mean pitch and the notes a bar of what a model composes, asked for this.
fn composed(checkpoint: &Checkpoint, asked: &[(&str, &str)], seed: u64) -> (f64, f64) {
    let conditions = asked.iter().map(|&(name, value)| (name.to_owned(), value.to_owned()));
    let commission =
        Commission { conditions: conditions.collect(), ..Commission::new(Length::Bars(8), seed) };
    let score = perform(checkpoint, &commission, &mut |_| ControlFlow::Continue(())).unwrap().score;
    let notes: Vec<&Note> = score.tracks.iter().flat_map(|track| &track.notes).collect();
    let pitch = notes.iter().map(|note| f64::from(note.pitch.number())).sum::<f64>();
    (pitch / notes.len() as f64, notes.len() as f64 / 8.0)
}

#[test]
fn a_model_composes_what_it_is_asked_for_and_says_what_it_can_be() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    music(&path("music"));
    let mut labels = Labels::default();
    labels.folder = Some(Label::Genre);
    let preparation = Preparation {
        paths: vec![path("music")],
        labels,
        shard: Shard::WHOLE,
        out: path("music.corpus"),
        overwrite: Overwrite::Refuse,
        threads: 2,
    };
    let prepared = prepare(&preparation, &mut |_, _| ControlFlow::Continue(())).unwrap();
    assert_eq!(prepared.pieces, 16);

    let mut recipe = Recipe::songbook();
    recipe.corpus.transpose = false;
    // Two kinds of tune and nothing else: there is nothing to be kept from learning by heart.
    (recipe.model.dropout, recipe.model.weight_drop) = (0.0, 0.0);
    (recipe.model.units, recipe.model.embedding, recipe.model.head) = (48, 32, 32);
    let toml = "[conditions]\nuse = [\"genre\", \"density\"]\ndrop = 0.1\n";
    recipe.conditions = Recipe::from_toml(toml).unwrap().conditions;
    let training = Training {
        music: Music::Paths(vec![path("music.corpus")]),
        recipe,
        budgets: vec![Budget::Steps(300)],
        out: path("model"),
        overwrite: Overwrite::Refuse,
        resume: false,
        save_every: Duration::from_secs(600),
        threads: 2,
    };
    let trained = train(&training, &|_, _| {}, &mut |_| ControlFlow::Continue(())).unwrap();

    // What is on disk, and not what was in memory: the conditions are part of the model.
    let (json, weights) = trained.checkpoint.save();
    let checkpoint = Checkpoint::load(&json, &weights).unwrap();
    assert_eq!(checkpoint.model.conditions, trained.checkpoint.model.conditions);
    // The mean of eight takes: a first note that is out of character may carry a take with it.
    let takes = |asked: &[(&str, &str)]| {
        let takes = (1..=8).map(|seed| composed(&checkpoint, asked, seed));
        let (pitch, many) = takes.fold((0.0, 0.0), |sum, take| (sum.0 + take.0, sum.1 + take.1));
        (pitch / 8.0, many / 8.0)
    };
    let (high, many) = takes(&[("genre", "Lively")]);
    let (low, few) = takes(&[("genre", "solemn")]);
    assert!(high > low + 15.0, "mean pitch {high} and {low}");
    assert!(many > few + 2.0, "{many} and {few} notes a bar");
    assert!(composed(&checkpoint, &[], 1).1 > 0.0, "nothing asked for is anything");

    let unknown = Commission {
        conditions: vec![("genre".to_owned(), "polka".to_owned())],
        ..Commission::new(Length::Bars(1), 1)
    };
    let error = perform(&checkpoint, &unknown, &mut |_| ControlFlow::Continue(())).unwrap_err();
    let said = error.to_string();
    assert!(said.contains("polka") && said.contains("lively, solemn"), "{said}");
}

#[test]
fn a_condition_that_no_piece_has_is_refused_before_anything_is_learnt() {
    let folder = tempfile::tempdir().unwrap();
    let mut recipe = Recipe::songbook();
    recipe.conditions = Recipe::from_toml("[conditions]\nuse = [\"mood\"]\n").unwrap().conditions;
    let training = Training {
        music: Music::Songbook,
        recipe,
        budgets: vec![Budget::Steps(1)],
        out: folder.path().join("model"),
        overwrite: Overwrite::Refuse,
        resume: false,
        save_every: Duration::from_secs(600),
        threads: 1,
    };
    let error = train(&training, &|_, _| {}, &mut |_| ControlFlow::Continue(())).unwrap_err();
    assert!(error.to_string().contains("mood"), "{error}");
}
