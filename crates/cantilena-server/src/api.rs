//! What is asked and answered, as the outside sees it. The field names here are a promise.

use cantilena_generate::{Length, Sampling};
use cantilena_score::Score;
use cantilena_studio::{Asked, Beginning, ModelKind, PlayedNote, Shelved, Take, Verb, key_named};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::problem::Problem;

/// Bars of one commission.
pub(crate) const BARS_MAX: u32 = 256;
/// Notes of one commission.
pub(crate) const NOTES_MAX: u32 = 20_000;
/// Takes of one commission.
pub(crate) const TAKES_MAX: u8 = 8;
/// The largest whole number that every JSON reader keeps exactly: 2⁵³ − 1.
pub(crate) const SEED_MAX: u64 = (1 << 53) - 1;

/// A commission. What is left out is left to the model.
#[derive(Clone, Debug, Default, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct ComposeRequest {
    /// The model's name; the newest one if left out.
    pub(crate) model: Option<String>,
    /// How many bars are composed, exactly; 16 if neither bars nor notes are given.
    #[schema(minimum = 1, maximum = 256)]
    pub(crate) bars: Option<u32>,
    /// How many notes are composed, exactly, instead of bars.
    #[schema(minimum = 1, maximum = 20000)]
    pub(crate) notes: Option<u32>,
    /// Where all chance begins; drawn, and told, if left out. Take number n, from 0, has this seed
    /// plus n.
    #[schema(minimum = 0, maximum = 9007199254740983_u64)]
    pub(crate) seed: Option<u64>,
    /// How many takes are composed.
    #[schema(minimum = 1, maximum = 8)]
    pub(crate) takes: Option<u8>,
    /// Below 1 plays safe, above 1 dares; 0 always takes the likeliest.
    #[schema(minimum = 0, maximum = 10)]
    pub(crate) temperature: Option<f64>,
    /// Only so many of the likeliest are drawn from; 0 is no limit.
    pub(crate) top_k: Option<u32>,
    /// Only the likeliest that together have this probability.
    #[schema(exclusive_minimum = 0, maximum = 1)]
    pub(crate) top_p: Option<f64>,
    /// Only those with this share of the likeliest one's probability.
    #[schema(minimum = 0, exclusive_maximum = 1)]
    pub(crate) min_p: Option<f64>,
    /// Above 0 notes follow more densely than the model has it, below 0 less.
    #[schema(minimum = -4, maximum = 4)]
    pub(crate) density: Option<f64>,
    /// Quarters a minute.
    #[schema(minimum = 4, maximum = 1000)]
    pub(crate) tempo: Option<f64>,
    /// A General MIDI program, 0 to 127, for every part that is no drum.
    #[schema(minimum = 0, maximum = 127)]
    pub(crate) instrument: Option<u8>,
    /// A key whose notes are kept to: C, F#m, Bb minor.
    #[schema(max_length = 16)]
    pub(crate) key: Option<String>,
    /// The genre whose band accompanies a melody, of a model that has genres.
    #[schema(max_length = 32)]
    pub(crate) genre: Option<String>,
    /// What is continued; the file of a form goes before it.
    pub(crate) from: Option<FromPiece>,
}

/// The beginning of a piece.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct FromPiece {
    /// Its id; of a form with a file, left out.
    #[serde(default)]
    pub(crate) piece: Option<String>,
    /// The first bar that is composed, counted from 1; behind the end if left out.
    #[serde(default)]
    #[schema(minimum = 2)]
    pub(crate) bar: Option<u32>,
}

impl ComposeRequest {
    /// The takes it comes to, given the newest model's name and a seed for who names none.
    pub(crate) fn takes(&self, newest: Option<&str>, drawn: u64) -> Result<Vec<Asked>, Problem> {
        let model = match (self.model.as_deref(), newest) {
            (Some(name), _) => name.to_owned(),
            (None, Some(newest)) => newest.to_owned(),
            (None, None) => {
                return Err(Problem::field("model", "there is no model yet; train one first"));
            }
        };
        let length = match (self.bars, self.notes) {
            (Some(_), Some(_)) => {
                return Err(Problem::field("notes", "bars or notes can be asked for, not both"));
            }
            (None, Some(notes)) => {
                within("notes", notes, 1..=NOTES_MAX)?;
                Length::Notes(notes as usize)
            }
            (bars, None) => Length::Bars(within("bars", bars.unwrap_or(16), 1..=BARS_MAX)?),
        };
        let plain = Sampling::default();
        let sampling = Sampling {
            temperature: within(
                "temperature",
                self.temperature.unwrap_or(plain.temperature),
                0.0..=10.0,
            )?,
            top_k: self.top_k.map_or(plain.top_k, |k| k as usize),
            top_p: within("top_p", self.top_p.unwrap_or(plain.top_p), f64::MIN_POSITIVE..=1.0)?,
            min_p: within("min_p", self.min_p.unwrap_or(plain.min_p), 0.0..=1.0 - f64::EPSILON)?,
            density: within("density", self.density.unwrap_or(plain.density), -4.0..=4.0)?,
        };
        if let Some(tempo) = self.tempo {
            within("tempo", tempo, 4.0..=1000.0)?;
        }
        if let Some(program) = self.instrument {
            within("instrument", program, 0..=127)?;
        }
        if let Some(key) = &self.key {
            key_named(key).map_err(|error| Problem::field("key", error.to_string()))?;
        }
        let from = match &self.from {
            None => None,
            Some(FromPiece { piece: Some(piece), bar }) => {
                Some(Beginning { piece: piece.clone(), bar: *bar })
            }
            Some(_) => return Err(Problem::field("from.piece", "from names no piece")),
        };
        let takes = within("takes", self.takes.unwrap_or(1), 1..=TAKES_MAX)?;
        let seed = within("seed", self.seed.unwrap_or(drawn), 0..=SEED_MAX - u64::from(TAKES_MAX))?;
        let take = |number| Asked {
            model: model.clone(),
            length,
            seed: seed + u64::from(number),
            sampling,
            bpm: self.tempo,
            program: self.instrument,
            key: self.key.clone(),
            genre: self.genre.clone(),
            from: from.clone(),
            stopped_after: None,
        };
        Ok((0..takes).map(take).collect())
    }
}

