//! A run from the outside: it makes the same steps on any number of threads, and goes on after an
//! interruption as if there had been none, whatever the recipe asks for.

#![expect(clippy::unwrap_used, reason = "a test may")]

use cantilena_corpus::{Conditions, Side, known_conditions, songbook, told};
use cantilena_model::{ModelConfig, WeightsKind};
use cantilena_score::Score;
use cantilena_tokens::{ConditionKind, Representation, Tokenizer};
use cantilena_train::{Recipe, Run, Told, TrainingRecipe};

/// A small network and nothing else that is not the default.
fn plain() -> Recipe {
    let model =
        ModelConfig { units: 24, layers: 2, embedding: 16, head: 16, ..ModelConfig::default() };
    let training =
        TrainingRecipe { streams: 6, window: 12, shards: 3, seed: 5, ..TrainingRecipe::default() };
    Recipe { model, training, ..Recipe::default() }
}

/// What a recipe is changed by.
type Change<'a> = &'a dyn Fn(&mut Recipe);

/// Every option of a network or of its learning, each by itself and all at once.
fn recipes() -> Vec<(&'static str, Recipe)> {
    let change = |change: Change| {
        let mut recipe = plain();
        change(&mut recipe);
        recipe
    };
    let changes: [(&str, Change); 9] = [
        ("variational dropout", &|recipe| recipe.model.variational = true),
        ("weight drop", &|recipe| recipe.model.weight_drop = 0.3),
        ("embedding dropout", &|recipe| recipe.model.embedding_dropout = 0.2),
        ("tied embeddings", &|recipe| recipe.model.tied = true),
        ("layer norm", &|recipe| recipe.model.layer_norm = true),
        ("residual", &|recipe| recipe.model.residual = true),
        ("average", &|recipe| recipe.training.average = 0.9),
        ("varied window", &|recipe| recipe.training.varied_window = 0.5),
        ("conditions", &|recipe| {
            recipe.conditions.used = vec![ConditionKind::Density, ConditionKind::Mode];
            recipe.conditions.drop = 0.3;
        }),
    ];
    let mut recipes: Vec<_> = changes.iter().map(|(name, it)| (*name, change(it))).collect();
    recipes.push(("all of them", change(&|recipe| changes.iter().for_each(|(_, it)| it(recipe)))));
    recipes.push(("the defaults", plain()));
    recipes
}

/// Some pieces to learn from and one to be judged on.
struct Music {
    scores: Vec<Score>,
    tokenizer: Tokenizer,
}

fn music() -> Music {
    let corpus = songbook::corpus();
    let split = corpus.split(0.1, 1).unwrap();
    let chosen = split.side(Side::Train).take(8);
    let scores: Vec<Score> = chosen.map(|piece| corpus.pieces[piece].score.clone()).collect();
    let tokenizer = Tokenizer::fit(Representation::Notes, &scores, 1).unwrap();
    Music { scores, tokenizer }
}

impl Music {
    fn run(&self, recipe: &Recipe, threads: usize) -> Run<'_> {
        let (held_back, learnt) = self.scores.split_first().unwrap();
        let conditions: Vec<Conditions> = self.scores.iter().map(Conditions::of).collect();
        let known = known_conditions(&recipe.conditions.used, conditions.iter());
        let mut rows = conditions.iter().map(|piece| told(&known, piece));
        let validation = rows.by_ref().take(1).collect();
        let told = Told { train: rows.collect(), validation, known };
        let learnt = learnt.iter().collect();
        Run::telling(recipe, &self.tokenizer, learnt, vec![held_back], told, threads)
    }
}

/// Takes a run from one step to another, judging it now and then; gives the nats of each step.
fn learn(run: &mut Run, to: u64) -> Vec<f64> {
    let mut nats = Vec::new();
    while run.steps() < to {
        if run.steps().is_multiple_of(4) {
            run.validate(run.steps() as f64 / 14.0);
        }
        nats.push(run.step(run.steps() as f64 / 14.0).nats);
    }
    nats
}

#[test]
fn threads_change_no_bit_whatever_is_dropped_tied_or_averaged() {
    let music = music();
    for (name, recipe) in recipes() {
        let [one, two, four] = [1, 2, 4].map(|threads| {
            let mut run = music.run(&recipe, threads);
            let nats = learn(&mut run, 9);
            (nats, run.history.clone(), run.into_best().1)
        });
        assert!(one == two && one == four, "{name}");
    }
}

#[test]
fn a_run_that_goes_on_makes_the_steps_it_would_have_made() {
    let music = music();
    for (name, recipe) in recipes() {
        let mut undisturbed = music.run(&recipe, 1);
        let expected = learn(&mut undisturbed, 14);

        let mut first = music.run(&recipe, 1);
        learn(&mut first, 6);
        let saved = first.save("the corpus", 12.5);
        drop(first);
        let (mut second, seconds) = music.run(&recipe, 2).resume("the corpus", &saved).unwrap();
        assert_eq!((second.steps(), seconds), (6, 12.5));
        assert_eq!(learn(&mut second, 14), expected[6..], "{name}");
        assert_eq!(second.history, undisturbed.history, "{name}");
        assert_eq!(second.save("", 0.0), undisturbed.save("", 0.0), "{name}");
    }
}

#[test]
fn each_option_changes_what_is_learnt() {
    let music = music();
    let of = |recipe: &Recipe| {
        let mut run = music.run(recipe, 2);
        learn(&mut run, 6);
        run.validate(1.0);
        run.history.moments.last().unwrap().validation.nats_per_note()
    };
    let default = of(&plain());
    for (name, recipe) in recipes().into_iter().filter(|(_, recipe)| *recipe != plain()) {
        assert_ne!(of(&recipe), default, "{name}");
    }
}

#[test]
fn weights_for_composing_are_the_shortest_that_lose_next_to_nothing() {
    let music = music();
    let mut run = music.run(&plain(), 2);
    learn(&mut run, 9);
    run.validate(1.0);
    let (chosen, found) = run.weights_for_composing();
    let judged = run.history.moments.iter().map(|moment| moment.validation.nats_per_note());
    let (kind, exact) = found[0];
    assert_eq!(kind, WeightsKind::F32);
    let best = judged.fold(f64::MAX, f64::min);
    assert!((exact / best - 1.0).abs() < 1e-5, "{exact} when packed for composing, {best} before");
    let first = found[1..].iter().find(|(_, nats)| *nats <= exact * 1.002);
    assert_eq!(chosen, first.map_or(WeightsKind::F32, |(kind, _)| *kind), "{found:?}");

    let learnt = music.scores.iter().collect();
    let alone = Run::new(&plain(), &music.tokenizer, learnt, Vec::new(), 1);
    assert_eq!(alone.weights_for_composing(), (WeightsKind::F32, Vec::new()));
}

#[test]
fn a_run_of_another_recipe_or_corpus_is_refused() {
    let music = music();
    let saved = music.run(&plain(), 1).save("the corpus", 0.0);
    let refused = |recipe: &Recipe, corpus: &str| {
        music.run(recipe, 1).resume(corpus, &saved).map(|_| ()).unwrap_err().to_string()
    };
    assert!(refused(&plain(), "another").contains("another corpus"));
    let mut other = plain();
    other.training.average = 0.5;
    assert!(refused(&other, "the corpus").contains("another recipe"));
}
