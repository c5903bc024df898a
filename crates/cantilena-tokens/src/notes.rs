//! `notes` and `notes-clock`: shift, part, pitch, duration and velocity of every note.
//!
//! Time is counted in places of a grid of 24 to the quarter or, for performances without a beat,
//! in steps of 10 ms. A note is one event; each of its
//! fields is predicted given the ones before it, so a duration knows its pitch and a pitch its
//! place in the bar. Derived fields stand between them, in the order in which they are known:
//!
//! | field | role | says |
//! |---|---|---|
//! | `bars-left` | derived | bars after that of the last onset, where the length is given |
//! | `meter` | derived | the meter there |
//! | `echo-shift-N` | derived | the shift that followed at this place N bars ago, N = 1, 2, 4, 8 |
//! | `shift` | predicted | from the last onset to this one, or the end of the piece |
//! | `position` | derived | the onset's place in its bar |
//! | `phrase` | derived | its bar, modulo eight |
//! | `part` | predicted | which player of the ensemble |
//! | `program` | derived | what they play |
//! | `last-pitch` | derived | the pitch that part played last |
//! | `bass` | derived | the lowest pitch still sounding |
//! | `echo-pitch-N` | derived | what that part played at this place N bars ago |
//! | `pitch` | predicted | 128 pitches, then 128 drums |
//! | `pitch-class` | derived | of this note |
//! | `interval` | derived | from the part's last pitch, two octaves at most |
//! | `duration` | predicted | in places of the grid |
//! | `velocity` | predicted | in 32 bins |
//!
//! In clock time nothing is derived from bars but how many are left, of two seconds each: the
//! other such fields stay empty. Quantised like the 388 events of `performance`, a score has a
//! likelihood that compares with published ones: the sum of all nats, by
//! [`performance_events`](crate::performance_events).
//!
//! Decoding an encoded score gives the score on the grid (see `grid.rs` for what that keeps).

use cantilena_score::{Bars, Meter, Note, Pitch, Score, Ticks, TicksPerQuarter};

use crate::bins::Bins;
use crate::clock::CLOCK;
use crate::event::Events;
use crate::field::{END, Field, NONE};
use crate::grid::{VELOCITY_BINS, on_clock, on_grid, part_unisons, velocity_bin, velocity_of};
use crate::setting::{Setting, grid};

/// How many bars back the echoes look.
pub(crate) const ECHO_BARS: [u32; 4] = [1, 2, 4, 8];

/// Places of a bar that are told apart: two whole notes; later ones share the last token.
const POSITIONS_MAX: u32 = 192;

/// Bars left that are told apart; more share the last token.
const BARS_LEFT_MAX: u32 = 32;

/// The largest interval told apart, in semitones; wider ones share the outermost tokens.
const INTERVAL_MAX: i32 = 24;

/// Meters with a token of their own; all others share one.
const METERS: [(u8, u16); 16] = [
    (4, 4),
    (3, 4),
    (2, 4),
    (6, 8),
    (2, 2),
    (9, 8),
    (12, 8),
    (3, 8),
    (5, 4),
    (6, 4),
    (7, 8),
    (3, 2),
    (4, 8),
    (5, 8),
    (7, 4),
    (1, 4),
];

/// Columns of an event, in order; see the module's table.
pub(crate) mod column {
    pub(crate) const BARS_LEFT: usize = 0;
    pub(crate) const METER: usize = 1;
    pub(crate) const ECHO_SHIFT: usize = 2;
    pub(crate) const SHIFT: usize = 6;
    pub(crate) const POSITION: usize = 7;
    pub(crate) const PHRASE: usize = 8;
    pub(crate) const PART: usize = 9;
    pub(crate) const PROGRAM: usize = 10;
    pub(crate) const LAST_PITCH: usize = 11;
    pub(crate) const BASS: usize = 12;
    pub(crate) const ECHO_PITCH: usize = 13;
    pub(crate) const PITCH: usize = 17;
    pub(crate) const PITCH_CLASS: usize = 18;
    pub(crate) const INTERVAL: usize = 19;
    pub(crate) const DURATION: usize = 20;
    pub(crate) const VELOCITY: usize = 21;
    pub(crate) const COUNT: usize = 22;
}

