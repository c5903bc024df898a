//! Composing: event by event, field by field.

use std::ops::ControlFlow;

use cantilena_model::Model;
use cantilena_score::{Note, Score};
use cantilena_tokens::{Events, Setting};

use crate::constraint::{Bounds, Length};
use crate::draft::Draft;
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
    let mut draft = Draft::new(model, prompt, length, bounds);
    let mut stopped = false;
    while !draft.is_over() {
        if let Some(note) = draft.draw(sampler)?
            && watch(note).is_break()
        {
            stopped = true;
            break;
        }
    }
    let Draft { setting, events, drawn, .. } = draft;
    let mut score = model.tokenizer.decode(&setting, &events);
    score.tracks.retain(|track| !track.notes.is_empty());
    Ok(Generation { score, events, setting, drawn, stopped })
}
