//! Every music file in folders and archives, found and not yet opened.

use std::io::Read;
use std::path::{Path, PathBuf};

use cantilena_formats::{Format, Limits};
use walkdir::WalkDir;
use zip::ZipArchive;

use crate::error::CorpusError;
use crate::passed_over::Beside;
use crate::piece::Piece;
use crate::read_at::SharedFile;
use crate::store::CorpusFile;

/// What lies below some paths: music, and what people lay beside it.
pub struct Sources {
    roots: Vec<PathBuf>,
    archives: Vec<ZipArchive<SharedFile>>,
    corpora: Vec<CorpusFile>,
    /// By name.
    music: Vec<Source>,
    /// Tables, by name: they may label the music.
    tables: Vec<Source>,
    /// Names of what looks like a licence, in order.
    licences: Vec<String>,
    /// Files that are no music, tables and licences among them.
    beside: Beside,
}

/// A file, not yet opened. Kept small: there may be a million.
struct Source {
    /// Which of the paths asked for it lies below.
    root: u32,
    /// Its name below that path; empty for the path itself.
    name: Box<str>,
    place: Place,
}

enum Place {
    /// A file at its name; at the path given here where the name cannot spell it.
    File(Option<Box<Path>>),
    /// An entry of an archive.
    Entry { archive: u32, index: u32 },
    /// A piece of a prepared corpus.
    Record { corpus: u32, index: u32 },
    /// What cannot be opened, and why.
    Unreadable(Box<str>),
}

impl Sources {
    /// Finds all music below `paths`.
    ///
    /// Folders are walked to the bottom without following links; archives are looked into, the
    /// archives in them not. Files are held by name, some hundred bytes each, and not opened. A
    /// path that is a prepared corpus (`.corpus`) stands for its pieces.
    ///
    /// # Errors
    /// [`CorpusError::Open`] where a path or a folder below it cannot be opened, and
    /// [`CorpusError::NoMusic`] where nothing is music.
    pub fn find(paths: &[PathBuf]) -> Result<Sources, CorpusError> {
        let mut sources = Sources {
            roots: paths.to_vec(),
            archives: Vec::new(),
            corpora: Vec::new(),
            music: Vec::new(),
            tables: Vec::new(),
            licences: Vec::new(),
            beside: Beside::default(),
        };
        for (root, path) in (0..).zip(paths) {
            sources.add_root(root, path)?;
        }
        if sources.music.is_empty() {
            let Beside { other_files: files, passed_over } = sources.beside;
            return Err(CorpusError::NoMusic { place: sources.place(), files, passed_over });
        }
        for list in [&mut sources.music, &mut sources.tables] {
            list.sort_by(|a, b| {
                let (root, other) = (&paths[a.root as usize], &paths[b.root as usize]);
                full_name(root, &a.name).cmp(&full_name(other, &b.name))
            });
        }
        sources.licences.sort();
        Ok(sources)
    }

    /// How many music files there are.
    pub fn len(&self) -> usize {
        self.music.len()
    }

    /// Whether there are none; [`Sources::find`] gives no such.
    pub fn is_empty(&self) -> bool {
        self.music.is_empty()
    }

    /// What lay beside the music.
    pub fn beside(&self) -> Beside {
        self.beside
    }

    /// Files whose names say licence or copyright.
    pub fn licences(&self) -> &[String] {
        &self.licences
    }

    /// The paths that were asked for, as people may read them.
    pub fn place(&self) -> String {
        self.roots.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
    }

    /// The name of a music file: its path, with `archive.zip/` before what lies in an archive.
    pub fn name(&self, index: usize) -> String {
        let source = &self.music[index];
        full_name(&self.roots[source.root as usize], &source.name)
    }

    /// Its name below the path that was asked for: the same wherever a folder lies. A path that
    /// is the file itself has its file name.
    pub fn name_inside(&self, index: usize) -> &str {
        self.inside(&self.music[index])
    }

