//! A walk through a piece in `notes`, with all that its derived fields say.

use cantilena_score::{BarPosition, Bars, Note, Pitch, Ticks};

use crate::field::{END, NONE};
use crate::notes::column::{self, COUNT};
use crate::notes::{
    BARS_LEFT_MAX, ECHO_BARS, Grid, INTERVAL_MAX, Notes, POSITIONS_MAX, is_highest, meter_token,
};
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
    /// Where the bars begin that stand so many bars before that of the last onset, if there are.
    bars_ago: [Option<Ticks>; ECHO_BARS.len()],
    /// What sounded at the place of the last onset, so many bars ago: each search goes on from
    /// here, and so takes a step or two.
    echoes: [Option<Echo>; ECHO_BARS.len()],
    /// Each part's last pitch token, [`NONE`] before its first note.
    last_pitch: Vec<u16>, // (parts,)
    /// When each pitch is released at last; drums left out.
    releases: [Ticks; Pitch::COUNT],
    /// The pitches that may still sound, a bit each; all others are released.
    sounding: u128,
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
    /// The echo of a tick, looked for from an earlier one on.
    fn at(then: Ticks, earlier: Option<Echo>, history: &[Played]) -> Echo {
        // Bars of different lengths may lead back; else what is looked for lies just ahead.
        let mut from = match earlier {
            Some(echo) if echo.then < then => echo.next,
            _ => history.partition_point(|played| played.onset < then) as u32,
        };
        let is_before = |from: u32| history.get(from as usize).is_some_and(|p| p.onset < then);
        // Nearly always two steps at most, but no processor can foretell how many: taken without
        // a branch, they cost half.
        from += u32::from(is_before(from));
        from += u32::from(is_before(from));
        while is_before(from) {
            from += 1;
        }
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
            bars_ago: [None; ECHO_BARS.len()],
            history: Vec::new(),
            clock: Ticks::ZERO,
            chord: 0,
            echoes: [None; ECHO_BARS.len()],
            last_pitch: vec![NONE; Setting::PARTS_MAX + 1],
            releases: [Ticks::ZERO; Pitch::COUNT],
            sounding: 0,
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
            BARS_LEFT => self.bars_left(),
            METER => meter_token(self.place.meter),
            _ if (ECHO_SHIFT..SHIFT).contains(&field) => self.echo_shift(field - ECHO_SHIFT),
            POSITION => onset().map_or(NONE, |onset| position_token(self.place_of(onset))),
            PHRASE => onset().map_or(NONE, |onset| phrase_token(self.place_of(onset))),
            PROGRAM => self.program(row),
            LAST_PITCH => self.last_pitch[usize::from(row[PART]).min(Setting::PARTS_MAX)],
            BASS => onset().map_or(NONE, |onset| self.bass(onset)),
            _ if (ECHO_PITCH..PITCH).contains(&field) => onset().map_or(NONE, |onset| {
                let lag = field - ECHO_PITCH;
                let by_now = self.struck_by_now(onset, row[PART]);
                self.echo_pitch(self.echo(self.place_of(onset), lag), row[PART], by_now)
            }),
            PITCH_CLASS => pitch_class_token(row[PITCH]),
            INTERVAL => interval_token(row[LAST_PITCH], row[PITCH]),
            _ => return,
        };
    }

    /// Fills all derived fields of a row whose predicted fields say `note`, and takes it in: as
    /// [`NotesCursor::derive`] field by field and [`NotesCursor::push`], a few times faster, for
    /// each place and each echo is looked for once.
    pub(crate) fn derive_all_and_push(&mut self, row: &mut [u16; COUNT], note: Note, part: usize) {
        use column::*;
        row[BARS_LEFT] = self.bars_left();
        if self.notes.grid == Grid::Beat {
            row[METER] = meter_token(self.place.meter);
            for lag in 0..ECHO_BARS.len() {
                row[ECHO_SHIFT + lag] = self.echo_shift(lag);
            }
        }
        self.go_to(note.onset);
        if self.notes.grid == Grid::Beat {
            row[POSITION] = position_token(self.place);
            row[PHRASE] = phrase_token(self.place);
            let by_now = self.struck_by_now(note.onset, row[PART]);
            for lag in 0..ECHO_BARS.len() {
                row[ECHO_PITCH + lag] = self.echo_pitch(self.echoes[lag], row[PART], by_now);
            }
        }
        row[PROGRAM] = self.program(row);
        row[LAST_PITCH] = self.last_pitch[usize::from(row[PART]).min(Setting::PARTS_MAX)];
        row[BASS] = self.bass(note.onset);
        row[PITCH_CLASS] = pitch_class_token(row[PITCH]);
        row[INTERVAL] = interval_token(row[LAST_PITCH], row[PITCH]);
        self.strike(part, note, row[PITCH]);
    }

    /// Makes room for so many events.
    pub(crate) fn expect(&mut self, events: usize) {
        self.history.reserve(events);
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
            if place.bar != self.place.bar {
                self.bars_ago =
                    ECHO_BARS.map(|ago| Some(self.bars.onset(place.bar.checked_sub(ago)?)));
            }
            for (echo, bar) in self.echoes.iter_mut().zip(self.bars_ago) {
                *echo = bar.map(|bar| Echo::at(bar + place.position, *echo, &self.history));
            }
        }
        (self.clock, self.place) = (onset, place);
        self.chord = self.history.len();
        while let Some(lowest) = lowest(self.sounding)
            && self.releases[lowest] <= onset
        {
            self.sounding &= self.sounding - 1;
        }
    }

    /// Takes a note at the last onset into the history.
    fn strike(&mut self, part: usize, note: Note, pitch: u16) {
        let part = 1 + part as u16;
        if pitch <= Pitch::COUNT as u16 {
            let number = usize::from(pitch - 1);
            self.sounding |= 1 << number;
            self.releases[number] = self.releases[number].max(note.release());
        }
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

    fn bars_left(&self) -> u16 {
        self.setting.bars.map_or(NONE, |bars| {
            2.max(bars.saturating_sub(self.place.bar).min(BARS_LEFT_MAX) + 1) as u16
        })
    }

    fn program(&self, row: &[u16]) -> u16 {
        let part =
            usize::from(row[column::PART]).checked_sub(1).and_then(|p| self.setting.parts.get(p));
        part.map_or(
            NONE,
            |part| {
                if part.is_drums { 129 } else { 1 + u16::from(part.program.number()) }
            },
        )
    }

    /// The lowest pitch that sounds on at an onset.
    fn bass(&self, onset: Ticks) -> u16 {
        let mut sounding = self.sounding;
        while let Some(lowest) = lowest(sounding) {
            if self.releases[lowest] > onset {
                return 1 + lowest as u16;
            }
            sounding &= sounding - 1;
        }
        NONE
    }

    /// What sounded [`ECHO_BARS`]`[lag]` bars before a place, if the piece had begun by then. A
    /// place before the last onset is not asked for.
    fn echo(&self, place: BarPosition, lag: usize) -> Option<Echo> {
        if place == self.place {
            return self.echoes[lag];
        }
        let bar = place.bar.checked_sub(ECHO_BARS[lag])?;
        let then = self.bars.onset(bar) + place.position;
        Some(Echo::at(then, self.echoes[lag], &self.history))
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

/// The lowest pitch of a set.
fn lowest(pitches: u128) -> Option<usize> {
    (pitches != 0).then(|| pitches.trailing_zeros() as usize)
}

/// Whether a derived field follows from bars, which clock time has not.
fn is_barred(field: usize) -> bool {
    use column::*;
    matches!(field, METER | POSITION | PHRASE)
        || (ECHO_SHIFT..SHIFT).contains(&field)
        || (ECHO_PITCH..PITCH).contains(&field)
}

fn position_token(place: BarPosition) -> u16 {
    1 + place.position.0.min(POSITIONS_MAX - 1) as u16
}

fn phrase_token(place: BarPosition) -> u16 {
    1 + (place.bar % 8) as u16
}

fn pitch_class_token(pitch: u16) -> u16 {
    match pitch {
        NONE => NONE,
        drum if drum > Pitch::COUNT as u16 => NONE,
        pitch => 1 + (pitch - 1) % 12,
    }
}

fn interval_token(last: u16, pitch: u16) -> u16 {
    if last == NONE || pitch == NONE {
        return NONE;
    }
    let interval = i32::from(pitch) - i32::from(last);
    (1 + INTERVAL_MAX + interval.clamp(-INTERVAL_MAX, INTERVAL_MAX)) as u16
}
