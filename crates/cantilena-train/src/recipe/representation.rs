//! What a recipe says of how scores are written as events.

use std::io;
use std::num::NonZero;

use cantilena_score::Score;
use cantilena_tokens::{Frames, MidiTok, Representation, TokenError, Tokenizer};

use super::Recipe;
use crate::error::RecipeError;

/// Frames of a quarter note unless a recipe says otherwise: sixteenths, as published piano rolls
/// have them.
pub(super) const FRAMES: u16 = 4;

/// The most frames of a quarter note: the finest grid that pages of music need.
const FRAMES_MAX: u16 = 96;

impl Recipe {
    /// The tokenizer that learns from these scores: one of MidiTok's where the recipe holds one,
    /// else one whose vocabulary the scores make.
    ///
    /// # Errors
    /// Where the scores hold nothing that the representation could write.
    pub fn tokenizer<'a>(
        &self,
        scores: impl IntoIterator<Item = &'a Score>,
    ) -> Result<Tokenizer, TokenError> {
        let fitted = Tokenizer::fit(self.representation, scores, self.threshold)?;
        Ok(match (&self.tokenizer, fitted) {
            (Some(json), _) => Tokenizer::MidiTok(Box::new(MidiTok::from_json(json)?)),
            (None, Tokenizer::Frames(_)) => {
                let frames = NonZero::new(self.frames_per_quarter);
                Tokenizer::Frames(frames.map_or_else(Frames::default, Frames::new))
            }
            (None, fitted) => fitted,
        })
    }

    /// Puts what is in a tokenizer file into the place of its name, and its representation into
    /// that of the one that every recipe has.
    pub(super) fn open_tokenizer(
        &mut self,
        open: impl FnOnce(&str) -> io::Result<String>,
    ) -> Result<(), RecipeError> {
        let Some(named) = &mut self.tokenizer else { return Ok(()) };
        if !named.trim_start().starts_with('{') {
            let text = open(named);
            *named = text.map_err(|why| RecipeError::TokenizerFile { name: named.clone(), why })?;
        }
        let representation = representation(named)?;
        if self.representation == Recipe::default().representation {
            self.representation = representation;
        }
        Ok(())
    }

    /// Whether all that it says of a representation belongs to the one that it names.
    pub(super) fn check_representation(&self) -> Result<(), RecipeError> {
        let frames = self.frames_per_quarter;
        if !(1..=FRAMES_MAX).contains(&frames) {
            let (name, range) = ("frames_per_quarter", "1 to 96");
            return Err(RecipeError::OutOfRange { name, found: f64::from(frames), range });
        }
        let unused = |name| RecipeError::Unused { name, representation: self.representation };
        if frames != FRAMES && self.representation != Representation::Frames {
            return Err(unused("frames_per_quarter"));
        }
        match &self.tokenizer {
            Some(json) if representation(json)? != self.representation => Err(unused("tokenizer")),
            _ => Ok(()),
        }
    }
}

/// What the JSON of a tokenizer writes.
fn representation(json: &str) -> Result<Representation, RecipeError> {
    let words = MidiTok::from_json(json).map_err(RecipeError::Tokenizer)?;
    Ok(Tokenizer::MidiTok(Box::new(words)).representation())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A tokenizer file of MidiTok's with eight velocities.
    fn words() -> String {
        let score: Score = "c4/4 d4 e4 f4 |".parse().unwrap();
        let fitted = Tokenizer::fit(Representation::Tsd, [&score], 1).unwrap();
        let Tokenizer::MidiTok(words) = fitted else { panic!("tsd is one of MidiTok's") };
        let mut file: serde_json::Value = serde_json::from_str(&words.to_json()).unwrap();
        file["config"]["num_velocities"] = 8.into();
        file.to_string()
    }

    #[test]
    fn a_tokenizer_file_becomes_part_of_the_recipe() {
        let recipe = Recipe::opening("tokenizer = \"words.json\"\n", |name| {
            assert_eq!(name, "words.json");
            Ok(words())
        })
        .unwrap();
        assert_eq!(recipe.representation, Representation::Tsd);
        let score: Score = "c4/4 d4 e4 f4 |".parse().unwrap();
        let Tokenizer::MidiTok(written) = recipe.tokenizer([&score]).unwrap() else {
            panic!("tsd is one of MidiTok's")
        };
        assert_eq!(
            written.vocabulary_len(),
            MidiTok::from_json(&words()).unwrap().vocabulary_len()
        );
        // Written out, it stands on its own.
        assert_eq!(Recipe::from_toml(&recipe.to_toml()).unwrap(), recipe);
    }

    #[test]
    fn what_cannot_be_used_is_refused_by_name() {
        let refused = |toml: &str| {
            let opened = Recipe::opening(toml, |_| Ok(words()));
            opened.unwrap_err().to_string()
        };
        let other = refused("representation = \"remi\"\ntokenizer = \"words.json\"\n");
        assert_eq!(
            other,
            "tokenizer is of no use to the representation remi: leave one of them out"
        );
        let unused = refused("representation = \"remi\"\nframes_per_quarter = 8\n");
        assert!(unused.starts_with("frames_per_quarter is of no use to"), "{unused}");
        let none = refused("representation = \"frames\"\nframes_per_quarter = 0\n");
        assert_eq!(none, "frames_per_quarter is 0, and 1 to 96 will do");
        let closed = Recipe::from_toml("tokenizer = \"words.json\"\n").unwrap_err().to_string();
        assert!(closed.starts_with("cannot read the tokenizer words.json: "), "{closed}");
        let broken = Recipe::from_toml("tokenizer = \"{}\"\n").unwrap_err();
        assert!(matches!(broken, RecipeError::Tokenizer(_)), "{broken}");
    }

    #[test]
    fn frames_are_as_long_as_the_recipe_says() {
        let toml = "representation = \"frames\"\nframes_per_quarter = 12\n";
        let score: Score = "c4/4 d4 e4 f4 |".parse().unwrap();
        let tokenizer = Recipe::from_toml(toml).unwrap().tokenizer([&score]).unwrap();
        assert_eq!(tokenizer.clock().get(), 12);
    }
}
