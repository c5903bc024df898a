//! What is asked of a composer.

use std::collections::BTreeMap;

use cantilena_generate::{Length, Sampling};
use cantilena_studio::{Asked, Beginning, key_named};
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
    /// How densely notes follow one another: at 1 about twice as many as the model would play, at
    /// -1 half as many or fewer.
    #[schema(minimum = -4, maximum = 4)]
    pub(crate) density: Option<f64>,
    /// Quarters a minute.
    #[schema(minimum = 4, maximum = 1000)]
    pub(crate) tempo: Option<f64>,
    /// A General MIDI program, 0 to 127, for every part that is no drum.
    #[schema(minimum = 0, maximum = 127)]
    pub(crate) instrument: Option<u8>,
    /// A key whose notes are kept to (in minor the raised seventh too), leaning to its tonic as
    /// music in it does: C, F#m, Bb minor.
    #[schema(max_length = 16)]
    pub(crate) key: Option<String>,
    /// The genre, of a model that has genres: of a melody, whose band accompanies it.
    #[schema(max_length = 32)]
    pub(crate) genre: Option<String>,
    /// What else is asked for of the piece as a whole, by name and value, of a model that was told
    /// such things of what it learnt from: `{"mood": "calm", "density": "dense"}`.
    pub(crate) conditions: BTreeMap<String, String>,
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
            conditions: self.conditions.clone(),
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
