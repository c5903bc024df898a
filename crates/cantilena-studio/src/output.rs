//! What is written, as a file's extension says it.

use std::path::Path;

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
