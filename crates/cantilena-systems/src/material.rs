//! Music as a network of fixed windows reads it, and which windows judge.

use cantilena_neural::Steps;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::error::SystemError;
use crate::model::Window;
use crate::network::Batch;
use crate::protocol::Protocol;
use crate::recipe::{SystemRecipe, Targets};
use crate::system::System;

/// A piece, or a recording, step by step.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sequence {
    /// What each step is; empty for frames of sound.
    pub symbols: Vec<u16>, // (steps,)
    /// What the network reads of each step.
    pub values: Vec<f32>, // (steps, features)
}

/// What a sequence is for, where whole pieces judge.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It is learnt from.
    Learn,
    /// It judges while there is learning, and so says which weights are kept.
    Judge,
    /// It judges the weights that were kept, and nothing before.
    Test,
}

/// Sequences, and the windows of them that are learnt from and that judge.
#[derive(Clone, Debug)]
pub struct Material {
    /// Values of a step.
    pub features: usize,
    /// Steps of a window.
    pub window: usize,
    sequences: Vec<Sequence>,
    train: Vec<Place>,
    judge: Vec<Place>,
    /// Judges once, when all is over; empty where nobody kept pieces for that.
    test: Vec<Place>,
    /// Whether an epoch need not show every window, as each step of a window is a lesson.
    every: bool,
    /// Whether the network reads symbols instead of values.
    embedded: bool,
}

/// A [`Material`] in one row.
#[derive(Clone, Debug)]
pub struct LaidOut {
    /// All sequences, one behind the other.
    pub whole: Sequence,
    /// The first step of each window that is learnt from.
    pub train: Vec<u32>,
    /// The first step of each window that judges.
    pub judge: Vec<u32>,
}

/// Where a window begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    sequence: u32,
    step: u32,
}

impl Material {
    /// Divides sequences as the recipe's protocol says.
    ///
    /// `roles` says of each sequence what it is for; the legacy protocol does not ask.
    pub fn new(
        recipe: &SystemRecipe,
        features: usize,
        sequences: Vec<Sequence>,
        roles: &[Role],
    ) -> Result<Material, SystemError> {
        let window = recipe.data.window;
        let embedded = recipe.network.input != crate::recipe::Input::Scaled;
        let every = recipe.training.targets == Targets::Every;
        let mut material = Material {
            features,
            window,
            sequences,
            train: Vec::new(),
            judge: Vec::new(),
            test: Vec::new(),
            every,
            embedded,
        };
        match recipe.protocol {
            Protocol::Legacy => {
                material.sequences = vec![joined(&material.sequences)];
                let mut places = material.places(0);
                let mut rng = ChaCha8Rng::seed_from_u64(recipe.training.seed);
                places.shuffle(&mut rng);
                let judging = (places.len() as f64 * recipe.data.validation).round() as usize;
                material.train = places.split_off(judging);
                material.judge = places;
            }
            Protocol::ByPiece => {
                for (index, role) in roles.iter().enumerate() {
                    let places = material.places(index);
                    match role {
                        Role::Learn => material.train.extend(places),
                        Role::Judge => material.judge.extend(places),
                        Role::Test => material.test.extend(places),
                    }
                }
            }
        }
        let sides = [("to learn from", &material.train), ("to judge by", &material.judge)];
        for (side, places) in sides {
            if places.is_empty() {
                let what = match recipe.system {
                    System::Spectrogram => "frames",
                    System::PitchStepDuration => "notes",
                    _ => "symbols",
                };
                let longest = material.sequences.iter().map(|s| material.steps(s)).max();
                let found = longest.unwrap_or(0);
                return Err(SystemError::TooShort { what, side, found, needed: window + 1 });
            }
        }
        Ok(material)
    }

    /// Windows that judge only when all is over.
    pub fn tests(&self) -> usize {
        self.test.len()
    }

    /// Windows learnt from and windows that judge.
    pub fn windows(&self) -> (usize, usize) {
        (self.train.len(), self.judge.len())
    }

    /// All steps in one row, and where in it the windows of either side begin: what another
    /// program needs to learn from the very same windows.
    pub fn laid_out(&self) -> LaidOut {
        let whole = joined(&self.sequences);
        let mut begins = vec![0u32];
        for sequence in &self.sequences {
            begins.push(begins[begins.len() - 1] + self.steps(sequence) as u32);
        }
        let starts = |places: &[Place]| {
            places.iter().map(|place| begins[place.sequence as usize] + place.step).collect()
        };
        LaidOut { train: starts(&self.train), judge: starts(&self.judge), whole }
    }

