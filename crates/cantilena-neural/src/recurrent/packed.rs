//! The weights of a recurrent layer as its products read them.

use std::sync::Arc;

use crate::isa::{Isa, isa};
use crate::precision::{Precision, Weights};
use crate::product::{Affine, Panels};

/// The weights of a recurrent layer, laid out for its products. Made once an update, read by all
/// shards.
#[derive(Clone, Debug)]
pub struct Packed {
    pub(super) isa: Isa,
    pub(super) precision: Precision,
    /// Whether the way back is wanted.
    pub(super) learns: bool,
    /// Shared with those who help with a stream's products.
    pub(super) input: Arc<Affine>, // (input, gates * units)
    /// With a bias in a GRU alone.
    pub(super) hidden: Arc<Affine>, // (units, gates * units)
    pub(super) input_back: Panels,  // (gates * units, input)
    pub(super) hidden_back: Panels, // (gates * units, units)
}

impl Default for Packed {
    fn default() -> Packed {
        Packed::new(isa())
    }
}

impl Packed {
    /// Weights for the kernels of `isa`, whatever the one in use. Nothing is laid out yet.
    ///
    /// # Panics
    ///
    /// If the processor does not have the instruction set.
    pub fn new(isa: Isa) -> Packed {
        Packed::with(isa, Precision::F32)
    }

    /// As [`Packed::new`], for products of `precision`.
    pub fn with(isa: Isa, precision: Precision) -> Packed {
        Packed::of(isa, precision, true, || Panels::new(isa, precision))
    }

    /// As [`Packed::new`], for weights that are only read: there is no way back.
    pub fn compact(isa: Isa, weights: Weights) -> Packed {
        Packed::of(isa, Precision::F32, false, || Panels::compact(isa, weights))
    }

    /// How many bytes the weights take that a step reads.
    pub fn bytes(&self) -> usize {
        self.input.panels.bytes() + self.hidden.panels.bytes()
    }

    fn of(isa: Isa, precision: Precision, learns: bool, panels: impl Fn() -> Panels) -> Packed {
        assert!(isa.is_available(), "this processor has no {}", isa.name());
        Packed {
            isa,
            precision,
            learns,
            input: Arc::new(Affine::new(panels())),
            hidden: Arc::new(Affine::new(panels())),
            input_back: panels(),
            hidden_back: panels(),
        }
    }
}