/// A number that lies within a range.
fn within<T: PartialOrd + std::fmt::Display + Copy>(
    field: &str,
    found: T,
    range: std::ops::RangeInclusive<T>,
) -> Result<T, Problem> {
    match range.contains(&found) {
        true => Ok(found),
        false => Err(Problem::out_of_range(
            field,
            found,
            &format!("{} to {}", range.start(), range.end()),
        )),
    }
}

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
    #[schema(minimum = -1, maximum = 1)]
    pub(crate) thumb: Option<i8>,
    /// A few words.
    #[schema(max_length = 1000)]
    pub(crate) note: Option<String>,
    /// Whether everybody who knows its id may see it.
    pub(crate) shared: Option<bool>,
    /// Whether it is put away; `false` brings it back.
    pub(crate) removed: Option<bool>,
}

/// A score: what stands above the notes, and the notes, on one clock.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ScoreBody {
    /// Its title.
    title: String,
    /// Ticks in a quarter.
    ticks_per_quarter: u16,
    /// Length in bars, the last one counted whole.
    bars: u32,
    /// Length in ticks, to the end of the last bar.
    length: u32,
    /// (tick, microseconds a quarter) at every change; the first at tick 0.
    tempi: Vec<(u32, u32)>,
    /// (tick, beats in a bar, note value of a beat) at every change; the first at tick 0.
    meters: Vec<(u32, u8, u16)>,
    /// (tick, name) at every change.
    keys: Vec<(u32, String)>,
    /// Who plays.
    tracks: Vec<TrackBody>,
}

/// A track of a score.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct TrackBody {
    /// What the file calls it; may be empty.
    name: String,
    /// Its General MIDI sound.
    instrument: &'static str,
    /// The General MIDI program, 0 to 127.
    program: u8,
    /// Whether pitches are drums.
    drums: bool,
    /// (onset, duration, pitch, velocity) by onset; onset and duration in ticks.
    notes: Vec<(u32, u32, u8, u8)>,
}

impl From<&Score> for ScoreBody {
    fn from(score: &Score) -> ScoreBody {
        let bars = score.bars();
        let tracks = score.tracks.iter().map(|track| TrackBody {
            name: track.name.clone(),
            instrument: track.instrument_name(),
            program: track.program.number(),
            drums: track.is_drums,
            notes: track
                .notes
                .iter()
                .map(|n| (n.onset.0, n.duration.0, n.pitch.number(), n.velocity.value()))
                .collect(),
        });
        let meters = score.meters.changes().iter();
        ScoreBody {
            title: score.title.clone(),
            ticks_per_quarter: score.ticks_per_quarter().get(),
            bars,
            length: score.meters.bar_onset(bars, score.ticks_per_quarter()).0,
            tempi: (score.tempo.changes().iter())
                .map(|change| (change.onset.0, change.micros_per_quarter.get()))
                .collect(),
            meters: meters
                .map(|c| (c.onset.0, c.meter.numerator(), c.meter.denominator()))
                .collect(),
            keys: score.keys.iter().map(|c| (c.onset.0, c.key.to_string())).collect(),
            tracks: tracks.collect(),
        }
    }
}

/// A piece whole: where it came from, and its score.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct PieceBody {
    /// Where it came from.
    pub(crate) piece: TakeCard,
    /// Its notes.
    pub(crate) score: ScoreBody,
}

/// A note as it is drawn; the data of a `note` event.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct NoteEvent {
    /// Which of the takes, counted from 0.
    take: usize,
    /// The track that plays it.
    track: u16,
    /// When it begins, in ticks.
    onset: u32,
    /// How long it lasts, in ticks.
    duration: u32,
    /// MIDI note number.
    pitch: u8,
    /// 1 to 127.
    velocity: u8,
}

