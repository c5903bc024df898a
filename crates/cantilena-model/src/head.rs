//! One field's head: from the recurrent state and the fields already known to logits.

use cantilena_neural::{Embedding, Layout, Linear, PackedLinear};
use cantilena_tokens::Field;

/// hidden = ReLU(W·h + b + Σ embeddings of the columns known before), logits = O·hidden + c.
#[derive(Debug)]
pub(crate) struct Head {
    /// The column it predicts.
    pub(crate) field: usize,
    /// From the recurrent state.
    pub(crate) hidden: Linear,
    /// One for each column before the field: what is known of the event already.
    pub(crate) known: Vec<Embedding>,
    /// To the field's vocabulary.
    pub(crate) output: Linear,
}

/// A head's weights in the order its products read them.
#[derive(Debug, Default)]
pub(crate) struct PackedHead {
    pub(crate) hidden: PackedLinear,
    pub(crate) output: PackedLinear,
}

impl Head {
    pub(crate) fn new(
        layout: &mut Layout,
        fields: &[Field],
        field: usize,
        units: usize,
        width: usize,
    ) -> Head {
        let name = format!("head.{}", fields[field].name);
        let known = fields[..field].iter().map(|column| {
            Embedding::new(layout, &format!("{name}.{}", column.name), column.size, width)
        });
        let known = known.collect();
        Head {
            field,
            hidden: Linear::new(layout, &format!("{name}.hidden"), units, width),
            known,
            output: Linear::new(layout, &format!("{name}.output"), width, fields[field].size),
        }
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
}
