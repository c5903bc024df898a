//! A network with weights, asked event by event.

use cantilena_neural::{Embedding, Helpers, Packed, State as CellState};
use cantilena_tokens::{KnownConditions, NONE, Opening, Tokenizer};

use crate::config::WeightsKind;
use crate::head::HeadScratch;
use crate::network::{Network, PackedNetwork};

/// From how many bytes of recurrent weights on helpers pay. With 0.5 MB, telling another thread
/// takes as long as it saves; with 1.6 MB, two threads are half as fast again as one, and with 3.7
/// MB twice as fast (docs/engine.md).
const LARGE: usize = 1 << 20;

/// A network, its weights and the vocabulary they were learnt with.
#[derive(Debug)]
pub struct Model {
    /// The shape.
    pub network: Network,
    /// How scores become events.
    pub tokenizer: Tokenizer,
    /// How the pieces it learnt from open, the commonest first.
    pub openings: Vec<Opening>,
    /// What it was told of the pieces it learnt from, and can be asked for.
    pub conditions: KnownConditions,
    /// All weights.
    pub values: Vec<f32>, // (network.layout.len(),)
    composing: WeightsKind,
    /// How many threads help with each stream.
    helpers: usize,
    packed: PackedNetwork,
}

/// What a model carries from event to event.
#[derive(Debug)]
pub struct State {
    helpers: Helpers,
    layers: Vec<CellState>,
    /// What it is told of the piece.
    told: Vec<u16>, // (conditions,)
    /// An event, with what is told before its own columns.
    row: Vec<u16>, // (conditions + the tokenizer's fields,)
    x: Vec<f32>,      // (embedding,)
    y: Vec<f32>,      // (units,): what the last layer passed on
    normed: Vec<f32>, // (units,)
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
        let (composing, packed) = (WeightsKind::F32, PackedNetwork::default());
        let conditions = KnownConditions::default();
        Model { network, tokenizer, openings, conditions, values, composing, helpers: 0, packed }
            .composing(composing)
    }

    /// The same model, keeping its weights so while it is asked.
    pub fn composing(mut self, weights: WeightsKind) -> Model {
        self.composing = weights;
        self.packed = PackedNetwork::compact(weights.into());
        self.network.pack(&self.values, &mut self.packed);
        self
    }

    /// The same model, with threads that help with every stream that begins, if its network is so
    /// large that they pay: for composing one piece as fast as can be, on a machine that has
    /// nothing else to do. What it says is the same to the bit.
    pub fn helped(self, helpers: usize) -> Model {
        Model { helpers, ..self }
    }

    /// How the weights are kept while the model is asked.
    pub fn weights(&self) -> WeightsKind {
        self.composing
    }

    /// The model with the conditions that its network was made for.
    pub fn knowing(self, conditions: KnownConditions) -> Model {
        Model { conditions, ..self }
    }

    /// The state before the first event of a piece of which nothing is told.
    pub fn begin(&self) -> State {
        self.begin_told(&vec![NONE; self.conditions.len()])
    }

    /// The state before the first event of a piece of which this is told, a token a condition.
    pub fn begin_told(&self, told: &[u16]) -> State {
        let config = &self.network.config;
        let bytes: usize = self.packed.layers.iter().map(Packed::bytes).sum();
        let helpers = if bytes > LARGE { self.helpers } else { 0 };
        State {
            helpers: Helpers::new(helpers),
            layers: self.network.silence(1),
            told: told.to_vec(),
            row: Vec::new(),
            x: vec![0.0; config.embedding],
            y: Vec::new(),
            normed: vec![0.0; config.units],
            head: HeadScratch::default(),
            logits: Vec::new(),
        }
    }

    /// Takes in the event before, and what is known of the next before any prediction.
    pub fn listen(&self, state: &mut State, previous: &[u16], current: &[u16]) {
        let columns = self.network.fields.len();
        state.x.fill(0.0);
        let (network, values) = (&self.network, &self.values);
        // As in training: of the event before nothing is told.
        state.row.clear();
        state.row.resize(state.told.len(), NONE);
        state.row.extend_from_slice(previous);
        Embedding::add_all(&network.previous, values, &state.row, columns, &mut state.x);
        state.tell(current);
        Embedding::add_all(&network.leading, values, &state.row, columns, &mut state.x);
        let State { helpers, layers, x, y, normed, .. } = state;
        y.clone_from(x);
        for (index, (layer, state)) in network.layers.iter().zip(layers).enumerate() {
            let x = match index.checked_sub(1).and_then(|norm| network.norms.get(norm)) {
                Some(norm) => {
                    norm.forward(values, y, normed);
                    &mut *normed
                }
                None => &mut *y,
            };
            layer.step_with(helpers, &self.packed.layers[index], x, state);
            if network.config.residual && index > 0 {
                y.iter_mut().zip(&state.h).for_each(|(y, h)| *y += h);
            } else {
                y.clone_from(&state.h);
            }
        }
    }

    /// The logits of predicted field number `head`, given the columns of `current` before it.
    ///
    /// Shape (the field's vocabulary,); [`NONE`](cantilena_tokens::NONE) is among them.
    pub fn logits<'s>(&self, state: &'s mut State, head: usize, current: &[u16]) -> &'s [f32] {
        let packed = &self.packed.heads[head];
        let head = &self.network.heads[head];
        state.tell(current);
        let State { row, y, head: scratch, logits, .. } = &mut *state;
        head.forward(&self.values, packed, 1, y, row, scratch, logits);
        &state.logits
    }
}

impl State {
    /// Takes in an event as the network sees it: behind what is told of the piece.
    fn tell(&mut self, event: &[u16]) {
        self.row.clear();
        self.row.extend_from_slice(&self.told);
        self.row.extend_from_slice(event);
    }
}
