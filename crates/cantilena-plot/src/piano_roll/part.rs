//! The tracks that have notes, and how each is told from the others.

use cantilena_score::Score;

use crate::element::Look;
use crate::theme::{HUES, Paint};

/// A track with notes, or all drum tracks together.
pub(super) struct Part {
    /// What its player is called.
    pub(super) name: String,
    /// Which tracks of the score it holds.
    pub(super) tracks: Vec<usize>,
    pub(super) is_drums: bool,
    /// Its place among the parts, from which colour and pattern follow.
    pub(super) index: usize,
}

/// What is drawn over the notes of a part so that it can be told without its colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Pattern {
    Solid,
    /// The inside left empty.
    Hollow,
    /// A line left empty along the middle.
    Split,
    /// Upright gaps.
    Striped,
}

/// The parts of a score in its order, drums last.
pub(super) fn parts(score: &Score) -> Vec<Part> {
    let sounding = || score.tracks.iter().enumerate().filter(|(_, track)| !track.notes.is_empty());
    let mut parts: Vec<Part> = Vec::new();
    for (place, track) in sounding().filter(|(_, track)| !track.is_drums) {
        let name = match track.name.trim() {
            "" => track.instrument_name().to_owned(),
            name => name.to_owned(),
        };
        let index = parts.len();
        parts.push(Part { name, tracks: vec![place], is_drums: false, index });
    }
    let drums: Vec<usize> =
        sounding().filter(|(_, track)| track.is_drums).map(|(place, _)| place).collect();
    if !drums.is_empty() {
        let index = parts.len();
        parts.push(Part { name: "Drums".to_owned(), tracks: drums, is_drums: true, index });
    }
    parts
}

impl Part {
    pub(super) fn paint(&self) -> Paint {
        Paint::Hue(self.index)
    }

    /// Neighbours differ; a hue that comes round again comes with another pattern.
    pub(super) fn pattern(&self) -> Pattern {
        let patterns = [Pattern::Solid, Pattern::Hollow, Pattern::Split, Pattern::Striped];
        patterns[(self.index + self.index / HUES) % patterns.len()]
    }
}

impl Pattern {
    /// The look of what is drawn in paper over notes of this thickness; `None` for nothing.
    pub(super) fn overlay(self, thickness: f64) -> Option<Look> {
        match self {
            Pattern::Solid => None,
            Pattern::Hollow => {
                Some(Look::stroked(Paint::Paper, (thickness - 2.6).max(1.0)).round())
            }
            Pattern::Split => Some(Look::stroked(Paint::Paper, (thickness * 0.22).max(1.0))),
            Pattern::Striped => Some(Look::stroked(Paint::Paper, thickness).dashed(&[1.4, 2.6])),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cantilena_score::{Note, Pitch, Program, Ticks, Track, Velocity};
    use std::num::NonZero;

    #[test]
    fn thirty_two_parts_differ_in_hue_or_pattern() {
        let mut score = Score::new(NonZero::new(24).unwrap());
        let note = Note {
            onset: Ticks::ZERO,
            duration: Ticks(1),
            pitch: Pitch::MIDDLE_C,
            velocity: Velocity::DEFAULT,
        };
        let track = |notes| Track { notes, ..Track::new(Program::PIANO) };
        score.tracks = vec![track(vec![note]); 32];
        score.tracks.insert(3, track(Vec::new()));
        let parts = parts(&score);
        assert_eq!(parts.len(), 32, "a track without notes is no part");
        let mut looks: Vec<String> = parts
            .iter()
            .map(|part| format!("{:?}{:?}", part.paint().name(), part.pattern()))
            .collect();
        looks.sort();
        looks.dedup();
        assert_eq!(looks.len(), 32);
    }
}
