//! The networks of the workloads.

use cantilena_neural::{
    Cell, Embedding, Layout, Linear, Packed, PackedLinear, Precision, Recurrent, Steps, isa,
};

/// The width of an embedding.
pub(super) const WIDTH: usize = 256;

/// What a network is made of, and what it learns from at once.
pub(super) struct Shape {
    /// Tokens in and a target at every step; or one number a step and a target a window, with
    /// dropout and a middle layer.
    pub(super) embedded: bool,
    pub(super) layers: usize,
    pub(super) units: usize,
    pub(super) classes: usize,
    pub(super) steps: Steps,
}

impl Shape {
    pub(super) const W1: Shape = Shape {
        embedded: false,
        layers: 2,
        units: 256,
        classes: 300,
        steps: Steps { time: 50, batch: 128 },
    };

    pub(super) const W2: Shape = Shape {
        embedded: true,
        layers: 2,
        units: 512,
        classes: 512,
        steps: Steps { time: 128, batch: 32 },
    };

    pub(super) const W3: Shape = Shape { layers: 3, units: 1024, ..Shape::W2 };
}

/// The layers and their weights.
pub(super) struct Network {
    pub(super) layout: Layout,
    pub(super) embedding: Option<Embedding>,
    pub(super) recurrent: Vec<Recurrent>,
    pub(super) middle: Option<Linear>,
    pub(super) head: Linear,
    pub(super) values: Vec<f32>, // (layout.len(),)
    pub(super) packed: Vec<Packed>,
    pub(super) packed_middle: PackedLinear,
    pub(super) packed_head: PackedLinear,
}

impl Network {
    /// Weights that are laid out for products of `precision`, once `pack` was called.
    pub(super) fn new(shape: &Shape, precision: Precision) -> Network {
        let mut layout = Layout::new();
        let embedding =
            shape.embedded.then(|| Embedding::new(&mut layout, "embedding", shape.classes, WIDTH));
        let first = if shape.embedded { WIDTH } else { 1 };
        let units = shape.units;
        let recurrent: Vec<_> = (0..shape.layers)
            .map(|index| {
                let input = if index == 0 { first } else { units };
                Recurrent::new(&mut layout, &format!("layers.{index}"), Cell::Lstm, input, units)
            })
            .collect();
        let middle = (!shape.embedded).then(|| Linear::new(&mut layout, "middle", units, units));
        let head = Linear::new(&mut layout, "head", units, shape.classes);

        let mut values = vec![0.0; layout.len()];
        if let Some(embedding) = &embedding {
            embedding.initialize(&mut values, 1);
        }
        for (layer, seed) in recurrent.iter().zip(2..) {
            layer.initialize(&mut values, seed);
        }
        if let Some(middle) = &middle {
            middle.initialize(&mut values, 8);
        }
        head.initialize(&mut values, 9);
        Network {
            layout,
            embedding,
            packed: vec![Packed::with(isa(), precision); recurrent.len()],
            recurrent,
            middle,
            head,
            values,
            packed_middle: PackedLinear::with(isa(), precision),
            packed_head: PackedLinear::with(isa(), precision),
        }
    }

    pub(super) fn pack(&mut self) {
        for (layer, packed) in self.recurrent.iter().zip(&mut self.packed) {
            layer.pack(&self.values, packed);
        }
        if let Some(middle) = &self.middle {
            middle.pack(&self.values, &mut self.packed_middle);
        }
        self.head.pack(&self.values, &mut self.packed_head);
    }

    /// Multiplications and additions of all products of one row of the recurrent layers, and of
    /// one row of the layers behind them, going forward.
    pub(super) fn operations(&self) -> [f64; 2] {
        let of_lstm = |layer: &Recurrent| 8 * layer.units * (layer.input + layer.units);
        let of_linear = |layer: &Linear| 2 * layer.input * layer.output;
        let recurrent: usize = self.recurrent.iter().map(of_lstm).sum();
        let linear = self.middle.as_ref().map_or(0, of_linear) + of_linear(&self.head);
        [recurrent as f64, linear as f64]
    }
}
