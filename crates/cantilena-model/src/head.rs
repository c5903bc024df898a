//! One field's head: from the recurrent state and the fields already known to logits.

use cantilena_neural::{Embedding, Layout, Linear, PackedLinear, Weights, activation, isa};
use cantilena_tokens::Field;

use crate::config::ModelConfig;
use crate::output::{Output, OutputScratch, PackedOutput};

/// hidden = ReLU(W·h + b + Σ embeddings of the columns known before), logits = output(hidden).
#[derive(Debug)]
pub(crate) struct Head {
    /// The column it predicts.
    pub(crate) field: usize,
    /// From the recurrent state.
    pub(crate) hidden: Linear,
    /// One for each column before the field: what is known of the event already.
    pub(crate) known: Vec<Embedding>,
    /// To the field's vocabulary.
    pub(crate) output: Output,
}

/// A head's weights in the order its products read them.
#[derive(Debug, Default)]
pub(crate) struct PackedHead {
    pub(crate) hidden: PackedLinear,
    pub(crate) output: PackedOutput,
}

impl PackedHead {
    /// Weights that are only read.
    pub(crate) fn compact(weights: Weights) -> PackedHead {
        let hidden = PackedLinear::compact(isa(), weights);
        PackedHead { hidden, output: PackedOutput::compact(weights) }
    }
}

impl Head {
    pub(crate) fn new(
        layout: &mut Layout,
        fields: &[Field],
        field: usize,
        config: &ModelConfig,
    ) -> Head {
        let (name, width) = (format!("head.{}", fields[field].name), config.head);
        let known = fields[..field].iter().map(|column| {
            Embedding::new(layout, &format!("{name}.{}", column.name), column.size, width)
        });
        let known = known.collect();
        let hidden = Linear::new(layout, &format!("{name}.hidden"), config.units, width);
        let output = match config.tied {
            false => Output::own(layout, &name, width, fields[field].size),
            true => Output::tied(layout, &name, width, fields[field].name),
        };
        Head { field, hidden, known, output }
    }

    pub(crate) fn initialize(&self, values: &mut [f32], seed: u64) {
        self.hidden.initialize(values, seed);
        self.known.iter().zip(1..).for_each(|(known, step)| known.initialize(values, seed + step));
        self.output.initialize(values, seed + 1000);
    }

    pub(crate) fn pack(&self, values: &[f32], packed: &mut PackedHead) {
        self.hidden.pack(values, &mut packed.hidden);
        self.output.pack(values, &mut packed.output);
    }

    /// Writes the logits (rows, the field's vocabulary) of states `h` (rows, units), given the
    /// columns of `events` (rows, columns) before the field.
    #[expect(clippy::too_many_arguments, reason = "weights, what is known and what is kept")]
    pub(crate) fn forward(
        &self,
        values: &[f32],
        packed: &PackedHead,
        rows: usize,
        h: &[f32],
        events: &[u16],
        scratch: &mut HeadScratch,
        logits: &mut Vec<f32>,
    ) {
        let columns = events.len() / rows.max(1);
        scratch.hidden.resize(rows * self.hidden.output, 0.0);
        self.hidden.forward(&packed.hidden, rows, h, &mut scratch.hidden);
        Embedding::add_all(&self.known, values, events, columns, &mut scratch.hidden);
        activation::relu(&mut scratch.hidden);
        logits.resize(rows * self.output.classes(), 0.0);
        self.output.forward(&packed.output, rows, &scratch.hidden, &mut scratch.output, logits);
    }

    /// The way back behind [`Head::forward`], from the logits' gradients: adds to `dh` and
    /// `gradients`, but for those of a table that is tied, which stay in `scratch` until
    /// [`Output::settle`].
    #[expect(clippy::too_many_arguments, reason = "a head and its gradients are many slices")]
    pub(crate) fn backward(
        &self,
        packed: &PackedHead,
        rows: usize,
        h: &[f32],
        events: &[u16],
        scratch: &mut HeadScratch,
        d_logits: &[f32],
        dh: &mut [f32],
        gradients: &mut [f32],
    ) {
        let columns = events.len() / rows.max(1);
        let HeadScratch { hidden, d_hidden, output } = scratch;
        d_hidden.resize(rows * self.hidden.output, 0.0);
        self.output.backward(&packed.output, rows, hidden, output, d_logits, d_hidden, gradients);
        activation::relu_backward(hidden, d_hidden);
        Embedding::backward_all(&self.known, events, columns, d_hidden, gradients);
        self.hidden.backward_add(&packed.hidden, rows, h, d_hidden, dh, gradients);
    }
}

/// What a head needs between its two ways; its room is kept from call to call.
#[derive(Clone, Debug, Default)]
pub(crate) struct HeadScratch {
    hidden: Vec<f32>,   // (rows, head)
    d_hidden: Vec<f32>, // (rows, head)
    pub(crate) output: OutputScratch,
}
