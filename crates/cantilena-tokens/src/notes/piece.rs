//! A finished piece in `notes`, with all that its derived fields say.
//!
//! It says what [`NotesCursor`](super::NotesCursor) says field by field, and needs a few times
//! less: what follows from a place is found once for all that begins there, and each echo from
//! the last one on.

use cantilena_score::{Bars, Score, Ticks};

use crate::bins::Bins;
use crate::event::Events;
use crate::field::{END, NONE};
use crate::grid::velocity_bin;
use crate::notes::column::{self, COUNT};
use crate::notes::sounding::Sounding;
use crate::notes::{ECHO_BARS, Grid, Notes, token};
use crate::setting::Setting;

/// The events of a score that lies on the grid, the end counted.
pub(super) fn events(notes: &Notes, score: &Score, setting: &Setting) -> Events {
    let strokes = strokes(score, setting);
    let mut events = Events::with_capacity(COUNT, strokes.len() + 1);
    let mut piece = Piece::new(notes, setting, &strokes);
    for index in 0..strokes.len() {
        events.push(&piece.event(index));
    }
    events.push(&piece.end());
    events
}

/// A note in tokens, all but its place in time.
#[derive(Clone, Copy)]
struct Stroke {
    onset: Ticks,
    duration: Ticks,
    /// Counted from 0.
    part: u16,
    pitch: u16,
    velocity: u16,
}

/// The notes of a score by onset, part and pitch.
fn strokes(score: &Score, setting: &Setting) -> Vec<Stroke> {
    let mut strokes: Vec<Stroke> = Vec::with_capacity(score.note_count());
    for (part, track) in score.tracks.iter().enumerate() {
        let is_drums = setting.parts[part].is_drums;
        strokes.extend(track.notes.iter().map(|note| Stroke {
            onset: note.onset,
            duration: note.duration,
            part: part as u16,
            pitch: token::pitch(note.pitch, is_drums),
            velocity: 1 + velocity_bin(note.velocity),
        }));
    }
    strokes.sort_unstable_by_key(|stroke| (stroke.onset, stroke.part, stroke.pitch));
    strokes
}

/// A piece up to a note.
struct Piece<'a> {
    notes: &'a Notes,
    setting: &'a Setting,
    strokes: &'a [Stroke],
    /// All that have begun.
    chords: Vec<Chord>,
    /// When the last of them began.
    clock: Ticks,
    bars: Bars,
    bar: Bar,
    /// What was at the place of the last chord, [`ECHO_BARS`] ago.
    echoes: [Echo; ECHO_BARS.len()],
    /// What the next event is told before its shift.
    told: [u16; column::SHIFT],
    /// Where the last chord stands in its bar, as a token.
    position: u16,
    programs: Vec<u16>, // (parts,)
    /// Each part's last pitch, [`NONE`] before its first note.
    last_pitch: [u16; Setting::PARTS_MAX],
    sounding: Sounding,
}

/// What begins together.
#[derive(Clone, Copy)]
struct Chord {
    onset: Ticks,
    /// Where its strokes begin; they end where the next chord's begin.
    first: u32,
}

/// A bar, and what is told of it.
struct Bar {
    onset: Ticks,
    /// Where the next one begins.
    end: Ticks,
    /// Where the bars begin that stand [`ECHO_BARS`] before it, as many as there are.
    before: Vec<Ticks>,
    bars_left: u16,
    meter: u16,
    phrase: u16,
}

impl Bar {
    /// The bar that holds a tick.
    fn at(tick: Ticks, bars: &Bars, setting: &Setting) -> Bar {
        let place = bars.position(tick);
        let before = ECHO_BARS.iter().map_while(|&ago| place.bar.checked_sub(ago));
        Bar {
            onset: place.bar_onset,
            end: bars.onset(place.bar.saturating_add(1)),
            before: before.map(|bar| bars.onset(bar)).collect(),
            bars_left: token::bars_left(setting, place),
            meter: token::meter(place.meter),
            phrase: token::phrase(place),
        }
    }
}

