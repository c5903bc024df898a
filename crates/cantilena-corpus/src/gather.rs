//! Reading everything there is in folders, files and archives.

use std::ops::ControlFlow;
use std::path::PathBuf;

use cantilena_formats::{Limits, Reading};

use crate::conditions::Conditions;
use crate::corpus::Corpus;
use crate::error::CorpusError;
use crate::in_order::in_order;
use crate::labels::Labels;
use crate::passed_over::Beside;
use crate::piece::{Mended, Outcome, OutcomeKind, Piece};
use crate::sources::Sources;

/// A corpus and what became of every music file.
#[derive(Debug)]
pub struct Gathered {
    /// What could be read.
    pub corpus: Corpus,
    /// One for each music file, by name.
    pub outcomes: Vec<Outcome>,
    /// What lay beside the music and was passed over.
    pub beside: Beside,
}

/// Reads all music below `paths`, on `threads` threads, labelled by the tables beside it.
///
/// `progress` is told, from any thread, how many files are done, of how many. The result does not
/// depend on the number of threads.
///
/// # Errors
/// Those of [`Sources::find`], and [`CorpusError::AllRefused`].
pub fn gather(
    paths: &[PathBuf],
    threads: usize,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Gathered, CorpusError> {
    let sources = Sources::find(paths)?;
    let labels = Labels::beside(&sources);
    gather_sources(&sources, &labels, threads, progress)
}

/// As [`gather`], of files that were found before, and with labels of one's own.
///
/// # Errors
/// [`CorpusError::AllRefused`] where no file could be used.
pub fn gather_sources(
    sources: &Sources,
    labels: &Labels,
    threads: usize,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Gathered, CorpusError> {
    let (mut pieces, mut outcomes) = (Vec::new(), Vec::with_capacity(sources.len()));
    let work = |index| read_pieces(sources, labels, index);
    in_order(sources.len(), threads, &work, &mut |index, (read, outcome)| {
        pieces.extend(read);
        outcomes.push(outcome);
        progress(index + 1, sources.len());
        ControlFlow::Continue(())
    });
    if pieces.is_empty() {
        let first = match &outcomes[0].kind {
            OutcomeKind::Refused(why) => format!("{}: {why}", outcomes[0].name),
            _ => outcomes[0].name.clone(),
        };
        return Err(CorpusError::AllRefused {
            place: sources.place(),
            files: outcomes.len(),
            first,
        });
    }
    Ok(Gathered { corpus: Corpus { pieces }, outcomes, beside: sources.beside() })
}

/// Reads one file: its pieces, and what became of the file.
///
/// A file is one piece and gives it its name, save a book of tunes, whose tunes are numbered.
pub(crate) fn read_pieces(
    sources: &Sources,
    labels: &Labels,
    index: usize,
) -> (Vec<Piece>, Outcome) {
    let name = sources.name(index);
    if let Some(piece) = sources.prepared(index) {
        // What was repaired was told when it was prepared.
        return match piece {
            Ok(piece) => (vec![piece], Outcome { name, kind: OutcomeKind::Read, pieces: 1 }),
            Err(why) => refused(name, why.to_string()),
        };
    }
    let (readings, digest) = match read_scores(sources, index) {
        Err(why) => return refused(name, why),
        Ok(read) => read,
    };
    let is_book = readings.len() > 1;
    let (mut pieces, mut repairs) = (Vec::with_capacity(readings.len()), Vec::new());
    for (reading, number) in readings.into_iter().zip(1u64..) {
        repairs.extend(reading.repairs.into_iter().map(Mended));
        let mut conditions = Conditions::of(&reading.score);
        labels.of(sources.name_inside(index)).apply(&mut conditions);
        let mut piece = Piece { name: name.clone(), score: reading.score, digest, conditions };
        if is_book {
            piece.name = format!("{name} #{number}");
            let mut hasher = blake3::Hasher::new();
            hasher.update(&digest).update(&number.to_le_bytes());
            piece.digest = *hasher.finalize().as_bytes();
        }
        // A tune of words alone stands in a book as a title does.
        if piece.score.note_count() > 0 {
            pieces.push(piece);
        }
    }
    let kind = match (pieces.is_empty(), repairs.is_empty()) {
        (true, _) => OutcomeKind::Refused("it holds no notes".to_owned()),
        (_, true) => OutcomeKind::Read,
        (_, false) => OutcomeKind::Repaired(repairs),
    };
    let outcome = Outcome { name, kind, pieces: pieces.len() };
    (pieces, outcome)
}

/// No pieces, and why.
fn refused(name: String, why: String) -> (Vec<Piece>, Outcome) {
    (Vec::new(), Outcome { name, kind: OutcomeKind::Refused(why), pieces: 0 })
}

fn read_scores(sources: &Sources, index: usize) -> Result<(Vec<Reading>, [u8; 32]), String> {
    let bytes = sources.read(index)?;
    let readings =
        cantilena_formats::read_all(&bytes, &Limits::default()).map_err(|e| e.to_string())?;
    Ok((readings, *blake3::hash(&bytes).as_bytes()))
}
