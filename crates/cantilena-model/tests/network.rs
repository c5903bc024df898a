//! The network from the outside: its gradient, its memory, and that events one by one give what
//! windows give.

use cantilena_model::{
    Batch, CellKind, Checkpoint, CheckpointError, Model, ModelConfig, Network, PackedNetwork,
    Provenance, WeightsKind, Workspace,
};
use cantilena_neural::{Adam, Steps};
use cantilena_tokens::{
    Condition, ConditionKind, Field, KnownConditions, NONE, Notes, Role, Tokenizer,
};

fn config(cell: CellKind) -> ModelConfig {
    let sizes = ModelConfig { units: 7, layers: 2, embedding: 5, head: 6, ..Default::default() };
    ModelConfig { cell, dropout: 0.0, weight_drop: 0.0, ..sizes }
}

/// Every way of keeping a network from learning by heart, or of helping a deep one to learn, each
/// by itself and all at once.
fn varied() -> [(&'static str, ModelConfig); 9] {
    let plain = config(CellKind::Lstm);
    let all = ModelConfig {
        dropout: 0.3,
        variational: true,
        weight_drop: 0.4,
        embedding_dropout: 0.2,
        tied: true,
        layers: 3,
        layer_norm: true,
        residual: true,
        ..plain.clone()
    };
    [
        ("dropout", ModelConfig { dropout: 0.3, ..plain.clone() }),
        ("variational dropout", ModelConfig { dropout: 0.3, variational: true, ..plain.clone() }),
        ("weight drop", ModelConfig { weight_drop: 0.5, ..plain.clone() }),
        ("embedding dropout", ModelConfig { embedding_dropout: 0.3, ..plain.clone() }),
        ("tied embeddings", ModelConfig { tied: true, ..plain.clone() }),
        ("layer norm", ModelConfig { layers: 3, layer_norm: true, ..plain.clone() }),
        ("residual", ModelConfig { layers: 3, residual: true, ..plain.clone() }),
        ("both", ModelConfig { layers: 3, layer_norm: true, residual: true, ..plain }),
        ("all of them", all),
    ]
}

/// A condition that pieces are told, in front of a derived field known at once, two predicted
/// ones, and a derived one between.
fn fields() -> Vec<Field> {
    let field = |name, size, role| Field { name, size, role };
    known().with_fields(vec![
        field("place", 3, Role::Derived),
        field("step", 4, Role::Predicted),
        field("echo", 3, Role::Derived),
        field("pitch", 5, Role::Predicted),
    ])
}

/// A condition of two values.
fn known() -> KnownConditions {
    let values = vec!["jig".to_owned(), "reel".to_owned()];
    KnownConditions(vec![Condition { kind: ConditionKind::Genre, values, edges: None }])
}

/// A window of tokens that follow no rule, the second stream beginning a piece half-way.
struct Events {
    steps: Steps,
    previous: Vec<u16>,
    current: Vec<u16>,
    begins: Vec<bool>,
}

fn events(time: usize, batch: usize) -> Events {
    let fields = fields();
    let rows = time * batch;
    let mut token = 7u32;
    let mut draw = |size: usize| {
        token = token.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (token >> 16) as u16 % size as u16
    };
    let current: Vec<u16> =
        (0..rows).flat_map(|_| fields.iter().map(|f| draw(f.size)).collect::<Vec<_>>()).collect();
    let width = fields.len();
    let mut previous = vec![NONE; rows * width];
    let mut begins = vec![false; rows];
    for row in 0..rows {
        let (step, stream) = (row / batch, row % batch);
        begins[row] = step == 0 || (stream == 1 && step == time / 2);
        if !begins[row] {
            let before = (row - batch) * width;
            previous[row * width..][..width].copy_from_slice(&current[before..before + width]);
        }
    }
    Events { steps: Steps { time, batch }, previous, current, begins }
}

impl Events {
    fn batch(&self) -> Batch<'_> {
        Batch {
            steps: self.steps,
            previous: &self.previous,
            current: &self.current,
            begins: &self.begins,
        }
    }
}

