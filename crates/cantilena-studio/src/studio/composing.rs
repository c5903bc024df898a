//! Pieces asked for, and those under way.

use cantilena_formats::midi;

use super::Studio;
use crate::asked::Asked;
use crate::composers::Figures;
use crate::error::StudioError;
use crate::performance::Listener;
use crate::pieces::Verb;
use crate::shelf::ModelKind;
use crate::systems::melody_of_genre;

/// Notes of a melody that is asked for by genre: as many as its system's description has.
const MELODY_NOTES: usize = 200;

impl Studio {
    /// Has a piece composed; it goes on as long as somebody listens.
    pub fn compose(&self, owner: &str, asked: &Asked) -> Result<Listener, StudioError> {
        let model = self.shelf.model(&asked.model)?;
        let prompt = match &asked.from {
            None => None,
            Some(from) => {
                let (take, piece) = self.piece(owner, &from.piece)?;
                Some((take.id, self.read(&piece)?))
            }
        };
        // What cannot be done is said at once, not by a composer.
        let beginning = prompt.as_ref().map(|(_, score)| score.clone());
        model.check(&asked.commission(beginning)?)?;
        self.composers.ask(owner, asked, model, prompt)
    }

    /// Has a piece of the history composed again, note for note, to be heard as it comes.
    pub fn again(&self, owner: &str, id: &str) -> Result<Listener, StudioError> {
        let (_, piece) = self.piece(owner, id)?;
        let asked = serde_json::from_str::<Asked>(&piece.request);
        let Some(asked) = asked.ok().filter(|_| piece.verb != Verb::Opened) else {
            return Err(StudioError::Request(
                "it was opened or sampled, so there is nothing to compose again".to_owned(),
            ));
        };
        if asked.id(&self.shelf.model(&asked.model)?.fingerprint) != piece.id {
            return Err(StudioError::Request(format!(
                "the model {:?} has changed since it composed this piece",
                asked.model
            )));
        }
        self.compose(owner, &asked)
    }

    /// A melody with the band of a genre, as a Standard MIDI File: of the newest model here that
    /// is a `melody`. Every call has a piece of its own.
    pub fn melody(&self, genre: &str, seed: u64) -> Result<Vec<u8>, StudioError> {
        let model = self.shelf.melody()?;
        if cantilena_systems::genre(genre).is_none() {
            let why =
                format!("no genre is called {genre:?}; {} will do", model.genres().join(", "));
            return Err(StudioError::Unsuited { field: "genre", why });
        }
        let ModelKind::System(checkpoint) = &model.kind else {
            return Err(StudioError::NoSuchModel { name: model.name.clone(), known: Vec::new() });
        };
        Ok(midi::write(&melody_of_genre(checkpoint, genre, MELODY_NOTES, seed)?)?.bytes)
    }

    /// Ends a piece under way, keeping what there is; whether there was one.
    pub fn stop(&self, owner: &str, id: &str) -> bool {
        id.parse().is_ok_and(|id| self.composers.stop(owner, id))
    }

    /// How many commissions wait, and how many wait or are being composed.
    pub fn load(&self) -> (usize, usize) {
        self.composers.load()
    }

    /// What composing has come to since the studio was opened.
    pub fn figures(&self) -> &Figures {
        &self.figures
    }
}
