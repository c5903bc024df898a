//! Composing: event by event, field by field.

use std::ops::ControlFlow;

use cantilena_model::Model;
use cantilena_score::{Note, Score};
use cantilena_tokens::{END, Events, Field, NONE, Setting};

use crate::constraint::{Bounds, Length};
use crate::error::GenerateError;
use crate::prompt::Prompt;
use crate::sampler::Sampler;

/// What came out.
#[derive(Clone, Debug)]
pub struct Generation {
    /// The piece, prompt and all.
    pub score: Score,
    /// The events of the whole piece.
    pub events: Events,
    /// What it was given.
    pub setting: Setting,
    /// How many notes (symbols, where a representation has no single notes) were drawn and not
    /// given.
    pub drawn: usize,
    /// Whether `watch` stopped it before its length was reached.
    pub stopped: bool,
}

/// Continues a prompt by exactly `length`; by whole bars, where seconds are asked for.
///
/// `watch` is asked after every event, and shown the note with its part that is then complete, if
/// one is; it may stop the work, and what is there then is a valid piece.
pub fn generate(
    model: &Model,
    sampler: &mut Sampler,
    prompt: &Prompt,
    length: Length,
    watch: &mut dyn FnMut(Option<(usize, Note)>) -> ControlFlow<()>,
) -> Result<Generation, GenerateError> {
    let length = length.in_bars(prompt)?;
    let bounds = Bounds::new(length, prompt)?;
    if matches!(length, Length::Notes(_)) && !model.tokenizer.has_notes() {
        let representation = model.tokenizer.representation().to_string();
        return Err(GenerateError::NoNotes { representation });
    }
    let mut setting = prompt.setting.clone();
    setting.bars = match length {
        Length::Bars(bars) => Some(prompt.bars + bars),
        Length::Notes(_) | Length::Seconds(_) => None,
    };
    let (tokenizer, fields) = (&model.tokenizer, model.tokenizer.fields());
    let mut cursor = tokenizer.cursor(&setting);
    let mut state = model.begin_told(&prompt.told);
    let mut events = Events::new(fields.len());
    let mut previous = vec![NONE; fields.len()];

    // The prompt: listened to as it is, with what is derived made anew, for its length is now
    // another.
    for given in prompt.events.rows() {
        let mut current = given.to_vec();
        (0..fields.len()).for_each(|field| cursor.derive(field, &mut current));
        model.listen(&mut state, &previous, &current);
        cursor.push(&current);
        events.push(&current);
        previous = current;
    }

    // The field that says where a piece ends.
    let first = fields.iter().position(Field::is_predicted).unwrap_or(0);
    let density = sampler.how().density;
    let (mut drawn, mut stopped) = (0, false);
    while !(bounds.is_full(drawn) && cursor.is_settled()) {
        let mut current = vec![NONE; fields.len()];
        let mut head = 0;
        let mut is_end = false;
        for field in 0..fields.len() {
            if !fields[field].is_predicted() {
                cursor.derive(field, &mut current);
                continue;
            }
            if head == 0 {
                model.listen(&mut state, &previous, &current);
            }
            let logits = model.logits(&mut state, head, &current);
            let may_follow =
                |token: u16| token != NONE && cursor.allows(tokenizer, field, &current, token);
            let allowed = |token: u16| {
                may_follow(token) && bounds.allows(&cursor, field, &current, token, drawn)
            };
            let rings = |pitch| {
                let sounding = |until| cursor.last_onset().is_none_or(|onset| onset < until);
                prompt.ringing.iter().any(|&(ringing, until)| ringing == pitch && sounding(until))
            };
            let wished = |token: u16| match cursor.pitch_of(tokenizer, field, &current, token) {
                Some(pitch) => prompt.scale.is_none_or(|it| it.holds(pitch)) && !rings(pitch),
                None => true,
            };
            // Above the chord so far there may be no note of the scale; what can be played goes
            // before what was wished for.
            let is_free = prompt.scale.is_none() && prompt.ringing.is_empty();
            let heed = !is_free
                && (NONE..).take(logits.len()).any(|token| allowed(token) && wished(token));
            let may = |token: u16| allowed(token) && (!heed || wished(token));
            let tilt = |token: u16| -density * cursor.quarters_to(field, &current, token);
            let token = sampler.draw_tilted(logits, may, tilt).ok_or_else(|| {
                let place = cursor.last_onset().unwrap_or_default();
                let clock = setting.tempo.ticks_per_quarter();
                GenerateError::NothingAllowed { bar: setting.meters.position(place, clock).bar + 1 }
            })?;
            match bounds.within(&cursor, field, &current, token, may_follow) {
                Some(token) => current[field] = token,
                None => {
                    current[first..].fill(NONE);
                    current[first] = END;
                    is_end = true;
                    break;
                }
            }
            head += 1;
        }
        events.push(&current);
        if is_end {
            break;
        }
        let note = cursor.note(tokenizer, &current);
        drawn += usize::from(cursor.begins(&current));
        cursor.push(&current);
        previous = current;
        if watch(note).is_break() {
            stopped = true;
            break;
        }
    }
    let mut score = tokenizer.decode(&setting, &events);
    score.tracks.retain(|track| !track.notes.is_empty());
    Ok(Generation { score, events, setting, drawn, stopped })
}