/// What time is counted by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grid {
    /// Twenty-fourths of a quarter note.
    Beat,
    /// Hundredths of a second.
    Clock,
}

/// The `notes` representation for ensembles of up to so many parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notes {
    grid: Grid,
    /// 1 to [`Setting::PARTS_MAX`].
    pub(crate) parts: usize,
    shifts: Bins,
    durations: Bins,
}

impl Notes {
    /// The representation on the beat grid for ensembles of up to `parts` parts.
    pub fn new(parts: usize) -> Notes {
        Notes::on(Grid::Beat, parts)
    }

    /// The representation on a grid for ensembles of up to `parts` parts.
    pub fn on(grid: Grid, parts: usize) -> Notes {
        let parts = parts.clamp(1, Setting::PARTS_MAX);
        let (shifts, durations) = match grid {
            Grid::Beat => (Bins::from(0), Bins::from(1)),
            Grid::Clock => (Bins::of_clock(0), Bins::of_clock(1)),
        };
        Notes { grid, parts, shifts, durations }
    }

    /// What time is counted by.
    pub fn grid(&self) -> Grid {
        self.grid
    }

    pub(crate) fn clock(&self) -> TicksPerQuarter {
        match self.grid {
            Grid::Beat => grid(),
            Grid::Clock => CLOCK,
        }
    }

    /// How many parts the largest ensemble has.
    pub fn parts(&self) -> usize {
        self.parts
    }

    pub(crate) fn fields(&self) -> Vec<Field> {
        let shifts = usize::from(END) + 1 + self.shifts.len();
        // Where there are no bars, what is told of them is nothing, always.
        let barred = |size: usize| if self.grid == Grid::Beat { size } else { 1 };
        let pitches = 1 + 2 * Pitch::COUNT;
        let mut fields = Vec::with_capacity(column::COUNT);
        fields.push(Field::derived("bars-left", 2 + BARS_LEFT_MAX as usize));
        fields.push(Field::derived("meter", barred(2 + METERS.len())));
        for name in ["echo-shift-1", "echo-shift-2", "echo-shift-4", "echo-shift-8"] {
            fields.push(Field::derived(name, barred(shifts)));
        }
        fields.push(Field::predicted("shift", shifts));
        fields.push(Field::derived("position", barred(1 + POSITIONS_MAX as usize)));
        fields.push(Field::derived("phrase", barred(1 + 8)));
        fields.push(Field::predicted("part", 1 + self.parts));
        fields.push(Field::derived("program", 1 + 129));
        fields.push(Field::derived("last-pitch", pitches));
        fields.push(Field::derived("bass", pitches));
        for name in ["echo-pitch-1", "echo-pitch-2", "echo-pitch-4", "echo-pitch-8"] {
            fields.push(Field::derived(name, barred(pitches)));
        }
        fields.push(Field::predicted("pitch", pitches));
        fields.push(Field::derived("pitch-class", 1 + 12));
        fields.push(Field::derived("interval", 1 + 2 * INTERVAL_MAX as usize + 1));
        fields.push(Field::predicted("duration", 1 + self.durations.len()));
        fields.push(Field::predicted("velocity", 1 + usize::from(VELOCITY_BINS)));
        fields
    }

    /// The score as this representation keeps it, with no more parts than it has room for.
    pub(crate) fn on_grid(&self, score: &Score) -> Score {
        let mut score = match self.grid {
            Grid::Beat => on_grid(score),
            Grid::Clock => on_clock(score),
        };
        score.tracks.truncate(self.parts);
        score
    }

