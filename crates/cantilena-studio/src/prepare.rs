//! A folder of music becomes one file, at once or in parts.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufWriter, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use cantilena_corpus::{Beside, CorpusError, Labels, Prepared, Shard, Sources};
use serde::Serialize;

use crate::doctor::{Summary, Tally};
use crate::error::StudioError;
use crate::output::{Overwrite, refuse_among};

/// How names of prepared corpora end: by that they are known wherever music is asked for.
const EXTENSION: &str = "corpus";

/// What is to be prepared.
#[derive(Clone, Debug)]
pub struct Preparation {
    /// Folders, files and archives.
    pub paths: Vec<PathBuf>,
    /// Labels besides those of the tables beside the music.
    pub labels: Labels,
    /// Which part of the files.
    pub shard: Shard,
    /// The corpus file, ending in `.corpus`.
    pub out: PathBuf,
    /// Whether one that is there may be replaced.
    pub overwrite: Overwrite,
    /// Threads; they change the time it takes and nothing else.
    pub threads: usize,
}

/// What was prepared.
#[derive(Clone, Debug, Serialize)]
pub struct PreparedCorpus {
    /// The corpus file.
    #[serde(serialize_with = "crate::output::displayed")]
    pub corpus: PathBuf,
    /// Pieces in it.
    pub pieces: u64,
    /// Its length in bytes.
    pub bytes: u64,
    /// What became of the files.
    #[serde(flatten)]
    pub summary: Summary,
    /// What lay beside the music.
    #[serde(flatten)]
    pub beside: Beside,
}

/// Prepares a corpus; `progress` is told how many files are done, of how many, and may stop it.
///
/// However many files there are, memory holds their names and a few pieces at a time. A run that
/// is killed leaves a draft beside the corpus (`CORPUS.part`), which the next run writes over.
///
/// # Errors
/// [`CorpusError::Stopped`] where `progress` stopped it; those of finding music and of writing.
pub fn prepare(
    request: &Preparation,
    progress: &mut dyn FnMut(usize, usize) -> ControlFlow<()>,
) -> Result<PreparedCorpus, StudioError> {
    check(&request.out, request.overwrite)?;
    refuse_among(&request.out, &request.paths)?;
    let sources = Sources::find(&request.paths)?;
    let draft = Draft::begin(&request.out, request.overwrite)?;
    let mut labels = Labels::beside(&sources);
    (labels.folder, labels.pattern) = (request.labels.folder, request.labels.pattern.clone());
    let (mut tally, mut done) = (Tally::new(), 0);
    let files = request.shard.files(sources.len());
    let prepared = draft.finish(|out| {
        let watch = &mut |outcome: &cantilena_corpus::Outcome| {
            tally.add(outcome);
            done += 1;
            progress(done, files)
        };
        cantilena_corpus::prepare(&sources, &labels, request.shard, request.threads, out, watch)
    })?;
    Ok(PreparedCorpus {
        corpus: request.out.clone(),
        pieces: prepared.pieces,
        bytes: prepared.bytes,
        summary: tally.into_summary(),
        beside: sources.beside(),
    })
}

/// Joins the parts of a corpus into one, as if it had been prepared at once.
///
/// # Errors
/// Those of [`cantilena_corpus::merge`], and of writing.
pub fn merge(
    parts: &[PathBuf],
    out: &Path,
    overwrite: Overwrite,
) -> Result<PreparedCorpus, StudioError> {
    let draft = Draft::begin(out, overwrite)?;
    let Prepared { pieces, bytes, .. } = draft.finish(|out| cantilena_corpus::merge(parts, out))?;
    let (corpus, summary) = (out.to_owned(), Summary::default());
    Ok(PreparedCorpus { corpus, pieces, bytes, summary, beside: Beside::default() })
}

/// Whether a corpus may be written there, before any work is done.
fn check(out: &Path, overwrite: Overwrite) -> Result<(), StudioError> {
    if out.extension().is_none_or(|extension| extension != EXTENSION) {
        return Err(StudioError::Request(format!(
            "{} should end in .{EXTENSION}: by that a prepared corpus is known",
            out.display()
        )));
    }
    if overwrite == Overwrite::Refuse && out.exists() {
        return Err(StudioError::Exists { path: out.to_owned() });
    }
    Ok(())
}

/// A corpus while it is written: a file beside it, which becomes it in one step.
///
/// Its name is fixed, so that what a killed run left is found and written over, and it is locked,
/// so that two runs do not write into one draft.
struct Draft<'a> {
    out: &'a Path,
    path: PathBuf,
    file: File,
    overwrite: Overwrite,
}

/// Bytes that are gathered before they are written.
const BUFFER: usize = 1 << 20;

impl<'a> Draft<'a> {
    fn begin(out: &'a Path, overwrite: Overwrite) -> Result<Draft<'a>, StudioError> {
        check(out, overwrite)?;
        let mut path = out.to_owned().into_os_string();
        path.push(".part");
        let path = PathBuf::from(path);
        let cannot = |source| StudioError::Write { path: path.clone(), source };
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            std::fs::create_dir_all(folder).map_err(cannot)?;
        }
        let mut options = OpenOptions::new();
        let file = options.write(true).create(true).truncate(false).open(&path).map_err(cannot)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(StudioError::Request(format!(
                    "another run is writing {} at this moment",
                    path.display()
                )));
            }
            Err(TryLockError::Error(error)) => return Err(cannot(error)),
        }
        file.set_len(0).map_err(cannot)?;
        Ok(Draft { out, path, file, overwrite })
    }

    /// Fills the draft and puts it in its place, whole; if it cannot be filled, nothing is left.
    fn finish(
        self,
        fill: impl FnOnce(&mut dyn Write) -> Result<Prepared, CorpusError>,
    ) -> Result<Prepared, StudioError> {
        let cannot = |source| StudioError::Write { path: self.out.to_owned(), source };
        let mut out = BufWriter::with_capacity(BUFFER, &self.file);
        let result = match fill(&mut out) {
            Ok(prepared) => out.flush().and_then(|()| self.publish()).map(|()| prepared),
            Err(CorpusError::Write(source)) => Err(source),
            Err(error) => {
                drop(out);
                self.discard();
                return Err(error.into());
            }
        };
        if result.is_err() {
            self.discard();
        }
        result.map_err(|source| match source.kind() {
            std::io::ErrorKind::AlreadyExists => StudioError::Exists { path: self.out.to_owned() },
            _ => cannot(source),
        })
    }

    fn publish(&self) -> std::io::Result<()> {
        self.file.sync_all()?;
        match self.overwrite {
            Overwrite::Replace => std::fs::rename(&self.path, self.out)?,
            // A link fails where something is, and a rename does not.
            Overwrite::Refuse => {
                std::fs::hard_link(&self.path, self.out)?;
                std::fs::remove_file(&self.path)?;
            }
        }
        // The name, too, must survive a power cut. Folders cannot be opened everywhere.
        let folder = self.out.parent().filter(|folder| !folder.as_os_str().is_empty());
        match File::open(folder.unwrap_or(Path::new("."))) {
            Ok(folder) => folder.sync_all(),
            Err(_) => Ok(()),
        }
    }

    /// Removes the draft; if that fails, the next run writes over it.
    fn discard(&self) {
        let _ = std::fs::remove_file(&self.path);
    }
}
