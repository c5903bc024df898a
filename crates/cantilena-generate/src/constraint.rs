//! What must hold, as a mask on what may be drawn.

use cantilena_score::Ticks;
use cantilena_tokens::{Cursor, END};
use serde::{Deserialize, Serialize};

use crate::error::GenerateError;
use crate::prompt::Prompt;

/// How much is to be composed, the prompt not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Length {
    /// Exactly so many bars: a note begins in the last one and none rings past it.
    Bars(u32),
    /// Exactly so many notes; symbols, where a representation has no single notes.
    Notes(usize),
}

/// A length, as the places between which notes may lie.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// The first onset.
    from: Ticks,
    /// Where the last bar begins and ends; `None` where notes are counted.
    last_bar: Option<(Ticks, Ticks)>,
    /// How many notes; `None` where bars are.
    pub(crate) notes: Option<usize>,
}

impl Bounds {
    pub(crate) fn new(length: Length, prompt: &Prompt) -> Result<Bounds, GenerateError> {
        let clock = prompt.setting.tempo.ticks_per_quarter();
        match length {
            Length::Bars(0) => Err(GenerateError::NoLength("bars")),
            Length::Notes(0) => Err(GenerateError::NoLength("notes")),
            Length::Notes(notes) => {
                Ok(Bounds { from: prompt.from, last_bar: None, notes: Some(notes) })
            }
            Length::Bars(bars) => {
                let meters = &prompt.setting.meters;
                let bars = prompt.bars.saturating_add(bars);
                let last_bar = (meters.bar_onset(bars - 1, clock), meters.bar_onset(bars, clock));
                Ok(Bounds { from: prompt.from, last_bar: Some(last_bar), notes: None })
            }
        }
    }

    /// Whether an event may begin so, given the piece so far.
    pub(crate) fn allows_onset(&self, cursor: &Cursor, token: u16) -> bool {
        match (cursor.onset(token), self.last_bar) {
            // The end: once the last bar is reached, never where notes are counted.
            (None, Some((last, _))) => {
                token == END && cursor.last_onset().is_some_and(|onset| onset >= last)
            }
            (None, None) => false,
            (Some(onset), None) => onset >= self.from,
            (Some(onset), Some((_, end))) => onset >= self.from && onset < end,
        }
    }

    /// Whether a note may ring as long as this token says.
    pub(crate) fn allows_release(
        &self,
        cursor: &Cursor,
        field: usize,
        row: &[u16],
        token: u16,
    ) -> bool {
        match (cursor.release(field, row, token), self.last_bar) {
            (Some(release), Some((_, end))) => release <= end,
            _ => true,
        }
    }
}
