//! The systems from the outside: they learn what can be learnt, go on where they were stopped,
//! and compose exactly what was asked for.

#![expect(clippy::unwrap_used, reason = "a test may")]

use std::ops::ControlFlow;

use cantilena_generate::{Length, Sampling};
use cantilena_score::{Program, Score};
use cantilena_systems::{
    Frames, Input, Material, Protocol, Reading, Role, System, SystemCheckpoint, SystemModel,
    SystemNetwork, SystemProvenance, SystemRecipe, SystemRun, Targets, compose_frames,
    compose_score,
};

/// A tune of eight notes round and round: what follows is certain.
fn round(times: usize) -> Score {
    let bar = "c4/4 e4 g4 e4 | d4/4 f4 a4 f4 | ";
    bar.repeat(times).trim_end().parse().unwrap()
}

/// A recipe of a system, small and quick.
fn small(system: System) -> SystemRecipe {
    let mut recipe = SystemRecipe::of(system);
    recipe.protocol = Protocol::ByPiece;
    recipe.data.window = 8;
    recipe.data.threshold = 1;
    recipe.network.units = vec![24];
    recipe.network.dropout = 0.1;
    recipe.network.dense = Vec::new();
    recipe.training.batch = 16;
    recipe.training.learning_rate = 0.02;
    recipe
}

fn material(recipe: &SystemRecipe) -> (Reading, Material) {
    let scores = [round(12), round(6)];
    let reading = Reading::fit(recipe, &scores.iter().collect::<Vec<_>>()).unwrap();
    let sequences = scores.iter().map(|score| reading.sequence(score)).collect();
    let roles = [Role::Learn, Role::Judge];
    let material = Material::new(recipe, reading.features(), sequences, &roles).unwrap();
    (reading, material)
}

fn run<'a>(
    recipe: &SystemRecipe,
    reading: &Reading,
    material: &'a Material,
    threads: usize,
) -> SystemRun<'a> {
    SystemRun::new(recipe, SystemNetwork::new(recipe.shape(reading.symbols())), material, threads)
}

fn learnt(recipe: &SystemRecipe, steps: usize) -> (SystemModel, f64) {
    let (reading, material) = material(recipe);
    let mut run = run(recipe, &reading, &material, 1);
    (0..steps).for_each(|step| {
        run.step(step as f64 / steps as f64);
    });
    let loss = run.judge(Role::Judge, usize::MAX).loss();
    let (network, values) = run.into_weights();
    let prompts = material.prompts(4);
    (SystemModel::new(recipe.clone(), reading, network, values, prompts), loss)
}

fn compose(model: &SystemModel, length: Length) -> (Score, usize) {
    let sampling = Sampling { temperature: 0.0, ..Sampling::default() };
    let mut go_on = || ControlFlow::Continue(());
    let piece = compose_score(model, sampling, 1, length, Program::PIANO, &mut go_on).unwrap();
    (piece.score, piece.drawn)
}

#[test]
fn a_round_is_learnt_by_heart_and_played_on() {
    for targets in [Targets::Last, Targets::Every] {
        for input in [Input::Scaled, Input::Embedding(6)] {
            let mut recipe = small(System::Melody);
            recipe.training.targets = targets;
            recipe.network.input = input;
            let (model, loss) = learnt(&recipe, 400);
            assert!(loss < 0.1, "{targets:?} {input:?}: {loss}");
            let (piece, drawn) = compose(&model, Length::Notes(24));
            let pitches: Vec<String> =
                piece.tracks[0].notes.iter().map(|note| note.pitch.to_string()).collect();
            assert_eq!((pitches.len(), drawn), (24, 24));
            let round = ["C4", "E4", "G4", "E4", "D4", "F4", "A4", "F4"];
            let from = (0..8)
                .find(|from| (0..24).all(|at| pitches[at] == round[(from + at) % 8]))
                .is_some();
            assert!(from, "{targets:?} {input:?}: {pitches:?}");
        }
    }
}

