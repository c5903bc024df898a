//! A folder of music, examined: what is there, what is wrong, what is there twice.

mod census;
mod clean;
mod complaints;
mod picture;

use std::path::PathBuf;

use cantilena_corpus::{
    Beside, DuplicateKind, Facts, Gathered, Labels, Oddity, Outcome, OutcomeKind, Sources,
    duplicates, gather_sources,
};
use serde::Serialize;

pub use census::{Census, ChordShare, Counted};
pub(crate) use complaints::Tally;
pub use complaints::{Complaint, Summary};

use crate::error::StudioError;
use crate::output::{Output, Overwrite, refuse_among};
use crate::store;

/// What is to be examined, and what is to be written about it.
#[derive(Clone, Debug)]
pub struct Checkup {
    /// Folders, files and archives.
    pub paths: Vec<PathBuf>,
    /// Labels besides those of the tables beside the music.
    pub labels: Labels,
    /// Pictures (.svg, .png) and whole reports (.json) to be written.
    pub outputs: Vec<PathBuf>,
    /// A folder to be made, which will hold what is sound in the corpus, mended.
    pub clean: Option<PathBuf>,
    /// Whether outputs may be replaced; the clean folder never is.
    pub overwrite: Overwrite,
    /// Threads; they change the time it takes and nothing else.
    pub threads: usize,
}

/// What was found.
#[derive(Clone, Debug, Serialize)]
pub struct Diagnosis {
    /// Pieces, notes, hours, and what they are made of.
    pub census: Census,
    /// What became of the files.
    #[serde(flatten)]
    pub summary: Summary,
    /// Pieces that are the same music as another.
    pub duplicates: Vec<Twin>,
    /// Oddities of pieces, the commonest first.
    pub odd: Vec<Complaint>,
    /// Files that look like licences.
    pub licences: Vec<String>,
    /// What lay beside the music.
    #[serde(flatten)]
    pub beside: Beside,
    /// The clean corpus, if one was made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub clean: Option<Cleaning>,
    /// Every music file, by name.
    pub files: Vec<FileReport>,
}

/// A piece that is the same music as another.
#[derive(Clone, Debug, Serialize)]
pub struct Twin {
    /// Its file.
    pub file: String,
    /// The file of the piece that comes first.
    pub of: String,
    /// How near they are.
    #[serde(flatten)]
    pub kind: DuplicateKind,
    /// Semitones that it stands above the other.
    pub semitones: i32,
}

/// What became of a file, and what is in it.
#[derive(Clone, Debug, Serialize)]
pub struct FileReport {
    /// The file, with `archive.zip/` before what lies in an archive.
    pub file: String,
    /// Repairs, as sentences.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub repairs: Vec<String>,
    /// Why it was refused, if it was.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refused: Option<String>,
    /// What is in it, if it was read and is one piece.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub facts: Option<Facts>,
    /// What is in each tune of a book of several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tunes: Vec<TuneReport>,
}

/// What is in a tune of a book.
#[derive(Clone, Debug, Serialize)]
pub struct TuneReport {
    /// The file and the tune's number in it.
    pub piece: String,
    /// What is in it.
    pub facts: Facts,
}

/// A clean corpus that was written.
#[derive(Clone, Debug, Serialize)]
pub struct Cleaning {
    /// Its folder.
    #[serde(serialize_with = "crate::output::displayed")]
    pub folder: PathBuf,
    /// Pieces written.
    pub written: usize,
    /// Pieces left out because another has the same notes.
    pub duplicates: usize,
    /// Pieces left out because they are one note over and over.
    pub one_note: usize,
    /// Tracks that became drums.
    pub drums: usize,
    /// Pieces left out because no MIDI file can hold them, and why.
    pub unwritable: Vec<String>,
}

