//! What each owner has made, and thinks of it.

use super::Studio;
use crate::clock::unix_seconds;
use crate::error::StudioError;
use crate::pieces::{Feedback, Piece, PieceId, Take};

/// How long an answer is remembered for a client that asks again: a day.
const ANSWERS_KEPT_SECONDS: i64 = 24 * 60 * 60;

impl Studio {
    /// An owner's history, the newest first: `limit` takes numbered below `before`.
    pub fn takes(&self, owner: &str, before: i64, limit: u32) -> Result<Vec<Take>, StudioError> {
        self.pieces.takes(owner, before, limit)
    }

    /// A take that `owner` may see.
    pub fn take(&self, owner: &str, id: &str) -> Result<Take, StudioError> {
        let found = match id.parse() {
            Ok(id) => self.pieces.take(owner, id)?,
            Err(()) => None,
        };
        found.ok_or_else(|| StudioError::NoSuchPiece { id: id.chars().take(64).collect() })
    }

    /// A take that `owner` may see, and its piece.
    pub fn piece(&self, owner: &str, id: &str) -> Result<(Take, Piece), StudioError> {
        let take = self.take(owner, id)?;
        let piece = self.pieces.piece(take.id)?;
        let piece = piece.ok_or_else(|| StudioError::NoSuchPiece { id: take.id.to_string() })?;
        Ok((take, piece))
    }

    /// Writes down what its owner thinks of a take.
    pub fn judge(&self, owner: &str, id: &str, feedback: &Feedback) -> Result<(), StudioError> {
        self.own(id, |id| self.pieces.judge(owner, id, feedback))
    }

    /// Puts a take away, or brings it back.
    pub fn remove(&self, owner: &str, id: &str, removed: bool) -> Result<(), StudioError> {
        self.own(id, |id| self.pieces.remove(owner, id, removed))
    }

    /// Lets everybody who knows its id see a take, or its owner alone.
    pub fn share(&self, owner: &str, id: &str, shared: bool) -> Result<(), StudioError> {
        self.own(id, |id| self.pieces.share(owner, id, shared))
    }

    /// What was answered to an earlier request of this key: a checksum of the request, and the
    /// answer.
    pub fn answered(
        &self,
        owner: &str,
        key: &str,
    ) -> Result<Option<(String, String)>, StudioError> {
        self.pieces.answered(owner, key)
    }

    /// Remembers an answer for a day; whether it was the first under this key.
    pub fn answer(
        &self,
        owner: &str,
        key: &str,
        request: &str,
        answer: &str,
    ) -> Result<bool, StudioError> {
        let now = unix_seconds();
        self.pieces.answer(owner, key, (request, answer), (now - ANSWERS_KEPT_SECONDS, now))
    }

    fn own(
        &self,
        id: &str,
        change: impl FnOnce(PieceId) -> Result<bool, StudioError>,
    ) -> Result<(), StudioError> {
        let found = match id.parse() {
            Ok(id) => change(id)?,
            Err(()) => false,
        };
        match found {
            true => Ok(()),
            false => Err(StudioError::NoSuchPiece { id: id.chars().take(64).collect() }),
        }
    }
}