    /// Windows that an epoch shows: all, or as many as it takes to make every step a lesson once.
    pub fn windows_an_epoch(&self) -> usize {
        if self.every { self.train.len().div_ceil(self.window) } else { self.train.len() }
    }

    /// The windows of an epoch in the order in which they are learnt from.
    pub(crate) fn epoch(&self, seed: u64, epoch: u64) -> Vec<u32> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(epoch + 1);
        let mut order: Vec<u32> = (0..self.train.len() as u32).collect();
        let shown = self.windows_an_epoch();
        order.partial_shuffle(&mut rng, shown).0.to_vec()
    }

    /// Windows of the training side as a batch.
    pub(crate) fn training(&self, windows: &[u32], batch: &mut Batch) {
        let places = windows.iter().map(|&window| self.train[window as usize]);
        self.fill(places, windows.len(), batch);
    }

    /// Windows of one side as a batch.
    pub(crate) fn judging(&self, role: Role, chosen: &[u32], batch: &mut Batch) {
        let side = self.side(role);
        let places = chosen.iter().map(|&window| side[window as usize]);
        self.fill(places, chosen.len(), batch);
    }

    /// At most `most` windows of one side, evenly over all of them.
    pub(crate) fn chosen(&self, role: Role, most: usize) -> Vec<u32> {
        let all = self.side(role).len();
        let count = all.min(most.max(1));
        (0..count).map(|index| (index * all / count) as u32).collect()
    }

    /// Windows to begin a composition with: `count` of those that judge, evenly over them.
    pub fn prompts(&self, count: usize) -> Vec<Window> {
        let cut = |window: &u32| {
            let Place { sequence, step } = self.judge[*window as usize];
            let (sequence, step) = (&self.sequences[sequence as usize], step as usize);
            let symbols = sequence.symbols.get(step..step + self.window);
            let values = step * self.features..(step + self.window) * self.features;
            Window {
                symbols: symbols.unwrap_or_default().to_vec(),
                values: sequence.values[values].to_vec(),
            }
        };
        self.chosen(Role::Judge, count).iter().map(cut).collect()
    }

    fn side(&self, role: Role) -> &[Place] {
        match role {
            Role::Learn => &self.train,
            Role::Judge => &self.judge,
            Role::Test => &self.test,
        }
    }

    fn steps(&self, sequence: &Sequence) -> usize {
        sequence.values.len() / self.features
    }

    /// Every place of a sequence with a window and something behind it.
    fn places(&self, index: usize) -> Vec<Place> {
        let last = self.steps(&self.sequences[index]).saturating_sub(self.window);
        (0..last).map(|step| Place { sequence: index as u32, step: step as u32 }).collect()
    }

    fn fill(&self, places: impl Iterator<Item = Place>, count: usize, batch: &mut Batch) {
        let (time, features) = (self.window, self.features);
        batch.steps = Steps { time, batch: count };
        let rows = batch.steps.rows();
        let is_symbolic = self.sequences.iter().any(|sequence| !sequence.symbols.is_empty());
        batch.symbols.resize(if self.embedded { rows } else { 0 }, 0);
        batch.x.resize(if self.embedded { 0 } else { rows * features }, 0.0);
        batch.next_symbols.resize(if is_symbolic { rows } else { 0 }, 0);
        batch.next_values.resize(rows * features, 0.0);
        for (column, Place { sequence, step }) in places.enumerate() {
            let sequence = &self.sequences[sequence as usize];
            for t in 0..time {
                let (row, at) = (t * count + column, step as usize + t);
                if self.embedded {
                    batch.symbols[row] = sequence.symbols[at];
                } else {
                    batch.x[row * features..][..features]
                        .copy_from_slice(&sequence.values[at * features..][..features]);
                }
                if is_symbolic {
                    batch.next_symbols[row] = sequence.symbols[at + 1];
                }
                batch.next_values[row * features..][..features]
                    .copy_from_slice(&sequence.values[(at + 1) * features..][..features]);
            }
        }
    }
}

