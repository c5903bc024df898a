//! A network with weights, its reading and something to begin with.

use cantilena_neural::Steps;
use serde::{Deserialize, Serialize};

use crate::network::{Batch, PackedSystem, SystemNetwork, Workspace};
use crate::reading::Reading;
use crate::recipe::{Input, SystemRecipe};

/// What a composition goes on from: as many steps as the network looks back.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Window {
    /// The steps' symbols; empty for frames.
    pub symbols: Vec<u16>, // (window,)
    /// The steps' values.
    pub values: Vec<f32>, // (window, features)
}

/// A system that has learnt.
#[derive(Debug)]
pub struct SystemModel {
    /// How it was made.
    pub recipe: SystemRecipe,
    /// How it reads music.
    pub reading: Reading,
    /// Its shape.
    pub network: SystemNetwork,
    /// All weights.
    pub values: Vec<f32>, // (network.layout.len(),)
    /// Real music to begin with: windows that judged it, evenly over all of them.
    pub prompts: Vec<Window>,
    packed: PackedSystem,
}

impl SystemModel {
    /// A model of these weights, which must fit the network's layout.
    pub fn new(
        recipe: SystemRecipe,
        reading: Reading,
        network: SystemNetwork,
        values: Vec<f32>,
        prompts: Vec<Window>,
    ) -> SystemModel {
        let mut packed = PackedSystem::default();
        network.pack(&values, &mut packed);
        SystemModel { recipe, reading, network, values, prompts, packed }
    }

    /// The heads' raw outputs behind a window: logits, values, frames before the sigmoid, or the
    /// numbers of a mixture, in the order of the heads.
    pub(crate) fn predict<'w>(&self, window: &Window, work: &'w mut Ear) -> &'w [Vec<f32>] {
        let time = window.values.len() / self.reading.features();
        work.batch.steps = Steps { time, batch: 1 };
        if self.recipe.network.input == Input::Scaled {
            work.batch.x.clone_from(&window.values);
        } else {
            work.batch.symbols.clone_from(&window.symbols);
        }
        self.network.predict(&self.values, &self.packed, &work.batch, &mut work.workspace);
        &work.workspace.outputs
    }

    /// A window slid on by one step.
    pub(crate) fn advance(&self, window: &mut Window, symbol: Option<u16>, values: &[f32]) {
        // A prompt shorter than a window grows until it is one.
        let is_full = window.values.len() >= self.recipe.data.window * values.len();
        if let Some(symbol) = symbol {
            window.symbols.push(symbol);
            window.symbols.drain(..usize::from(is_full));
        }
        window.values.extend_from_slice(values);
        window.values.drain(..if is_full { values.len() } else { 0 });
    }

    /// Predicted pitches beside the true ones: the likeliest symbol behind each prompt's first
    /// steps, for as many as there are prompts. Gives (true, predicted) as MIDI pitches; empty
    /// where the model predicts none.
    pub fn hits(&self) -> Vec<(u8, u8)> {
        let mut ear = Ear::default();
        let features = self.reading.features();
        let hit = |window: &Window| {
            let steps = window.symbols.len().checked_sub(1)?;
            let truth = self.reading.pitch(*window.symbols.last()?)?;
            let before = Window {
                symbols: window.symbols[..steps].to_vec(),
                values: window.values[..steps * features].to_vec(),
            };
            let logits = &self.predict(&before, &mut ear)[0];
            let likeliest = (0..logits.len())
                .max_by(|&a, &b| logits[a].total_cmp(&logits[b]).then(b.cmp(&a)))?;
            Some((truth, self.reading.pitch(likeliest as u16)?))
        };
        self.prompts
            .iter()
            .filter(|window| window.values.len() > features)
            .filter_map(hit)
            .collect()
    }
}

/// What a model needs to be asked again and again.
#[derive(Debug, Default)]
pub(crate) struct Ear {
    batch: Batch,
    workspace: Workspace,
}