#[test]
fn every_system_of_notes_learns_and_has_the_length_asked_for() {
    for system in
        [System::Melody, System::NotesChords, System::ManyGenres, System::PitchStepDuration]
    {
        let recipe = small(system);
        let before = learnt(&recipe, 0).1;
        let (model, after) = learnt(&recipe, 150);
        assert!(after < before * 0.7, "{system}: {before} to {after}");
        assert_eq!(compose(&model, Length::Notes(17)).1, 17, "{system}");
        let (piece, _) = compose(&model, Length::Seconds(6));
        let seconds = piece.seconds().0;
        assert!(seconds <= 6.001 && seconds > 4.0, "{system}: {seconds} s");
    }
}

// Of few windows with many lessons each an epoch is short: runs once ended before their second
// judgement, and left the weights that they began with.
#[test]
fn a_run_waits_for_epochs_and_for_judgements() {
    let mut recipe = small(System::Melody);
    recipe.training.patience = 2;
    // Nothing is learnt, so nothing becomes better.
    recipe.training.learning_rate = 1e-30;
    let (reading, material) = material(&recipe);
    let mut run = run(&recipe, &reading, &material, 1);
    run.validate(50, 0.0);
    let epoch = run.steps_an_epoch();
    (0..3 * epoch).for_each(|_| {
        run.step(0.0);
    });
    assert!(run.epochs() >= 2.0 && !run.has_stalled(), "it was judged once");
    run.validate(50, 1.0);
    assert!(!run.has_stalled(), "one judgement is not two");
    run.step(0.0);
    run.validate(50, 2.0);
    assert!(run.has_stalled());
}

#[test]
fn threads_change_nothing() {
    let recipe = small(System::NotesChords);
    let (reading, material) = material(&recipe);
    let losses = |threads| {
        let mut run = run(&recipe, &reading, &material, threads);
        let losses: Vec<f64> = (0..9).map(|_| run.step(0.0).loss).collect();
        run.validate(100, 0.0);
        (losses, run.into_weights().1)
    };
    assert_eq!(losses(1), losses(2));
    assert_eq!(losses(1), losses(4));
}

#[test]
fn a_run_put_aside_goes_on_as_if_nothing_had_been() {
    let recipe = small(System::PitchStepDuration);
    let (reading, material) = material(&recipe);
    let mut whole = run(&recipe, &reading, &material, 1);
    let mut first = run(&recipe, &reading, &material, 1);
    for _ in 0..7 {
        whole.step(0.1);
        first.step(0.1);
    }
    whole.validate(50, 1.5);
    first.validate(50, 1.5);
    let saved = first.save("these notes", 3.5);
    let (mut second, seconds) =
        run(&recipe, &reading, &material, 2).resume("these notes", &saved).unwrap();
    assert_eq!(seconds, 3.5);
    for _ in 0..11 {
        assert_eq!(whole.step(0.2), second.step(0.2));
    }
    assert_eq!(whole.history, second.history);
    assert_eq!(whole.into_weights().1, second.into_weights().1);

    let another = run(&recipe, &reading, &material, 1).resume("other notes", &saved);
    assert!(another.err().unwrap().to_string().contains("other music"));
    let mut damaged = saved.clone();
    damaged.truncate(saved.len() / 2);
    assert!(run(&recipe, &reading, &material, 1).resume("these notes", &damaged).is_err());
}

#[test]
fn a_saved_model_composes_the_same() {
    let (model, _) = learnt(&small(System::NotesChords), 30);
    let piece = compose(&model, Length::Notes(20));
    let checkpoint = SystemCheckpoint { model, provenance: SystemProvenance::default() };
    let (json, mut weights) = checkpoint.save();
    assert!(SystemCheckpoint::is_one(&json));
    let loaded = SystemCheckpoint::load(&json, &weights).unwrap();
    assert_eq!(compose(&loaded.model, Length::Notes(20)), piece);
    let last = weights.len() - 1;
    weights[last] ^= 1;
    let refused = SystemCheckpoint::load(&json, &weights).unwrap_err().to_string();
    assert!(refused.contains("damaged"), "{refused}");
}

