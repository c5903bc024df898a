//! Reading everything there is in folders, files and archives.

use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cantilena_formats::Limits;
use walkdir::WalkDir;
use zip::ZipArchive;

use crate::corpus::Corpus;
use crate::error::CorpusError;
use crate::piece::{Outcome, OutcomeKind, Piece};

/// File names that promise music we read.
const EXTENSIONS: [&str; 4] = ["mid", "midi", "kar", "rmi"];

/// A corpus and what became of every music file.
#[derive(Debug)]
pub struct Gathered {
    /// What could be read.
    pub corpus: Corpus,
    /// One for each music file, by name.
    pub outcomes: Vec<Outcome>,
    /// How many other files lay beside the music and were passed over.
    pub other_files: usize,
}

/// Reads all music below `paths`, on `threads` threads.
///
/// Folders are walked to the bottom without following links; archives are read in place, their
/// archives not. `progress` is told, from any thread, how many files are done, of how many.
/// The result does not depend on the number of threads.
pub fn gather(
    paths: &[PathBuf],
    threads: usize,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Gathered, CorpusError> {
    let mut sources = Vec::new();
    let mut other_files = 0;
    for path in paths {
        other_files += list(path, &mut sources)?;
    }
    sources.sort_by(|a, b| a.name.cmp(&b.name));

    let place = || paths.iter().map(|p| p.display().to_string()).collect::<Vec<_>>().join(", ");
    if sources.is_empty() {
        return Err(CorpusError::NoMusic { place: place(), files: other_files });
    }

    let (mut pieces, mut outcomes) = (Vec::new(), Vec::with_capacity(sources.len()));
    for (piece, outcome) in read_all(&sources, threads, progress) {
        pieces.extend(piece);
        outcomes.push(outcome);
    }
    if pieces.is_empty() {
        let first = match &outcomes[0].kind {
            OutcomeKind::Refused(why) => format!("{}: {why}", outcomes[0].name),
            _ => outcomes[0].name.clone(),
        };
        return Err(CorpusError::AllRefused { place: place(), files: outcomes.len(), first });
    }
    Ok(Gathered { corpus: Corpus { pieces }, outcomes, other_files })
}

/// A music file, not yet opened.
struct Source {
    name: String,
    place: Place,
}

enum Place {
    File(PathBuf),
    /// An entry of an archive whose bytes all its entries share.
    Entry(ZipArchive<Cursor<Arc<[u8]>>>, usize),
    /// An archive that cannot be opened, and why.
    Unreadable(String),
}

/// Adds the music below `path`; gives the number of other files.
fn list(path: &Path, sources: &mut Vec<Source>) -> Result<usize, CorpusError> {
    let cannot = |source| CorpusError::Open { path: path.to_owned(), source };
    if std::fs::metadata(path).map_err(cannot)?.is_file() {
        // A file named by its user is tried whatever it is called.
        match extension(path).as_deref() {
            Some("zip") => return Ok(list_archive(path, sources)),
            _ => sources.push(file(path.to_owned())),
        }
        return Ok(0);
    }
    let mut others = 0;
    for entry in WalkDir::new(path).sort_by_file_name() {
        let entry = entry.map_err(|error| {
            cannot(
                error.into_io_error().unwrap_or_else(|| std::io::Error::other("a loop of links")),
            )
        })?;
        if !entry.file_type().is_file() {
            continue;
        }
        match extension(entry.path()).as_deref() {
            Some("zip") => others += list_archive(entry.path(), sources),
            Some(name) if EXTENSIONS.contains(&name) => sources.push(file(entry.into_path())),
            _ => others += 1,
        }
    }
    Ok(others)
}

fn file(path: PathBuf) -> Source {
    Source { name: path.display().to_string(), place: Place::File(path) }
}

/// Adds the music in an archive; gives the number of other files in it.
fn list_archive(path: &Path, sources: &mut Vec<Source>) -> usize {
    let name = path.display().to_string();
    let opened = std::fs::read(path).map_err(|error| error.to_string()).and_then(|bytes| {
        ZipArchive::new(Cursor::new(Arc::from(bytes))).map_err(|e| e.to_string())
    });
    let archive = match opened {
        Ok(archive) => archive,
        Err(error) => {
            let why = format!("an archive that cannot be opened: {error}");
            sources.push(Source { name, place: Place::Unreadable(why) });
            return 0;
        }
    };
    let mut others = 0;
    for index in 0..archive.len() {
        let entry = match archive.name_for_index(index) {
            None => continue,
            Some(Ok(entry)) => entry,
            Some(Err(error)) => {
                let name = format!("{name}/entry {index}");
                sources.push(Source { name, place: Place::Unreadable(error.to_string()) });
                continue;
            }
        };
        // Mac archives hold a shadow file beside every real one.
        let shadow = entry.starts_with("__MACOSX/") || entry.contains("/._");
        match extension(Path::new(&*entry)) {
            Some(end) if EXTENSIONS.contains(&end.as_str()) && !shadow => {
                let name = format!("{name}/{entry}");
                sources.push(Source { name, place: Place::Entry(archive.clone(), index) });
            }
            _ if entry.ends_with('/') => {}
            _ => others += 1,
        }
    }
    others
}

fn extension(path: &Path) -> Option<String> {
    Some(path.extension()?.to_str()?.to_ascii_lowercase())
}

/// Reads every source; results stand in the order of the sources.
fn read_all(
    sources: &[Source],
    threads: usize,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Vec<(Option<Piece>, Outcome)> {
    let next = AtomicUsize::new(0);
    let done = AtomicUsize::new(0);
    let work = || {
        let mut mine = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let Some(source) = sources.get(index) else { break mine };
            mine.push((index, read(source)));
            progress(done.fetch_add(1, Ordering::Relaxed) + 1, sources.len());
        }
    };
    let mut results = std::thread::scope(|scope| {
        let handles: Vec<_> = (0..threads.max(1)).map(|_| scope.spawn(work)).collect();
        let mut all = Vec::with_capacity(sources.len());
        for handle in handles {
            match handle.join() {
                Ok(mine) => all.extend(mine),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
        all
    });
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

fn read(source: &Source) -> (Option<Piece>, Outcome) {
    let name = source.name.clone();
    match read_score(&source.place) {
        Err(why) => (None, Outcome { name, kind: OutcomeKind::Refused(why) }),
        Ok((reading, digest)) => {
            let repairs: Vec<String> = reading.repairs.iter().map(ToString::to_string).collect();
            let kind = match repairs.is_empty() {
                true => OutcomeKind::Read,
                false => OutcomeKind::Repaired(repairs),
            };
            let piece = Piece { name: name.clone(), score: reading.score, digest };
            (Some(piece), Outcome { name, kind })
        }
    }
}

fn read_score(place: &Place) -> Result<(cantilena_formats::Reading, [u8; 32]), String> {
    let limits = Limits::default();
    let bytes = match place {
        Place::File(path) => {
            let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
            read_bounded(file, limits.bytes)?
        }
        Place::Entry(archive, index) => {
            // A clone shares the bytes and has a place of its own in them.
            let mut archive = archive.clone();
            let entry = archive.by_index(*index).map_err(|error| error.to_string())?;
            read_bounded(entry, limits.bytes)?
        }
        Place::Unreadable(why) => return Err(why.clone()),
    };
    let reading = cantilena_formats::read(&bytes, &limits).map_err(|error| error.to_string())?;
    if reading.score.note_count() == 0 {
        return Err("it holds no notes".to_owned());
    }
    Ok((reading, *blake3::hash(&bytes).as_bytes()))
}

/// Reads no more than the limit, whatever size an archive claims for an entry.
fn read_bounded(source: impl Read, limit: usize) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    source.take(limit as u64 + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() > limit {
        return Err(format!("larger than {limit} bytes, and that is the limit"));
    }
    Ok(bytes)
}