    /// The events of a score that lies on the grid, the end counted.
    pub(crate) fn encode(&self, score: &Score, setting: &Setting) -> Events {
        let mut notes: Vec<(Note, usize)> = Vec::with_capacity(score.note_count());
        for (part, track) in score.tracks.iter().enumerate() {
            notes.extend(track.notes.iter().map(|note| (*note, part)));
        }
        notes.sort_unstable_by_key(|(note, part)| (note.onset, *part, note.pitch));

        let mut events = Events::new(column::COUNT);
        let mut walk = NotesCursor::new(self, setting);
        let mut row = [NONE; column::COUNT];
        let mut clock = Ticks::ZERO;
        for (note, part) in notes {
            let is_drums = setting.parts[part].is_drums;
            row[column::SHIFT] = END + 1 + self.shifts.nearest(note.onset.since(clock).0);
            row[column::PART] = 1 + part as u16;
            row[column::PITCH] = pitch_token(note.pitch, is_drums);
            row[column::DURATION] = 1 + self.durations.nearest(note.duration.0);
            row[column::VELOCITY] = 1 + velocity_bin(note.velocity);
            (0..column::COUNT).for_each(|field| walk.derive(field, &mut row));
            walk.push(&row);
            events.push(&row);
            clock = note.onset;
        }
        let mut end = [NONE; column::COUNT];
        end[column::SHIFT] = END;
        (0..column::COUNT).for_each(|field| walk.derive(field, &mut end));
        events.push(&end);
        events
    }

    /// The score that events say; a pitch struck again while it rings is released there.
    pub(crate) fn decode(&self, setting: &Setting, events: &Events) -> Score {
        let mut score = setting.empty_score();
        let mut clock = Ticks::ZERO;
        for row in events.rows() {
            let Some((part, note)) = self.note(row, clock) else { continue };
            clock = note.onset;
            if let Some(track) = score.tracks.get_mut(part) {
                track.notes.push(note);
            }
        }
        score.tracks.iter_mut().for_each(|track| part_unisons(&mut track.notes, &self.durations));
        score.sort();
        score
    }

    /// The note of a complete event, given the last onset; `None` for the end.
    pub(crate) fn note(&self, row: &[u16], clock: Ticks) -> Option<(usize, Note)> {
        let shift = row[column::SHIFT].checked_sub(END + 1)?;
        let part = row[column::PART].checked_sub(1)?;
        let pitch = row[column::PITCH].checked_sub(1)? % Pitch::COUNT as u16;
        let note = Note {
            onset: clock + Ticks(self.shifts.length(shift)),
            duration: Ticks(self.durations.length(row[column::DURATION].checked_sub(1)?)),
            pitch: Pitch::new(pitch as u8).ok()?,
            velocity: velocity_of(row[column::VELOCITY].checked_sub(1)?),
        };
        Some((usize::from(part), note))
    }

    /// What a token of a field says, for people.
    pub(crate) fn spell(&self, field: usize, token: u16) -> String {
        match (field, token) {
            (_, NONE) => "-".to_owned(),
            (column::SHIFT, END) => "end".to_owned(),
            (column::SHIFT, _) => self.shifts.length(token - END - 1).to_string(),
            (column::DURATION, _) => self.durations.length(token - 1).to_string(),
            (column::PITCH, 129..) => format!("drum{}", token - 129),
            (column::PITCH, _) => {
                Pitch::new((token - 1) as u8).map_or_else(|_| token.to_string(), |p| p.to_string())
            }
            (column::VELOCITY, _) => velocity_of(token - 1).value().to_string(),
            _ => token.to_string(),
        }
    }

    /// Whether the parts of `setting` may play this pitch token: drums for drummers.
    pub(crate) fn pitch_fits_part(&self, setting: &Setting, row: &[u16], token: u16) -> bool {
        let part = usize::from(row[column::PART]).checked_sub(1).and_then(|p| setting.parts.get(p));
        part.is_some_and(|part| part.is_drums == (token > Pitch::COUNT as u16))
    }
}

