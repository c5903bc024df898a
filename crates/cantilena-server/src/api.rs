//! What is asked and answered, as the outside sees it. The field names here are a promise.

mod commission;
mod model;
mod score;
mod take;

pub(crate) use commission::{CommissionLimits, ComposeRequest, FromPiece, SEED_MAX};
pub(crate) use model::{ModelBody, ModelCard, Models};
pub(crate) use score::{NoteEvent, PieceBody, ScoreBody, StreamEvent};
pub(crate) use take::{FeedbackRequest, FileBytes, OpenedFile, ReportBody, TakeCard, Takes};