fn nats(network: &Network, values: &[f32], events: &Events) -> f64 {
    let mut packed = PackedNetwork::default();
    network.pack(values, &mut packed);
    let mut work = Workspace::default();
    network.judge(values, &packed, &events.batch(), &mut work);
    work.tallies.iter().map(|tally| tally.nats).sum()
}

#[test]
fn a_summary_counts_every_weight_once() {
    for (name, config) in varied() {
        let network = Network::new(&config, fields());
        let summary = network.summary();
        let counted: usize = summary.iter().map(|layer| layer.weights).sum();
        assert_eq!(counted, network.layout.len(), "{name}: {summary:?}");
    }
}

#[test]
fn the_gradient_is_that_of_finite_differences() {
    for cell in [CellKind::Lstm, CellKind::Gru, CellKind::Rnn] {
        let network = Network::new(&config(cell), fields());
        let values = network.initialize(3);
        let events = events(6, 3);
        let mut packed = PackedNetwork::default();
        network.pack(&values, &mut packed);
        let mut work = Workspace::default();
        network.learn(&values, &packed, &events.batch(), 1.0, 0, &mut work);

        for entry in network.layout.entries() {
            // The steepest weight of each tensor: there, the difference is well above rounding.
            let gradient = entry.span.of(&work.gradients);
            let steepest = (0..gradient.len())
                .max_by(|&a, &b| gradient[a].abs().total_cmp(&gradient[b].abs()));
            let Some(index) = steepest else { continue };
            let at = |shift: f32| {
                let mut moved = values.clone();
                entry.span.of_mut(&mut moved)[index] += shift;
                nats(&network, &moved, &events)
            };
            // Small enough to cross few kinks of the heads' ReLU, large enough for f32.
            let difference = (at(5e-4) - at(-5e-4)) / 1e-3;
            let found = f64::from(gradient[index]);
            let tolerance = 3e-3 * difference.abs().max(0.5);
            assert!(
                (found - difference).abs() < tolerance,
                "{cell:?} {}: {found} beside {difference}",
                entry.name
            );
        }
    }
}

/// Nats and gradient of a window learnt from, with everything dropped that `key` says.
fn learnt(network: &Network, values: &[f32], events: &Events, key: u64) -> (f64, Vec<f32>) {
    let (mut packed, mut work) = (PackedNetwork::default(), Workspace::default());
    network.pack_dropping(values, key, 2, &mut packed);
    network.learn(values, &packed, &events.batch(), 1.0, key, &mut work);
    (work.tallies.iter().map(|tally| tally.nats).sum(), work.gradients)
}

#[test]
fn the_gradient_is_that_of_finite_differences_whatever_is_dropped_or_tied() {
    for (name, config) in varied() {
        let network = Network::new(&config, fields());
        let values = network.initialize(3);
        let events = events(6, 3);
        let (_, gradients) = learnt(&network, &values, &events, 9 << 8);
        for entry in network.layout.entries() {
            let gradient = entry.span.of(&gradients);
            let steepest = (0..gradient.len())
                .max_by(|&a, &b| gradient[a].abs().total_cmp(&gradient[b].abs()));
            let Some(index) = steepest else { continue };
            let at = |shift: f32| {
                let mut moved = values.clone();
                entry.span.of_mut(&mut moved)[index] += shift;
                learnt(&network, &moved, &events, 9 << 8).0
            };
            let difference = (at(5e-4) - at(-5e-4)) / 1e-3;
            let found = f64::from(gradient[index]);
            let tolerance = 3e-3 * difference.abs().max(0.5);
            assert!(
                (found - difference).abs() < tolerance,
                "{name}, {}: {found} beside {difference}",
                entry.name
            );
        }
    }
}

