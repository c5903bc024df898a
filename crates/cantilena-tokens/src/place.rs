//! What a token says of time.

use cantilena_score::Ticks;

/// What a token would mean for when things happen, given the piece so far. Times are in places
/// of the setting's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The piece ends.
    End,
    /// A note (or symbol) begins, or can only begin now.
    Onset(Ticks),
    /// Time goes on, and nothing begins by that alone.
    Clock(Ticks),
    /// The note being written is released.
    Release(Ticks),
    /// It says nothing of time.
    Silent,
}