impl NoteEvent {
    pub(crate) fn new(take: usize, played: PlayedNote) -> NoteEvent {
        let PlayedNote { track, note } = played;
        NoteEvent {
            take,
            track,
            onset: note.onset.0,
            duration: note.duration.0,
            pitch: note.pitch.number(),
            velocity: note.velocity.value(),
        }
    }
}

/// An event of a stream, as whoever parses the stream has it.
#[derive(ToSchema)]
#[expect(dead_code, reason = "it describes what is written by hand")]
pub(crate) struct StreamEvent {
    /// progress, note, done or error.
    event: String,
    /// JSON: a note, a take, a training's news, or a problem.
    data: String,
    /// What to send as `Last-Event-ID` to go on behind this event.
    id: Option<String>,
}

/// The models there are.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Models {
    /// The newest first.
    pub(crate) models: Vec<ModelCard>,
    /// What one commission may ask for.
    pub(crate) limits: CommissionLimits,
}

/// What one commission may ask for.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct CommissionLimits {
    bars: u32,
    notes: u32,
    takes: u8,
}

impl CommissionLimits {
    pub(crate) const OURS: CommissionLimits =
        CommissionLimits { bars: BARS_MAX, notes: NOTES_MAX, takes: TAKES_MAX };
}

/// A model, as far as it can be said in a few words.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ModelCard {
    /// What it is called.
    pub(crate) name: String,
    /// What it has learnt from.
    corpus: String,
    /// Pieces learnt from and held back.
    pieces: (usize, usize),
    /// Updates of its weights.
    steps: u64,
    /// How many weights it has.
    weights: usize,
    /// How it writes music; of one of the five systems, which.
    representation: String,
    /// Whether it continues what is there, in any key and density; the five systems do not.
    continues: bool,
    /// The genres that it can be asked for.
    genres: Vec<&'static str>,
    /// What was measured on the pieces held back.
    metrics: std::collections::BTreeMap<String, f64>,
    /// A checksum of it.
    fingerprint: String,
}

impl From<&Shelved> for ModelCard {
    fn from(model: &Shelved) -> ModelCard {
        let (name, fingerprint) = (model.name.clone(), model.fingerprint.clone());
        match &model.kind {
            ModelKind::Notes(checkpoint) => {
                let (network, provenance) = (&checkpoint.model, &checkpoint.provenance);
                ModelCard {
                    name,
                    corpus: provenance.corpus_name.clone(),
                    pieces: provenance.pieces,
                    steps: provenance.steps,
                    weights: network.values.len(),
                    representation: network.tokenizer.representation().to_string(),
                    continues: true,
                    genres: Vec::new(),
                    metrics: provenance.metrics.clone(),
                    fingerprint,
                }
            }
            ModelKind::System(checkpoint) => {
                let (network, provenance) = (&checkpoint.model, &checkpoint.provenance);
                let measures = provenance.evaluation.measures.iter();
                ModelCard {
                    name,
                    corpus: provenance.corpus_name.clone(),
                    pieces: provenance.pieces,
                    steps: provenance.steps,
                    weights: network.values.len(),
                    representation: network.recipe.system.to_string(),
                    continues: false,
                    genres: model.genres(),
                    metrics: measures
                        .map(|measure| (format!("{}_loss", measure.head), measure.mean()))
                        .collect(),
                    fingerprint,
                }
            }
        }
    }
}

/// A model in full.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct ModelBody {
    /// In a few words.
    pub(crate) model: ModelCard,
    /// Its tensors.
    pub(crate) layers: Vec<Layer>,
    /// Its recipe, in TOML.
    pub(crate) recipe: String,
    /// How its learning went, where it was trained here.
    #[schema(value_type = Option<Object>)]
    pub(crate) history: Option<serde_json::Value>,
    /// What it has learnt from, where that is known: histograms by name.
    #[schema(value_type = Option<Object>)]
    pub(crate) corpus: Option<serde_json::Value>,
}

/// A tensor of a model.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub(crate) struct Layer {
    name: String,
    shape: Vec<usize>,
    weights: usize,
}

impl From<&Shelved> for ModelBody {
    fn from(model: &Shelved) -> ModelBody {
        let (layout, recipe) = match &model.kind {
            ModelKind::Notes(checkpoint) => {
                (&checkpoint.model.network.layout, checkpoint.provenance.recipe.clone())
            }
            ModelKind::System(checkpoint) => {
                (&checkpoint.model.network.layout, checkpoint.model.recipe.to_toml())
            }
        };
        let layers = layout.entries().iter().map(|entry| Layer {
            name: entry.name.clone(),
            shape: entry.shape.clone(),
            weights: entry.shape.iter().product(),
        });
        ModelBody {
            model: ModelCard::from(model),
            layers: layers.collect(),
            recipe,
            history: None,
            corpus: None,
        }
    }
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
