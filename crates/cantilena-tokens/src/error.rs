//! What cannot be written as events, or read back from them.

/// Why events could not be made or understood.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum TokenError {
    /// A corpus in which the representation finds nothing to write.
    #[error(
        "no notes to learn a vocabulary from: the scores hold {drums} drum notes and no others"
    )]
    NoNotes {
        /// How many drum notes there were, which this representation leaves out.
        drums: usize,
    },
    /// A corpus in which no symbol is seen as often as it must be to be kept.
    #[error(
        "no symbol is seen often enough to be learnt: the threshold is {threshold}, and the count of \
         the commonest of {symbols} symbols is {most}; a lower threshold in the recipe, or more \
         music, will do"
    )]
    TooRare {
        /// How often a symbol must be seen.
        threshold: usize,
        /// How many different symbols the corpus holds.
        symbols: usize,
        /// How often the commonest of them is seen.
        most: usize,
    },
    /// A token beyond its field's vocabulary.
    #[error("event {event}: {field} is {found}, and its vocabulary ends at {last}")]
    Token {
        /// The event, counted from 0.
        event: usize,
        /// The field's name.
        field: String,
        /// The token found.
        found: u16,
        /// The last token there is.
        last: u16,
    },
    /// A tokenizer file of MidiTok that is not understood, and what in it.
    #[error("no MidiTok tokenizer that can be used: {0}")]
    MidiTok(String),
    /// Something was asked for that the model was never told of.
    #[error("{asked} was asked for, and what this model was told is {known}")]
    Condition {
        /// What was asked for.
        asked: String,
        /// All that it knows.
        known: String,
    },
    /// Something was asked for of a model that was told nothing but music.
    #[error(
        "{asked} was asked for, and this model was told nothing but the music itself; [conditions] \
         in the recipe of its training would tell it more"
    )]
    NothingTold {
        /// What was asked for.
        asked: String,
    },
    /// A name that is no representation.
    #[error("'{0}' is no representation; {known} are", known = crate::Representation::names())]
    UnknownRepresentation(String),
}
