//! A piece in every form it can be had in.

use std::path::PathBuf;

use cantilena_formats::{Format, midi};
use cantilena_plot::{PianoRoll, piano_roll};
use cantilena_score::Score;
use cantilena_sound::SoundError;

use super::Studio;
use crate::error::StudioError;
use crate::notation;
use crate::pieces::Piece;

impl Studio {
    /// The score of a piece.
    pub fn score(&self, owner: &str, id: &str) -> Result<Score, StudioError> {
        self.read(&self.piece(owner, id)?.1)
    }

    /// The score of a piece with some of its tracks alone, whose numbers rise.
    pub fn score_of(
        &self,
        owner: &str,
        id: &str,
        tracks: Option<&[usize]>,
    ) -> Result<Score, StudioError> {
        let mut score = self.score(owner, id)?;
        if let Some(tracks) = tracks {
            check_tracks(tracks, &score)?;
            let mut number = 0..;
            score.tracks.retain(|_| number.next().is_some_and(|number| tracks.contains(&number)));
        }
        Ok(score)
    }

    /// A piece, or some of its tracks, as a Standard MIDI File: the whole is the one that was
    /// written, or the one that was brought.
    pub fn midi(
        &self,
        owner: &str,
        id: &str,
        tracks: Option<&[usize]>,
    ) -> Result<Vec<u8>, StudioError> {
        let (_, piece) = self.piece(owner, id)?;
        if tracks.is_none() && Format::from_bytes(&piece.bytes) == Some(Format::Midi) {
            return Ok(piece.bytes);
        }
        Ok(midi::write(&self.score_of(owner, id, tracks)?)?.bytes)
    }

    /// A piece, or some of its tracks, in another written form: MusicXML, plain or compressed, or
    /// ABC.
    pub fn written(
        &self,
        owner: &str,
        id: &str,
        tracks: Option<&[usize]>,
        format: Format,
    ) -> Result<Vec<u8>, StudioError> {
        Ok(notation::write(&self.score_of(owner, id, tracks)?, format)?.bytes)
    }

    /// A piece, or some of its tracks, as a picture that scales.
    pub fn picture(
        &self,
        owner: &str,
        id: &str,
        tracks: Option<&[usize]>,
    ) -> Result<String, StudioError> {
        Ok(piano_roll(&self.score_of(owner, id, tracks)?, &PianoRoll::default()).svg())
    }

    /// The WAV file of a piece, or of some of its tracks, whose numbers rise.
    pub fn sound(
        &self,
        owner: &str,
        id: &str,
        tracks: Option<&[usize]>,
    ) -> Result<PathBuf, StudioError> {
        let (take, piece) = self.piece(owner, id)?;
        if let Some(tracks) = tracks {
            check_tracks(tracks, &self.read(&piece)?)?;
        }
        self.sounds.of(take.id, tracks, || self.read(&piece)).map_err(|error| match error {
            StudioError::Sound(why @ SoundError::TooLong { .. }) => {
                StudioError::Unsuited { field: "id", why: why.to_string() }
            }
            error => error,
        })
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
