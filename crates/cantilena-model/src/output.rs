//! The last layer of a head: weights of its own, or those of an embedding.

use cantilena_neural::{Layout, Linear, PackedLinear, Span, Weights, isa};

/// From a head's hidden layer to the logits of its field.
#[derive(Debug)]
pub(crate) enum Output {
    /// logits = O·hidden + c.
    Own(Linear),
    /// logits = E·(P·hidden + p) + c, where E is the field's embedding: what a token means as an
    /// input is what must be said to predict it. P makes the widths fit.
    Tied(Tied),
}

/// An output whose weights stand elsewhere.
#[derive(Debug)]
pub(crate) struct Tied {
    projection: Linear,
    /// E and c, side by side in an array of their own: a layer knows its weights by one layout.
    linear: Linear,
    /// E in the network's array, (classes, embedding).
    table: Span,
    /// c in the network's array, (classes,).
    bias: Span,
}

/// An output's weights in the order its products read them.
#[derive(Debug, Default)]
pub(crate) struct PackedOutput {
    projection: PackedLinear,
    linear: PackedLinear,
}

/// What an output that is tied needs between its two ways.
#[derive(Clone, Debug, Default)]
pub(crate) struct OutputScratch {
    projected: Vec<f32>,   // (rows, embedding)
    d_projected: Vec<f32>, // (rows, embedding)
    /// The sums over E and c of the windows since they were last settled.
    gradients: Vec<f32>, // (classes, embedding), (classes,)
}

impl PackedOutput {
    /// Weights that are only read.
    pub(crate) fn compact(weights: Weights) -> PackedOutput {
        let layer = || PackedLinear::compact(isa(), weights);
        PackedOutput { projection: layer(), linear: layer() }
    }
}

impl Output {
    /// An output with weights of its own.
    pub(crate) fn own(layout: &mut Layout, head: &str, width: usize, classes: usize) -> Output {
        Output::Own(Linear::new(layout, &format!("{head}.output"), width, classes))
    }

    /// An output with the weights of `previous.{field}.weight`, which is in the layout already.
    pub(crate) fn tied(layout: &mut Layout, head: &str, width: usize, field: &str) -> Output {
        let name = format!("previous.{field}.weight");
        let table = layout.entries().iter().find(|entry| entry.name == name);
        let table = table.expect("every field of the event before has an embedding").clone();
        let (classes, embedding) = (table.shape[0], table.shape[1]);
        let projection = Linear::new(layout, &format!("{head}.projection"), width, embedding);
        let bias = layout.add(&format!("{head}.output.bias"), &[classes]);
        let linear = Linear::new(&mut Layout::new(), "output", embedding, classes);
        Output::Tied(Tied { projection, linear, table: table.span, bias })
    }

    /// How many logits a row has.
    pub(crate) fn classes(&self) -> usize {
        match self {
            Output::Own(linear) => linear.output,
            Output::Tied(tied) => tied.linear.output,
        }
    }

    /// Draws first weights; an embedding is left as it is.
    pub(crate) fn initialize(&self, values: &mut [f32], seed: u64) {
        match self {
            Output::Own(linear) => linear.initialize(values, seed),
            Output::Tied(tied) => {
                tied.projection.initialize(values, seed);
                tied.bias.of_mut(values).fill(0.0);
            }
        }
    }

    pub(crate) fn pack(&self, values: &[f32], packed: &mut PackedOutput) {
        match self {
            Output::Own(linear) => linear.pack(values, &mut packed.linear),
            Output::Tied(tied) => {
                tied.projection.pack(values, &mut packed.projection);
                let both = [tied.table.of(values), tied.bias.of(values)].concat();
                tied.linear.pack(&both, &mut packed.linear);
            }
        }
    }

    /// Writes the logits (rows, classes) of `hidden` (rows, head).
    pub(crate) fn forward(
        &self,
        packed: &PackedOutput,
        rows: usize,
        hidden: &[f32],
        scratch: &mut OutputScratch,
        logits: &mut [f32],
    ) {
        match self {
            Output::Own(linear) => linear.forward(&packed.linear, rows, hidden, logits),
            Output::Tied(tied) => {
                let projected = &mut scratch.projected;
                projected.resize(rows * tied.projection.output, 0.0);
                tied.projection.forward(&packed.projection, rows, hidden, projected);
                tied.linear.forward(&packed.linear, rows, projected, logits);
            }
        }
    }

    /// The way back: overwrites `d_hidden` (rows, head), and adds to `gradients` or, for the
    /// weights that are tied, to `scratch`.
    #[expect(clippy::too_many_arguments, reason = "a layer and its gradients are many slices")]
    pub(crate) fn backward(
        &self,
        packed: &PackedOutput,
        rows: usize,
        hidden: &[f32],
        scratch: &mut OutputScratch,
        d_logits: &[f32],
        d_hidden: &mut [f32],
        gradients: &mut [f32],
    ) {
        match self {
            Output::Own(linear) => {
                linear.backward(&packed.linear, rows, hidden, d_logits, Some(d_hidden), gradients);
            }
            Output::Tied(tied) => {
                let OutputScratch { projected, d_projected, gradients: tied_gradients } = scratch;
                d_projected.resize(rows * tied.projection.output, 0.0);
                let (classes, width) = (tied.linear.output, tied.linear.input);
                tied_gradients.resize(classes * (width + 1), 0.0);
                tied.linear.backward(
                    &packed.linear,
                    rows,
                    projected,
                    d_logits,
                    Some(d_projected),
                    tied_gradients,
                );
                let d_hidden = Some(d_hidden);
                let packed = &packed.projection;
                tied.projection.backward(packed, rows, hidden, d_projected, d_hidden, gradients);
            }
        }
    }

    /// Adds what `scratch` holds for weights that are tied to `gradients`.
    pub(crate) fn settle(&self, scratch: &mut OutputScratch, gradients: &mut [f32]) {
        let Output::Tied(tied) = self else { return };
        let (table, bias) = scratch.gradients.split_at(tied.linear.output * tied.linear.input);
        for (span, sums) in [(tied.table, table), (tied.bias, bias)] {
            span.of_mut(gradients)
                .iter_mut()
                .zip(sums)
                .for_each(|(gradient, sum)| *gradient += sum);
        }
        scratch.gradients.fill(0.0);
    }
}
