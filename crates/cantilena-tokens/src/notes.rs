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

mod cursor;
mod piece;
mod sounding;
mod token;

use cantilena_score::{Note, Pitch, Score, Ticks, TicksPerQuarter};

use crate::bins::Bins;
use crate::clock::CLOCK;
use crate::event::Events;
use crate::field::{END, Field, NONE};
use crate::grid::{VELOCITY_BINS, on_clock, on_grid, part_unisons, velocity_of};
pub(crate) use crate::notes::cursor::NotesCursor;
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
        piece::events(self, score, setting)
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

/// Whether a pitch token is the last of its kind, pitches or drums.
fn is_highest(pitch: u16) -> bool {
    usize::from(pitch).is_multiple_of(Pitch::COUNT)
}
