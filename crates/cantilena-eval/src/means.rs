//! What is usual in a corpus, for a piece to be held against.

use cantilena_score::Score;
use serde::Serialize;

use crate::consistency::Consistency;
use crate::repetition::Repetition;
use crate::structure::Structure;

/// Means over the pieces of a corpus; units are those of the measures. `None` where no piece had
/// anything to measure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Means {
    /// How many pieces there were.
    pub pieces: usize,
    /// Of [`Repetition::repeat_8`].
    pub repeat_8: Option<f64>,
    /// Of [`Repetition::longest_loop`], in notes.
    pub longest_loop: Option<f64>,
    /// Of [`Consistency::scale`].
    pub scale: Option<f64>,
    /// Of [`Consistency::groove`].
    pub groove: Option<f64>,
    /// Of [`Consistency::empty_bars`].
    pub empty_bars: Option<f64>,
    /// Of [`Consistency::pitch_class_entropy`], in bits.
    pub pitch_class_entropy: Option<f64>,
    /// Of [`Structure::bars_heard_before`].
    pub bars_heard_before: Option<f64>,
    /// Of [`Structure::in_sections_of_4`].
    pub in_sections_of_4: Option<f64>,
    /// Of [`Structure::in_sections_of_8`].
    pub in_sections_of_8: Option<f64>,
}

/// What is measured of a piece.
type Measures = (Repetition, Consistency, Structure);

impl Means {
    /// Measures every score.
    pub fn of<'a>(scores: impl IntoIterator<Item = &'a Score>) -> Means {
        let all: Vec<Measures> = scores
            .into_iter()
            .map(|score| (Repetition::of(score), Consistency::of(score), Structure::of(score)))
            .collect();
        let mean = |measure: &dyn Fn(&Measures) -> Option<f64>| {
            let values: Vec<f64> = all.iter().filter_map(measure).collect();
            (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
        };
        Means {
            pieces: all.len(),
            repeat_8: mean(&|(repetition, ..)| Some(repetition.repeat_8)),
            longest_loop: mean(&|(repetition, ..)| Some(repetition.longest_loop as f64)),
            scale: mean(&|(_, consistency, _)| consistency.scale),
            groove: mean(&|(_, consistency, _)| consistency.groove),
            empty_bars: mean(&|(_, consistency, _)| consistency.empty_bars),
            pitch_class_entropy: mean(&|(_, consistency, _)| consistency.pitch_class_entropy),
            bars_heard_before: mean(&|(.., structure)| Some(structure.bars_heard_before)),
            in_sections_of_4: mean(&|(.., structure)| Some(structure.in_sections_of_4)),
            in_sections_of_8: mean(&|(.., structure)| Some(structure.in_sections_of_8)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mean_is_over_the_pieces_that_have_something_to_measure() {
        let of = |music: &str| -> Score { music.parse().unwrap() };
        let means = Means::of(&[of("c4/4 d4 e4 f4 |"), of("c4/4 c#4 d4 d#4 |"), of("r/1 |")]);
        assert_eq!(means.pieces, 3);
        // All of four notes, and three of four; the rest has no scale.
        assert_eq!(means.scale, Some((1.0 + 0.75) / 2.0));
        assert_eq!(means.groove, None);
        assert_eq!(Means::of(&[]).repeat_8, None);
    }
}
