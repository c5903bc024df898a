//! From what was named to what is learnt from and what is held back.

use std::ops::ControlFlow;
use std::path::PathBuf;

use cantilena_corpus::{
    Beside, Conditions, Corpus, Gathered, Outcome, Side, Split, gather, known_conditions, songbook,
    told,
};
use cantilena_score::{MeterChange, Score};
use cantilena_tokens::{Representation, Tokenizer};
use cantilena_train::{Recipe, Told};

use super::TrainingNews;
use crate::error::StudioError;
use crate::recordings::hear_all;

/// What is learnt from.
#[derive(Clone, Debug)]
pub enum Music {
    /// Folders, files and archives.
    Paths(Vec<PathBuf>),
    /// Recordings of one voice, in folders or alone, to be heard as notes.
    Recordings(Vec<PathBuf>),
    /// The pieces in the binary.
    Songbook,
}

impl Music {
    /// Reads all of it; gives it, and what it is called.
    ///
    /// `reading` is told, from any thread, how many files are read, of how many.
    pub(crate) fn gathered(
        &self,
        threads: usize,
        reading: &(dyn Fn(usize, usize) + Sync),
    ) -> Result<(Gathered, String), StudioError> {
        match self {
            Music::Paths(paths) => Ok((gather(paths, threads, reading)?, called(paths))),
            Music::Recordings(paths) => Ok((hear_all(paths, threads, reading)?, called(paths))),
            Music::Songbook => {
                let corpus = songbook::corpus();
                let gathered = Gathered { corpus, outcomes: Vec::new(), beside: Beside::default() };
                Ok((gathered, "the songbook".to_owned()))
            }
        }
    }
}

/// How many files or folders are named one by one.
const NAMED: usize = 6;

/// What music is called in models, and in the pieces composed by them: the names of its files and
/// folders, but not where they lie, which is nobody's business to whom a piece is given.
pub(crate) fn called(paths: &[PathBuf]) -> String {
    let name = |path: &PathBuf| match path.file_name() {
        Some(name) => name.to_string_lossy().into_owned(),
        // The folder at hand, a root and the like have no name of their own.
        None => path.display().to_string(),
    };
    let mut names: Vec<String> = paths.iter().take(NAMED).map(name).collect();
    if paths.len() > NAMED {
        names.push(format!("{} more", paths.len() - NAMED));
    }
    names.join(", ")
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
    /// What the network is told of the pieces.
    pub(crate) told: Told,
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
        let (gathered, name) = music.gathered(threads, reading)?;
        let Gathered { corpus, outcomes, beside } = gathered;
        if !matches!(music, Music::Songbook) {
            // A break here would leave nothing to save; the next news is asked again.
            let _ = watch(TrainingNews::Gathered { outcomes: &outcomes, beside });
        }
        let split = corpus.split(recipe.corpus.validation, recipe.training.seed)?;
        let learnt = split.side(Side::Train).map(|piece| &corpus.pieces[piece].score);
        let tokenizer = recipe.tokenizer(learnt)?;
        let fingerprint = corpus.fingerprint();
        let told = told_of(&corpus, &split, recipe)?;
        Ok(Prepared { corpus, name, outcomes, split, tokenizer, fingerprint, told })
    }

    /// Whether most pieces disregard the beats that their files name, and are written in these.
    pub(crate) fn disregards_beats(&self, representation: Representation) -> bool {
        let free = self.corpus.pieces.iter().filter(|piece| piece.conditions.is_free()).count();
        representation.goes_by_beats() && free * 2 > self.corpus.pieces.len()
    }

    /// How many pieces have bars of one beat alone, where bars are learnt at all: sequencers that
    /// know no meter write such.
    pub(crate) fn bars_of_one_beat(&self, representation: Representation) -> usize {
        let is_beat = |change: &MeterChange| change.meter.numerator() == 1;
        let pieces = self.corpus.pieces.iter().map(|piece| piece.score.meters.changes());
        let count = pieces.filter(|meters| meters.iter().all(is_beat)).count();
        if representation.goes_by_beats() { count } else { 0 }
    }

    /// The pieces learnt from, or those held back.
    pub(crate) fn scores(&self, side: Side) -> Vec<&Score> {
        self.split.side(side).map(|piece| &self.corpus.pieces[piece].score).collect()
    }
}

/// What the recipe wants told of each piece, with the values that those learnt from have.
fn told_of(corpus: &Corpus, split: &Split, recipe: &Recipe) -> Result<Told, StudioError> {
    let conditions = |side| -> Vec<&Conditions> {
        split.side(side).map(|piece| &corpus.pieces[piece].conditions).collect()
    };
    let learnt = conditions(Side::Train);
    let known = known_conditions(&recipe.conditions.used, learnt.iter().copied());
    if let Some(empty) = known.0.iter().find(|condition| condition.values.is_empty()) {
        return Err(StudioError::Request(format!(
            "the recipe wants to tell the {name} of each piece, and none has one; a table or the \
             names of folders can give it (see docs/corpus.md)",
            name = empty.kind.name()
        )));
    }
    let of = |side| conditions(side).iter().map(|piece| told(&known, piece)).collect();
    Ok(Told { train: of(Side::Train), validation: of(Side::Validation), known })
}

#[cfg(test)]
mod tests {
    use super::*;

    // Every composed piece once told its listeners in which folder of whose home the music lay.
    #[test]
    fn music_is_called_by_its_names_and_not_by_its_place() {
        let called = |paths: &[&str]| called(&paths.iter().map(PathBuf::from).collect::<Vec<_>>());
        assert_eq!(called(&["/home/somebody/airs", "reels.zip"]), "airs, reels.zip");
        assert_eq!(called(&["."]), ".");
        let many = ["a", "b", "c", "d", "e", "f", "g", "h"];
        assert_eq!(called(&many), "a, b, c, d, e, f, 2 more");
    }
}
