//! What can be wrong with a recipe, a model or the music.

/// Why a recipe cannot be followed.
#[derive(Debug, thiserror::Error)]
pub enum SystemRecipeError {
    /// It is not TOML, or names something no recipe has.
    #[error("not a recipe: {0}")]
    Toml(#[from] toml::de::Error),
    /// No system is called that.
    #[error(
        "no system is called {0}; melody, spectrogram, pitch-step-duration, notes-chords and \
         many-genres are"
    )]
    Unknown(String),
    /// No protocol is called that.
    #[error("no protocol is called {0}; legacy and by-piece are")]
    Protocol(String),
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
    /// An entry that means nothing to this system.
    #[error("{name} means nothing to the system {system}; leave it out")]
    NotHere {
        /// Which entry.
        name: &'static str,
        /// The recipe's system.
        system: &'static str,
    },
}

/// Why a system cannot learn or compose.
#[derive(Debug, thiserror::Error)]
pub enum SystemError {
    /// The recipe.
    #[error(transparent)]
    Recipe(#[from] SystemRecipeError),
    /// The music has no vocabulary.
    #[error(transparent)]
    Tokens(#[from] cantilena_tokens::TokenError),
    /// Numbers no sampler can use.
    #[error(transparent)]
    Generate(#[from] cantilena_generate::GenerateError),
    /// Fewer symbols on a side than one window and its target.
    #[error("only {found} {what} {side}, and one window needs {needed}")]
    TooShort {
        /// Symbols, notes or frames.
        what: &'static str,
        /// To learn from, or to judge by.
        side: &'static str,
        /// How many there are in the longest sequence.
        found: usize,
        /// How many it takes.
        needed: usize,
    },
    /// Fewer different frames than kinds to be found among them.
    #[error(
        "{kinds} kinds are to be found among {frames} frames of sound, and as many of these must \
         differ; longer recordings or a smaller network.frames.palette will do"
    )]
    Palette {
        /// Frames to learn from.
        frames: usize,
        /// How many kinds the recipe asks for.
        kinds: usize,
    },
    /// No genre is called that.
    #[error(
        "no genre is called {0}; melody, fastbeat, jazz, rock, classical, blues, pop, electronic \
         and reggae are"
    )]
    Genre(String),
    /// A checkpoint or an interrupted run that cannot be used.
    #[error("the saved {what} cannot be used: {why}")]
    Saved {
        /// Model or run.
        what: &'static str,
        /// What is wrong with it, and what would do.
        why: String,
    },
}
