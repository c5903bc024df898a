//! What is asked of a composer.

use std::collections::BTreeMap;

use cantilena_generate::{Length, Sampling};
use cantilena_score::Program;
use cantilena_studio::{Asked, Beginning, key_named, program_named};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use utoipa::openapi::schema::{ObjectBuilder, OneOfBuilder, Schema, SchemaType, Type};

use crate::json::Whole;
use crate::problem::Problem;

/// Bars of a commission that says nothing of its length.
const BARS: u32 = 16;
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
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 256)]
    pub(crate) bars: Option<Whole>,
    /// How many notes are composed, exactly, instead of bars.
    #[schema(value_type = Option<u32>, minimum = 1, maximum = 20000)]
    pub(crate) notes: Option<Whole>,
    /// Where all chance begins; drawn, and told, if left out. Take number n, from 0, has this seed
    /// plus n.
    #[schema(value_type = Option<u64>, minimum = 0, maximum = 9007199254740983_u64)]
    pub(crate) seed: Option<Whole>,
    /// How many takes are composed.
    #[schema(value_type = Option<u8>, minimum = 1, maximum = 8)]
    pub(crate) takes: Option<Whole>,
    /// Below 1 plays safe, above 1 dares; 0 always takes the likeliest.
    #[schema(minimum = 0, maximum = 10)]
    pub(crate) temperature: Option<f64>,
    /// Only so many of the likeliest are drawn from; 0 is no limit.
    #[schema(value_type = Option<u32>, minimum = 0)]
    pub(crate) top_k: Option<Whole>,
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
    /// What plays every part that is no drum: a General MIDI program, 0 to 127, or part of an
    /// instrument's name.
    #[schema(schema_with = Instrument::schema)]
    pub(crate) instrument: Option<Instrument>,
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
    #[schema(value_type = Option<u32>, minimum = 2)]
    pub(crate) bar: Option<Whole>,
}

impl ComposeRequest {
    /// How adventurous, and how dense.
    fn sampling(&self) -> Result<Sampling, Problem> {
        let plain = Sampling::default();
        let (temperature, top_p) = (self.temperature.unwrap_or(plain.temperature), self.top_p);
        let (top_p, min_p) = (top_p.unwrap_or(plain.top_p), self.min_p.unwrap_or(plain.min_p));
        let density = self.density.unwrap_or(plain.density);
        let top_k = self.top_k.map(|k| k.within("top_k", 0..=u32::MAX)).transpose()?;
        Ok(Sampling {
            temperature: check(
                "temperature",
                temperature,
                (0.0..=10.0).contains(&temperature),
                "0 to 10",
            )?,
            top_k: top_k.map_or(plain.top_k, |k| k as usize),
            top_p: check("top_p", top_p, top_p > 0.0 && top_p <= 1.0, "above 0, up to 1,")?,
            min_p: check("min_p", min_p, (0.0..1.0).contains(&min_p), "0 to below 1")?,
            density: check("density", density, (-4.0..=4.0).contains(&density), "-4 to 4")?,
        })
    }

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
            (None, Some(notes)) => Length::Notes(notes.within("notes", 1..=NOTES_MAX)? as usize),
            (Some(bars), None) => Length::Bars(bars.within("bars", 1..=BARS_MAX)?),
            (None, None) => Length::Bars(BARS),
        };
        let sampling = self.sampling()?;
        if let Some(tempo) = self.tempo {
            check("tempo", tempo, (4.0..=1000.0).contains(&tempo), "4 to 1000")?;
        }
        let program = self.instrument.as_ref().map(Instrument::program).transpose()?;
        if let Some(key) = &self.key {
            key_named(key).map_err(|error| Problem::field("key", error.to_string()))?;
        }
        let from = match &self.from {
            None => None,
            Some(FromPiece { piece: Some(piece), bar }) => {
                let bar = bar.map(|bar| bar.within("from.bar", 2..=u32::MAX)).transpose()?;
                Some(Beginning { piece: piece.clone(), bar })
            }
            Some(_) => return Err(Problem::field("from.piece", "from names no piece")),
        };
        let takes = self.takes.map_or(Ok(1), |takes| takes.within("takes", 1..=TAKES_MAX))?;
        let seeds = 0..=SEED_MAX - u64::from(TAKES_MAX);
        let seed = self.seed.map_or(Ok(drawn), |seed| seed.within("seed", seeds))?;
        let take = |number| Asked {
            model: model.clone(),
            length,
            seed: seed + u64::from(number),
            sampling,
            bpm: self.tempo,
            program: program.map(Program::number),
            key: self.key.clone(),
            genre: self.genre.clone(),
            conditions: self.conditions.clone(),
            from: from.clone(),
            stopped_after: None,
        };
        Ok((0..takes).map(take).collect())
    }
}

/// Says so where a number cannot be.
fn check(field: &str, found: f64, holds: bool, range: &str) -> Result<f64, Problem> {
    match holds {
        true => Ok(found),
        // In full, 1e300 is three hundred digits.
        false if found.abs() >= 1e15 => {
            Err(Problem::out_of_range(field, format!("{found:e}"), range))
        }
        false => Err(Problem::out_of_range(field, found, range)),
    }
}

/// What plays.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[serde(untagged, expecting = "is neither a number from 0 to 127 nor part of an instrument's name")]
pub(crate) enum Instrument {
    /// A General MIDI program.
    Number(Whole),
    /// Part of an instrument's name, such as flute.
    Name(String),
}

impl Instrument {
    /// Either of the two, or null.
    fn schema() -> Schema {
        let kind = |kind| ObjectBuilder::new().schema_type(SchemaType::Type(kind));
        OneOfBuilder::new()
            .item(kind(Type::Null))
            .item(kind(Type::Integer).minimum(Some(0)).maximum(Some(127)))
            .item(kind(Type::String).min_length(Some(1)).max_length(Some(64)))
            .description(Some(
                "What plays every part that is no drum: a General MIDI program, 0 to 127, or part \
                 of an instrument's name, such as flute.",
            ))
            .into()
    }

    fn program(&self) -> Result<Program, Problem> {
        match self {
            Instrument::Number(number) => {
                let number = number.within("instrument", 0..=127_u8)?;
                Program::new(number)
                    .map_err(|error| Problem::field("instrument", error.to_string()))
            }
            Instrument::Name(name) => {
                program_named(name).map_err(|error| Problem::field("instrument", error.to_string()))
            }
        }
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