#[test]
fn weights_that_are_dropped_learn_nothing_and_others_do() {
    let network = Network::new(
        &ModelConfig { weight_drop: 0.5, embedding_dropout: 0.5, ..config(CellKind::Lstm) },
        fields(),
    );
    let values = network.initialize(3);
    let (_, gradients) = learnt(&network, &values, &events(6, 3), 4);
    let share_at_rest = |names: &[&str]| {
        let entries = network.layout.entries().iter();
        let chosen: Vec<f32> = entries
            .filter(|entry| names.iter().any(|name| entry.name.contains(name)))
            .flat_map(|entry| entry.span.of(&gradients).to_vec())
            .collect();
        chosen.iter().filter(|&&gradient| gradient == 0.0).count() as f64 / chosen.len() as f64
    };
    // 392 weights: four standard errors are 0.1.
    let recurrent = share_at_rest(&["weight_hh"]);
    assert!((recurrent - 0.5).abs() < 0.1, "{recurrent}");
    assert_eq!(share_at_rest(&["weight_ih", "layer.0.bias"]), 0.0);
    let embeddings = share_at_rest(&["previous.", "known."]);
    assert!((0.2..0.8).contains(&embeddings), "{embeddings}");
}

#[test]
fn variational_dropout_is_the_same_at_every_step() {
    // One event over and over, from a state that is silence at each: nothing but the mask could
    // make two steps differ.
    let nats_by_steps = |variational| {
        let config = ModelConfig { dropout: 0.5, variational, units: 32, ..config(CellKind::Lstm) };
        let network = Network::new(&config, fields());
        let values = network.initialize(3);
        let of_steps = |time: usize| {
            let events = Events {
                steps: Steps { time, batch: 1 },
                previous: vec![NONE; 5 * time],
                current: [2, 1, 2, 0, 3].repeat(time),
                begins: vec![true; time],
            };
            learnt(&network, &values, &events, 77).0
        };
        (of_steps(1), of_steps(8))
    };
    let (one, eight) = nats_by_steps(true);
    assert!((8.0 * one - eight).abs() < 1e-4, "{one} by eight is {eight}");
    let (one, eight) = nats_by_steps(false);
    assert!((8.0 * one - eight).abs() > 1e-2, "{one} by eight is {eight}");
}

#[test]
fn a_tied_head_has_no_table_of_its_own() {
    let names = |tied| {
        let network = Network::new(&ModelConfig { tied, ..config(CellKind::Lstm) }, fields());
        network.layout.entries().iter().map(|entry| entry.name.clone()).collect::<Vec<_>>()
    };
    assert!(names(false).contains(&"head.pitch.output.weight".to_owned()));
    assert!(!names(true).contains(&"head.pitch.output.weight".to_owned()));
    assert!(names(true).contains(&"head.pitch.projection.weight".to_owned()));
}

#[test]
fn a_short_piece_is_learnt_by_heart() {
    let network = Network::new(
        &ModelConfig { units: 24, embedding: 16, head: 16, ..config(CellKind::Lstm) },
        fields(),
    );
    let mut values = network.initialize(1);
    let events = events(12, 2);
    let mut adam = Adam::new(values.len());
    let (mut packed, mut work) = (PackedNetwork::default(), Workspace::default());
    let before = nats(&network, &values, &events);
    for step in 0..300 {
        network.pack(&values, &mut packed);
        work.states.clear();
        network.learn(&values, &packed, &events.batch(), 0.05, step, &mut work);
        let mut gradients = [std::mem::take(&mut work.gradients)];
        adam.update(&mut values, &mut gradients, 1e-2, Some(1.0), 1);
        [work.gradients] = gradients;
    }
    let after = nats(&network, &values, &events);
    assert!(after < 0.02 * before, "{before} nats became {after}");
}

#[test]
fn windows_in_a_row_are_one_long_window() {
    let network = Network::new(&config(CellKind::Lstm), fields());
    let values = network.initialize(5);
    let whole = events(10, 2);
    let mut packed = PackedNetwork::default();
    network.pack(&values, &mut packed);
    let mut work = Workspace::default();
    let width = fields().len();
    for from in [0, 4] {
        let to = if from == 0 { 4 } else { 10 };
        let (rows, tokens) = (from * 2..to * 2, from * 2 * width..to * 2 * width);
        let batch = Batch {
            steps: Steps { time: to - from, batch: 2 },
            previous: &whole.previous[tokens.clone()],
            current: &whole.current[tokens],
            begins: &whole.begins[rows],
        };
        network.judge(&values, &packed, &batch, &mut work);
    }
    let parts: f64 = work.tallies.iter().map(|tally| tally.nats).sum();
    assert!((parts - nats(&network, &values, &whole)).abs() < 1e-4);
}

