//! A piece under way: what there is of it, and what the model makes of that.

use cantilena_model::{Model, State};
use cantilena_score::{Note, Pitch};
use cantilena_tokens::{Cursor, END, Events, Field, NONE, Place, Setting, Tokenizer};

use crate::constraint::{Bounds, Length};
use crate::error::GenerateError;
use crate::limits::Players;
use crate::prompt::Prompt;
use crate::sampler::Sampler;
use crate::scale::Scale;

/// A note that is complete with an event, and its part; `None` where an event completes none.
pub(crate) type Completed = Option<(usize, Note)>;

/// A piece under way.
pub(crate) struct Draft<'a> {
    model: &'a Model,
    prompt: &'a Prompt,
    bounds: Bounds,
    fields: Vec<Field>,
    pub(crate) setting: Setting,
    pub(crate) events: Events,
    /// How many notes (symbols, where there are no single notes) were drawn.
    pub(crate) drawn: usize,
    cursor: Cursor,
    state: State,
    /// Who plays; `None` where nobody is limited.
    players: Option<Players>,
    previous: Vec<u16>,
    has_ended: bool,
}

impl<'a> Draft<'a> {
    /// The prompt, listened to.
    pub(crate) fn new(
        model: &'a Model,
        prompt: &'a Prompt,
        length: Length,
        bounds: Bounds,
    ) -> Draft<'a> {
        let mut setting = prompt.setting.clone();
        setting.bars = match length {
            Length::Bars(bars) => Some(prompt.bars + bars),
            Length::Notes(_) | Length::Seconds(_) => None,
        };
        let fields = model.tokenizer.fields();
        let mut draft = Draft {
            model,
            prompt,
            bounds,
            cursor: model.tokenizer.cursor(&setting),
            setting,
            events: Events::new(fields.len()),
            drawn: 0,
            state: model.begin_told(&prompt.told),
            players: match model.tokenizer {
                Tokenizer::Notes(_) | Tokenizer::Pitches(_) => Players::new(&prompt.limits),
                _ => None,
            },
            previous: vec![NONE; fields.len()],
            fields,
            has_ended: false,
        };
        for given in prompt.events.rows() {
            // As it is, with what is derived made anew: the piece's length is now another.
            let mut event = given.to_vec();
            (0..draft.fields.len()).for_each(|field| draft.cursor.derive(field, &mut event));
            model.listen(&mut draft.state, &draft.previous, &event);
            draft.take(event);
        }
        draft
    }

    /// Whether it has all that was asked for.
    pub(crate) fn is_over(&self) -> bool {
        self.has_ended || (self.bounds.is_full(self.drawn) && self.cursor.is_settled())
    }

    /// Draws an event, the end perhaps, of which `None` is given.
    pub(crate) fn draw(
        &mut self,
        sampler: &mut Sampler,
    ) -> Result<Option<Completed>, GenerateError> {
        let mut event = vec![NONE; self.fields.len()];
        let mut head = 0;
        for field in 0..self.fields.len() {
            if !self.fields[field].is_predicted() {
                self.cursor.derive(field, &mut event);
                continue;
            }
            if head == 0 {
                self.model.listen(&mut self.state, &self.previous, &event);
            }
            let token = self.draw_token(sampler, field, head, &event)?;
            let Draft { model, bounds, cursor, .. } = &*self;
            let may_follow = |token| may_follow(&model.tokenizer, cursor, field, &event, token);
            match bounds.within(cursor, field, &event, token, may_follow) {
                Some(token) => event[field] = token,
                None => {
                    self.end(event);
                    return Ok(None);
                }
            }
            head += 1;
        }
        self.drawn += usize::from(self.cursor.begins(&event));
        Ok(Some(self.take(event)))
    }

    /// Draws a token of what may be, of what is wished for where that leaves a choice.
    fn draw_token(
        &mut self,
        sampler: &mut Sampler,
        field: usize,
        head: usize,
        event: &[u16],
    ) -> Result<u16, GenerateError> {
        let Draft { model, prompt, bounds, setting, drawn, cursor, state, players, .. } = self;
        let tokenizer = &model.tokenizer;
        let logits = model.logits(state, head, event);
        let pitch_of = |token: u16| cursor.pitch_of(tokenizer, field, event, token);
        let leaning = prompt.scale.map(|scale| leaning(logits, scale, pitch_of));
        let logits = leaning.as_deref().unwrap_or(logits);
        let allowed = |token: u16| {
            may_follow(tokenizer, cursor, field, event, token)
                && bounds.allows(cursor, field, event, token, *drawn)
        };
        let wished = |token: u16| {
            pitch_of(token).is_none_or(|pitch| prompt.wishes(pitch, cursor.last_onset()))
        };
        let part = cursor.part_of(event);
        let playable = |token: u16| {
            players.as_ref().is_none_or(|players| match (pitch_of(token), part) {
                (Some(pitch), Some(part)) => players.reach(part, pitch),
                _ => players.have_room(cursor, field, event, token),
            })
        };
        // Above the chord so far there may be no note of the scale, and before the end none that
        // waits for the last one: what makes sense at all goes before what was asked for, and that
        // before what is convenient to play.
        let any = |may: &dyn Fn(u16) -> bool| (NONE..).take(logits.len()).any(may);
        let heed = prompt.has_wishes() && any(&|token| allowed(token) && wished(token));
        let spare = players.is_some()
            && any(&|token| allowed(token) && (!heed || wished(token)) && playable(token));
        let may =
            |token: u16| allowed(token) && (!heed || wished(token)) && (!spare || playable(token));
        // Of one voice the next note waits for the last: how long that is, is how long it waits.
        let is_paced = |token: u16| match (cursor.place(field, event, token), &*players) {
            (Place::Release(_), Some(players)) => part.is_some_and(|part| players.is_single(part)),
            (Place::Onset(_), Some(players)) => !players.are_all_single(),
            (place, None) => matches!(place, Place::Onset(_)),
            _ => false,
        };
        let quarters = |token: u16| match is_paced(token) {
            true => cursor.quarters_of(field, event, token),
            false => 0.0,
        };
        sampler.draw_paced(logits, may, quarters).ok_or_else(|| {
            let place = cursor.last_onset().unwrap_or_default();
            let clock = setting.tempo.ticks_per_quarter();
            let bar = setting.meters.position(place, clock).bar + 1;
            GenerateError::NothingAllowed { bar }
        })
    }

    /// Takes an event in; gives the note that it completes.
    fn take(&mut self, event: Vec<u16>) -> Completed {
        let note = self.cursor.note(&self.model.tokenizer, &event);
        if let (Some(players), Some((part, note))) = (&mut self.players, note) {
            players.strike(part, note);
        }
        self.events.push(&event);
        self.cursor.push(&event);
        self.previous = event;
        note
    }

    /// Writes down that the piece ends, in the field that says so.
    fn end(&mut self, mut event: Vec<u16>) {
        let first = self.fields.iter().position(Field::is_predicted).unwrap_or(0);
        event[first..].fill(NONE);
        event[first] = END;
        self.events.push(&event);
        self.has_ended = true;
    }
}

/// Logits of the model's distribution times the share that each pitch has in music of a key: within
/// the notes of a scale lie seven keys, and only what is commonest tells which of them it is.
fn leaning(logits: &[f32], scale: Scale, pitch_of: impl Fn(u16) -> Option<Pitch>) -> Vec<f32> {
    let leaning = |token| pitch_of(token).map_or(0.0, |pitch| scale.leaning(pitch) as f32);
    logits.iter().zip(0u16..).map(|(logit, token)| logit + leaning(token)).collect()
}

/// Whether a token makes sense here at all.
fn may_follow(
    tokenizer: &Tokenizer,
    cursor: &Cursor,
    field: usize,
    event: &[u16],
    token: u16,
) -> bool {
    token != NONE && cursor.allows(tokenizer, field, event, token)
}
