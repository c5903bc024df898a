//! What cannot be composed.

/// Why a generation could not be made.
#[derive(Debug, thiserror::Error, PartialEq)]
pub enum GenerateError {
    /// Nothing was asked for.
    #[error("a length of 0 {0}, and a piece has one at least")]
    NoLength(&'static str),
    /// A number of notes, of a model that says what sounds and not what is struck.
    #[error(
        "{representation} say what sounds and not which notes are struck, so that no number of \
         notes can be promised; a number of bars will do"
    )]
    NoNotes {
        /// The model's representation.
        representation: String,
    },
    /// A number that no sampler can use.
    #[error("{name} is {found}, and {range} will do")]
    Sampling {
        /// Which setting.
        name: &'static str,
        /// What was asked for.
        found: f64,
        /// What would be accepted.
        range: &'static str,
    },
    /// A prompt without a note that the model's representation can say.
    #[error(
        "the prompt holds no note that this model can read ({representation}): it has words for \
         none of its instruments or pitches; music like what it learnt from will do"
    )]
    EmptyPrompt {
        /// The model's representation.
        representation: String,
    },
    /// Parts that the model has no words for.
    #[error("{found} parts, and this model was trained on ensembles of at most {most}")]
    Parts {
        /// How many were asked for.
        found: usize,
        /// How many the model knows.
        most: usize,
    },
    /// Masks left nothing to draw: the asked beginning lies too far behind the last note.
    #[error(
        "nothing can follow the prompt's last note in bar {bar}: its end is further off than the \
         longest silence the model can write; cut the prompt at its last notes"
    )]
    NothingAllowed {
        /// The bar of the last note, counted from 1.
        bar: u32,
    },
}