#[test]
fn dropout_drops_while_learning_and_never_while_judging() {
    let dropping = ModelConfig { dropout: 0.5, ..config(CellKind::Gru) };
    let network = Network::new(&dropping, fields());
    let values = network.initialize(2);
    let events = events(5, 2);
    let mut packed = PackedNetwork::default();
    network.pack(&values, &mut packed);
    let learnt = |key| {
        let mut work = Workspace::default();
        network.learn(&values, &packed, &events.batch(), 1.0, key, &mut work);
        work.tallies.iter().map(|tally| tally.nats).sum::<f64>()
    };
    assert_ne!(learnt(1), learnt(2));
    assert_eq!(learnt(1), learnt(1));
    let without = Network::new(&config(CellKind::Gru), fields());
    assert_eq!(nats(&network, &values, &events), nats(&without, &values, &events));
}

fn model() -> Model {
    model_of(&config(CellKind::Lstm))
}

fn model_of(config: &ModelConfig) -> Model {
    let tokenizer = Tokenizer::Notes(Notes::new(2));
    let network = Network::new(config, known().with_fields(tokenizer.fields()));
    let values = network.initialize(8);
    Model::new(network, tokenizer, Vec::new(), values).knowing(known())
}

#[test]
fn a_model_asked_event_by_event_says_what_windows_say() {
    let plain = config(CellKind::Lstm);
    says_what_windows_say(&model_of(&ModelConfig { tied: true, ..plain.clone() }));
    let deep = ModelConfig { layers: 3, residual: true, ..plain.clone() };
    says_what_windows_say(&model_of(&ModelConfig { layer_norm: true, ..deep.clone() }));
    says_what_windows_say(&model_of(&deep));
    says_what_windows_say(&model_of(&plain));
}

#[track_caller]
fn says_what_windows_say(model: &Model) {
    let fields = model.tokenizer.fields();
    let width = fields.len();
    let heads: Vec<usize> = (0..width).filter(|&f| fields[f].is_predicted()).collect();
    // Any tokens will do, as long as both see the same.
    let rows: Vec<Vec<u16>> = (0..9)
        .map(|row| fields.iter().map(|f| ((row * 5 + 2) % (f.size - 1) + 1) as u16).collect())
        .collect();
    let mut state = model.begin_told(&[2]);
    let mut one_by_one = 0.0;
    let mut previous = vec![NONE; width];
    for row in &rows {
        model.listen(&mut state, &previous, row);
        for (head, &field) in heads.iter().enumerate() {
            let logits = model.logits(&mut state, head, row);
            let highest = logits.iter().copied().fold(f32::MIN, f32::max);
            let sum: f64 = logits.iter().map(|&l| f64::from(l - highest).exp()).sum();
            one_by_one += sum.ln() - f64::from(logits[usize::from(row[field])] - highest);
        }
        previous.clone_from(row);
    }
    // In windows what is told stands before each event, and not before the one before it.
    let telling = |told: u16, rows: &[Vec<u16>]| -> Vec<u16> {
        rows.iter().flat_map(|row| [&[told], &row[..]].concat()).collect()
    };
    let current = telling(2, &rows);
    let before = [vec![NONE; width + 1], telling(NONE, &rows[..8])].concat();
    let mut begins = [false; 9];
    begins[0] = true;
    let batch = Batch {
        steps: Steps { time: 9, batch: 1 },
        previous: &before,
        current: &current,
        begins: &begins,
    };
    let mut packed = PackedNetwork::compact(model.weights().into());
    model.network.pack(&model.values, &mut packed);
    let mut work = Workspace::default();
    model.network.judge(&model.values, &packed, &batch, &mut work);
    let at_once: f64 = work.tallies.iter().map(|tally| tally.nats).sum();
    assert!((one_by_one - at_once).abs() < 1e-3, "{one_by_one} and {at_once}");
}

