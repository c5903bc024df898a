//! Pieces and models in figures.

use cantilena_eval::Distributions;

use super::Studio;
use crate::asked::Asked;
use crate::error::StudioError;
use crate::fidelity::{Kept, fidelity};
use crate::foresight::{Foreseen, foresee};
use crate::learnt::{CORPUS, HISTORY};

impl Studio {
    /// What a piece is made of, for pictures of it.
    pub fn distributions(&self, owner: &str, id: &str) -> Result<Distributions, StudioError> {
        Ok(Distributions::of([&self.score(owner, id)?]))
    }

    /// How a piece keeps to what was asked for; nothing of one that was not composed here.
    pub fn fidelity(&self, owner: &str, id: &str) -> Result<Vec<Kept>, StudioError> {
        let (_, piece) = self.piece(owner, id)?;
        let Ok(asked) = serde_json::from_str::<Asked>(&piece.request) else {
            return Ok(Vec::new());
        };
        // A beginning that its owner no longer has is not compared with.
        let from = asked.from.as_ref().and_then(|from| self.score(owner, &from.piece).ok());
        // Nor is what only its model can tell, once that has gone.
        let model = self.model(&asked.model).ok();
        let notes = model.as_ref().and_then(|model| model.notes());
        let known = notes.map(|checkpoint| checkpoint.model.conditions.clone()).unwrap_or_default();
        Ok(fidelity(&asked, from.as_ref(), &known, &self.read(&piece)?))
    }

    /// What a model expected of the first `notes` notes of a piece, everything before each known.
    pub fn foresee(
        &self,
        owner: &str,
        id: &str,
        model: &str,
        notes: usize,
    ) -> Result<Vec<Foreseen>, StudioError> {
        let model = self.model(model)?;
        let Some(checkpoint) = model.notes() else { return Ok(Vec::new()) };
        Ok(foresee(&checkpoint.model, &self.score(owner, id)?, notes))
    }

    /// What a model has learnt from, as [`Distributions`] in JSON, where that is known: of those
    /// trained here, and of those of the songbook.
    pub fn learnt_from(&self, model: &str) -> Result<Option<String>, StudioError> {
        let model = self.model(model)?;
        let kept = std::fs::read_to_string(model.folder.join(CORPUS)).ok();
        let songbook = || {
            let is_songbook = model.corpus() == self.songbook.get_or_init(songbook).0;
            is_songbook.then(|| self.songbook.get_or_init(songbook).1.clone())
        };
        Ok(kept.or_else(songbook))
    }

    /// How a model's learning went, as its history in JSON, where it was trained here.
    pub fn history(&self, model: &str) -> Result<Option<String>, StudioError> {
        Ok(std::fs::read_to_string(self.model(model)?.folder.join(HISTORY)).ok())
    }
}

/// The songbook's fingerprint, and what it is made of, in JSON.
fn songbook() -> (String, String) {
    let corpus = cantilena_corpus::songbook::corpus();
    let distributions = Distributions::of(corpus.pieces.iter().map(|piece| &piece.score));
    (corpus.fingerprint(), serde_json::json!(distributions).to_string())
}
