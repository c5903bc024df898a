//! From what was named to what is learnt from and what is held back.

use std::ops::ControlFlow;
use std::path::PathBuf;

use cantilena_corpus::{Corpus, Gathered, Outcome, Side, Split, gather, songbook};
use cantilena_score::Score;
use cantilena_tokens::Tokenizer;
use cantilena_train::Recipe;

use super::TrainingNews;
use crate::error::StudioError;

/// What is learnt from.
#[derive(Clone, Debug)]
pub enum Music {
    /// Folders, files and archives.
    Paths(Vec<PathBuf>),
    /// The pieces in the binary.
    Songbook,
}

/// Music that is ready to be learnt from by one recipe.
pub(crate) struct Prepared {
    pub(crate) corpus: Corpus,
    /// What the corpus is called.
    pub(crate) name: String,
    /// What became of each file.
    pub(crate) outcomes: Vec<Outcome>,
    pub(crate) split: Split,
    pub(crate) tokenizer: Tokenizer,
    pub(crate) fingerprint: String,
}

impl Prepared {
    /// Reads the music and splits it as the recipe says.
    ///
    /// `reading` is told, from any thread, how many files are read, of how many.
    pub(crate) fn new(
        music: &Music,
        recipe: &Recipe,
        threads: usize,
        reading: &(dyn Fn(usize, usize) + Sync),
        watch: &mut dyn FnMut(TrainingNews) -> ControlFlow<()>,
    ) -> Result<Prepared, StudioError> {
        let (corpus, name, outcomes) = match music {
            Music::Songbook => (songbook::corpus(), "the songbook".to_owned(), Vec::new()),
            Music::Paths(paths) => {
                let Gathered { corpus, outcomes, other_files } = gather(paths, threads, reading)?;
                // A break here would leave nothing to save; the next news is asked again.
                let _ = watch(TrainingNews::Gathered { outcomes: &outcomes, other_files });
                let names: Vec<String> = paths.iter().map(|p| p.display().to_string()).collect();
                (corpus, names.join(", "), outcomes)
            }
        };
        let split = corpus.split(recipe.corpus.validation, recipe.training.seed)?;
        let learnt = split.side(Side::Train).map(|piece| &corpus.pieces[piece].score);
        let tokenizer = Tokenizer::fit(recipe.representation, learnt, recipe.threshold)?;
        let fingerprint = corpus.fingerprint();
        Ok(Prepared { corpus, name, outcomes, split, tokenizer, fingerprint })
    }

    /// The pieces learnt from, or those held back.
    pub(crate) fn scores(&self, side: Side) -> Vec<&Score> {
        self.split.side(side).map(|piece| &self.corpus.pieces[piece].score).collect()
    }
}
