//! A walk through a piece in `notes`, with all that its derived fields say.

use cantilena_score::{BarPosition, Bars, Note, Ticks};

use crate::field::{END, NONE};
use crate::notes::column;
use crate::notes::sounding::Sounding;
use crate::notes::{ECHO_BARS, Grid, Notes, is_highest, token};
use crate::setting::Setting;

/// Walks a piece in `notes`, knowing all that derived fields need.
#[derive(Clone, Debug)]
pub(crate) struct NotesCursor {
    notes: Notes,
    setting: Setting,
    bars: Bars,
    /// All events so far; onsets never fall.
    history: Vec<Played>,
    /// The last onset.
    clock: Ticks,
    /// Where in its bar the last onset stands.
    place: BarPosition,
    /// Where in the history the events of the last onset begin.
    chord: usize,
    /// What sounded at the place of the last onset, so many bars ago, if the piece had begun.
    echoes: [Option<Echo>; ECHO_BARS.len()],
    /// Each part's last pitch token, [`NONE`] before its first note.
    last_pitch: Vec<u16>, // (parts,)
    sounding: Sounding,
}

#[derive(Clone, Copy, Debug)]
struct Played {
    onset: Ticks,
    part: u16,
    pitch: u16,
}

/// A place some bars ago; it lies before the last onset.
#[derive(Clone, Copy, Debug)]
struct Echo {
    then: Ticks,
    /// Where in the history its events begin; there may be none.
    from: u32,
    /// What followed there after as many notes as have begun with the last onset, or after all.
    next: u32,
}

impl Echo {
    /// The echo of a tick.
    fn at(then: Ticks, history: &[Played]) -> Echo {
        let from = history.partition_point(|played| played.onset < then) as u32;
        Echo { then, from, next: from }
    }
}

impl NotesCursor {
    pub(crate) fn new(notes: &Notes, setting: &Setting) -> NotesCursor {
        let bars = Bars::new(&setting.meters, notes.clock());
        NotesCursor {
            notes: notes.clone(),
            setting: setting.clone(),
            place: bars.position(Ticks::ZERO),
            bars,
            history: Vec::new(),
            clock: Ticks::ZERO,
            chord: 0,
            echoes: [None; ECHO_BARS.len()],
            last_pitch: vec![NONE; Setting::PARTS_MAX + 1],
            sounding: Sounding::nothing(),
        }
    }

    /// The tick at which an event with this shift begins; `None` for the end.
    pub(crate) fn onset(&self, shift: u16) -> Option<Ticks> {
        let bin = shift.checked_sub(END + 1)?;
        Some(self.clock + Ticks(self.notes.shifts.length(bin)))
    }

    /// The tick at which a note of this event is released.
    pub(crate) fn release(&self, row: &[u16], duration: u16) -> Option<Ticks> {
        let length = self.notes.durations.length(duration.checked_sub(1)?);
        Some(self.onset(row[column::SHIFT])? + Ticks(length))
    }

    /// The last onset.
    pub(crate) fn clock(&self) -> Ticks {
        self.clock
    }

    /// Whether a further note can begin with the last one: a chord is written part by part and
    /// from the bottom up, so after the last part's highest pitch there is none.
    pub(crate) fn chord_goes_on(&self) -> bool {
        let last_part = self.setting.parts.len() as u16;
        self.history.last().is_none_or(|last| last.part < last_part || !is_highest(last.pitch))
    }

    /// Whether `part` may strike a note at this event's onset, in the order of a chord.
    pub(crate) fn part_in_order(&self, row: &[u16], part: u16) -> bool {
        self.chord_before(row)
            .is_none_or(|last| part > last.part || (part == last.part && !is_highest(last.pitch)))
    }

    /// Whether this event's part may strike `pitch` at its onset, in the order of a chord.
    pub(crate) fn pitch_in_order(&self, row: &[u16], pitch: u16) -> bool {
        self.chord_before(row)
            .is_none_or(|last| row[column::PART] > last.part || pitch > last.pitch)
    }

    /// The last note, if it begins with this event.
    fn chord_before(&self, row: &[u16]) -> Option<&Played> {
        let onset = self.onset(row[column::SHIFT])?;
        self.history.last().filter(|last| last.onset == onset)
    }

