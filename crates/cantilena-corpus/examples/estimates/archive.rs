//! An archive of annotated music.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use cantilena_formats::Limits;
use cantilena_score::Score;
use zip::ZipArchive;

/// An archive, open for reading.
pub(crate) struct Archive(ZipArchive<File>);

impl Archive {
    pub(crate) fn open(path: &Path) -> Result<Archive, Box<dyn std::error::Error>> {
        Ok(Archive(ZipArchive::new(File::open(path)?)?))
    }

    /// The names of its files in order.
    pub(crate) fn names(&self) -> Vec<String> {
        let mut names: Vec<String> =
            self.0.file_names().flatten().map(|name| name.into_owned()).collect();
        names.sort();
        names
    }

    /// The bytes of a file.
    pub(crate) fn bytes(&mut self, name: &str) -> Option<Vec<u8>> {
        let mut bytes = Vec::new();
        self.0.by_name(name).ok()?.read_to_end(&mut bytes).ok()?;
        Some(bytes)
    }

    /// A file as text.
    pub(crate) fn text(&mut self, name: &str) -> Option<String> {
        String::from_utf8(self.bytes(name)?).ok()
    }

    /// A file as a score; `None` where it cannot be read or holds no notes.
    pub(crate) fn score(&mut self, name: &str) -> Option<Score> {
        let score = cantilena_formats::read(&self.bytes(name)?, &Limits::default()).ok()?.score;
        (score.note_count() > 0).then_some(score)
    }

    /// Every music file that can be read, with its name.
    pub(crate) fn scores(&mut self) -> Vec<(String, Score)> {
        let names = self.names();
        let music = names.into_iter().filter(|name| {
            let name = name.to_lowercase();
            name.ends_with(".mid") || name.ends_with(".midi")
        });
        music.filter_map(|name| Some((name.clone(), self.score(&name)?))).collect()
    }
}
