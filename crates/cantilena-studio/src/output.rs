//! What is written, as a file's extension says it.

use std::path::{Path, PathBuf};

use cantilena_formats::Format;
use serde::Serializer;

use crate::error::StudioError;

/// Whether a file that exists may be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Overwrite {
    /// What is there stays, and the request fails.
    Refuse,
    /// What is there is replaced, whole.
    Replace,
}

/// A kind of file that a score can become.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    /// The score itself: MIDI, MusicXML or ABC.
    Score(Format),
    /// Sound: 44.1 kHz, stereo, 16 bit.
    Wav,
    /// A piano roll that scales.
    Svg,
    /// A piano roll in pixels.
    Png,
    /// Of a composition: a report of what was asked for, what came out, and measures of it; of a
    /// file that is rendered: the whole score.
    Json,
}

/// Refuses an output that would lie in one of the folders that are read: nothing of anybody's music
/// is written among, and what was made of a corpus is no part of it.
pub(crate) fn refuse_among(out: &Path, read: &[PathBuf]) -> Result<(), StudioError> {
    // What does not exist yet lies where the last folder on the way lies that does.
    let absolute = std::path::absolute(out).unwrap_or_else(|_| out.to_owned());
    let Some(place) = absolute.ancestors().find_map(|folder| folder.canonicalize().ok()) else {
        return Ok(());
    };
    for folder in read.iter().filter(|path| path.is_dir()) {
        if folder.canonicalize().is_ok_and(|folder| place.starts_with(folder)) {
            return Err(StudioError::Request(format!(
                "{} lies in {}, which is read and never written to; name a place outside it",
                out.display(),
                folder.display()
            )));
        }
    }
    Ok(())
}

/// Serializes a path as it is shown to people: names of files need not be Unicode, and JSON is.
pub(crate) fn displayed<S: Serializer>(path: &Path, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(&path.display())
}

impl Output {
    /// What the extension of `path` asks for.
    pub fn of(path: &Path) -> Result<Output, StudioError> {
        let extension = path.extension().and_then(|e| e.to_str()).unwrap_or_default();
        match extension.to_ascii_lowercase().as_str() {
            "mid" | "midi" => Ok(Output::Score(Format::Midi)),
            "musicxml" | "xml" => Ok(Output::Score(Format::MusicXml)),
            "mxl" => Ok(Output::Score(Format::Mxl)),
            "abc" => Ok(Output::Score(Format::Abc)),
            "wav" => Ok(Output::Wav),
            "svg" => Ok(Output::Svg),
            "png" => Ok(Output::Png),
            "json" => Ok(Output::Json),
            _ => Err(StudioError::UnknownOutput { path: path.to_owned() }),
        }
    }
}