#[test]
fn distributions_of_frames_keep_the_variety_that_a_mean_loses() {
    // Frames that jump between two levels by chance: the mean is a drone in between.
    let mut chance = 12345u32;
    let mut frames = |count: usize| {
        let mut values = Vec::new();
        for _ in 0..count {
            chance = chance.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let level = if chance >> 31 == 0 { 0.2 } else { 0.8 };
            values.extend([level; 4]);
        }
        values
    };
    let recordings = vec![frames(300), frames(100)];
    let spread = |head: Frames| {
        let mut recipe = small(System::Spectrogram);
        recipe.network.frames = head;
        let roles = [Role::Learn, Role::Judge];
        let (reading, sequences) =
            Reading::hear(&recipe, 4, 22_050, 1.0, recordings.clone(), &roles).unwrap();
        let material = Material::new(&recipe, 4, sequences, &roles).unwrap();
        let mut run = run(&recipe, &reading, &material, 1);
        (0..300).for_each(|step| {
            run.step(f64::from(step) / 300.0);
        });
        let (network, values) = run.into_weights();
        let model = SystemModel::new(recipe, reading, network, values, material.prompts(2));
        let mut go_on = || ControlFlow::Continue(());
        let frames = compose_frames(&model, Sampling::default(), 3, 200, &mut go_on).unwrap();
        assert_eq!(frames.len(), 800);
        let mean = frames.iter().sum::<f32>() / 800.0;
        (frames.iter().map(|value| (value - mean).powi(2)).sum::<f32>() / 800.0).sqrt()
    };
    // The levels themselves deviate by 0.3 from their mean.
    assert!(spread(Frames::Mean) < 0.1);
    assert!(spread(Frames::Mixture(3)) > 0.2);
    assert!(spread(Frames::Palette(2)) > 0.2);
}

/// Recordings of four bands that hold one of three levels for about ten frames each, and a model
/// that has learnt kinds of frames from them.
fn held_levels() -> SystemModel {
    let mut chance = 99u32;
    let mut recording = |count: usize| {
        let (mut values, mut level) = (Vec::new(), 0);
        for _ in 0..count {
            chance = chance.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            if chance >> 24 < 26 {
                level = (level + 1 + (chance >> 8) % 2) % 3;
            }
            values.extend([[0.1, 0.5, 0.9][level as usize]; 4]);
        }
        values
    };
    let recordings = vec![recording(1200), recording(300)];
    let mut recipe = small(System::Spectrogram);
    recipe.network.frames = Frames::Palette(3);
    recipe.training.targets = Targets::Every;
    let roles = [Role::Learn, Role::Judge];
    let (reading, sequences) = Reading::hear(&recipe, 4, 22_050, 1.0, recordings, &roles).unwrap();
    let material = Material::new(&recipe, 4, sequences, &roles).unwrap();
    let mut run = run(&recipe, &reading, &material, 1);
    (0..200).for_each(|step| {
        run.step(f64::from(step) / 200.0);
    });
    let (network, values) = run.into_weights();
    SystemModel::new(recipe, reading, network, values, material.prompts(2))
}

fn frames_of(model: &SystemModel, temperature: f64) -> Vec<f32> {
    let sampling = Sampling { temperature, ..Sampling::default() };
    compose_frames(model, sampling, 5, 400, &mut || ControlFlow::Continue(())).unwrap()
}

// What favours the probable once held the first tone for ever.
#[test]
fn kinds_of_frames_last_as_long_as_they_were_learnt_to_at_any_temperature() {
    let model = held_levels();
    for temperature in [0.0, 0.3, 1.0] {
        let frames = frames_of(&model, temperature);
        assert!(
            frames.iter().all(|value| [0.1, 0.5, 0.9].iter().any(|l| (l - value).abs() < 1e-4))
        );
        let changes = frames.chunks(4).zip(frames.chunks(4).skip(1)).filter(|(a, b)| a != b);
        let changes = changes.count();
        assert!((20..80).contains(&changes), "{changes} changes in 400 frames at {temperature}");
    }
}

#[test]
fn a_palette_is_saved_with_its_model_and_must_fit_it() {
    let model = held_levels();
    let composed = frames_of(&model, 1.0);
    let provenance = SystemProvenance::default();
    let (json, weights) = SystemCheckpoint { model, provenance }.save();
    let loaded = SystemCheckpoint::load(&json, &weights).unwrap();
    assert_eq!(frames_of(&loaded.model, 1.0), composed);
    let wrong = json.replace("palette = 3", "palette = 4");
    assert_ne!(wrong, json);
    let refused = SystemCheckpoint::load(&wrong, &weights).unwrap_err().to_string();
    assert!(refused.contains("kinds of frames"), "{refused}");
}