/// Examines a corpus; `progress` is told, from any thread, how many files are read, of how many.
///
/// # Errors
/// Those of gathering a corpus, and of writing what is asked for.
pub fn doctor(
    request: &Checkup,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Diagnosis, StudioError> {
    let kinds = check_outputs(request)?;
    let sources = Sources::find(&request.paths)?;
    let mut labels = Labels::beside(&sources);
    (labels.folder, labels.pattern) = (request.labels.folder, request.labels.pattern.clone());
    let Gathered { corpus, outcomes, beside } =
        gather_sources(&sources, &labels, request.threads, progress)?;

    let facts = cantilena_corpus::facts(&corpus, request.threads);
    let twins = duplicates(&corpus.pieces);
    let clean = match &request.clean {
        Some(folder) => Some(clean::write(folder, &sources, &outcomes, &corpus, &facts, &twins)?),
        None => None,
    };
    let names: Vec<String> = corpus.pieces.iter().map(|piece| piece.name.clone()).collect();
    let name = |piece: usize| names[piece].clone();
    let twins = twins.iter().map(|twin| Twin {
        file: name(twin.piece),
        of: name(twin.of),
        kind: twin.kind,
        semitones: twin.semitones,
    });
    let diagnosis = Diagnosis {
        census: Census::of(&facts),
        summary: complaints::summary(&outcomes),
        duplicates: twins.collect(),
        odd: complaints::oddities(corpus.pieces.iter().map(|piece| &*piece.name).zip(&facts)),
        licences: sources.licences().to_vec(),
        beside,
        clean,
        files: file_reports(&outcomes, names, facts),
    };
    for (path, kind) in request.outputs.iter().zip(kinds) {
        let bytes = match kind {
            Output::Svg => picture::draw(&diagnosis.census).svg().into_bytes(),
            Output::Png => picture::png(&diagnosis.census)?,
            _ => diagnosis.json().into_bytes(),
        };
        store::write(path, &bytes, request.overwrite)?;
    }
    Ok(diagnosis)
}

impl Diagnosis {
    /// The whole report as JSON, every file in it.
    pub fn json(&self) -> String {
        let json = serde_json::to_string_pretty(self).expect("numbers, words and lists of them");
        format!("{json}\n")
    }
}

/// What each output is, before any work is done.
fn check_outputs(request: &Checkup) -> Result<Vec<Output>, StudioError> {
    let kinds = crate::render::check_outputs(&request.outputs, request.overwrite)?;
    if kinds.iter().any(|kind| matches!(kind, Output::Score(_) | Output::Wav)) {
        return Err(StudioError::Request(
            "doctor writes .svg, .png and .json; --fix FOLDER writes the music".to_owned(),
        ));
    }
    if let Some(folder) = &request.clean {
        clean::check(folder)?;
        refuse_among(folder, &request.paths)?;
    }
    Ok(kinds)
}

/// One report for each file, the facts of pieces with their files.
fn file_reports(outcomes: &[Outcome], names: Vec<String>, facts: Vec<Facts>) -> Vec<FileReport> {
    let mut pieces = names.into_iter().zip(facts);
    outcomes
        .iter()
        .map(|outcome| {
            let (repairs, refused) = match &outcome.kind {
                OutcomeKind::Read => (Vec::new(), None),
                OutcomeKind::Repaired(repairs) => {
                    (repairs.iter().map(ToString::to_string).collect(), None)
                }
                OutcomeKind::Refused(why) => (Vec::new(), Some(why.clone())),
            };
            let file = outcome.name.clone();
            let (mut facts, mut tunes) = (None, Vec::new());
            for (piece, of) in pieces.by_ref().take(outcome.pieces) {
                match piece == file {
                    true => facts = Some(of),
                    false => tunes.push(TuneReport { piece, facts: of }),
                }
            }
            FileReport { file, repairs, refused, facts, tunes }
        })
        .collect()
}

/// Whether a piece is one note over and over.
fn is_one_note(facts: &Facts) -> bool {
    facts.oddities.iter().any(|oddity| matches!(oddity, Oddity::OneNote { .. }))
}