impl<'a> Piece<'a> {
    fn new(notes: &'a Notes, setting: &'a Setting, strokes: &'a [Stroke]) -> Piece<'a> {
        let bars = Bars::new(&setting.meters, notes.clock());
        let bar = Bar::at(Ticks::ZERO, &bars, setting);
        let mut told = [NONE; column::SHIFT];
        told[column::BARS_LEFT] = bar.bars_left;
        if notes.grid == Grid::Beat {
            told[column::METER] = bar.meter;
        }
        Piece {
            notes,
            setting,
            strokes,
            chords: Vec::with_capacity(strokes.len()),
            clock: Ticks::ZERO,
            bars,
            bar,
            echoes: [Echo::default(); ECHO_BARS.len()],
            told,
            position: NONE,
            programs: setting.parts.iter().map(token::program).collect(),
            last_pitch: [NONE; Setting::PARTS_MAX],
            sounding: Sounding::nothing(),
        }
    }

    /// The event of the next note.
    fn event(&mut self, index: usize) -> [u16; COUNT] {
        use column::*;
        let stroke = self.strokes[index];
        let part = usize::from(stroke.part);
        let mut row = [NONE; COUNT];
        row[..SHIFT].copy_from_slice(&self.told);
        row[SHIFT] = END + 1 + self.notes.shifts.nearest(stroke.onset.since(self.clock).0);
        if self.chords.last().is_none_or(|chord| chord.onset != stroke.onset) {
            self.begin(Chord { onset: stroke.onset, first: index as u32 });
        }
        if self.notes.grid == Grid::Beat {
            row[POSITION] = self.position;
            row[PHRASE] = self.bar.phrase;
            for (lag, echo) in self.echoes.iter_mut().enumerate().filter(|(_, e)| e.is_struck()) {
                row[ECHO_PITCH + lag] = echo.pitch(stroke.part, self.strokes);
                self.told[ECHO_SHIFT + lag] = echo.shift();
            }
        }
        row[PART] = 1 + stroke.part;
        row[PROGRAM] = self.programs[part];
        row[LAST_PITCH] = self.last_pitch[part];
        row[BASS] = self.sounding.bass(stroke.onset);
        row[PITCH] = stroke.pitch;
        row[PITCH_CLASS] = token::pitch_class(stroke.pitch);
        row[INTERVAL] = token::interval(self.last_pitch[part], stroke.pitch);
        row[DURATION] = 1 + self.notes.durations.nearest(stroke.duration.0);
        row[VELOCITY] = stroke.velocity;
        self.last_pitch[part] = stroke.pitch;
        self.sounding.strike(stroke.pitch, stroke.onset + stroke.duration);
        row
    }

    /// The event behind the last note.
    fn end(&self) -> [u16; COUNT] {
        let mut row = [NONE; COUNT];
        row[..column::SHIFT].copy_from_slice(&self.told);
        row[column::SHIFT] = END;
        row
    }

    /// Moves on to a chord.
    fn begin(&mut self, chord: Chord) {
        self.chords.push(chord);
        self.clock = chord.onset;
        self.sounding.go_to(chord.onset);
        if chord.onset >= self.bar.end {
            self.bar = Bar::at(chord.onset, &self.bars, self.setting);
        }
        self.told[column::BARS_LEFT] = self.bar.bars_left;
        if self.notes.grid == Grid::Clock {
            return;
        }
        let position = chord.onset - self.bar.onset;
        self.position = token::position(position);
        self.told[column::METER] = self.bar.meter;
        for (lag, &before) in self.bar.before.iter().enumerate() {
            let echo = self.echoes[lag].at(before + position, &self.chords, &self.notes.shifts);
            self.told[column::ECHO_SHIFT + lag] = echo.follows;
            self.echoes[lag] = echo;
        }
    }
}

/// A place some bars before the last chord, so that there is a chord behind it.
#[derive(Clone, Copy, Default)]
struct Echo {
    then: Ticks,
    /// The first chord at or after it.
    chord: u32,
    /// Where the strokes of this very place begin and end; mostly there are none.
    first: u32,
    end: u32,
    /// The first of them that has no counterpart yet among the last chord's.
    struck: u32,
    /// The first of them after as many as the last chord has had.
    next: u32,
    /// The shift that follows after all of them.
    follows: u16,
}

impl Echo {
    /// The echo at `then`, looked for from this one on.
    fn at(self, then: Ticks, chords: &[Chord], shifts: &Bins) -> Echo {
        let mut chord = self.chord as usize;
        let is_before = |chord: usize| chords[chord].onset < then;
        if then < self.then {
            // Bars of different lengths may lead back.
            chord = chords.partition_point(|chord| chord.onset < then);
        }
        // Nearly always two steps at most, but no processor can foretell how many: taken without
        // a branch, they cost half.
        chord += usize::from(is_before(chord));
        chord += usize::from(is_before(chord));
        while is_before(chord) {
            chord += 1;
        }
        let first = chords[chord].first;
        let later = chords[chord + usize::from(chords[chord].onset == then)];
        let follows = END + 1 + shifts.nearest(later.onset.since(then).0);
        let chord = chord as u32;
        Echo { then, chord, first, end: later.first, struck: first, next: first, follows }
    }

    fn is_struck(&self) -> bool {
        self.first < self.end
    }

    /// What a part struck there, after as many notes as by now.
    fn pitch(&mut self, part: u16, strokes: &[Stroke]) -> u16 {
        // Chords stand by part, this one and that of then.
        while self.struck < self.end && strokes[self.struck as usize].part < part {
            self.struck += 1;
        }
        match strokes[self.struck as usize] {
            then if self.struck < self.end && then.part == part => {
                self.struck += 1;
                then.pitch
            }
            _ => NONE,
        }
    }

    /// The shift that follows there after one more note.
    fn shift(&mut self) -> u16 {
        self.next += 1;
        if self.next < self.end { END + 1 } else { self.follows }
    }
}
