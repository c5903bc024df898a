//! How rows of a sequence are counted.

/// The shape of one shard of a batch of sequences, time first: row = t * batch + b.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Steps {
    /// How many steps each sequence has.
    pub time: usize,
    /// How many sequences run side by side.
    pub batch: usize,
}

impl Steps {
    /// The rows of a matrix that has one for each step of each sequence.
    pub fn rows(self) -> usize {
        self.time * self.batch
    }
}
