//! Windows that are looked at together.

use cantilena_neural::Steps;

/// Windows side by side, time-major: row = step × batch + window.
#[derive(Clone, Debug)]
pub(crate) struct Batch {
    pub(crate) steps: Steps,
    /// Where symbols are embedded; else empty.
    pub(crate) symbols: Vec<u16>, // (time, batch)
    /// Where they are not; else empty.
    pub(crate) x: Vec<f32>, // (time, batch, features)
    /// The symbol that follows each step; empty where none is predicted.
    pub(crate) next_symbols: Vec<u16>, // (time, batch)
    /// The values that follow each step; empty where none is predicted.
    pub(crate) next_values: Vec<f32>, // (time, batch, features)
}

impl Default for Batch {
    fn default() -> Batch {
        Batch {
            steps: Steps { time: 0, batch: 0 },
            symbols: Vec::new(),
            x: Vec::new(),
            next_symbols: Vec::new(),
            next_values: Vec::new(),
        }
    }
}