    /// The piece of a prepared corpus under its full name; `None` where the file is no such.
    pub(crate) fn prepared(&self, index: usize) -> Option<Result<Piece, CorpusError>> {
        let Place::Record { corpus, index: record } = self.music[index].place else { return None };
        let piece = self.corpora[corpus as usize].piece(record as usize);
        Some(piece.map(|piece| Piece { name: self.name(index), ..piece }))
    }

    /// The bytes of a music file, or why there are none.
    pub fn read(&self, index: usize) -> Result<Vec<u8>, String> {
        self.bytes(&self.music[index])
    }

    /// The text of every table, with the folder it lies in as names inside have it: empty, or
    /// ending in a slash. A table that cannot be read is left out.
    pub(crate) fn tables(&self) -> impl Iterator<Item = (&str, String)> {
        self.tables.iter().filter_map(|source| {
            let bytes = self.bytes(source).ok().filter(|bytes| bytes.len() <= TABLE_BYTES)?;
            let inside = self.inside(source);
            let folder = inside.rfind('/').map_or("", |slash| &inside[..=slash]);
            Some((folder, String::from_utf8_lossy(&bytes).into_owned()))
        })
    }

    fn inside<'a>(&'a self, source: &'a Source) -> &'a str {
        if !source.name.is_empty() {
            return &source.name;
        }
        let root = &self.roots[source.root as usize];
        root.file_name().and_then(|name| name.to_str()).unwrap_or("file")
    }

    fn bytes(&self, source: &Source) -> Result<Vec<u8>, String> {
        match &source.place {
            Place::File(path) => {
                let root = &self.roots[source.root as usize];
                let path = match path {
                    Some(path) => path.to_path_buf(),
                    None if source.name.is_empty() => root.clone(),
                    None => root.join(&*source.name),
                };
                let file = std::fs::File::open(path).map_err(|error| error.to_string())?;
                let length = file.metadata().map_or(0, |metadata| metadata.len());
                read_bounded(file, length)
            }
            Place::Entry { archive, index } => {
                let mut archive = self.archives[*archive as usize].clone();
                let entry = archive.by_index(*index as usize).map_err(|error| error.to_string())?;
                let length = entry.size();
                read_bounded(entry, length)
            }
            Place::Record { .. } => Err("a piece of a prepared corpus is no file".to_owned()),
            Place::Unreadable(why) => Err(why.to_string()),
        }
    }

    fn add_root(&mut self, root: u32, path: &Path) -> Result<(), CorpusError> {
        let cannot = |source| CorpusError::Open { path: path.to_owned(), source };
        if std::fs::metadata(path).map_err(cannot)?.is_file() {
            // A file named by its user is tried whatever it is called.
            match extension(path).as_deref() {
                Some("zip") => self.add_archive(root, path, ""),
                Some("corpus") => self.add_corpus(root, path)?,
                _ => self.music.push(Source { root, name: "".into(), place: Place::File(None) }),
            }
            return Ok(());
        }
        for entry in WalkDir::new(path).sort_by_file_name() {
            let entry = entry.map_err(|error| {
                cannot(
                    error
                        .into_io_error()
                        .unwrap_or_else(|| std::io::Error::other("a loop of links")),
                )
            })?;
            if !entry.file_type().is_file() {
                self.beside.passed_over.links += usize::from(entry.path_is_symlink());
                continue;
            }
            let below = entry.path().strip_prefix(path).unwrap_or(entry.path());
            match below.to_str() {
                Some(name) if std::path::MAIN_SEPARATOR == '/' => {
                    self.add_file(root, name, || Place::File(None), entry.path());
                }
                _ => {
                    let name = below.display().to_string().replace(std::path::MAIN_SEPARATOR, "/");
                    let at = || Place::File(Some(entry.path().into()));
                    self.add_file(root, &name, at, entry.path());
                }
            }
        }
        Ok(())
    }

    fn add_file(&mut self, root: u32, name: &str, place: impl Fn() -> Place, path: &Path) {
        if extension(path).as_deref() == Some("zip") {
            self.add_archive(root, path, name);
        } else {
            self.sort_in(Source { root, name: name.into(), place: place() });
        }
    }

