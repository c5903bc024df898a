//! What a model has learnt from, and how, as it lies beside the model.

use std::path::Path;

use cantilena_corpus::{Corpus, Side, songbook};
use cantilena_eval::{Distributions, Originality};
use cantilena_model::Provenance;
use cantilena_train::{History, Recipe};
use serde_json::json;

use crate::error::StudioError;
use crate::output::Overwrite;
use crate::store;

/// The distributions of what a model has learnt from, in its folder.
pub(crate) const CORPUS: &str = "corpus.json";

/// How its learning went.
pub(crate) const HISTORY: &str = "history.json";

/// Leaves in a model's folder what it has learnt from, in figures, and how that went.
pub(crate) fn keep(folder: &Path, corpus: &Corpus, history: &History) -> Result<(), StudioError> {
    let distributions = Distributions::of(corpus.pieces.iter().map(|piece| &piece.score));
    let write = |name: &str, json: String| {
        store::write(&folder.join(name), json.as_bytes(), Overwrite::Replace)
    };
    write(CORPUS, json!(distributions).to_string())?;
    write(HISTORY, json!(history).to_string())
}

/// What the model in a folder has learnt from, where that was kept by a build that counts as this
/// one does.
pub(crate) fn distributions(folder: &Path) -> Option<Distributions> {
    let kept = std::fs::read_to_string(folder.join(CORPUS)).ok()?;
    serde_json::from_str(&kept).ok()
}

/// The pieces that a model has learnt from, to look for what others share with them: those of the
/// songbook, for it is at hand. Of other models the folder holds figures and no music.
pub(crate) fn originality(provenance: &Provenance) -> Option<Originality> {
    let corpus = songbook::corpus();
    if provenance.corpus != corpus.fingerprint() {
        return None;
    }
    let recipe = Recipe::from_toml(&provenance.recipe).ok()?;
    let split = corpus.split(recipe.corpus.validation, recipe.training.seed).ok()?;
    let learnt = split.side(Side::Train).map(|piece| &corpus.pieces[piece]);
    Some(Originality::new(learnt.map(|piece| (&*piece.name, &piece.score))))
}
