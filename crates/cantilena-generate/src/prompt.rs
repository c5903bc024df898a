//! What a generation continues: a setting alone, or the beginning of a piece.

use cantilena_model::Model;
use cantilena_score::{Meter, Pitch, Program, Score, Ticks};
use cantilena_tokens::{Events, NONE, Opening, Setting, Tokenizer};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::error::GenerateError;
use crate::limits::Limits;
use crate::scale::Scale;

/// A setting and the events that are already there.
#[derive(Clone, Debug)]
pub struct Prompt {
    /// Who plays, in which meter, how fast.
    pub setting: Setting,
    /// The events to be continued; none where a piece begins afresh. No end among them.
    pub events: Events,
    /// The scale that every new pitch is of, and whose tonic it leans to; none where that is left
    /// to the model. Drums have no scale.
    pub scale: Option<Scale>,
    /// What is asked for of the piece as a whole, a token for each condition that the model
    /// knows; see [`KnownConditions::asked`](cantilena_tokens::KnownConditions::asked).
    pub told: Vec<u16>,
    /// What each part may do, one for each; what is wished for, and kept to where the model's
    /// events leave a choice.
    pub limits: Vec<Limits>,
    /// Pitches that ring on past the prompt's end, each until a place of the setting's clock. They
    /// are not struck anew before, where the model's other pitches leave a choice.
    pub ringing: Vec<(Pitch, Ticks)>,
    /// The first place at which something new may begin, in places of the setting's clock.
    pub(crate) from: Ticks,
    /// The bars that the prompt fills.
    pub(crate) bars: u32,
}

impl Prompt {
    /// A piece from its very beginning.
    pub fn silence(model: &Model, setting: Setting) -> Result<Prompt, GenerateError> {
        fits(model, &setting)?;
        let events = Events::new(model.tokenizer.fields().len());
        let setting = setting.on_clock(model.tokenizer.clock());
        let (scale, told) = (None, open(model));
        let limits = vec![Limits::default(); setting.parts.len()];
        let (ringing, from) = (Vec::new(), Ticks::ZERO);
        Ok(Prompt { setting, events, scale, told, limits, ringing, from, bars: 0 })
    }

    /// A piece from its very beginning, opening as one that the model has learnt from.
    ///
    /// Openings are drawn as often as there were pieces that open so.
    pub fn opening(model: &Model, seed: u64) -> Result<Prompt, GenerateError> {
        let pieces: u64 = model.openings.iter().map(|opening| u64::from(opening.pieces)).sum();
        let mut rest = ChaCha8Rng::seed_from_u64(seed).random_range(0..pieces.max(1));
        let drawn = model.openings.iter().find(|opening| {
            let here = rest < u64::from(opening.pieces);
            rest = rest.saturating_sub(u64::from(opening.pieces));
            here
        });
        let plain = || Setting::solo(Program::PIANO, Meter::COMMON, 120.0);
        let mut prompt = Prompt::silence(model, drawn.map_or_else(plain, Opening::setting))?;
        if let Some(opening) = drawn {
            prompt.limits = opening.parts.iter().map(Limits::learnt).collect();
        }
        Ok(prompt)
    }

    /// The first place, in places of the grid, at which something new may begin.
    pub fn begins(&self) -> Ticks {
        self.from
    }

    /// Whether anything is wished for of pitches.
    pub(crate) fn has_wishes(&self) -> bool {
        self.scale.is_some() || !self.ringing.is_empty()
    }

    /// Whether a pitch is of the scale, and does not ring on from before the prompt's end; `last`
    /// is where the last event was.
    pub(crate) fn wishes(&self, pitch: Pitch, last: Option<Ticks>) -> bool {
        let rings = |&(ringing, until): &(Pitch, Ticks)| {
            ringing == pitch && last.is_none_or(|onset| onset < until)
        };
        self.scale.is_none_or(|scale| scale.holds(pitch)) && !self.ringing.iter().any(rings)
    }

    /// The continuation of a score, from the bar after its last note.
    pub fn score(model: &Model, score: &Score) -> Result<Prompt, GenerateError> {
        let tokenizer = &model.tokenizer;
        let (whole, setting) = tokenizer.encode(score);
        fits(model, &setting)?;
        let mut events = Events::new(whole.width());
        // The last event is the end, and the piece is to go on.
        whole.rows().take(whole.len() - 1).for_each(|row| events.push(row));
        // There may be words for bars and meters, and none for the instruments that play.
        let kept = tokenizer.decode(&setting, &events);
        if kept.note_count() == 0 {
            let representation = tokenizer.representation().to_string();
            return Err(GenerateError::EmptyPrompt { representation });
        }
        let bars = kept.bars();
        let from = setting.meters.bar_onset(bars, kept.ticks_per_quarter());
        let own = tokenizer.opening(score).parts.into_iter().enumerate();
        let limits = own.map(|(part, own)| {
            let voices = voices(model, part, own.voices);
            Limits { voices, ..Limits::given(&own) }
        });
        let (limits, ringing) = (limits.collect(), Vec::new());
        let (scale, told) = (None, open(model));
        Ok(Prompt { setting, events, scale, told, limits, ringing, from, bars })
    }
}

/// How many notes at once a part of a given piece goes on with: as many as nine of ten pieces that
/// the model has learnt get by with in the part with its number, or as it has already; `None` where
/// the model knows no most.
fn voices(model: &Model, part: usize, own: Option<u8>) -> Option<u8> {
    let of = |opening: &Opening| Some((opening.parts.get(part)?.voices, opening.pieces));
    let mut learnt: Vec<(Option<u8>, u32)> = model.openings.iter().filter_map(of).collect();
    // Where nobody knows comes last.
    learnt.sort_unstable_by_key(|&(voices, _)| voices.map_or(u16::MAX, u16::from));
    let mut rest = learnt.iter().map(|(_, pieces)| u64::from(*pieces)).sum::<u64>() * 9 / 10;
    let most = learnt.into_iter().find_map(|(voices, pieces)| {
        let is_enough = u64::from(pieces) >= rest;
        rest = rest.saturating_sub(u64::from(pieces));
        is_enough.then_some(voices)
    });
    Some(most??.max(own.unwrap_or(0)))
}

/// Nothing asked for.
fn open(model: &Model) -> Vec<u16> {
    vec![NONE; model.conditions.len()]
}

/// An ensemble larger than any the model has seen has parts it has no tokens for.
fn fits(model: &Model, setting: &Setting) -> Result<(), GenerateError> {
    let most = match model.tokenizer {
        Tokenizer::Notes(ref notes) => notes.parts(),
        _ => Setting::PARTS_MAX,
    };
    let found = setting.parts.len();
    if found > most { Err(GenerateError::Parts { found, most }) } else { Ok(()) }
}