#[test]
fn helpers_change_no_bit_of_what_a_large_network_says() {
    // 2 layers of 1600 sums over 400 units and more, 4 bytes each: over 7 MB.
    let large = ModelConfig { units: 400, layers: 2, ..config(CellKind::Lstm) };
    let says = |helpers: usize| {
        let model = model_of(&large).helped(helpers);
        let mut state = model.begin();
        let mut row = vec![NONE; model.tokenizer.fields().len()];
        let logits = (1..20).map(|token| {
            model.listen(&mut state, &row, &row);
            row.fill(token % 3);
            model.logits(&mut state, 0, &row).to_vec()
        });
        logits.collect::<Vec<_>>()
    };
    let alone = says(0);
    assert_eq!(says(1), alone);
    assert_eq!(says(2), alone);
}

#[test]
fn a_model_that_was_told_nothing_is_saved_as_ever() {
    let tokenizer = Tokenizer::Notes(Notes::new(1));
    let network = Network::new(&config(CellKind::Gru), tokenizer.fields());
    let values = network.initialize(2);
    let model = Model::new(network, tokenizer, Vec::new(), values);
    let (json, weights) = Checkpoint { model, provenance: Provenance::default() }.save();
    assert!(!json.contains("conditions"), "a checkpoint of before conditions reads the same");
    assert!(Checkpoint::load(&json, &weights).expect("as ever").model.conditions.is_empty());
}

#[test]
fn shorter_weights_say_nearly_the_same_in_windows_and_event_by_event() {
    let exact = model();
    for kind in WeightsKind::SHORTER {
        let short = model().composing(kind);
        says_what_windows_say(&short);
        let mut work = [Workspace::default(), Workspace::default()];
        for (model, work) in [&exact, &short].into_iter().zip(&mut work) {
            let mut packed = PackedNetwork::compact(model.weights().into());
            model.network.pack(&model.values, &mut packed);
            let fields = &model.network.fields;
            let current: Vec<u16> = (0..8)
                .flat_map(|row| fields.iter().map(move |f| ((row * 3 + 1) % f.size) as u16))
                .collect();
            let previous = vec![NONE; current.len()];
            let begins = [true; 8];
            let steps = Steps { time: 8, batch: 1 };
            let batch = Batch { steps, previous: &previous, current: &current, begins: &begins };
            model.network.judge(&model.values, &packed, &batch, work);
        }
        let [exact, short] =
            work.map(|work| work.tallies.iter().map(|tally| tally.nats).sum::<f64>());
        let apart = (short / exact - 1.0).abs();
        assert!(apart > 0.0 && apart < 0.01, "{kind:?}: {short} nats beside {exact}");
    }
}

#[test]
fn a_checkpoint_is_whole_and_notices_damage() {
    let provenance = Provenance { corpus: "abc".to_owned(), steps: 7, ..Provenance::default() };
    let saved = Checkpoint { model: model().composing(WeightsKind::Int8), provenance };
    let (json, weights) = saved.save();
    let read = Checkpoint::load(&json, &weights).expect("as it was saved");
    assert_eq!(read.model.values, saved.model.values);
    assert_eq!(read.model.weights(), WeightsKind::Int8);
    let unsaid = json.replace(",\n  \"composing\": \"int8\"", "");
    assert_ne!(unsaid, json);
    let unsaid = Checkpoint::load(&unsaid, &weights).expect("a model of an earlier build");
    assert_eq!(unsaid.model.weights(), WeightsKind::F32);
    assert_eq!(read.model.tokenizer, saved.model.tokenizer);
    assert_eq!(read.provenance, saved.provenance);
    assert_eq!(read.model.conditions, known());

    let load =
        |json: &str, weights: &[u8]| Checkpoint::load(json, weights).map(|_| ()).unwrap_err();
    let mut flipped = weights.clone();
    flipped[weights.len() / 2] ^= 1;
    assert!(matches!(load(&json, &flipped), CheckpointError::Checksum { .. }));
    let later = json.replace("\"format\": 1", "\"format\": 9");
    assert!(matches!(load(&later, &weights), CheckpointError::Version { found: 9, .. }));
    let greedy = json.replace("\"units\": 7", "\"units\": 999999999");
    assert!(matches!(load(&greedy, &weights), CheckpointError::OverLimit { .. }));
    let other = json.replace("\"units\": 7", "\"units\": 8");
    assert!(matches!(load(&other, &weights), CheckpointError::Shape { .. }));
    assert!(matches!(load("{}", &weights), CheckpointError::Config(_)));
}
