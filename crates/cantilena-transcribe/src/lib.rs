//! Sound of one voice as a score.
//!
//! [`transcribe`] listens to someone who sings, bows, blows or plucks one note at a time and gives
//! a [`Score`](cantilena_score::Score). Between them stand [`HeardNote`]s, in seconds, which
//! [`hear_notes`] makes of a pitch track. Chords are beyond it: of several voices it follows one.

mod heard_note;
mod level;
mod onset;
mod transcription;

pub use heard_note::{HeardNote, hear_notes};
pub use transcription::transcribe;