fn pitch_token(pitch: Pitch, is_drums: bool) -> u16 {
    1 + u16::from(pitch.number()) + if is_drums { Pitch::COUNT as u16 } else { 0 }
}

/// Whether a pitch token is the last of its kind, pitches or drums.
fn is_highest(pitch: u16) -> bool {
    usize::from(pitch).is_multiple_of(Pitch::COUNT)
}

fn meter_token(meter: Meter) -> u16 {
    let known = METERS.iter().position(|&row| row == (meter.numerator(), meter.denominator()));
    1 + known.unwrap_or(METERS.len()) as u16
}

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
    /// The bar of the last onset.
    bar: u32,
    /// Where in the history the events of the last onset begin.
    chord: usize,
    /// What sounded at the place of the last onset, so many bars ago: each search goes on from
    /// here, and so takes a step or two.
    echoes: [Option<Echo>; ECHO_BARS.len()],
    /// Each part's last pitch token, [`NONE`] before its first note.
    last_pitch: Vec<u16>, // (parts,)
    /// Releases and pitches of notes that may still sound; drums left out.
    sounding: Vec<(Ticks, u16)>,
}

#[derive(Clone, Copy, Debug)]
struct Played {
    onset: Ticks,
    part: u16,
    pitch: u16,
}

/// A place some bars ago, and where in the history its events begin; there may be none.
#[derive(Clone, Copy, Debug)]
struct Echo {
    then: Ticks,
    from: usize,
}