    /// Fills one derived field of `row`, given the fields before it; predicted ones stay.
    pub(crate) fn derive(&self, field: usize, row: &mut [u16]) {
        use column::*;
        let onset = || self.onset(row[SHIFT]);
        if self.notes.grid == Grid::Clock && is_barred(field) {
            row[field] = NONE;
            return;
        }
        row[field] = match field {
            BARS_LEFT => token::bars_left(&self.setting, self.place),
            METER => token::meter(self.place.meter),
            _ if (ECHO_SHIFT..SHIFT).contains(&field) => self.echo_shift(field - ECHO_SHIFT),
            POSITION => {
                onset().map_or(NONE, |onset| token::position(self.place_of(onset).position))
            }
            PHRASE => onset().map_or(NONE, |onset| token::phrase(self.place_of(onset))),
            PROGRAM => self.program(row),
            LAST_PITCH => self.last_pitch[usize::from(row[PART]).min(Setting::PARTS_MAX)],
            BASS => onset().map_or(NONE, |onset| self.sounding.bass(onset)),
            _ if (ECHO_PITCH..PITCH).contains(&field) => onset().map_or(NONE, |onset| {
                let lag = field - ECHO_PITCH;
                let by_now = self.struck_by_now(onset, row[PART]);
                self.echo_pitch(self.echo(self.place_of(onset), lag), row[PART], by_now)
            }),
            PITCH_CLASS => token::pitch_class(row[PITCH]),
            INTERVAL => token::interval(row[LAST_PITCH], row[PITCH]),
            _ => return,
        };
    }

    /// Takes a complete event into the history.
    pub(crate) fn push(&mut self, row: &[u16]) {
        let Some((part, note)) = self.notes.note(row, self.clock) else { return };
        self.go_to(note.onset);
        self.strike(part, note, row[column::PITCH]);
    }

    /// Moves on to an onset, the last one's or a later one.
    fn go_to(&mut self, onset: Ticks) {
        if onset == self.clock {
            return;
        }
        let place = self.bars.position(onset);
        if self.notes.grid == Grid::Beat {
            self.echoes = std::array::from_fn(|lag| self.echo(place, lag));
        }
        (self.clock, self.place) = (onset, place);
        self.chord = self.history.len();
        self.sounding.go_to(onset);
    }

    /// Takes a note at the last onset into the history.
    fn strike(&mut self, part: usize, note: Note, pitch: u16) {
        let part = 1 + part as u16;
        self.sounding.strike(pitch, note.release());
        self.last_pitch[usize::from(part)] = pitch;
        for echo in self.echoes.iter_mut().flatten() {
            let goes_on =
                self.history.get(echo.next as usize).is_some_and(|next| next.onset == echo.then);
            echo.next += u32::from(goes_on);
        }
        self.history.push(Played { onset: note.onset, part, pitch });
    }

    /// Where in its bar an onset stands.
    fn place_of(&self, onset: Ticks) -> BarPosition {
        if onset == self.clock { self.place } else { self.bars.position(onset) }
    }

    fn program(&self, row: &[u16]) -> u16 {
        let part =
            usize::from(row[column::PART]).checked_sub(1).and_then(|p| self.setting.parts.get(p));
        part.map_or(NONE, token::program)
    }

    /// What sounded [`ECHO_BARS`]`[lag]` bars before a place, if the piece had begun by then. A
    /// place before the last onset is not asked for.
    fn echo(&self, place: BarPosition, lag: usize) -> Option<Echo> {
        if place == self.place {
            return self.echoes[lag];
        }
        let bar = place.bar.checked_sub(ECHO_BARS[lag])?;
        let then = self.bars.onset(bar) + place.position;
        Some(Echo::at(then, &self.history))
    }

    /// The events of a place, in order.
    fn struck(&self, echo: Echo) -> impl Iterator<Item = &Played> {
        self.history[echo.from as usize..]
            .iter()
            .take_while(move |played| played.onset == echo.then)
    }

    /// The shift that followed at this place some bars ago, after as many notes as by now.
    fn echo_shift(&self, lag: usize) -> u16 {
        let Some(echo) = self.echoes[lag] else { return NONE };
        match self.history.get(echo.next as usize) {
            Some(next) => END + 1 + self.notes.shifts.nearest(next.onset.since(echo.then).0),
            None => NONE,
        }
    }

    /// How many notes a part has struck at an onset so far.
    fn struck_by_now(&self, onset: Ticks, part: u16) -> usize {
        let now = if onset == self.clock { self.chord } else { self.history.len() };
        self.history[now..].iter().filter(|played| played.part == part).count()
    }

    /// What a part struck at an echo's place, after as many notes as by now.
    fn echo_pitch(&self, echo: Option<Echo>, part: u16, by_now: usize) -> u16 {
        let Some(echo) = echo else { return NONE };
        let mut then = self.struck(echo).filter(|played| played.part == part);
        then.nth(by_now).map_or(NONE, |played| played.pitch)
    }
}

/// Whether a derived field follows from bars, which clock time has not.
fn is_barred(field: usize) -> bool {
    use column::*;
    matches!(field, METER | POSITION | PHRASE)
        || (ECHO_SHIFT..SHIFT).contains(&field)
        || (ECHO_PITCH..PITCH).contains(&field)
}
