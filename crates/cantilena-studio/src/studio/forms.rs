//! A piece in every form it can be had in.

use std::path::PathBuf;

use cantilena_formats::{Format, midi};
use cantilena_plot::{PianoRoll, piano_roll};
use cantilena_score::{Grid, Score};
use cantilena_sound::SoundError;

use super::Studio;
use crate::error::StudioError;
use crate::notation;
use crate::pieces::{Piece, Take};

impl Studio {
    /// The score of a piece.
    pub fn score(&self, owner: &str, id: &str) -> Result<Score, StudioError> {
        self.read(&self.piece(owner, id)?.1)
    }

    /// A piece, or of its tracks these alone, whose numbers rise, to be had in every form.
    pub fn excerpt(
        &self,
        owner: &str,
        id: &str,
        tracks: Option<Vec<usize>>,
    ) -> Result<Excerpt<'_>, StudioError> {
        let (take, piece) = self.piece(owner, id)?;
        Ok(Excerpt { studio: self, take, piece, tracks, grid: None })
    }

    pub(super) fn read(&self, piece: &Piece) -> Result<Score, StudioError> {
        // What we wrote may be longer than what we take in from others.
        let limits = cantilena_formats::Limits::default();
        let reading = cantilena_formats::read(&piece.bytes, &limits);
        Ok(reading
            .map_err(|source| StudioError::Music {
                path: PathBuf::from(piece.id.to_string()),
                source,
            })?
            .score)
    }
}

/// A piece, or some of its tracks, in every form it can be had in.
pub struct Excerpt<'a> {
    studio: &'a Studio,
    take: Take,
    piece: Piece,
    /// Numbers that rise; all tracks if left out.
    tracks: Option<Vec<usize>>,
    /// What its notes are moved to, if they are.
    grid: Option<Grid>,
}

impl Excerpt<'_> {
    /// The same with its notes on a grid, for pages that can be read. Its sound stays.
    pub fn on_grid(self, grid: Grid) -> Self {
        Excerpt { grid: Some(grid), ..self }
    }

    /// The take that the piece is.
    pub fn take(&self) -> &Take {
        &self.take
    }

    /// The score.
    ///
    /// # Errors
    /// [`StudioError::Unsuited`] where the piece has no track of a number asked for; so in every
    /// form.
    pub fn score(&self) -> Result<Score, StudioError> {
        let mut score = self.studio.read(&self.piece)?;
        if let Some(tracks) = &self.tracks {
            check_tracks(tracks, &score)?;
            let mut number = 0..;
            score.tracks.retain(|_| number.next().is_some_and(|number| tracks.contains(&number)));
        }
        Ok(match self.grid {
            Some(grid) => score.quantized(grid),
            None => score,
        })
    }

    /// A Standard MIDI File: of the whole as it is, the one that was written, or the one that was
    /// brought.
    pub fn midi(&self) -> Result<Vec<u8>, StudioError> {
        let is_itself = self.tracks.is_none() && self.grid.is_none();
        if is_itself && Format::from_bytes(&self.piece.bytes) == Some(Format::Midi) {
            return Ok(self.piece.bytes.clone());
        }
        Ok(midi::write(&self.score()?)?.bytes)
    }

    /// Another written form: MusicXML, plain or compressed, or ABC.
    pub fn written(&self, format: Format) -> Result<Vec<u8>, StudioError> {
        Ok(notation::write(&self.score()?, format)?.bytes)
    }

    /// A picture that scales.
    pub fn picture(&self) -> Result<String, StudioError> {
        Ok(piano_roll(&self.score()?, &PianoRoll::default()).svg())
    }

    /// The WAV file, of notes as they were composed.
    pub fn sound(&self) -> Result<PathBuf, StudioError> {
        let Excerpt { studio, take, piece, tracks, .. } = self;
        if let Some(tracks) = tracks {
            check_tracks(tracks, &studio.read(piece)?)?;
        }
        let read = || studio.read(piece);
        studio.sounds.of(take.id, tracks.as_deref(), read).map_err(|error| match error {
            StudioError::Sound(why @ SoundError::TooLong { .. }) => {
                StudioError::Unsuited { field: "id", why: why.to_string() }
            }
            error => error,
        })
    }
}

/// Whether a score has all of these tracks, whose numbers rise.
fn check_tracks(tracks: &[usize], score: &Score) -> Result<(), StudioError> {
    let found = score.tracks.len();
    match tracks.last() {
        Some(last) if *last >= found => {
            let why = format!("there is no track {last} among {found}, counted from 0");
            Err(StudioError::Unsuited { field: "tracks", why })
        }
        _ => Ok(()),
    }
}
