//! Takes in a history, and what is said of them.

use cantilena_studio::{Take, Verb};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::json::Whole;

/// A take in somebody's history.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TakeCard {
    /// The piece: a checksum of all that determines it.
    pub(crate) id: String,
    /// Its title.
    title: String,
    /// composed, continued, opened, or sampled.
    verb: &'static str,
    /// What was asked for; of a file that was opened, its name; of a sample, which model at which
    /// step.
    #[schema(value_type = Object)]
    asked: serde_json::Value,
    /// Bars.
    bars: u32,
    /// Notes.
    notes: usize,
    /// Length in seconds.
    seconds: f64,
    /// The piece it goes on from.
    parent: Option<String>,
    /// Rises with every take; the history is asked for by it.
    number: i64,
    /// When it was made, in seconds since 1970.
    made_at: i64,
    /// Whether it has a star.
    star: bool,
    /// 1 up, -1 down, 0 neither.
    thumb: i8,
    /// A few words.
    note: String,
    /// Whether everybody who knows its id may see it.
    shared: bool,
    /// Whether it was put away.
    removed: bool,
}

impl From<Take> for TakeCard {
    fn from(take: Take) -> TakeCard {
        let asked = serde_json::from_str(&take.request)
            .unwrap_or_else(|_| serde_json::json!({ "file": take.request }));
        TakeCard {
            id: take.id.to_string(),
            title: take.title,
            verb: match take.verb {
                Verb::Composed => "composed",
                Verb::Continued => "continued",
                Verb::Opened => "opened",
                Verb::Sampled => "sampled",
            },
            asked,
            bars: take.bars,
            notes: take.notes,
            seconds: take.seconds,
            parent: take.parent.map(|id| id.to_string()),
            number: take.number,
            made_at: take.made_at,
            star: take.feedback.star,
            thumb: take.feedback.thumb,
            note: take.feedback.note,
            shared: take.shared,
            removed: take.removed,
        }
    }
}

/// Takes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Takes {
    /// In the order asked for; of a history, the newest first.
    pub(crate) pieces: Vec<TakeCard>,
}

/// The bytes of a file, as OpenAPI describes them.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "files are answered and read as they are")]
pub(crate) struct FileBytes(Vec<u8>);

/// A file that was opened.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct OpenedFile {
    /// The piece it became.
    pub(crate) piece: TakeCard,
    /// What was wrong with it and put right, each with its place.
    pub(crate) repairs: Vec<String>,
}

/// What somebody thinks of a take. What is left out stays as it is.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct FeedbackRequest {
    /// Whether it has a star.
    pub(crate) star: Option<bool>,
    /// 1 up, -1 down, 0 neither.
    #[schema(value_type = Option<i8>, minimum = -1, maximum = 1)]
    pub(crate) thumb: Option<Whole>,
    /// A few words.
    #[schema(max_length = 1000)]
    pub(crate) note: Option<String>,
    /// Whether everybody who knows its id may see it.
    pub(crate) shared: Option<bool>,
    /// Whether it is put away; `false` brings it back.
    pub(crate) removed: Option<bool>,
}

/// What a piece is made of, and what a model expected of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ReportBody {
    /// Histograms by name.
    #[schema(value_type = Object)]
    pub(crate) piece: cantilena_eval::Distributions,
    /// The same of what the model has learnt from, where that is known.
    #[schema(value_type = Option<Object>)]
    pub(crate) corpus: Option<serde_json::Value>,
    /// True beside likeliest pitches of the first notes, everything before each known.
    #[schema(value_type = Vec<Object>)]
    pub(crate) foreseen: Vec<cantilena_studio::Foreseen>,
    /// The model that was asked.
    pub(crate) model: Option<String>,
    /// What was asked for, and how much of it was kept; empty for a piece not composed here.
    #[schema(value_type = Vec<Object>)]
    pub(crate) fidelity: Vec<cantilena_studio::Kept>,
}