impl NotesCursor {
    pub(crate) fn new(notes: &Notes, setting: &Setting) -> NotesCursor {
        NotesCursor {
            notes: notes.clone(),
            setting: setting.clone(),
            bars: Bars::new(&setting.meters, notes.clock()),
            history: Vec::new(),
            clock: Ticks::ZERO,
            bar: 0,
            chord: 0,
            echoes: [None; ECHO_BARS.len()],
            last_pitch: vec![NONE; Setting::PARTS_MAX + 1],
            sounding: Vec::new(),
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

    /// The bar that holds a tick.
    pub(crate) fn bar_of(&self, tick: Ticks) -> u32 {
        self.bars.position(tick).bar
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
        let is_barred = matches!(field, METER | POSITION | PHRASE)
            || (ECHO_SHIFT..SHIFT).contains(&field)
            || (ECHO_PITCH..PITCH).contains(&field);
        if is_barred && self.notes.grid == Grid::Clock {
            row[field] = NONE;
            return;
        }
        let token = match field {
            BARS_LEFT => self.setting.bars.map_or(NONE, |bars| {
                2.max(bars.saturating_sub(self.bar).min(BARS_LEFT_MAX) + 1) as u16
            }),
            METER => meter_token(self.bars.position(self.clock).meter),
            _ if (ECHO_SHIFT..SHIFT).contains(&field) => self.echo_shift(field - ECHO_SHIFT),
            POSITION => onset().map_or(NONE, |onset| {
                let position = self.bars.position(onset).position.0;
                1 + position.min(POSITIONS_MAX - 1) as u16
            }),
            PHRASE => onset().map_or(NONE, |onset| 1 + (self.bar_of(onset) % 8) as u16),
            PROGRAM => self.part(row).map_or(NONE, |part| {
                if part.is_drums { 129 } else { 1 + u16::from(part.program.number()) }
            }),
            LAST_PITCH => self.last_pitch[usize::from(row[PART]).min(Setting::PARTS_MAX)],
            BASS => onset().map_or(NONE, |onset| self.bass(onset)),
            _ if (ECHO_PITCH..PITCH).contains(&field) => self.echo_pitch(row, field - ECHO_PITCH),
            PITCH_CLASS => match row[PITCH] {
                NONE => NONE,
                drum if drum > Pitch::COUNT as u16 => NONE,
                pitch => 1 + (pitch - 1) % 12,
            },
            INTERVAL => match (row[LAST_PITCH], row[PITCH]) {
                (NONE, _) | (_, NONE) => NONE,
                (last, pitch) => {
                    let interval = i32::from(pitch) - i32::from(last);
                    (1 + INTERVAL_MAX + interval.clamp(-INTERVAL_MAX, INTERVAL_MAX)) as u16
                }
            },
            _ => return,
        };
        row[field] = token;
    }

    /// Takes a complete event into the history.
    pub(crate) fn push(&mut self, row: &[u16]) {
        let Some((part, note)) = self.notes.note(row, self.clock) else { return };
        let (part, pitch) = (1 + part as u16, row[column::PITCH]);
        if note.onset > self.clock {
            if self.notes.grid == Grid::Beat {
                self.echoes = std::array::from_fn(|lag| self.echo(note.onset, lag));
            }
            self.clock = note.onset;
            self.bar = self.bar_of(note.onset);
            self.chord = self.history.len();
            self.sounding.retain(|&(release, _)| release > note.onset);
        }
        if pitch <= Pitch::COUNT as u16 {
            self.sounding.push((note.release(), pitch));
        }
        self.last_pitch[usize::from(part)] = pitch;
        self.history.push(Played { onset: note.onset, part, pitch });
    }

    fn part(&self, row: &[u16]) -> Option<&crate::setting::Part> {
        self.setting.parts.get(usize::from(row[column::PART]).checked_sub(1)?)
    }

    fn bass(&self, onset: Ticks) -> u16 {
        let still = self.sounding.iter().filter(|&&(release, _)| release > onset);
        still.map(|&(_, pitch)| pitch).min().unwrap_or(NONE)
    }

    /// What sounded at the place of `tick` [`ECHO_BARS`]`[lag]` bars before it, if the piece had
    /// begun by then. A tick before the last onset is not asked for.
    fn echo(&self, tick: Ticks, lag: usize) -> Option<Echo> {
        let known = self.echoes[lag];
        if tick == self.clock && known.is_some() {
            return known;
        }
        let place = self.bars.position(tick);
        let bar = place.bar.checked_sub(ECHO_BARS[lag])?;
        let then = self.bars.onset(bar) + place.position;
        // Bars of different lengths may lead back; else what is looked for lies just ahead.
        let mut from = known.filter(|known| known.then <= then).map_or(0, |known| known.from);
        while self.history.get(from).is_some_and(|played| played.onset < then) {
            from += 1;
        }
        Some(Echo { then, from })
    }

    /// The events of a place, in order.
    fn struck(&self, echo: Echo) -> impl Iterator<Item = &Played> {
        self.history[echo.from..].iter().take_while(move |played| played.onset == echo.then)
    }

    /// The shift that followed at this place some bars ago, after as many notes as by now.
    fn echo_shift(&self, lag: usize) -> u16 {
        let Some(echo) = self.echo(self.clock, lag) else { return NONE };
        let by_now = self.history.len() - self.chord;
        let next = echo.from + self.struck(echo).take(by_now).count();
        match self.history.get(next) {
            Some(next) if next.onset <= self.clock => {
                END + 1 + self.notes.shifts.nearest(next.onset.since(echo.then).0)
            }
            _ => NONE,
        }
    }

    /// What this part struck at this place some bars ago, after as many notes as by now.
    fn echo_pitch(&self, row: &[u16], lag: usize) -> u16 {
        let part = row[column::PART];
        let Some(onset) = self.onset(row[column::SHIFT]) else { return NONE };
        let Some(echo) = self.echo(onset, lag) else { return NONE };
        let now = if onset == self.clock { self.chord } else { self.history.len() };
        let by_now = self.history[now..].iter().filter(|played| played.part == part).count();
        let mut then = self.struck(echo).filter(|played| played.part == part);
        then.nth(by_now).map_or(NONE, |played| played.pitch)
    }
}