/// All sequences, one behind the other, as if they were one piece.
fn joined(sequences: &[Sequence]) -> Sequence {
    let mut whole = Sequence::default();
    for sequence in sequences {
        whole.symbols.extend_from_slice(&sequence.symbols);
        whole.values.extend_from_slice(&sequence.values);
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A sequence that counts upwards, so that a window can be told from any other.
    fn counting(from: u16, steps: u16) -> Sequence {
        let symbols: Vec<u16> = (from..from + steps).collect();
        let values = symbols.iter().map(|&symbol| f32::from(symbol)).collect();
        Sequence { symbols, values }
    }

    fn material(protocol: Protocol, targets: Targets) -> Material {
        let mut recipe = SystemRecipe::of(System::Melody);
        (recipe.protocol, recipe.data.window) = (protocol, 5);
        recipe.training.targets = targets;
        let sequences = vec![counting(0, 30), counting(100, 3), counting(200, 26)];
        let roles = [Role::Learn, Role::Learn, Role::Judge];
        Material::new(&recipe, 1, sequences, &roles).unwrap()
    }

    #[test]
    fn by_piece_no_window_crosses_from_one_piece_to_another() {
        let material = material(Protocol::ByPiece, Targets::Last);
        assert_eq!(material.windows(), (25, 21), "the second piece is shorter than a window");
        let mut batch = Batch::default();
        for window in 0..25 {
            material.training(&[window], &mut batch);
            assert!(batch.x.iter().all(|&x| x < 100.0));
            assert_eq!(f32::from(batch.next_symbols[4]), batch.x[4] + 1.0);
        }
        material.judging(Role::Judge, &material.chosen(Role::Judge, 100), &mut batch);
        assert!(batch.x.iter().all(|&x| x >= 200.0));
    }

    // Pieces that a publisher kept for the test were once learnt from like any other.
    #[test]
    fn pieces_kept_for_the_test_are_neither_learnt_from_nor_judge_before_it() {
        let mut recipe = SystemRecipe::of(System::Melody);
        (recipe.protocol, recipe.data.window) = (Protocol::ByPiece, 5);
        let sequences = vec![counting(0, 30), counting(100, 30), counting(200, 30)];
        let roles = [Role::Learn, Role::Test, Role::Judge];
        let material = Material::new(&recipe, 1, sequences, &roles).unwrap();
        assert_eq!((material.windows(), material.tests()), ((25, 25), 25));
        let mut batch = Batch::default();
        for (role, first) in [(Role::Learn, 0.0), (Role::Test, 100.0), (Role::Judge, 200.0)] {
            material.judging(role, &material.chosen(role, usize::MAX), &mut batch);
            let is_own = |x: &f32| (first..first + 30.0).contains(x);
            assert!(batch.x.iter().all(is_own), "{role:?}");
        }
    }

    #[test]
    fn legacy_windows_are_those_of_the_joined_pieces() {
        let material = material(Protocol::Legacy, Targets::Last);
        assert_eq!(material.windows(), (43, 11), "59 symbols have 54 windows, a fifth judges");
    }

    #[test]
    fn laid_out_windows_are_the_same_windows() {
        let material = material(Protocol::ByPiece, Targets::Last);
        let LaidOut { whole, train, judge } = material.laid_out();
        let mut batch = Batch::default();
        material.training(&[7], &mut batch);
        let start = train[7] as usize;
        assert_eq!(whole.values[start..start + 5], batch.x);
        assert_eq!(whole.symbols[judge[0] as usize], 200);
    }

    #[test]
    fn an_epoch_shows_every_window_once_or_a_lesson_a_step() {
        let all = material(Protocol::ByPiece, Targets::Last);
        let mut order = all.epoch(1, 0);
        assert_ne!(order, all.epoch(1, 1), "each epoch has an order of its own");
        order.sort_unstable();
        assert_eq!(order, (0..25).collect::<Vec<u32>>());
        assert_eq!(material(Protocol::ByPiece, Targets::Every).epoch(1, 0).len(), 5);
    }

    #[test]
    fn music_shorter_than_a_window_is_refused() {
        let mut recipe = SystemRecipe::of(System::Melody);
        recipe.protocol = Protocol::ByPiece;
        let roles = [Role::Learn, Role::Judge];
        let why = Material::new(&recipe, 1, vec![counting(0, 9); 2], &roles).unwrap_err();
        assert_eq!(why.to_string(), "only 9 symbols to learn from, and one window needs 51");
    }
}
