//! What must hold, as a mask on what may be drawn.

use cantilena_score::Ticks;
use cantilena_tokens::{Cursor, Place, Setting};
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
    /// As many whole bars as come nearest to so many seconds, one at least.
    Seconds(u32),
}

impl Length {
    /// The same length with seconds as the bars that they are in the prompt's meter and tempo.
    pub(crate) fn in_bars(self, prompt: &Prompt) -> Result<Length, GenerateError> {
        let Length::Seconds(seconds) = self else { return Ok(self) };
        if seconds == 0 {
            return Err(GenerateError::NoLength("seconds"));
        }
        let Setting { meters, tempo, .. } = &prompt.setting;
        let at = |bar| tempo.seconds_at(meters.bar_onset(bar, tempo.ticks_per_quarter())).0;
        let end = at(prompt.bars) + f64::from(seconds);
        let mut bars = 1;
        while at(prompt.bars + bars) < end {
            bars += 1;
        }
        let (over, under) = (at(prompt.bars + bars) - end, end - at(prompt.bars + bars - 1));
        Ok(Length::Bars(if bars > 1 && under < over { bars - 1 } else { bars }))
    }
}

/// A length, as the places between which notes may lie.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Bounds {
    /// The first onset.
    from: Ticks,
    /// Where the last bar begins and ends; `None` where notes are counted.
    last_bar: Option<(Ticks, Ticks)>,
    /// How many notes; `None` where bars are.
    notes: Option<usize>,
}

impl Bounds {
    pub(crate) fn new(length: Length, prompt: &Prompt) -> Result<Bounds, GenerateError> {
        let clock = prompt.setting.tempo.ticks_per_quarter();
        match length {
            Length::Bars(0) => Err(GenerateError::NoLength("bars")),
            Length::Seconds(_) => Bounds::new(length.in_bars(prompt)?, prompt),
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

    /// Whether a token may be drawn, given the piece so far and how many notes of it are new.
    ///
    /// Once the last bar is reached, a step past its end is one way of ending: what a model would
    /// rather play in the next bar must not be squeezed into this one. Once there are as many
    /// notes as asked for, what is open is finished and nothing begins. See [`Bounds::within`].
    pub(crate) fn allows(
        &self,
        cursor: &Cursor,
        field: usize,
        row: &[u16],
        token: u16,
        drawn: usize,
    ) -> bool {
        let is_full = self.is_full(drawn);
        match cursor.place(field, row, token) {
            Place::End => is_full || self.may_end(cursor),
            Place::Onset(onset) => {
                !is_full && onset >= self.from && (self.may_end(cursor) || self.is_inside(onset))
            }
            Place::Clock(clock) => self.may_end(cursor) || self.is_inside(clock),
            Place::Release(_) | Place::Silent => true,
        }
    }

    /// The token that is meant by one that was drawn: `None`, the end, for what begins past it;
    /// the longest there is room for, for a time that would reach past it.
    pub(crate) fn within(
        &self,
        cursor: &Cursor,
        field: usize,
        row: &[u16],
        token: u16,
        may_follow: impl Fn(u16) -> bool,
    ) -> Option<u16> {
        let end = self.last_bar.map_or(Ticks(u32::MAX), |(_, end)| end);
        match cursor.place(field, row, token) {
            Place::End => None,
            Place::Onset(onset) => self.is_inside(onset).then_some(token),
            Place::Clock(clock) if clock > end => (0..token).rev().find(|&shorter| {
                let place = cursor.place(field, row, shorter);
                matches!(place, Place::Clock(clock) if clock <= end) && may_follow(shorter)
            }),
            Place::Release(release) if release > end => {
                let fits = |shorter: &u16| {
                    let place = cursor.place(field, row, *shorter);
                    matches!(place, Place::Release(release) if release <= end)
                };
                (0..token).rev().find(fits).or(Some(token))
            }
            _ => Some(token),
        }
    }

    /// Whether there are as many notes as were asked for.
    pub(crate) fn is_full(&self, drawn: usize) -> bool {
        self.notes.is_some_and(|notes| drawn >= notes)
    }

    /// Whether the piece is long enough: a note begins in its last bar. Where notes are counted,
    /// it never ends by itself.
    fn may_end(&self, cursor: &Cursor) -> bool {
        let reached = |last| cursor.last_onset().is_some_and(|onset| onset >= last);
        self.last_bar.is_some_and(|(last, _)| reached(last))
    }

    fn is_inside(&self, onset: Ticks) -> bool {
        self.last_bar.is_none_or(|(_, end)| onset < end)
    }
}
