//! Scores to sound.
//!
//! [`render`] makes [`Audio`](cantilena_audio::Audio) of a [`Score`](cantilena_score::Score) with
//! a [`SoundFont`]: ours, which is computed, or one from a file's bytes. It is made of parts that
//! also serve alone: a [`Synth`] that is played message by message, a [`Renderer`] that plays a
//! score block by block, a [`Limiter`]. Nothing here opens a file.
//!
//! ```
//! use cantilena_score::{Note, Pitch, Program, Score, Ticks, Track, Velocity};
//! use cantilena_sound::{RenderOptions, SoundFont, render};
//! use std::num::NonZero;
//! use std::ops::ControlFlow;
//!
//! let quarter = 24;
//! let mut score = Score::new(NonZero::new(quarter).unwrap());
//! let mut track = Track::new(Program::PIANO);
//! track.notes.push(Note {
//!     onset: Ticks::ZERO,
//!     pitch: Pitch::MIDDLE_C,
//!     duration: Ticks(u32::from(quarter)),
//!     velocity: Velocity::DEFAULT,
//! });
//! score.tracks.push(track);
//!
//! let options = RenderOptions::default();
//! let audio = render(&score, &SoundFont::built_in(), &options, &mut |progress| {
//!     println!("{:.0} of {:.0} seconds", progress.seconds, progress.of_seconds);
//!     ControlFlow::Continue(())
//! })?;
//! assert!(audio.seconds() > 0.5);
//! # Ok::<(), cantilena_sound::SoundError>(())
//! ```

mod engine;
mod error;
mod fence;
mod frame_clock;
mod installed;
mod limiter;
mod orchestra;
mod render;
mod renderer;
mod schedule;
mod sf2;
mod soundfont;
mod synth;

pub use error::SoundError;
pub use installed::INSTALLED_SOUNDFONTS;
pub use limiter::Limiter;
pub use render::{Level, Progress, RenderOptions, render};
pub use renderer::Renderer;
pub use soundfont::{PresetName, SoundFont};
pub use synth::{Message, Part, Synth};
