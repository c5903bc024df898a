//! What shapes a track's sound besides its notes: pedals, volume, bends, pressure.

use crate::note::Pitch;
use crate::time::Ticks;

/// Controller numbers with a meaning of their own here (MIDI 1.0, table of controllers).
pub mod controller {
    /// Channel volume.
    pub const VOLUME: u8 = 7;
    /// Pan, 64 in the middle.
    pub const PAN: u8 = 10;
    /// Expression: volume within the volume.
    pub const EXPRESSION: u8 = 11;
    /// Sustain pedal, down from 64.
    pub const SUSTAIN: u8 = 64;
}

/// One change that is no note.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Change {
    /// A controller, 0 to 127, takes a value, 0 to 127; 64 is the sustain pedal.
    Controller {
        /// Which controller; see [`controller`].
        number: u8,
        /// Its new value.
        value: u8,
    },
    /// The pitch wheel: −8192 to 8191, 0 in the middle.
    PitchBend(i16),
    /// Pressure on the whole channel, 0 to 127.
    ChannelPressure(u8),
    /// Pressure on one key, 0 to 127.
    KeyPressure {
        /// The key pressed.
        pitch: Pitch,
        /// How hard.
        value: u8,
    },
}

/// A change and its tick.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Control {
    /// When it happens.
    pub onset: Ticks,
    /// What happens.
    pub change: Change,
}

/// A system exclusive message, kept as it was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SystemExclusive {
    /// When it is sent.
    pub onset: Ticks,
    /// The bytes after F0 and before F7.
    pub data: Vec<u8>,
}
