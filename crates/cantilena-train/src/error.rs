//! What can be wrong with a recipe, or with a run that is to go on.

use cantilena_tokens::{Representation, TokenError};

/// Why a recipe cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum RecipeError {
    /// It is not TOML, or names something no recipe has.
    #[error("not a recipe: {0}")]
    Toml(#[from] toml::de::Error),
    /// A number that no training can use.
    #[error("{name} is {found}, and {range} will do")]
    OutOfRange {
        /// Which entry.
        name: &'static str,
        /// What it says.
        found: f64,
        /// What would be accepted.
        range: &'static str,
    },
    /// Something that another representation would need.
    #[error("{name} is of no use to the representation {representation}: leave one of them out")]
    Unused {
        /// Which entry.
        name: &'static str,
        /// The representation that the recipe names.
        representation: Representation,
    },
    /// The tokenizer's file cannot be opened.
    #[error("cannot read the tokenizer {name}: {why}")]
    TokenizerFile {
        /// What the recipe calls it.
        name: String,
        /// What is the matter with it.
        why: std::io::Error,
    },
    /// The tokenizer cannot be used here.
    #[error("tokenizer: {0}")]
    Tokenizer(TokenError),
    /// A condition that is told twice.
    #[error("conditions.use names {name} twice")]
    Twice {
        /// Which.
        name: &'static str,
    },
}

/// Why a run cannot go on from where it was saved.
#[derive(Debug, thiserror::Error)]
pub enum ResumeError {
    /// The JSON is damaged or of another version.
    #[error("the state of the run cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// The arrays are damaged.
    #[error("the arrays of the run cannot be read: {0}")]
    Arrays(#[from] safetensors::SafeTensorError),
    /// An array is absent or of another length than the recipe's network needs.
    #[error("the saved run has no {name} of {expected} values")]
    Array {
        /// Which array.
        name: String,
        /// How many values it should have.
        expected: usize,
    },
    /// It was begun with another recipe or corpus.
    #[error(
        "the saved run was begun with another {what}; start afresh, or give it the same {what}"
    )]
    Another {
        /// Recipe or corpus.
        what: &'static str,
    },
}
