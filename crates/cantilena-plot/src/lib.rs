//! Scores and series as pictures.
//!
//! [`piano_roll`], [`curves`], [`histograms`] and [`spectrogram`] give a [`Picture`]: SVG that follows the reader's
//! light or dark theme by itself, or PNG in the theme asked for, both with the same fonts.
//! Nothing here knows where a score comes from or where a picture goes.

mod curves;
mod drums;
mod dynamic;
mod element;
mod error;
mod histograms;
mod number;
mod paper;
mod piano_roll;
mod picture;
mod png;
mod scale;
mod spectrogram;
mod spelling;
mod svg;
mod theme;
mod typeface;

pub use curves::{Axis, Best, Curve, curves, curves_on};
pub use dynamic::Dynamic;
pub use error::PlotError;
pub use histograms::{Bins, Panel, Series, histograms, histograms_on};
pub use paper::Paper;
pub use piano_roll::{PianoRoll, piano_roll};
pub use picture::Picture;
pub use spectrogram::{BandLevels, spectrogram, spectrogram_on};
pub use theme::Theme;
