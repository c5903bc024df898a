//! A network with weights, asked event by event.

use cantilena_neural::State as CellState;
use cantilena_tokens::{Opening, Tokenizer};

use crate::head::HeadScratch;
use crate::network::{Network, PackedNetwork};

/// A network, its weights and the vocabulary they were learnt with.
#[derive(Debug)]
pub struct Model {
    /// The shape.
    pub network: Network,
    /// How scores become events.
    pub tokenizer: Tokenizer,
    /// How the pieces it learnt from open, the commonest first.
    pub openings: Vec<Opening>,
    /// All weights.
    pub values: Vec<f32>, // (network.layout.len(),)
    packed: PackedNetwork,
}

/// What a model carries from event to event.
#[derive(Clone, Debug)]
pub struct State {
    layers: Vec<CellState>,
    x: Vec<f32>, // (embedding,)
    head: HeadScratch,
    logits: Vec<f32>, // (the field's vocabulary,)
}

impl Model {
    /// A model of these weights, which must fit the network's layout.
    pub fn new(
        network: Network,
        tokenizer: Tokenizer,
        openings: Vec<Opening>,
        values: Vec<f32>,
    ) -> Model {
        let mut packed = PackedNetwork::default();
        network.pack(&values, &mut packed);
        Model { network, tokenizer, openings, values, packed }
    }

    /// The state before the first event.
    pub fn begin(&self) -> State {
        let config = &self.network.config;
        State {
            layers: self.network.silence(1),
            x: vec![0.0; config.embedding],
            head: HeadScratch::default(),
            logits: Vec::new(),
        }
    }

    /// Takes in the event before, and what is known of the next before any prediction.
    pub fn listen(&self, state: &mut State, previous: &[u16], current: &[u16]) {
        let columns = self.network.fields.len();
        state.x.fill(0.0);
        for (column, embedding) in self.network.previous.iter().enumerate() {
            embedding.add_column(&self.values, previous, columns, column, &mut state.x);
        }
        for (column, embedding) in self.network.leading.iter().enumerate() {
            embedding.add_column(&self.values, current, columns, column, &mut state.x);
        }
        for (index, layer) in self.network.layers.iter().enumerate() {
            let (below, above) = state.layers.split_at_mut(index);
            let x = below.last().map_or(&state.x, |below| &below.h);
            layer.step(&self.packed.layers[index], x, &mut above[0]);
        }
    }

    /// The logits of predicted field number `head`, given the columns of `current` before it.
    ///
    /// Shape (the field's vocabulary,); [`NONE`](cantilena_tokens::NONE) is among them.
    pub fn logits<'s>(&self, state: &'s mut State, head: usize, current: &[u16]) -> &'s [f32] {
        let packed = &self.packed.heads[head];
        let head = &self.network.heads[head];
        let h = state.layers.last().map_or(&state.x, |layer| &layer.h);
        head.forward(&self.values, packed, 1, h, current, &mut state.head, &mut state.logits);
        &state.logits
    }
}
