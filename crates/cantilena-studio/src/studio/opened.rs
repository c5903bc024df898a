//! Files that somebody brings.

use std::path::Path;

use cantilena_formats::midi;
use cantilena_score::Score;

use super::Studio;
use crate::clock::unix_seconds;
use crate::error::StudioError;
use crate::listening::listen;
use crate::pieces::{Piece, PieceId, Take, Verb};

/// A file that somebody brought.
#[derive(Debug)]
pub struct Opened {
    /// The piece that it became.
    pub take: Take,
    /// What was wrong with it and put right.
    pub repairs: Vec<String>,
}

impl Studio {
    /// Takes in a file that somebody brings: a score in any form that is read, or a recording of
    /// one voice, which is written down.
    pub fn open_file(
        &self,
        owner: &str,
        name: &str,
        bytes: Vec<u8>,
    ) -> Result<Opened, StudioError> {
        // The name is part of it: whoever brings the same bytes must not be told another's name.
        let id = PieceId::of(&[b"opened ", name.as_bytes(), b"\0", &bytes].concat());
        let (score, repairs, bytes) = self.opened(Path::new(name), bytes)?;
        if score.note_count() == 0 {
            let why = format!("{name} holds no notes");
            return Err(StudioError::Unsuited { field: "file", why });
        }
        let piece = Piece {
            id,
            verb: Verb::Opened,
            request: name.to_owned(),
            title: if score.title.is_empty() { name.to_owned() } else { score.title.clone() },
            bars: score.bars(),
            notes: score.note_count(),
            seconds: score.seconds().0,
            bytes,
        };
        self.pieces.keep(&piece, owner, None, unix_seconds())?;
        Ok(Opened { take: self.take(owner, &id.to_string())?, repairs })
    }

    /// The score in a file, what was mended in it, and the bytes that are kept of it.
    fn opened(
        &self,
        name: &Path,
        bytes: Vec<u8>,
    ) -> Result<(Score, Vec<String>, Vec<u8>), StudioError> {
        match cantilena_formats::read(&bytes, &self.reading) {
            Ok(reading) => {
                let repairs = reading.repairs.iter().map(ToString::to_string).collect();
                Ok((reading.score, repairs, bytes))
            }
            Err(source) => {
                let Some(score) = listen(name, &bytes, &self.listening)? else {
                    return Err(StudioError::Music { path: name.to_owned(), source });
                };
                // Of a recording the notes are kept, a thousandth of its size.
                let written = midi::write(&score)?.bytes;
                Ok((score, Vec::new(), written))
            }
        }
    }
}