    /// Adds the pieces of a prepared corpus.
    fn add_corpus(&mut self, root: u32, path: &Path) -> Result<(), CorpusError> {
        let file = CorpusFile::open(path)?;
        let corpus = self.corpora.len() as u32;
        for index in 0..file.len() {
            let place = Place::Record { corpus, index: index as u32 };
            self.music.push(Source { root, name: file.name(index)?.into(), place });
        }
        self.corpora.push(file);
        Ok(())
    }

    /// Adds what lies in an archive.
    fn add_archive(&mut self, root: u32, path: &Path, name: &str) {
        let opened = SharedFile::open(path).map_err(|error| error.to_string());
        let opened = opened.and_then(|file| ZipArchive::new(file).map_err(|e| e.to_string()));
        let archive = match opened {
            Ok(archive) => archive,
            Err(error) => {
                let why = format!("an archive that cannot be opened: {error}");
                let place = Place::Unreadable(why.into());
                return self.music.push(Source { root, name: name.into(), place });
            }
        };
        let number = self.archives.len() as u32;
        let prefix = if name.is_empty() { String::new() } else { format!("{name}/") };
        for index in 0..archive.len() {
            match archive.name_for_index(index) {
                None => continue,
                Some(Err(error)) => {
                    let place = Place::Unreadable(error.to_string().into());
                    let name = format!("{prefix}entry {index}").into();
                    self.music.push(Source { root, name, place });
                }
                Some(Ok(entry)) if entry.ends_with('/') => {}
                Some(Ok(entry)) => {
                    let name = format!("{prefix}{entry}").into();
                    let place = Place::Entry { archive: number, index: index as u32 };
                    self.sort_in(Source { root, name, place });
                }
            }
        }
        self.archives.push(archive);
    }

    /// Puts a file where it belongs by its name.
    fn sort_in(&mut self, source: Source) {
        let path = Path::new(&*source.name);
        let file = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        // Mac archives hold a shadow file beside every real one.
        let is_shadow = source.name.contains("__MACOSX/") || file.starts_with("._");
        let extension = extension(path).unwrap_or_default();
        // Any program's data may end so: what lies about under such a name is no music until
        // somebody names it.
        let is_vague = ["json", "xml"].contains(&extension.as_str()) && !source.name.is_empty();
        if Format::from_extension(&extension).is_some() && !is_shadow && !is_vague {
            self.music.push(source);
            return;
        }
        self.beside.other_files += 1;
        if is_shadow {
            return;
        }
        self.beside.passed_over.count(&extension);
        let lower = file.to_lowercase();
        if LICENCES.iter().any(|word| lower.contains(word)) {
            self.licences.push(full_name(&self.roots[source.root as usize], &source.name));
        } else if ["csv", "tsv"].contains(&extension.as_str()) {
            self.tables.push(source);
        }
    }
}

/// What stands in the names of files that say what may be done with others.
const LICENCES: [&str; 5] = ["licence", "license", "copying", "copyright", "disclaimer"];

/// A larger table than this, in bytes, is data and labels nothing.
const TABLE_BYTES: usize = 32 << 20;

/// A name below a root, whole.
fn full_name(root: &Path, name: &str) -> String {
    if name.is_empty() {
        return root.display().to_string();
    }
    let root = root.display().to_string();
    format!("{}/{name}", root.strip_suffix('/').unwrap_or(&root))
}

fn extension(path: &Path) -> Option<String> {
    Some(path.extension()?.to_str()?.to_ascii_lowercase())
}

/// Reads no more than the limit, whatever size an archive claims for an entry.
fn read_bounded(source: impl Read, claimed: u64) -> Result<Vec<u8>, String> {
    let limit = Limits::default().bytes;
    // What is claimed is believed up to a megabyte, and beyond as it comes.
    let mut bytes = Vec::with_capacity(claimed.min(1 << 20) as usize);
    source.take(limit as u64 + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    if bytes.len() > limit {
        return Err(format!("larger than {limit} bytes, and that is the limit"));
    }
    Ok(bytes)
}
